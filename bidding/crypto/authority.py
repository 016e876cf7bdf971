"""The enrolment authority: certifies that a public key belongs to a party, for signing or for opening.

`CertificateAuthority` is what the application knows. `EnrolmentCA` is the platform's own; a licensed
electronic certification service, passkeys or SM2 certificates stand behind the same interface later.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeAlias

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from bidding.crypto.errors import CertificateError, MalformedKeyError
from bidding.crypto.suite import KEY_SIZE, Random

Certified: TypeAlias = Ed25519PublicKey | X25519PublicKey

CA_YEARS = 10


class Usage(StrEnum):
    """What a certified key is for: binding acts, or opening the party's own bids."""

    SIGNING = "signing"
    OPENING = "opening"


@dataclass(frozen=True)
class CertifiedKey:
    """What a certificate says: the party, the raw public key, its use and its days."""

    party: str
    usage: Usage
    public: bytes
    not_before: datetime
    not_after: datetime
    serial: int


class CertificateAuthority(Protocol):
    """Certificates are DER. Instants are timezone-aware; no clock is read."""

    @property
    def certificate(self) -> bytes:
        """The authority's own certificate."""
        ...

    def issue(
        self, public_key: bytes, party: str, usage: Usage, not_before: datetime, not_after: datetime
    ) -> bytes:
        """A certificate for the raw public key."""
        ...

    def verify(self, certificate: bytes, at: datetime) -> CertifiedKey:
        """What the certificate says if it holds at that instant, else CertificateError."""
        ...


@dataclass(frozen=True)
class EnrolmentCA:
    """The platform's own authority, an Ed25519 key (raw private 32 bytes) and its certificate (DER)."""

    certificate: bytes
    private: bytes = field(repr=False, compare=False)
    random: Random = field(default=secrets.token_bytes, repr=False, compare=False)

    @classmethod
    def create(cls, name: str, now: datetime, random: Random = secrets.token_bytes) -> "EnrolmentCA":
        """A new authority whose certificate begins at `now` and lasts ten years."""
        private = random(KEY_SIZE)
        key = Ed25519PrivateKey.from_private_bytes(private)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = (
            _builder(subject, subject, key.public_key(), random)
            .not_valid_before(now)
            .not_valid_after(now + timedelta(days=365 * CA_YEARS))
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_key_usage(certifies=True), critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .sign(key, None)
        )
        return cls(certificate.public_bytes(Encoding.DER), private, random)

    def issue(
        self, public_key: bytes, party: str, usage: Usage, not_before: datetime, not_after: datetime
    ) -> bytes:
        """A DER certificate for a raw Ed25519 (signing) or X25519 (opening) key. MalformedKeyError."""
        authority = x509.load_der_x509_certificate(self.certificate)
        key = Ed25519PrivateKey.from_private_bytes(self.private)
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, party)])
        signing = usage is Usage.SIGNING
        return (
            _builder(subject, authority.subject, _public(public_key, usage), self.random)
            .not_valid_before(not_before)
            .not_valid_after(not_after)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs=signing, agrees=not signing), critical=True)
            .add_extension(
                x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False
            )
            .sign(key, None)
            .public_bytes(Encoding.DER)
        )

    def verify(self, certificate: bytes, at: datetime) -> CertifiedKey:
        return verify_certificate(certificate, self.certificate, at)


def verify_certificate(certificate: bytes, ca_certificate: bytes, at: datetime) -> CertifiedKey:
    """What a DER certificate says, if this authority issued it and both hold at `at` (timezone-aware).

    CertificateError says which of form, issuer, signature, use or time it fails. Revocation is not
    read from here: the platform's own revocations are events.
    """
    try:
        leaf = x509.load_der_x509_certificate(certificate)
        authority = x509.load_der_x509_certificate(ca_certificate)
        leaf.verify_directly_issued_by(authority)
        if not authority.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            raise CertificateError(reason="the issuer is no authority")
        if leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            raise CertificateError(reason="an authority's certificate certifies no device")
        uses = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
        key = leaf.public_key()
        party = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    except (ValueError, TypeError, IndexError, x509.ExtensionNotFound, x509.DuplicateExtension):
        raise CertificateError(reason="not a certificate of this authority") from None
    except InvalidSignature:
        raise CertificateError(reason="not signed by this authority") from None
    for held in (leaf, authority):
        if not held.not_valid_before_utc <= at <= held.not_valid_after_utc:
            raise CertificateError(reason="not valid at that instant")
    usage = _usage(key, uses)
    if usage is None or not isinstance(key, Ed25519PublicKey | X25519PublicKey):
        raise CertificateError(reason="key and key usage do not fit")
    return CertifiedKey(
        party=str(party),
        usage=usage,
        public=key.public_bytes_raw(),
        not_before=leaf.not_valid_before_utc,
        not_after=leaf.not_valid_after_utc,
        serial=leaf.serial_number,
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, public_key: Certified, random: Random
) -> x509.CertificateBuilder:
    serial = int.from_bytes(random(16), "big") >> 1 | 1  # positive, 127 random bits (RFC 5280, 4.1.2.2)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(serial)
    )


def _public(raw: bytes, usage: Usage) -> Certified:
    try:
        if usage is Usage.SIGNING:
            return Ed25519PublicKey.from_public_bytes(raw)
        return X25519PublicKey.from_public_bytes(raw)
    except ValueError:
        raise MalformedKeyError(what=f"public key for {usage}: not 32 bytes") from None


def _usage(key: object, uses: x509.KeyUsage) -> Usage | None:
    if isinstance(key, Ed25519PublicKey) and uses.digital_signature and uses.content_commitment:
        return Usage.SIGNING
    if isinstance(key, X25519PublicKey) and uses.key_agreement:
        return Usage.OPENING
    return None


def _key_usage(*, signs: bool = False, agrees: bool = False, certifies: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=signs,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=agrees,
        key_cert_sign=certifies,
        crl_sign=certifies,
        encipher_only=False,
        decipher_only=False,
    )
