"""A device credential: an Ed25519 key that signs acts and an X25519 key that opens the bidder's own bids.

Both are made on the device and never leave it.
"""

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import ClassVar, Literal

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bidding.crypto.canonical import Bytes32, Digest, Name, PublicKey, b64, canonical, unb64, validated
from bidding.crypto.errors import MalformedKeyError
from bidding.crypto.public_keys import Signer
from bidding.crypto.signing import CERTIFICATE_LABEL, ENROLMENT_LABEL, Signed, sign, verify, verify_bytes
from bidding.crypto.suite import INTL_1, KEY_SIZE, KeyPair, Random, key_id

_OPENING_LABEL = b"bidding/opening-key/v1\0"


@dataclass(frozen=True)
class SigningKey:
    """An Ed25519 pair, raw. The private half stays out of repr."""

    provider: ClassVar[str] = "soft"
    remote: ClassVar[bool] = False

    public: bytes
    private: bytes = field(repr=False, compare=False)

    @classmethod
    def generate(cls, random: Random = secrets.token_bytes) -> "SigningKey":
        return cls.from_private(random(KEY_SIZE))

    @classmethod
    def from_private(cls, private: bytes) -> "SigningKey":
        try:
            key = Ed25519PrivateKey.from_private_bytes(private)
        except ValueError:
            raise MalformedKeyError(what="Ed25519 private key: not 32 bytes") from None
        return cls(key.public_key().public_bytes_raw(), private)

    @property
    def id(self) -> str:
        return key_id(self.public)

    def sign(self, message: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.private).sign(message)


@dataclass(frozen=True)
class DeviceCredential:
    """What a device holds. `id` names the credential in statements: the signing key's id."""

    signing: SigningKey
    opening: KeyPair
    recovered: bytes | None = field(default=None, repr=False, compare=False)
    """The 32 bytes of a recovery code, where one stands in for this device's opening keys."""

    @classmethod
    def generate(cls, random: Random = secrets.token_bytes) -> "DeviceCredential":
        return cls(SigningKey.generate(random), KeyPair.generate(random))

    @property
    def id(self) -> str:
        return self.signing.id

    def opening_for(self, suite: str) -> KeyPair:
        """The pair that opens this bidder's bids of `suite`.

        But for `intl-1` it is derived from the seed of the signing key, which its public half does not give away
        even to a quantum computer (that finds the scalar, a hash of the seed); of an X25519 key it finds the key.
        """
        if suite == INTL_1:
            return self.opening
        if self.recovered is not None:
            return KeyPair.from_private(self.recovered, suite)
        return KeyPair.derived(lambda more: self._derived(_OPENING_LABEL + suite.encode() + more), suite)

    def _derived(self, info: bytes) -> bytes:
        return HKDF(SHA256(), KEY_SIZE, salt=None, info=info).derive(self.signing.private)


class EnrolmentRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A device asks to be certified for a party: both public keys, signed by the signing one."""

    party: Name
    device: Name
    signing: Bytes32
    opening: Bytes32
    v: Literal[1] = 1


def request_enrolment(credential: DeviceCredential, party: str, device: str) -> Signed:
    """The device's request; its signature proves possession of the signing key."""
    request = EnrolmentRequest(
        party=party,
        device=device,
        signing=b64(credential.signing.public),
        opening=b64(credential.opening.public),
    )
    return sign(ENROLMENT_LABEL, request, credential.signing.private)


def verify_enrolment(signed: Signed, signing_public: bytes) -> EnrolmentRequest:
    """The request, signed by the very key it asks to certify. SignatureError, CanonicalError."""
    request = verify(ENROLMENT_LABEL, signed, signing_public, EnrolmentRequest)
    if unb64(request.signing) != signing_public:
        raise MalformedKeyError(what="enrolment request: names another signing key than the one that signed")
    return request


class CertificateRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The holder of a licensed authority's certificate asks to be bound to a party. ``certificate``: hex SHA-256 of
    its DER; ``opening``: the public key that the party's bids are to be sealed for beside it."""

    party: Name
    device: Name
    certificate: Digest
    opening: PublicKey
    v: Literal[1] = 1


def request_binding(signer: Signer, party: str, device: str, certificate: bytes, opening: bytes) -> Signed:
    """The request; its signature proves possession of the certified key. ``certificate``: DER."""
    return sign(CERTIFICATE_LABEL, _binding(party, device, certificate, opening), signer)


def verify_binding(
    signature: bytes, public: bytes, party: str, device: str, certificate: bytes, opening: bytes
) -> None:
    """SignatureError unless the certified key ``public`` signed just this request."""
    payload = canonical(validated(_binding(party, device, certificate, opening)))
    verify_bytes(CERTIFICATE_LABEL, Signed(payload, signature), public)


def _binding(party: str, device: str, certificate: bytes, opening: bytes) -> CertificateRequest:
    return CertificateRequest(
        party=party, device=device, certificate=hashlib.sha256(certificate).hexdigest(), opening=b64(opening)
    )
