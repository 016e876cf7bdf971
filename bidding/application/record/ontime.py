"""Every bid on the roll is a leaf of the log before the closing leaf: in time by place, not by a word for when."""

from collections.abc import Iterator

from bidding.application.log.ontime import closing_leaf, late
from bidding.application.record.format import BidLeaf, RecordLog
from bidding.application.record.logged import check_leaf, opened
from bidding.application.record.read import Read, require
from bidding.crypto.log.checkpoint import Checkpoint
from bidding.crypto.log.leaf import LoggedEvent
from bidding.crypto.log.note import NoteKey
from bidding.domain.bid.events import BidReceived
from bidding.domain.event import Event, decode
from bidding.domain.opening.entries import RollEntry
from bidding.domain.opening.events import RollPublished

CHECK = "on time"


def check_on_time(read: Read, log_key: NoteKey | None) -> Iterator[str]:
    """R-TIME-08, R-BID-04: each bid of the roll, and none twice; key releases before their window's end."""
    record, roll = read.record, read.first(RollPublished)
    log = record.log
    if log is None or roll is None:
        return
    if not log.bids:
        require(log_key is None, CHECK, "the record has no proofs of its bids: have it exported again")
        return  # made before they were disclosed
    top, entries = opened(log, CHECK), {one.bidder: one for one in roll.roll}
    require(
        sorted(one.bidder for one in log.bids) == sorted(entries),
        CHECK,
        "not one leaf for every bid on the roll",
    )
    placed = public(read, log)
    require(closing_leaf(placed) is not None, CHECK, "no closing leaf is proved")
    placed += [(one.index, _bid(read, top, one, entries[one.bidder])) for one in log.bids]
    placed.sort(key=lambda one: one[0])
    require(len({leaf for leaf, _ in placed}) == len(placed), CHECK, "two events at one leaf")
    fault = late(placed)
    require(not fault, CHECK, fault)
    yield f"{CHECK}: each of {len(log.bids)} bids is a leaf before the closing leaf {closing_leaf(placed)}"


def public(read: Read, log: RecordLog) -> list[tuple[int, Event]]:
    """The record's own events at their leaves, as far as these are proved."""
    return [(leaf.index, event) for leaf, event in zip(log.leaves, read.events, strict=False)]


def _bid(read: Read, top: Checkpoint, leaf: BidLeaf, entry: RollEntry) -> BidReceived:
    """The bid at the leaf: the one on the roll, under the receipt in the record."""
    where, lot = f"the bid of {leaf.bidder}", read.record.lot
    event = LoggedEvent(
        id=leaf.id,
        internals=leaf.internals,
        recorded_at=leaf.recorded_at,
        state=leaf.state,
        stream=f"bid-{lot}-{leaf.bidder}",
        topic=BidReceived.TOPIC,
    )
    check_leaf(top, event, leaf, CHECK, where)
    bid = decode(BidReceived.TOPIC, leaf.state.encode())
    assert isinstance(bid, BidReceived)
    receipts = {one.bidder: (one.receipt, one.signature) for one in read.record.receipts}
    said = bid.lot, bid.bidder, bid.receipt_number, bid.manifest_hash
    wanted = lot, leaf.bidder, entry.receipt_number, entry.manifest_hash
    same = said == wanted and (bid.receipt, bid.receipt_signature) == receipts.get(leaf.bidder)
    require(same, CHECK, f"{where}: its leaf is of another bid than the one on the roll")
    return bid
