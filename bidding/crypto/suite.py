"""Suite `intl-1`: HPKE (RFC 9180, single shot, base mode) with X25519, HKDF-SHA256 and AES-256-GCM.

Keys are raw 32-byte strings at this border, as WebCrypto's raw export gives them.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from bidding.crypto.errors import MalformedKeyError, UnsupportedSuiteError

INTL_1 = "intl-1"
SUITES = frozenset({INTL_1})

KEY_SIZE = 32
WRAP_SIZE = 80
"""Bytes of a wrapped 32-byte key: 32 encapsulated + 32 encrypted + 16 tag."""

Random = Callable[[int], bytes]
"""n -> n unpredictable bytes."""

_HPKE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)


def require_suite(suite: str) -> None:
    """UnsupportedSuiteError unless this program speaks `suite`."""
    if suite not in SUITES:
        raise UnsupportedSuiteError(suite=suite)


@dataclass(frozen=True)
class KeyPair:
    """An X25519 pair, raw. The private half stays out of repr and is compared by nobody."""

    public: bytes
    private: bytes = field(repr=False, compare=False)

    @classmethod
    def generate(cls, random: Random = secrets.token_bytes) -> "KeyPair":
        return cls.from_private(random(KEY_SIZE))

    @classmethod
    def from_private(cls, private: bytes) -> "KeyPair":
        return cls(public_of(private), private)


def public_of(private: bytes) -> bytes:
    """The X25519 public key of a raw private key."""
    return _private(private).public_key().public_bytes_raw()


def key_matches(private: bytes, public: bytes) -> bool:
    """Whether a disclosed private key is the one whose public half was announced."""
    return public_of(private) == public


def key_id(public: bytes) -> str:
    """Lower-case hex SHA-256 of a raw public key (X25519, Ed25519): its name in signed documents."""
    return hashlib.sha256(public).hexdigest()


def wrap(cek: bytes, public_key: bytes, info: bytes, suite: str = INTL_1) -> bytes:
    """`enc ‖ ciphertext` of `cek` for one recipient (80 bytes for a 32-byte key), bound to `info`.

    MalformedKeyError if the public key is not 32 bytes or is a point of small order.
    """
    require_suite(suite)
    try:
        return _HPKE.encrypt(cek, X25519PublicKey.from_public_bytes(public_key), info=info)
    except ValueError:
        raise MalformedKeyError(what="X25519 public key: wrong length or small order") from None


def unwrap(wrapped: bytes, private_key: bytes, info: bytes, suite: str = INTL_1) -> bytes | None:
    """The wrapped bytes, or None if key, `info` or a byte of `wrapped` is not the one it was made with.

    HPKE cannot tell these apart; the caller knows which layer it stands in and refuses accordingly.
    """
    require_suite(suite)
    key = _private(private_key)
    try:
        return _HPKE.decrypt(wrapped, key, info=info)
    except (InvalidTag, ValueError):
        return None


def _private(raw: bytes) -> X25519PrivateKey:
    try:
        return X25519PrivateKey.from_private_bytes(raw)
    except ValueError:
        raise MalformedKeyError(what="X25519 private key: not 32 bytes") from None
