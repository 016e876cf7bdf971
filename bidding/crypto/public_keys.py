"""Public keys that sign: a device's own, and those that licensed authorities certify.

Their encodings: Ed25519 raw, 32 bytes; SM2 raw, 64 bytes x ‖ y; RSA and ECDSA as SubjectPublicKeyInfo (DER). Their
signatures, one spelling each: the 64 bytes of Ed25519, r ‖ s of SM2 and ECDSA (IEEE P1363, as WebCrypto and PKCS#11
have it), RSASSA-PKCS1-v1_5 with SHA-256, which is what key tokens make.
"""

from typing import Protocol, TypeAlias

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from bidding.crypto import sm2
from bidding.crypto.errors import CertificateError
from bidding.crypto.sm2_certificate import public_key as sm2_key_of

_ED25519, _SM2 = 32, 64
#: Bits of an RSA modulus: what is taken at least, and at most, for a signature travels in every act.
RSA_BITS = range(2048, 4097)

Soft: TypeAlias = Ed25519PrivateKey | ec.EllipticCurvePrivateKey | RSAPrivateKey


class Signer(Protocol):
    """Whatever holds a private key and signs with it: this process, a token, a machine elsewhere."""

    @property
    def public(self) -> bytes:
        """The public key, encoded as above."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The signature over these bytes, spelt as above."""
        ...


class SoftSigner:
    """A key of the library in this process's memory."""

    def __init__(self, private: Soft) -> None:
        self._private = private
        self.public = encoded(private.public_key())

    def sign(self, message: bytes) -> bytes:
        key = self._private
        if isinstance(key, Ed25519PrivateKey):
            return key.sign(message)
        if isinstance(key, RSAPrivateKey):
            return key.sign(message, PKCS1v15(), SHA256())
        r, s = utils.decode_dss_signature(key.sign(message, ec.ECDSA(_hash_of(key.curve))))
        size = _size(key.curve)
        return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def encoded(key: object) -> bytes:
    """CertificateError for a key of no kind that is taken here."""
    if isinstance(key, Ed25519PublicKey | X25519PublicKey):
        return key.public_bytes_raw()
    rsa = isinstance(key, RSAPublicKey) and key.key_size in RSA_BITS
    curve = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1 | ec.SECP384R1)
    if isinstance(key, RSAPublicKey | ec.EllipticCurvePublicKey) and (rsa or curve):
        return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    raise CertificateError(reason="a key of a kind, curve or size that is not taken")


def key_of(certificate: x509.Certificate) -> bytes:
    """The certified public key, encoded. CertificateError."""
    try:
        key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        return sm2_key_of(certificate)
    return encoded(key)


def signed_by(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether that key signed these bytes. UnsupportedSuiteError for SM2 where `bidding[gm]` is not installed."""
    if len(public) == _SM2:
        return sm2.verify_raw(public, message, signature)
    try:
        if len(public) == _ED25519:
            Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
            return True
        key = load_der_public_key(public)
        if isinstance(key, RSAPublicKey):
            key.verify(signature, message, PKCS1v15(), SHA256())
            return key.key_size in RSA_BITS
        if isinstance(key, ec.EllipticCurvePublicKey):
            return _ecdsa(key, message, signature)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return False


def _ecdsa(key: ec.EllipticCurvePublicKey, message: bytes, signature: bytes) -> bool:
    size = _size(key.curve)
    if len(signature) != 2 * size:
        return False
    r, s = (int.from_bytes(part, "big") for part in (signature[:size], signature[size:]))
    key.verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(_hash_of(key.curve)))
    return True


def _size(curve: ec.EllipticCurve) -> int:
    return (curve.key_size + 7) // 8


def _hash_of(curve: ec.EllipticCurve) -> SHA256 | SHA384:
    return SHA384() if isinstance(curve, ec.SECP384R1) else SHA256()
