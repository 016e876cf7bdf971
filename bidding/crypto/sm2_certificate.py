"""SM2 certificates of a licensed authority (GM/T 0015): whose opening key it is, by an SM2-with-SM3 signature.

`cryptography` reads the fields of such a certificate, but neither its key nor its signature.
"""

from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from bidding.crypto import sm2
from bidding.crypto.authority import CertifiedKey, Usage
from bidding.crypto.errors import CertificateError

SM2_WITH_SM3 = x509.ObjectIdentifier("1.2.156.10197.1.501")
#: AlgorithmIdentifier { ecPublicKey, sm2p256v1 (1.2.156.10197.1.301) }, then an uncompressed point as BIT STRING.
_ALGORITHM = bytes.fromhex("301306072a8648ce3d020106082a811ccf5501822d")
_POINT = bytes.fromhex("03420004")
_SPKI = b"\x30\x59" + _ALGORITHM + _POINT
_RAW = 64


def read_authorities(pem: bytes) -> tuple[bytes, ...]:
    """The certificates of a PEM file, as DER. CertificateError if there is none."""
    try:
        found = x509.load_pem_x509_certificates(pem)
    except ValueError:
        raise CertificateError(reason="no PEM certificates") from None
    return tuple(one.public_bytes(Encoding.DER) for one in found)


def public_key(certificate: x509.Certificate) -> bytes:
    """The raw 64-byte SM2 key. CertificateError for a key of another kind."""
    found = certificate.tbs_certificate_bytes.split(_SPKI)
    if len(found) != 2 or len(found[1]) < _RAW:
        raise CertificateError(reason="not one SM2 key")
    return found[1][:_RAW]


def verify_sm2_certificate(certificate: bytes, authority: bytes, at: datetime) -> CertifiedKey:
    """What a DER certificate says, if this authority (DER) issued it and both hold at `at` (timezone-aware).

    CertificateError says which of form, issuer, signature, use or time it fails. For encryption keys alone: the
    one of a signing pair opens nothing.
    """
    try:
        leaf, issuer = (x509.load_der_x509_certificate(one) for one in (certificate, authority))
        if leaf.issuer != issuer.subject or leaf.signature_algorithm_oid != SM2_WITH_SM3:
            raise CertificateError(reason="not a certificate of this authority")
        if not _is_authority(issuer) or _is_authority(leaf):
            raise CertificateError(reason="not of an authority for a holder")
        uses = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
        party = leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
    except (ValueError, TypeError, IndexError, x509.ExtensionNotFound, x509.DuplicateExtension):
        raise CertificateError(reason="not a certificate of this authority") from None
    if not sm2.verify(public_key(issuer), leaf.tbs_certificate_bytes, leaf.signature):
        raise CertificateError(reason="not signed by this authority")
    if any(not held.not_valid_before_utc <= at <= held.not_valid_after_utc for held in (leaf, issuer)):
        raise CertificateError(reason="not valid at that instant")
    if not (uses.key_encipherment or uses.data_encipherment or uses.key_agreement):
        raise CertificateError(reason="key and key usage do not fit")
    return CertifiedKey(
        party=str(party),
        usage=Usage.OPENING,
        public=public_key(leaf),
        not_before=leaf.not_valid_before_utc,
        not_after=leaf.not_valid_after_utc,
        serial=leaf.serial_number,
    )


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False
