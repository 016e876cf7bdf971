"""Licensed authorities made in the test, with `cryptography`'s builders: roots, issuing authorities, holders, lists."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from bidding.crypto.public_keys import Soft

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)
USCC = "91420902MA4900002B"


def made(kind: str) -> Soft:
    if kind == "ed25519":
        return Ed25519PrivateKey.generate()
    if kind == "rsa":
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP384R1() if kind == "p384" else ec.SECP256R1())


def usage(**true: bool) -> x509.KeyUsage:
    every = {
        "digital_signature": False,
        "content_commitment": False,
        "key_encipherment": False,
        "data_encipherment": False,
        "key_agreement": False,
        "key_cert_sign": False,
        "crl_sign": False,
        "encipher_only": False,
        "decipher_only": False,
    }
    return x509.KeyUsage(**{**every, **true})


SIGNS = usage(digital_signature=True, content_commitment=True)
ENCRYPTS = usage(key_encipherment=True, data_encipherment=True)
CERTIFIES = usage(key_cert_sign=True, crl_sign=True)


def name(
    common: str, uscc: str = "", place: x509.ObjectIdentifier = NameOID.ORGANIZATION_IDENTIFIER
) -> x509.Name:
    parts = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, common)]
    return x509.Name([*parts, x509.NameAttribute(place, uscc)] if uscc else parts)


@dataclass
class Authority:
    """``days``: of its own certificate, before and after NOW."""

    kind: str = "p256"
    title: str = "测试电子认证服务有限公司"
    parent: "Authority | None" = None
    ca: bool = True
    uses: x509.KeyUsage = CERTIFIES
    until: datetime = NOW + 3650 * DAY
    path_length: int | None = None
    also: tuple[tuple[x509.ExtensionType, bool], ...] = ()
    key: Any = field(init=False)
    certificate: x509.Certificate = field(init=False)

    def __post_init__(self) -> None:
        self.key = made(self.kind)
        signer = self.parent or self
        subject = name(self.title)
        builder = _builder(subject, self.key.public_key(), NOW - 3650 * DAY, self.until)
        builder = builder.add_extension(
            x509.BasicConstraints(self.ca, self.path_length if self.ca else None), True
        )
        builder = builder.add_extension(self.uses, True)
        for extension, critical in self.also:
            builder = builder.add_extension(extension, critical)
        self.certificate = signer.signs(builder.issuer_name(self.parent.subject if self.parent else subject))

    @property
    def subject(self) -> x509.Name:
        return self.certificate.subject

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    def signs(self, builder: Any) -> Any:
        """A certificate or a revocation list."""
        return builder.sign(self.key, None if self.kind == "ed25519" else SHA256())

    def issue(
        self,
        key: Any,
        subject: x509.Name,
        *,
        uses: x509.KeyUsage | None = SIGNS,
        ca: bool = False,
        since: datetime = NOW - DAY,
        until: datetime = NOW + 365 * DAY,
        also: tuple[x509.ExtensionType, ...] = (),
    ) -> bytes:
        builder = _builder(subject, key, since, until).issuer_name(self.subject)
        builder = builder.add_extension(x509.BasicConstraints(ca, None), True)
        if uses is not None:
            builder = builder.add_extension(uses, True)
        for extension in also:
            builder = builder.add_extension(extension, False)
        found: x509.Certificate = self.signs(builder)
        return found.public_bytes(Encoding.DER)

    def revokes(
        self, *certificates: bytes, until: datetime = NOW + DAY, also: tuple[x509.ExtensionType, ...] = ()
    ) -> bytes:
        """Its list, DER; each was revoked an hour before NOW."""
        builder = x509.CertificateRevocationListBuilder().issuer_name(self.subject)
        builder = builder.last_update(NOW - DAY).next_update(until)
        for one in certificates:
            serial = x509.load_der_x509_certificate(one).serial_number
            entry = x509.RevokedCertificateBuilder().serial_number(serial)
            builder = builder.add_revoked_certificate(entry.revocation_date(NOW - timedelta(hours=1)).build())
        for extension in also:
            builder = builder.add_extension(extension, True)
        found: x509.CertificateRevocationList = self.signs(builder)
        return found.public_bytes(Encoding.DER)

    def answers(self, certificate: bytes, *, revoked: bool = False, by: "Authority | None" = None) -> bytes:
        """Its OCSP answer, DER; ``by``: whom it has certified for answering."""
        responder = by or self
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=x509.load_der_x509_certificate(certificate),
            issuer=self.certificate,
            algorithm=SHA256(),
            cert_status=ocsp.OCSPCertStatus.REVOKED if revoked else ocsp.OCSPCertStatus.GOOD,
            this_update=NOW - DAY,
            next_update=NOW + DAY,
            revocation_time=NOW - timedelta(hours=1) if revoked else None,
            revocation_reason=None,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, responder.certificate)
        if by is not None:
            builder = builder.certificates([by.certificate])
        found: ocsp.OCSPResponse = responder.signs(builder)
        return found.public_bytes(Encoding.DER)


RESPONDER = ((x509.ExtendedKeyUsage([ExtendedKeyUsageOID.OCSP_SIGNING]), False),)


def _builder(subject: x509.Name, key: Any, since: datetime, until: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(since)
        .not_valid_after(until)
    )
