"""The two HPKE wraps (RFC 9180, single shot, base mode; HKDF-SHA256, AES-256-GCM): by X25519 and by X-Wing.

X-Wing (draft-connolly-cfrg-xwing-kem) is ML-KEM-768 with X25519: it holds as long as one of the two does, so what
is recorded today stays sealed against a quantum computer, and against a fault found in the younger of them.
"""

import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from bidding.crypto.errors import MalformedKeyError

_MLKEM_SEED, _MLKEM_PUBLIC, _X25519 = 64, 1184, 32


class X25519Wrap:
    """Suite `intl-1`: DHKEM(X25519, HKDF-SHA256). Keys raw, 32 bytes, as WebCrypto's raw export gives them."""

    _suite = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)

    def admits(self, private: bytes) -> bool:
        return len(private) == _X25519

    def public_of(self, private: bytes) -> bytes:
        return _x25519(private).public_key().public_bytes_raw()

    def wrap(self, secret: bytes, public: bytes, info: bytes) -> bytes:
        try:
            return self._suite.encrypt(secret, X25519PublicKey.from_public_bytes(public), info=info)
        except ValueError:
            raise MalformedKeyError(what="X25519 public key: wrong length or small order") from None

    def unwrap(self, wrapped: bytes, private: bytes, info: bytes) -> bytes | None:
        key = _x25519(private)
        try:
            return self._suite.decrypt(wrapped, key, info=info)
        except (InvalidTag, ValueError):
            return None


class XWingWrap:
    """Suite `intl-pq`: X-Wing, KEM 0x647a. Private key: its 32-byte seed; public: ML-KEM's 1184 bytes ‖ X25519's 32."""

    _suite = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)

    def admits(self, private: bytes) -> bool:
        return len(private) == _X25519

    def public_of(self, private: bytes) -> bytes:
        mlkem, x25519 = _expanded(private)
        return mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()

    def wrap(self, secret: bytes, public: bytes, info: bytes) -> bytes:
        try:
            key = hpke.MLKEM768X25519PublicKey(
                MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC]),
                X25519PublicKey.from_public_bytes(public[_MLKEM_PUBLIC:]),
            )
            return self._suite.encrypt(secret, key, info=info)
        except ValueError:
            raise MalformedKeyError(what="X-Wing public key: wrong length, modulus or small order") from None

    def unwrap(self, wrapped: bytes, private: bytes, info: bytes) -> bytes | None:
        key = hpke.MLKEM768X25519PrivateKey(*_expanded(private))
        try:
            return self._suite.decrypt(wrapped, key, info=info)
        except (InvalidTag, ValueError):
            return None


def _expanded(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    """The draft's expandDecapsulationKey: SHAKE-256(seed, 96) is ML-KEM's d ‖ z, then X25519's key."""
    if len(seed) != _X25519:
        raise MalformedKeyError(what="X-Wing private key: not 32 bytes")
    expanded = hashlib.shake_256(seed).digest(_MLKEM_SEED + _X25519)
    return MLKEM768PrivateKey.from_seed_bytes(expanded[:_MLKEM_SEED]), _x25519(expanded[_MLKEM_SEED:])


def _x25519(raw: bytes) -> X25519PrivateKey:
    try:
        return X25519PrivateKey.from_private_bytes(raw)
    except ValueError:
        raise MalformedKeyError(what="X25519 private key: not 32 bytes") from None
