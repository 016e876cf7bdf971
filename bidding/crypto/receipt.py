"""Receipts and refusal receipts: signed by the platform, checked by the bidder offline, years later."""

import base64
import secrets
from typing import Annotated, Literal

import msgspec

from bidding.crypto.canonical import MAX_INTEGER, Digest, Name
from bidding.crypto.errors import SignatureError
from bidding.crypto.instant import Instant
from bidding.crypto.manifest import Length, Version
from bidding.crypto.public_keys import Signer
from bidding.crypto.signing import RECEIPT_LABEL, REFUSAL_LABEL, Signed, sign, verify
from bidding.crypto.suite import Random, key_id

ReceiptNumber = Annotated[str, msgspec.Meta(pattern="^[A-Z2-7]{26}$", max_length=26)]
"""128 random bits in base32. Never sequential: order and count of bids are secrets until the opening."""

RECEIPT_NUMBER_BYTES = 16


class Receipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`completed_at` is the instant at which transmission was complete: the decisive one at the deadline.

    `bytes` counts all sealed bodies; `roots` are by envelope; `platform_key` is the signing key's id.
    `spare`: SHA-256 of the spare file that the manifest commits to; absent where it does to none.
    """

    receipt_number: ReceiptNumber
    lot: Name
    bidder: Name
    uscc: Name
    bid_version: Version
    manifest_hash: Digest
    roots: dict[Name, Digest]
    bytes: Length
    completed_at: Instant
    platform_key: Digest
    spare: Digest | msgspec.UnsetType = msgspec.UNSET
    v: Literal[1] = 1


class RefusalReceipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`code` is from the closed list of refusals; `manifest_hash` is null if no manifest could be read."""

    receipt_number: ReceiptNumber
    lot: Name
    bidder: Name
    code: Name
    refused_at: Instant
    platform_key: Digest
    envelope: Name | None = None
    bytes: Annotated[int, msgspec.Meta(ge=0, le=MAX_INTEGER)] = 0
    manifest_hash: Digest | None = None
    v: Literal[1] = 1


def new_receipt_number(random: Random = secrets.token_bytes) -> ReceiptNumber:
    return base64.b32encode(random(RECEIPT_NUMBER_BYTES)).decode("ascii").rstrip("=")


def sign_receipt(private_key: bytes | Signer, receipt: Receipt) -> Signed:
    """Sign with the platform's receipt key: raw Ed25519, or what holds it."""
    return sign(RECEIPT_LABEL, receipt, private_key)


def verify_receipt(signed: Signed, platform_public: bytes) -> Receipt:
    """The receipt, signed by that raw Ed25519 key. SignatureError, CanonicalError."""
    receipt = verify(RECEIPT_LABEL, signed, platform_public, Receipt)
    _require_key(RECEIPT_LABEL, receipt.platform_key, platform_public)
    return receipt


def sign_refusal(private_key: bytes | Signer, refusal: RefusalReceipt) -> Signed:
    """Sign with the platform's receipt key: raw Ed25519, or what holds it."""
    return sign(REFUSAL_LABEL, refusal, private_key)


def verify_refusal(signed: Signed, platform_public: bytes) -> RefusalReceipt:
    """The refusal, signed by that raw Ed25519 key. SignatureError, CanonicalError."""
    refusal = verify(REFUSAL_LABEL, signed, platform_public, RefusalReceipt)
    _require_key(REFUSAL_LABEL, refusal.platform_key, platform_public)
    return refusal


def _require_key(label: str, named: Digest, public_key: bytes) -> None:
    if named != key_id(public_key):
        raise SignatureError(label=label, reason="names another platform key")
