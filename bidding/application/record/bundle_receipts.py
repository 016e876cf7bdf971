"""Receipts that somebody kept, against the record: what the platform once signed for must be in it (R-BID-04)."""

import hashlib
from pathlib import Path

import msgspec

from bidding.application.receipts import RELEASE_RECEIPT_LABEL, ReleaseReceipt
from bidding.application.record.read import Read, require, signed
from bidding.crypto.canonical import parse_canonical, unb64
from bidding.crypto.errors import CryptoError
from bidding.crypto.receipt import Receipt, verify_receipt
from bidding.crypto.signing import Signed, verify
from bidding.domain.opening.events import KeyReleased, RollPublished

FILES = "files"


class KeptReceipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    receipt: str
    signature: str


class _Kind(msgspec.Struct, frozen=True):
    code: str | None = None
    release_hash: str | None = None


def kept_receipt(path: Path) -> KeptReceipt | None:
    """None for a file that is no such paper."""
    if path.suffix != ".json":
        return None
    try:
        return parse_canonical(path.read_bytes(), KeptReceipt)
    except CryptoError:
        return None


def check_receipt(kept: KeptReceipt, read: Read, name: str) -> str:
    """What it is a receipt for. ``Faulty`` if the platform did not sign it, or signed it and the record lacks it."""
    said, key = signed(kept.receipt, kept.signature), unb64(read.record.platform_key)
    kind = msgspec.json.decode(kept.receipt, type=_Kind)
    if kind.code is not None:
        return f"a refusal ({kind.code}): nothing of it is in the record"
    return _release(said, key, read, name) if kind.release_hash is not None else _bid(said, key, read, name)


def _release(said: Signed, key: bytes, read: Read, name: str) -> str:
    receipt = verify(RELEASE_RECEIPT_LABEL, said, key, ReleaseReceipt)
    require(receipt.lot == read.record.lot, FILES, f"{name}: a receipt of another lot")
    logged = {
        hashlib.sha256(one.release.encode()).hexdigest()
        for one in read.all(KeyReleased)
        if one.bidder == receipt.bidder
    }
    require(
        receipt.release_hash in logged, FILES, f"{name}: the platform received this release and dropped it"
    )
    return f"the release of {receipt.bidder}, in the record as received"


def _bid(said: Signed, key: bytes, read: Read, name: str) -> str:
    receipt: Receipt = verify_receipt(said, key)
    require(receipt.lot == read.record.lot, FILES, f"{name}: a receipt of another lot")
    roll = read.first(RollPublished)
    if roll is None:
        return f"the bid of {receipt.bidder}; no roll is published"
    entry = next((one for one in roll.roll if one.bidder == receipt.bidder), None)
    if entry is None:
        return (
            f"a bid of {receipt.bidder}, who is not on the roll: withdrawn before the deadline, or left out"
        )
    if receipt.bid_version < entry.bid_version:
        return (
            f"version {receipt.bid_version} of the bid of {receipt.bidder}, replaced by {entry.bid_version}"
        )
    same = (receipt.receipt_number, receipt.manifest_hash) == (entry.receipt_number, entry.manifest_hash)
    require(same, FILES, f"{name}: the roll names another bid of {receipt.bidder} than the one received")
    return f"the bid of {receipt.bidder}, on the roll as received"
