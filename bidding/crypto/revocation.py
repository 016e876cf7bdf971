"""Whether a licensed authority still stands behind a certificate: its lists (RFC 5280, 5) and answers (RFC 6960).

Bytes in, an instant out: when it was revoked, or None. What says nothing of this certificate at that instant is a
CertificateError: silence is no good standing.
"""

from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID

from bidding.crypto import sm2
from bidding.crypto.chain import issued, read_certificate
from bidding.crypto.errors import CertificateError
from bidding.crypto.sm2_certificate import SM2_WITH_SM3
from bidding.crypto.sm2_certificate import public_key as sm2_key_of

#: Bytes of a list or answer that are read at most.
LARGEST = 16 * 1024 * 1024


def revoked_by_list(crl: bytes, certificate: bytes, issuer: bytes, at: datetime) -> datetime | None:
    """``crl``: DER or PEM; ``certificate``, ``issuer``: DER. None: in force at ``at``, and it does not name it."""
    found, leaf, authority = _list(crl), read_certificate(certificate), read_certificate(issuer)
    if found.issuer != authority.subject or not _signed(found, authority):
        raise CertificateError(reason="a revocation list of another authority")
    _require_current(found.last_update_utc, found.next_update_utc, at)
    _require_whole(found, leaf)
    entry = found.get_revoked_certificate_by_serial_number(leaf.serial_number)
    return None if entry is None else entry.revocation_date_utc


def status_query(certificate: bytes, issuer: bytes) -> bytes:
    """The OCSP request (DER) for one certificate."""
    builder = ocsp.OCSPRequestBuilder().add_certificate(
        read_certificate(certificate), read_certificate(issuer), SHA256()
    )
    return builder.build().public_bytes(Encoding.DER)


def revoked_by_answer(answer: bytes, certificate: bytes, issuer: bytes, at: datetime) -> datetime | None:
    """``answer``: an OCSP response (DER), by the issuer or by whom it certified for that. None: good at ``at``."""
    leaf, authority = read_certificate(certificate), read_certificate(issuer)
    try:
        found = ocsp.load_der_ocsp_response(answer)
        if found.response_status is not ocsp.OCSPResponseStatus.SUCCESSFUL:
            raise CertificateError(reason=f"the authority answers {found.response_status.name}")
        asked = ocsp.OCSPRequestBuilder().add_certificate(leaf, authority, found.hash_algorithm).build()
        said = (found.serial_number, found.issuer_name_hash, found.issuer_key_hash)
        if said != (asked.serial_number, asked.issuer_name_hash, asked.issuer_key_hash):
            raise CertificateError(reason="an answer about another certificate")
        if not any(_answers(found, one) for one in _responders(found, authority, at)):
            raise CertificateError(reason="an answer that the authority did not sign")
        _require_current(found.this_update_utc, found.next_update_utc, at)
        if found.certificate_status is ocsp.OCSPCertStatus.UNKNOWN:
            raise CertificateError(reason="the authority does not know the certificate")
        return found.revocation_time_utc
    except (ValueError, UnsupportedAlgorithm) as error:
        raise CertificateError(reason=f"not a status answer: {type(error).__name__}") from None


def _list(data: bytes) -> x509.CertificateRevocationList:
    try:
        if data.lstrip().startswith(b"-----BEGIN"):
            return x509.load_pem_x509_crl(data)
        return x509.load_der_x509_crl(data)
    except ValueError:
        raise CertificateError(reason="not a revocation list") from None


def _signed(found: x509.CertificateRevocationList, authority: x509.Certificate) -> bool:
    if found.signature_algorithm_oid == SM2_WITH_SM3:
        return sm2.verify(sm2_key_of(authority), found.tbs_certlist_bytes, found.signature)
    try:
        return found.is_signature_valid(authority.public_key())  # type: ignore[arg-type]  # any other key raises TypeError
    except (TypeError, ValueError, UnsupportedAlgorithm):
        return False


def _require_current(since: datetime, until: datetime | None, at: datetime) -> None:
    if since > at or until is None or at > until:
        raise CertificateError(reason="the authority's word is out of date")


def _require_whole(found: x509.CertificateRevocationList, leaf: x509.Certificate) -> None:
    """A list of a part of the certificates speaks for those alone that name it; one of changes for none."""
    for extension in found.extensions:
        match extension.value:
            case x509.IssuingDistributionPoint() as part:
                if part.indirect_crl or part.only_some_reasons or part.only_contains_ca_certs:
                    raise CertificateError(reason="a revocation list for other certificates")
                if part.only_contains_attribute_certs or not _named(part, leaf):
                    raise CertificateError(reason="a revocation list for other certificates")
            case _ if extension.critical:
                raise CertificateError(reason="a revocation list that is not whole")


def _named(part: x509.IssuingDistributionPoint, leaf: x509.Certificate) -> bool:
    if not part.full_name:
        return part.relative_name is None
    try:
        points = leaf.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return False
    names = {name for point in points for name in point.full_name or ()}
    return not names.isdisjoint(part.full_name)


def _responders(
    found: ocsp.OCSPResponse, authority: x509.Certificate, at: datetime
) -> list[x509.Certificate]:
    """The authority, and whom it certified for answering (RFC 6960, 4.2.2.2)."""
    return [authority, *(one for one in found.certificates if _delegated(one, authority, at))]


def _delegated(one: x509.Certificate, authority: x509.Certificate, at: datetime) -> bool:
    try:
        uses = one.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return False
    in_force = one.not_valid_before_utc <= at <= one.not_valid_after_utc
    return ExtendedKeyUsageOID.OCSP_SIGNING in uses and in_force and issued(one, authority)


def _answers(found: ocsp.OCSPResponse, responder: x509.Certificate) -> bool:
    if found.signature_algorithm_oid == SM2_WITH_SM3:
        return sm2.verify(sm2_key_of(responder), found.tbs_response_bytes, found.signature)
    key = responder.public_key()
    data, signature = found.tbs_response_bytes, found.signature
    try:
        hashed = found.signature_hash_algorithm
        if isinstance(key, Ed25519PublicKey):
            key.verify(signature, data)
        elif isinstance(key, RSAPublicKey) and hashed is not None:
            key.verify(signature, data, PKCS1v15(), hashed)
        elif isinstance(key, ec.EllipticCurvePublicKey) and hashed is not None:
            key.verify(signature, data, ec.ECDSA(hashed))
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm):
        return False
    return True
