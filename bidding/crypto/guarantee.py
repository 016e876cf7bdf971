"""Electronic guarantees: a letter signed by whoever issues it, sealed inside the opening form (R-GUAR-01).

Any institution may issue one: the certificate comes with the letter, and its key may be Ed25519, ECDSA or RSA.
Nothing of it is known to the platform before the opening, because it travels in the sealed form.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Annotated, Literal

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from bidding.crypto.canonical import (
    MAX_INTEGER,
    Digest,
    Name,
    b64,
    canonical,
    parse_canonical,
    unb64,
    validated,
)
from bidding.crypto.errors import CanonicalError
from bidding.crypto.signing import signed_bytes

GUARANTEE_LABEL = "bidding/guarantee/v1"
Words = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class GuaranteeLetter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`amount_fen` in 分; `valid_until`: the last day it can be claimed on; `document_sha256`: of the document."""

    v: Literal[1] = 1
    kind: Literal["bid", "performance"]
    number: Words
    issuer: Words
    issuer_uscc: Words
    principal: Words
    principal_uscc: Words
    beneficiary: Words
    lot: Name
    amount_fen: Annotated[int, msgspec.Meta(ge=1, le=MAX_INTEGER)]
    issued_on: date
    valid_until: date
    document_sha256: Digest


class SignedGuarantee(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`letter`: canonical JSON; `signature` base64url over `"bidding/guarantee/v1" ‖ 0x00 ‖ letter`; `certificate`
    base64url DER of the issuer. A signature of another kind is named by `reference` instead, and both are empty."""

    letter: Annotated[str, msgspec.Meta(min_length=2, max_length=1600)]
    signature: Annotated[str, msgspec.Meta(max_length=700)] = ""
    certificate: Annotated[str, msgspec.Meta(max_length=2200)] = ""
    reference: Annotated[str, msgspec.Meta(max_length=200)] = ""


@dataclass(frozen=True)
class ReadGuarantee:
    """`valid` None: there is no signature to check here. `signer`: the certificate's subject (RFC 4514)."""

    letter: GuaranteeLetter
    valid: bool | None
    signer: str = ""
    certificate_sha256: str = ""


def issue_guarantee(
    letter: GuaranteeLetter,
    private: Ed25519PrivateKey | EllipticCurvePrivateKey | RSAPrivateKey,
    certificate: bytes,
) -> SignedGuarantee:
    """The issuer's side. `certificate`: DER, of the key that signs."""
    text = canonical(validated(letter))
    data = signed_bytes(GUARANTEE_LABEL, text)
    if isinstance(private, Ed25519PrivateKey):
        signature = private.sign(data)
    elif isinstance(private, EllipticCurvePrivateKey):
        signature = private.sign(data, ECDSA(SHA256()))
    else:
        signature = private.sign(data, PKCS1v15(), SHA256())
    return SignedGuarantee(letter=text.decode(), signature=b64(signature), certificate=b64(certificate))


def read_guarantee(said: SignedGuarantee) -> ReadGuarantee:
    """The letter, and whether its signature holds. CanonicalError: it is no letter."""
    letter = parse_canonical(said.letter.encode(), GuaranteeLetter)
    if not said.certificate:
        return ReadGuarantee(letter, None if said.reference and not said.signature else False)
    try:
        data = unb64(said.certificate)
        certificate = x509.load_der_x509_certificate(data)
        key = certificate.public_key()
        signer = certificate.subject.rfc4514_string()
    except (CanonicalError, ValueError, UnsupportedAlgorithm):
        return ReadGuarantee(letter, False)
    valid = _in_force(certificate, letter.issued_on) and _holds(key, said)
    return ReadGuarantee(letter, valid, signer, hashlib.sha256(data).hexdigest())


def _in_force(certificate: x509.Certificate, day: date) -> bool:
    """At some instant of the day of issue, which is all that a date tells."""
    first, last = datetime.combine(day, time.min, UTC), datetime.combine(day, time.max, UTC)
    return certificate.not_valid_before_utc <= last and first <= certificate.not_valid_after_utc


def _holds(key: object, said: SignedGuarantee) -> bool:
    data = signed_bytes(GUARANTEE_LABEL, said.letter.encode())
    try:
        signature = unb64(said.signature)
        if isinstance(key, Ed25519PublicKey):
            key.verify(signature, data)
        elif isinstance(key, EllipticCurvePublicKey):
            key.verify(signature, data, ECDSA(SHA256()))
        elif isinstance(key, RSAPublicKey):
            key.verify(signature, data, PKCS1v15(), SHA256())
        else:
            return False
    except (InvalidSignature, CanonicalError):
        return False
    return True
