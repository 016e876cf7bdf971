"""Certificates of licensed authorities (签名法 16, 17): whose they are, and the chain from one to a root trusted here.

RSA and ECDSA chains are checked by `cryptography`'s verifier. It knows neither Ed25519 nor SM2: their chains are walked
here by the same rules (RFC 5280, 6.1) with every name constraint and unknown critical extension refused.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtensionOID, NameOID, ObjectIdentifier, SignatureAlgorithmOID
from cryptography.x509.verification import (
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from bidding.crypto import sm2
from bidding.crypto.errors import CertificateError
from bidding.crypto.public_keys import key_of
from bidding.crypto.sm2_certificate import SM2_WITH_SM3
from bidding.crypto.sm2_certificate import public_key as sm2_key_of

#: Authorities between a holder's certificate and the root at most.
DEPTH = 4
#: Where a credit code may stand: organizationIdentifier, serialNumber, OU; and GM/T 0015's 组织机构代码.
_PLACES = (NameOID.ORGANIZATION_IDENTIFIER, NameOID.SERIAL_NUMBER, NameOID.ORGANIZATIONAL_UNIT_NAME)
_ORGANISATION_CODE = ObjectIdentifier("1.2.156.10260.4.1.4")
#: GB 32100's alphabet, alone or behind the prefix of ETSI EN 319 412-1.
_USCC = re.compile(r"(?:NTRCN-)?([0-9A-HJ-NPQRTUWXY]{18})\Z")
_UNDERSTOOD = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.CERTIFICATE_POLICIES,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
    }
)
_WALKED = frozenset({SignatureAlgorithmOID.ED25519, SM2_WITH_SM3})


@dataclass(frozen=True)
class Holder:
    """What a holder's certificate says. ``usccs``: every credit code in it; ``public``: its key, encoded as
    `public_keys` says; ``issuer``: the authority's name (RFC 4514)."""

    name: str
    usccs: frozenset[str]
    public: bytes
    signs: bool
    encrypts: bool
    not_before: datetime
    not_after: datetime
    serial: int
    issuer: str


def read_certificate(der: bytes) -> x509.Certificate:
    """CertificateError for what is none."""
    try:
        found = x509.load_der_x509_certificate(der)
        _ = found.extensions, found.subject, found.issuer
    except (ValueError, TypeError, x509.DuplicateExtension):
        raise CertificateError(reason="not a certificate") from None
    return found


def read_holder(certificate: bytes) -> Holder:
    """What it says, whoever issued it. CertificateError for an authority's own, and for a key of another kind."""
    leaf = read_certificate(certificate)
    if _is_authority(leaf):
        raise CertificateError(reason="an authority's certificate certifies no holder")
    try:
        uses = leaf.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        raise CertificateError(reason="it does not say what its key is for") from None
    return Holder(
        name=_name(leaf),
        usccs=frozenset(_codes(leaf)),
        public=key_of(leaf),
        signs=uses.digital_signature or uses.content_commitment,
        encrypts=uses.key_encipherment or uses.data_encipherment or uses.key_agreement,
        not_before=leaf.not_valid_before_utc,
        not_after=leaf.not_valid_after_utc,
        serial=leaf.serial_number,
        issuer=leaf.issuer.rfc4514_string(),
    )


def verify_chain(
    certificate: bytes, intermediates: Sequence[bytes], roots: Sequence[bytes], at: datetime
) -> tuple[bytes, ...]:
    """The authorities from the certificate's issuer up to one of ``roots`` (all DER), each valid at ``at``.

    CertificateError says what is missing: no chain to a root, a certificate out of its days, an issuer that is no
    authority. Revocation is asked elsewhere (`revocation`).
    """
    leaf = read_certificate(certificate)
    between, trusted = (
        [read_certificate(one) for one in intermediates],
        [read_certificate(one) for one in roots],
    )
    if not leaf.not_valid_before_utc <= at <= leaf.not_valid_after_utc:
        raise CertificateError(reason="not valid at that instant")
    if leaf.signature_algorithm_oid in _WALKED:
        chain = _walked(leaf, between, trusted, at, 0)
        if chain is None:
            raise CertificateError(reason="no chain to an authority that is trusted here")
    else:
        chain = _verified(leaf, between, trusted, at)
    return tuple(one.public_bytes(Encoding.DER) for one in chain)


def issued(child: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether the issuer's name stands in the child, and its key signed it."""
    if child.signature_algorithm_oid == SM2_WITH_SM3:
        named = child.issuer == issuer.subject
        return named and sm2.verify(sm2_key_of(issuer), child.tbs_certificate_bytes, child.signature)
    try:
        child.verify_directly_issued_by(issuer)
    except (InvalidSignature, UnsupportedAlgorithm, TypeError, ValueError):
        return False
    return True


def _verified(
    leaf: x509.Certificate, between: list[x509.Certificate], roots: list[x509.Certificate], at: datetime
) -> list[x509.Certificate]:
    authority = (
        ExtensionPolicy.permit_all()
        .require_present(x509.BasicConstraints, Criticality.AGNOSTIC, _require_authority)
        .require_present(x509.KeyUsage, Criticality.AGNOSTIC, _require_certifying)
    )
    policy = PolicyBuilder().store(Store(roots)).time(at).max_chain_depth(DEPTH)
    verifier = policy.extension_policies(
        ca_policy=authority, ee_policy=ExtensionPolicy.permit_all()
    ).build_client_verifier()
    try:
        return verifier.verify(leaf, between).chain[1:]
    except (VerificationError, ValueError) as error:
        raise CertificateError(reason=f"no chain to an authority that is trusted here ({error})") from None


def _walked(
    child: x509.Certificate,
    between: list[x509.Certificate],
    roots: list[x509.Certificate],
    at: datetime,
    depth: int,
) -> list[x509.Certificate] | None:
    """``depth``: authorities below this one. None: no way up from here."""
    for issuer in (*roots, *between):
        if depth <= DEPTH and _certifies(issuer, depth, at) and issued(child, issuer):
            if issuer in roots:
                return [issuer]
            above = _walked(issuer, between, roots, at, depth + 1)
            if above is not None:
                return [issuer, *above]
    return None


def _certifies(issuer: x509.Certificate, below: int, at: datetime) -> bool:
    if not issuer.not_valid_before_utc <= at <= issuer.not_valid_after_utc:
        return False
    if any(_unknown(one) for one in issuer.extensions):
        return False
    try:
        basic = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
        uses = issuer.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return False
    return basic.ca and uses.key_cert_sign and (basic.path_length is None or below <= basic.path_length)


def _unknown(extension: x509.Extension[x509.ExtensionType]) -> bool:
    constrained = extension.oid == ExtensionOID.NAME_CONSTRAINTS
    return constrained or (extension.critical and extension.oid not in _UNDERSTOOD)


def _is_authority(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def _require_authority(_: Policy, __: x509.Certificate, found: x509.BasicConstraints) -> None:
    if not found.ca:
        raise ValueError("the issuer is no authority")


def _require_certifying(_: Policy, __: x509.Certificate, found: x509.KeyUsage) -> None:
    if not found.key_cert_sign:
        raise ValueError("the issuer may not certify")


def _name(leaf: x509.Certificate) -> str:
    for place in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME):
        for one in leaf.subject.get_attributes_for_oid(place):
            return str(one.value)
    raise CertificateError(reason="it names nobody")


def _codes(leaf: x509.Certificate) -> Iterator[str]:
    said = [str(one.value) for place in _PLACES for one in leaf.subject.get_attributes_for_oid(place)]
    said += [
        _text(one.value.value)
        for one in leaf.extensions
        if one.oid == _ORGANISATION_CODE and isinstance(one.value, x509.UnrecognizedExtension)
    ]
    for text in said:
        if found := _USCC.match(text.strip().upper()):
            yield found[1]


def _text(der: bytes) -> str:
    """A short PrintableString or UTF8String, as issuers put it into the extension, or the bare text."""
    tagged = der[:1] in (b"\x0c", b"\x13") and der[1:2] == bytes([max(0, len(der) - 2)])
    return (der[2:] if tagged else der).decode("ascii", "replace")
