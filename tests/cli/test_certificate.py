"""`bidding certificate` (R-CRED-02, R-CRED-04): the key may stay in a program, and must fit the certificate."""

import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from bidding.cli.certificate import CommandSigner
from bidding.cli.failure import Exit
from bidding.crypto.public_keys import encoded, signed_by
from tests.cli.conftest import Bidding
from tests.crypto.licensed import USCC, Authority, made, name

SIGNS = """\
import sys
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from bidding.crypto.public_keys import SoftSigner
key = load_pem_private_key(open(sys.argv[1], "rb").read(), None)
sys.stdout.buffer.write(SoftSigner(key).sign(sys.stdin.buffer.read()))
"""


@pytest.fixture
def token(tmp_path: Path) -> Path:
    """A folder with cert.pem, key.pem, another key and a program that signs with a key."""
    root, key = Authority(), made("p256")
    leaf = x509.load_der_x509_certificate(root.issue(key.public_key(), name("x", USCC)))
    (tmp_path / "cert.pem").write_bytes(leaf.public_bytes(Encoding.PEM))
    for file, one in (("key.pem", key), ("other.pem", made("p256"))):
        data = one.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (tmp_path / file).write_bytes(data)
    (tmp_path / "sign.py").write_text(SIGNS)
    return tmp_path


def test_a_program_holds_the_key(token: Path) -> None:
    key = x509.load_pem_x509_certificate((token / "cert.pem").read_bytes()).public_key()
    signer = CommandSigner(f"{sys.executable} {token / 'sign.py'} {token / 'key.pem'}", encoded(key))
    assert signed_by(signer.public, b"said", signer.sign(b"said"))


@pytest.mark.parametrize(
    "given",
    [("--private", "other.pem"), ("--private", "cert.pem"), (), ("--private", "key.pem", "--signer", "true")],
)
def test_a_key_that_does_not_fit_asks_the_platform_for_nothing(
    token: Path, bidding: Bidding, given: tuple[str, ...]
) -> None:
    assert bidding("keygen", token / "device.json", "--no-passphrase").exit_code == 0
    more = [token / one if one.endswith(".pem") else one for one in given]
    found = bidding(
        *("certificate", "bind", "--url", "http://127.0.0.1:1", "--key", token / "device.json"),
        *("--certificate", token / "cert.pem", "--kind", "USBKEY", *more),
    )
    assert found.exit_code == Exit.USAGE, found.output
    assert "does not fit the certificate" in found.output


def test_a_program_that_fails_is_named(token: Path, bidding: Bidding) -> None:
    assert bidding("keygen", token / "device.json", "--no-passphrase").exit_code == 0
    found = bidding(
        *("certificate", "bind", "--url", "http://127.0.0.1:1", "--key", token / "device.json"),
        *("--certificate", token / "cert.pem", "--kind", "USBKEY", "--signer", "/nowhere/token"),
    )
    assert found.exit_code == Exit.USAGE
    assert "the signing program failed" in found.output
