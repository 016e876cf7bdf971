"""Device credentials: enrolment, certificates, key files and the recovery code."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from bidding.crypto.authority import CertificateAuthority, EnrolmentCA, Usage, verify_certificate
from bidding.crypto.credentials import DeviceCredential, SigningKey, request_enrolment, verify_enrolment
from bidding.crypto.errors import CertificateError, MalformedKeyError, SignatureError, WrongPassphraseError
from bidding.crypto.key_file import Argon2Cost, is_encrypted, read_key_file, write_key_file
from bidding.crypto.recovery_code import recovery_code, seed_of_code
from bidding.crypto.suite import KeyPair, key_id
from tests.crypto.conftest import counted_bytes

NOW = datetime(2026, 6, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
CREDENTIAL = DeviceCredential.generate(counted_bytes("credential"))
CHEAP = Argon2Cost(iterations=1, lanes=1, memory=64)


@pytest.fixture(scope="module")
def authority() -> EnrolmentCA:
    return EnrolmentCA.create("登记机构", NOW, counted_bytes("authority"))


def issued(authority: CertificateAuthority, usage: Usage = Usage.SIGNING) -> bytes:
    key = CREDENTIAL.signing.public if usage is Usage.SIGNING else CREDENTIAL.opening.public
    return authority.issue(key, "party-3", usage, NOW, NOW + YEAR)


@pytest.mark.parametrize("usage", list(Usage))
def test_a_certificate_says_whose_key_it_is_and_for_what(authority: EnrolmentCA, usage: Usage) -> None:
    certified = verify_certificate(issued(authority, usage), authority.certificate, NOW)
    assert (certified.party, certified.usage) == ("party-3", usage)
    expected = CREDENTIAL.signing.public if usage is Usage.SIGNING else CREDENTIAL.opening.public
    assert certified.public == expected
    assert (certified.not_before, certified.not_after) == (NOW, NOW + YEAR)
    assert authority.verify(issued(authority, usage), NOW).party == "party-3"


def test_a_certificate_holds_between_its_days(authority: EnrolmentCA) -> None:
    certificate = issued(authority)
    assert verify_certificate(certificate, authority.certificate, NOW + YEAR).not_after == NOW + YEAR
    for at in (NOW - timedelta(seconds=1), NOW + YEAR + timedelta(seconds=1)):
        with pytest.raises(CertificateError, match="instant"):
            verify_certificate(certificate, authority.certificate, at)


def test_only_this_authoritys_unaltered_certificates_count(authority: EnrolmentCA) -> None:
    certificate = issued(authority)
    namesake = EnrolmentCA.create("登记机构", NOW, counted_bytes("namesake"))
    stranger = EnrolmentCA.create("another", NOW, counted_bytes("stranger"))
    altered = bytearray(certificate)
    altered[-1] ^= 1
    for spoilt, by in (
        (certificate, namesake.certificate),
        (certificate, stranger.certificate),
        (certificate, certificate),
        (bytes(altered), authority.certificate),
        (b"certificate", authority.certificate),
        (authority.certificate, authority.certificate),
    ):
        with pytest.raises(CertificateError):
            verify_certificate(spoilt, by, NOW)


def test_two_certificates_never_share_a_serial(authority: EnrolmentCA) -> None:
    serials = {authority.verify(issued(authority), NOW).serial for _ in range(20)}
    assert len(serials) == 20


def test_a_certificate_is_readable_by_other_software(authority: EnrolmentCA) -> None:
    leaf = x509.load_der_x509_certificate(issued(authority))
    assert x509.load_pem_x509_certificate(leaf.public_bytes(Encoding.PEM)) == leaf
    assert leaf.issuer == x509.load_der_x509_certificate(authority.certificate).subject


def test_a_key_of_another_length_is_not_certified(authority: EnrolmentCA) -> None:
    with pytest.raises(MalformedKeyError):
        authority.issue(b"short", "party", Usage.OPENING, NOW, NOW + YEAR)


def test_a_device_asks_with_a_signature_by_the_key_it_wants_certified() -> None:
    signed = request_enrolment(CREDENTIAL, "party-3", "手机")
    request = verify_enrolment(signed, CREDENTIAL.signing.public)
    assert (request.party, request.device) == ("party-3", "手机")
    with pytest.raises(SignatureError):
        verify_enrolment(signed, SigningKey.generate(counted_bytes("other")).public)
    assert CREDENTIAL.id == key_id(CREDENTIAL.signing.public)


@pytest.mark.parametrize("passphrase", [None, "", "通关密语 🔑"])
def test_a_key_file_gives_the_credential_back(tmp_path: Path, passphrase: str | None) -> None:
    path = tmp_path / "device.key"
    write_key_file(path, CREDENTIAL, passphrase, cost=CHEAP)
    found = read_key_file(path, passphrase)
    assert found.signing.private == CREDENTIAL.signing.private
    assert found.opening.private == CREDENTIAL.opening.private
    assert is_encrypted(path) == (passphrase is not None)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        write_key_file(path, CREDENTIAL, passphrase, cost=CHEAP)


def test_an_encrypted_key_file_opens_with_its_passphrase_only(tmp_path: Path) -> None:
    path = tmp_path / "device.key"
    write_key_file(path, CREDENTIAL, "right", counted_bytes("file"), CHEAP)
    data = path.read_bytes()
    for passphrase in (None, "wrong", ""):
        with pytest.raises(WrongPassphraseError):
            read_key_file(path, passphrase)
    for spoilt in (
        b"",
        data[:-5],
        data.replace(b'"lanes":1', b'"lanes":9'),
        data.replace(b":64}", b":99999999}"),
    ):
        path.write_bytes(spoilt)
        with pytest.raises(MalformedKeyError):
            read_key_file(path, "right")


@given(st.binary(min_size=32, max_size=32))
def test_the_recovery_code_gives_the_key_back_however_it_is_typed(seed: bytes) -> None:
    code = recovery_code(seed)
    assert len(code.split("-")) == 14
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert seed_of_code(code) == seed_of_code(typed) == seed
    assert KeyPair.from_private(seed_of_code(code)) == KeyPair.from_private(seed)


@given(st.integers(0, 55), st.integers(1, 31))
def test_a_misread_character_is_noticed(place: int, change: int) -> None:
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    letters = recovery_code(bytes(range(32))).replace("-", "")
    other = alphabet[(alphabet.index(letters[place]) + change) % 32]
    with pytest.raises(MalformedKeyError, match="checksum"):
        seed_of_code(letters[:place] + other + letters[place + 1 :])


@pytest.mark.parametrize("code", ["", "A", "U" * 56, "*" * 56, recovery_code(bytes(32)) + "0"])
def test_what_is_no_recovery_code_is_refused(code: str) -> None:
    with pytest.raises(MalformedKeyError):
        seed_of_code(code)
