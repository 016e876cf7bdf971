"""Electronic guarantees inside the opening form: R-GUAR-01, F-41."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from msgspec.structs import replace

from bidding.crypto.canonical import b64
from bidding.crypto.errors import CanonicalError
from bidding.crypto.form import form_bytes, parse_form
from bidding.crypto.guarantee import GuaranteeLetter, SignedGuarantee, issue_guarantee, read_guarantee
from tests.crypto.conftest import make_form

DAY = date(2026, 3, 20)
Private = Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
KEYS: dict[str, Private] = {
    "ed25519": Ed25519PrivateKey.generate(),
    "ecdsa": ec.generate_private_key(ec.SECP256R1()),
    "rsa": rsa.generate_private_key(public_exponent=65537, key_size=2048),
}
LETTER = GuaranteeLetter(
    kind="bid",
    number="BH-2026-000731",
    issuer="某某融资担保有限公司",
    issuer_uscc="91420900MA4XXXXX0A",
    principal="孝感建工",
    principal_uscc="91420900MA4YYYYY0B",
    beneficiary="孝南区住建局",
    lot="lot-1",
    amount_fen=72_000_000,
    issued_on=DAY,
    valid_until=date(2026, 6, 29),
    document_sha256="ab" * 32,
)


def certificate(private: Private, *, begins: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "某某融资担保有限公司")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(7)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=200))
        .sign(private, None if isinstance(private, Ed25519PrivateKey) else SHA256())
        .public_bytes(Encoding.DER)
    )


@pytest.mark.parametrize("kind", KEYS)
def test_any_institution_may_issue_one(kind: str) -> None:
    read = read_guarantee(issue_guarantee(LETTER, KEYS[kind], certificate(KEYS[kind])))
    assert (read.letter, read.valid) == (LETTER, True)
    assert "某某融资担保有限公司" in read.signer
    assert len(read.certificate_sha256) == 64


@pytest.mark.parametrize("kind", KEYS)
def test_it_fits_into_the_form_and_the_form_stays_one_size(kind: str) -> None:
    said = issue_guarantee(LETTER, KEYS[kind], certificate(KEYS[kind]))
    form = replace(make_form(), guarantee=said)
    assert parse_form(form_bytes(form)) == form


def test_a_form_without_one_keeps_its_bytes() -> None:
    assert b"guarantee" not in form_bytes(make_form())


@pytest.mark.parametrize("kind", KEYS)
def test_one_changed_yuan_is_found(kind: str) -> None:
    said = issue_guarantee(LETTER, KEYS[kind], certificate(KEYS[kind]))
    other = replace(said, letter=said.letter.replace("72000000", "92000000"))
    assert read_guarantee(other).valid is False


def test_another_key_does_not_sign_for_the_issuer() -> None:
    said = issue_guarantee(LETTER, KEYS["ecdsa"], certificate(KEYS["ed25519"]))
    assert read_guarantee(said).valid is False


@pytest.mark.parametrize("begins", [datetime(2026, 3, 21, tzinfo=UTC), datetime(2025, 8, 1, tzinfo=UTC)])
def test_the_certificate_holds_on_the_day_of_issue(begins: datetime) -> None:
    said = issue_guarantee(LETTER, KEYS["ed25519"], certificate(KEYS["ed25519"], begins=begins))
    assert read_guarantee(said).valid is False


def test_without_a_certificate_the_reference_says_where_to_check() -> None:
    letter = issue_guarantee(LETTER, KEYS["ed25519"], certificate(KEYS["ed25519"])).letter
    assert read_guarantee(SignedGuarantee(letter=letter, reference="保函核验码 8861")).valid is None
    assert read_guarantee(SignedGuarantee(letter=letter)).valid is False
    assert read_guarantee(SignedGuarantee(letter=letter, signature="AA", reference="x")).valid is False


@pytest.mark.parametrize("broken", [b"", b"\x30\x03", b"no certificate"])
def test_a_broken_certificate_is_an_invalid_signature(broken: bytes) -> None:
    said = issue_guarantee(LETTER, KEYS["ed25519"], certificate(KEYS["ed25519"]))
    assert read_guarantee(replace(said, certificate=b64(broken))).valid is False


@pytest.mark.parametrize("letter", ["{}", "[]", '{"v":1}', "保函"])
def test_what_is_no_letter_is_said_so(letter: str) -> None:
    with pytest.raises(CanonicalError):
        read_guarantee(SignedGuarantee(letter=letter))


def test_amounts_are_whole_positive_fen() -> None:
    said = issue_guarantee(LETTER, KEYS["ed25519"], certificate(KEYS["ed25519"]))
    with pytest.raises(CanonicalError):
        read_guarantee(replace(said, letter=said.letter.replace("72000000", "0")))
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"letter": "x" * 1601}, SignedGuarantee)
