"""What a party kept of the log, laid against a record: what it was shown is there, or counted as withheld."""

from typing import NamedTuple

from bidding.application.record.complete import counted_to
from bidding.application.record.format import RecordLog
from bidding.application.record.logged import committed, logged_event, opened
from bidding.application.record.read import Read, require
from bidding.crypto.canonical import unb64
from bidding.crypto.errors import CryptoError
from bidding.crypto.log.checkpoint import Checkpoint
from bidding.crypto.log.disclosed import DisclosedLeaves, Proved, prove
from bidding.crypto.log.leaf import LoggedEvent, commitment, logged_bytes
from bidding.crypto.log.note import parse_vkey
from bidding.domain.bid.events import BidReceived
from bidding.domain.disclosure import is_public, shown_with_roll
from bidding.domain.event import decode

CHECK = "kept"


class _There(NamedTuple):
    """Leaf → what the record says that it holds: of what is shown, and of what is withheld. ``counted``: the last
    leaf of the lot that a statement counts; ``proved``: of the record's own events the last that is proved."""

    shown: dict[int, bytes]
    withheld: dict[int, bytes]
    counted: int
    proved: int


def check_kept(kept: DisclosedLeaves, read: Read, where: str) -> str:
    """R-BID-04, R-GEN-05: what holds. ``Faulty`` if the record is of another history than the party was shown, or
    leaves out what it was shown."""
    log = read.record.log
    require(kept.lot == read.record.lot, CHECK, f"{where}: of another lot")
    require(log is not None, CHECK, f"{where}: the record has no proofs to lay them against")
    assert log is not None
    require(kept.vkey == log.vkey, CHECK, f"{where}: of another log")
    key, top, there = parse_vkey(log.vkey), opened(log, CHECK), _there(read, log)
    found = {"shown": 0, "withheld": 0, "apart": 0}
    for one in kept.leaves:
        try:
            proved = prove(one, key)
        except CryptoError as error:
            require(False, CHECK, f"{where}: {error}")
            raise
        held = commitment(logged_bytes(proved.event), unb64(one.salt))
        found[_laid(proved, held, read, top, there, where)] += 1
    return (
        f"{where}: {len(kept.leaves)} leaves; {found['shown']} in the record, {found['withheld']} among those that it "
        f"withholds, {found['apart']} that it need not count"
    )


def _there(read: Read, log: RecordLog) -> _There:
    record = read.record
    shown = {
        leaf.index: committed(logged_event(record, event, leaf), leaf)
        for event, leaf in zip(record.events, log.leaves, strict=False)
    }
    for bid in log.bids:
        event = LoggedEvent(
            id=bid.id,
            internals=bid.internals,
            recorded_at=bid.recorded_at,
            state=bid.state,
            stream=f"bid-{record.lot}-{bid.bidder}",
            topic=BidReceived.TOPIC,
        )
        shown[bid.index] = committed(event, bid)
    withheld = {one.index: bytes.fromhex(one.commitment) for one in log.withheld}
    return _There(shown, withheld, counted_to(read), log.leaves[-1].index if log.leaves else -1)


def _laid(proved: Proved, held: bytes, read: Read, top: Checkpoint, there: _There, where: str) -> str:
    what = f"{where}: leaf {proved.index} ({proved.event.topic})"
    same = proved.checkpoint.size != top.size or proved.checkpoint.root == top.root
    require(same, CHECK, f"{what}: two checkpoints of {top.size} leaves, two histories")
    for kind, leaves in (("shown", there.shown), ("withheld", there.withheld)):
        if proved.index in leaves:
            require(leaves[proved.index] == held, CHECK, f"{what}: the record has another event there")
            return kind
    require(
        not _missed(proved, read, there), CHECK, f"{what}: shown to the party, and left out of the record"
    )
    return "apart"


def _missed(proved: Proved, read: Read, there: _There) -> bool:
    """Whether a record of this lot has to show or count it."""
    event = decode(proved.event.topic, proved.event.state.encode())
    if proved.event.stream == f"lot-{read.record.lot}":
        return proved.index <= (max(there.proved, there.counted) if is_public(event) else there.counted)
    return bool(read.record.log and read.record.log.bids) and shown_with_roll(event, read.lot)
