"""R-CRYP-01: SM2 certificates as OpenSSL's `sm2` makes them are checked; every fault is refused with its reason."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bidding.crypto.authority import Usage
from bidding.crypto.errors import CertificateError
from bidding.crypto.sm2_certificate import verify_sm2_certificate
from bidding.crypto.suite import suite_of_key
from tests.crypto.sm2_authority import DAYS, SIGNS, authority, issued

Roots = tuple[Path, bytes, bytes]


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> Roots:
    folder = tmp_path_factory.mktemp("sm2")
    return folder, authority(folder, "root"), authority(folder, "other")


def now() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=1)


def test_a_certificate_of_the_authority_names_holder_and_key(roots: Roots) -> None:
    found = verify_sm2_certificate(issued(roots[0]), roots[1], now())
    assert (found.party, found.usage, suite_of_key(found.public)) == ("bidder", Usage.OPENING, "gm-1")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"by": "other"}, "not a certificate of this authority"),
        ({"usage": SIGNS}, "key usage"),
        ({"ca": "TRUE"}, "not of an authority for a holder"),
        ({"curve": "prime256v1"}, "not one SM2 key"),
    ],
)
def test_another_authority_use_or_key_is_refused(roots: Roots, fields: dict[str, str], reason: str) -> None:
    with pytest.raises(CertificateError, match=reason):
        verify_sm2_certificate(issued(roots[0], **fields), roots[1], now())


def test_an_altered_or_expired_certificate_is_refused(roots: Roots) -> None:
    leaf = issued(roots[0])
    for at in (len(leaf) // 2, len(leaf) - 1):
        with pytest.raises(CertificateError):
            verify_sm2_certificate(leaf[:at] + bytes([leaf[at] ^ 1]) + leaf[at + 1 :], roots[1], now())
    with pytest.raises(CertificateError, match="instant"):
        verify_sm2_certificate(leaf, roots[1], now() + timedelta(days=DAYS + 1))
    with pytest.raises(CertificateError):
        verify_sm2_certificate(b"no certificate", roots[1], now())
    with pytest.raises(CertificateError):
        verify_sm2_certificate(leaf, leaf, now())
