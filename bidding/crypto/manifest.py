"""The manifest: what a bidder signs about a sealed bid. All about the bodies but their content."""

import hashlib
from typing import Annotated, Literal

import msgspec

from bidding.crypto.canonical import (
    MAX_INTEGER,
    Bytes56,
    Digest,
    Name,
    PublicKey,
    WrappedKey,
    b64,
    canonical,
    unb64,
)
from bidding.crypto.escrow import Consent, Escrow
from bidding.crypto.sealing import SealedBody
from bidding.crypto.signing import MANIFEST_LABEL, Signed, sign, verify
from bidding.crypto.suite import INTL_1, key_id
from bidding.crypto.target import Target

POLICY_P1 = "P1"
"""Bidder-held keys only: a lost key loses the bid."""
POLICY_P2 = "P2"
"""P1, and any two of three trustees can open: only after a signed incident report."""
POLICY_P3 = "P3"
"""Any two of three trustees open, and nobody else can: no key of the bidder's, but its signed consent."""

Version = Annotated[int, msgspec.Meta(ge=1, le=MAX_INTEGER)]
Length = Annotated[int, msgspec.Meta(ge=0, le=MAX_INTEGER)]


class Recipient(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One of the bidder's own opening keys (a phone, a PC, the printed recovery code)."""

    key: Digest
    public: PublicKey

    @classmethod
    def of(cls, public: bytes) -> "Recipient":
        """The recipient of a raw public key."""
        return cls(key=key_id(public), public=b64(public))


class Wrap(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The envelope's content key for one recipient, as the suite wraps it (80 bytes in `intl-1`)."""

    key: Digest
    wrapped: WrappedKey


class SealedEnvelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One sealed body: its length in bytes, the RFC 6962 root of its 8 MiB parts, its header, its wraps.

    `escrow`: what is left with the trustees, where the policy asks it; absent otherwise.
    """

    name: Name
    sealed_length: Length
    part_count: Length
    root: Digest
    header: Bytes56
    wraps: Annotated[tuple[Wrap, ...], msgspec.Meta(max_length=16)]
    escrow: Escrow | msgspec.UnsetType = msgspec.UNSET

    @classmethod
    def of(
        cls,
        name: str,
        body: SealedBody,
        wraps: tuple[Wrap, ...],
        escrow: Escrow | msgspec.UnsetType = msgspec.UNSET,
    ) -> "SealedEnvelope":
        return cls(
            name=name,
            sealed_length=body.sealed_length,
            part_count=len(body.part_hashes),
            root=body.root.hex(),
            header=b64(body.header),
            wraps=wraps,
            escrow=escrow,
        )

    @property
    def root_bytes(self) -> bytes:
        return bytes.fromhex(self.root)

    @property
    def header_bytes(self) -> bytes:
        return unb64(self.header)


class SpareFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """SHA-256 of the unencrypted file that the bidder keeps, and of the form in it (whose draw nonce hides it)."""

    form: Digest
    sha256: Digest


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`supersedes` is the hash of the manifest that this version replaces, null for the first.

    `spare`: of the spare file, if the document allows one and the bidder keeps one; absent otherwise.
    `recipients` and `wraps` are empty under P3, and nowhere else; there `consent` is instead, absent otherwise.
    """

    lot: Name
    bidder: Name
    bid_version: Version
    document_hash: Digest
    document_version: Version
    recipients: Annotated[tuple[Recipient, ...], msgspec.Meta(max_length=16)]
    envelopes: Annotated[tuple[SealedEnvelope, ...], msgspec.Meta(min_length=1, max_length=16)]
    draw_nonce_hash: Digest
    supersedes: Digest | None = None
    suite: Name = INTL_1
    policy: Name = POLICY_P1
    consent: Consent | msgspec.UnsetType = msgspec.UNSET
    spare: SpareFile | msgspec.UnsetType = msgspec.UNSET
    v: Literal[1] = 1

    def __post_init__(self) -> None:
        own = self.policy != POLICY_P3
        keyed = [bool(self.recipients), *(bool(one.wraps) for one in self.envelopes)]
        if set(keyed) != {own} or (self.consent is msgspec.UNSET) is not own:
            raise ValueError("keys of the bidder's, or under P3 its consent and none")

    def target(self, envelope: str) -> Target:
        """What this envelope is addressed to; never carried in the body, always rebuilt from here."""
        return Target(
            document_hash=self.document_hash,
            document_version=self.document_version,
            lot=self.lot,
            bidder=self.bidder,
            envelope=envelope,
            bid_version=self.bid_version,
            suite=self.suite,
        )

    def envelope(self, name: str) -> SealedEnvelope:
        """The envelope of that name; KeyError if the bid has none."""
        for found in self.envelopes:
            if found.name == name:
                return found
        raise KeyError(name)

    @property
    def sealed_length(self) -> int:
        """Bytes of all sealed bodies together."""
        return sum(envelope.sealed_length for envelope in self.envelopes)

    @property
    def roots(self) -> dict[str, Digest]:
        return {envelope.name: envelope.root for envelope in self.envelopes}


def manifest_hash(manifest: Manifest) -> Digest:
    """Hex SHA-256 of the canonical manifest: the bid's name in receipts, releases and replacements."""
    return hashlib.sha256(canonical(manifest)).hexdigest()


def sign_manifest(signing_key: bytes, manifest: Manifest) -> Signed:
    """The manifest as the bidder submits it. `signing_key` is a raw Ed25519 private key."""
    return sign(MANIFEST_LABEL, manifest, signing_key)


def verify_manifest(signed: Signed, public_key: bytes) -> Manifest:
    """The manifest, signed by that raw Ed25519 key. SignatureError, CanonicalError."""
    return verify(MANIFEST_LABEL, signed, public_key, Manifest)
