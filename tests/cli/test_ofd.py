"""`bidding verify FILE.ofd` (R-CRYP-02, R-CRYP-03): under roots that the reader trusts, and no other."""

from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from bidding.cli.failure import Exit
from bidding.crypto.ofd.package import sealed_document
from tests.cli.conftest import Bidding
from tests.crypto.sm2_authority import authority
from tests.crypto.test_ofd import PAPER, Office, holder


def test_a_sealed_paper_is_shown_and_an_altered_one_found(tmp_path: Path, bidding: Bidding) -> None:
    root = authority(tmp_path, "root")
    maker, maker_certificate = holder(tmp_path, "maker")
    signer, certificate = holder(tmp_path, "centre")
    office = Office(
        root, maker, maker_certificate, signer, certificate, datetime.now(UTC).replace(microsecond=0)
    )
    pem = tmp_path / "trusted.pem"
    pem.write_bytes(x509.load_der_x509_certificate(root).public_bytes(Encoding.PEM))
    file = tmp_path / "notice.ofd"
    file.write_bytes(sealed_document(PAPER, office.stamp, office.at))
    trusting = ("--ca-root", pem, "--seal-root", pem)
    found = bidding("verify", file, *trusting)
    assert found.exit_code == 0, found.output
    assert "2655" in found.output
    assert bidding("verify", file).exit_code == Exit.USAGE
    file.write_bytes(file.read_bytes().replace(b"2655", b"2555", 1))
    assert bidding("verify", file, *trusting).exit_code == Exit.FOUND_WRONG
