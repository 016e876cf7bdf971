"""One signature mechanism for everything that is said: a signature over label ‖ 0x00 ‖ canonical JSON.

The label says what kind of document is signed, so that no signature serves for another kind. A device
signs with Ed25519; a key that a licensed authority certified, with its own algorithm (`public_keys`).
"""

from typing import TypeVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bidding.crypto.canonical import Bytes64, b64, canonical, parse_canonical, unb64, validated
from bidding.crypto.errors import MalformedKeyError, SignatureError
from bidding.crypto.public_keys import Signer, signed_by

ACT_LABEL = "bidding/act/v1"
MANIFEST_LABEL = "bidding/manifest/v1"
RECEIPT_LABEL = "bidding/receipt/v1"
REFUSAL_LABEL = "bidding/refusal/v1"
RELEASE_LABEL = "bidding/release/v1"
SESSION_LABEL = "bidding/session/v1"
RECORD_LABEL = "bidding/record/v1"
ENROLMENT_LABEL = "bidding/enrolment/v1"
CERTIFICATE_LABEL = "bidding/certificate-binding/v1"

T = TypeVar("T")


class Signed(msgspec.Struct, frozen=True):
    """The canonical bytes that were signed, kept as received, and the signature."""

    payload: bytes
    signature: bytes

    def to_json(self) -> "SignedJson":
        """For JSON documents: both as base64url."""
        return SignedJson(payload=b64(self.payload), signature=b64(self.signature))


class SignedJson(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`Signed` inside a JSON document."""

    payload: str
    signature: Bytes64

    def to_signed(self) -> Signed:
        """CanonicalError if a field is not strict base64url."""
        return Signed(unb64(self.payload), unb64(self.signature))


def signed_bytes(label: str, payload: bytes) -> bytes:
    """What the signature is computed over."""
    return label.encode("ascii") + b"\0" + payload


def sign(label: str, value: object, key: bytes | Signer) -> Signed:
    """Sign `value` with a raw Ed25519 private key or a signer, after checking every constraint of its type."""
    signing = _private(key).sign if isinstance(key, bytes) else key.sign
    payload = canonical(validated(value))
    return Signed(payload, signing(signed_bytes(label, payload)))


def verify(label: str, signed: Signed, public_key: bytes, kind: type[T]) -> T:
    """The signed value. The signature is checked over the bytes received, before they are read.

    SignatureError: another key, label or payload. CanonicalError: signed, but not a canonical `kind`.
    """
    verify_bytes(label, signed, public_key)
    return parse_canonical(signed.payload, kind)


def verify_bytes(label: str, signed: Signed, public_key: bytes) -> None:
    """SignatureError unless `public_key` (encoded as `public_keys` says) signed this payload under `label`."""
    if not signed_by(public_key, signed_bytes(label, signed.payload), signed.signature):
        raise SignatureError(label=label, reason="not by this key over these bytes")


def _private(key: bytes) -> Ed25519PrivateKey:
    try:
        return Ed25519PrivateKey.from_private_bytes(key)
    except ValueError:
        raise MalformedKeyError(what="Ed25519 private key: not 32 bytes") from None
