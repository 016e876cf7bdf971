"""Every event of the record is a leaf of the verifiable log, in the order in which it stands there."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from bidding.application.log.receipts import Proofs
from bidding.application.record.format import (
    BidLeaf,
    Continued,
    LeafProof,
    LotRecord,
    RecordedEvent,
    RecordLog,
    WithheldLeaf,
)
from bidding.application.record.read import Read, require
from bidding.crypto.canonical import b64, parse_canonical, unb64
from bidding.crypto.errors import LogError
from bidding.crypto.instant import instant
from bidding.crypto.log.checkpoint import Checkpoint, open_checkpoint
from bidding.crypto.log.disclosed import Disclosed
from bidding.crypto.log.leaf import LoggedEvent, event_entry, parse_moment
from bidding.crypto.log.note import NoteKey, parse_vkey
from bidding.crypto.log.proof import LogProof, parse_proof
from bidding.crypto.parts import verify_inclusion
from bidding.domain.bid.events import BidReceived
from bidding.domain.event import decode
from bidding.domain.timestamp.events import HistoryStated

CHECK = "log"


class Shown(NamedTuple):
    """A leaf as the log's reader disclosed it."""

    event: LoggedEvent
    salt: str
    proof: LogProof


def shown(one: Disclosed) -> Shown:
    return Shown(parse_canonical(one.event.encode(), LoggedEvent), one.salt, parse_proof(one.proof))


def leaf_proof(one: Shown, state: str) -> LeafProof:
    """The proof of an event that stands beside it as ``state``."""
    return LeafProof(
        id=one.event.id,
        internals=one.event.internals,
        recorded_at=one.event.recorded_at,
        salt=one.salt,
        index=one.proof.index,
        path=tuple(b64(node) for node in one.proof.path),
        state="" if one.event.state == state else one.event.state,
    )


def record_log(proofs: Proofs, events: Sequence[tuple[str, RecordedEvent]]) -> RecordLog | None:
    """The proofs of ``events`` (event id, event) as far as there are, of the bids, and of what is withheld and counted
    by a statement among them; None: of none."""
    found = {one.event.id: one for one in map(shown, proofs.shown.leaves)}
    leaves, checkpoint, stated = [], b"", 0
    for event_id, recorded in events:
        if event_id not in found:
            break
        one = found[event_id]
        checkpoint = one.proof.checkpoint
        leaves.append(leaf_proof(one, recorded.state))
        if recorded.topic == HistoryStated.TOPIC:
            stated = msgspec.json.decode(recorded.state, type=HistoryStated).events
    if not leaves:
        return None
    bids = (one for one in found.values() if one.event.topic == BidReceived.TOPIC)
    return RecordLog(
        vkey=proofs.shown.vkey,
        checkpoint=checkpoint.decode(),
        leaves=tuple(leaves),
        bids=tuple(_bid(one) for one in bids),
        withheld=tuple(
            WithheldLeaf(
                commitment=one.commitment.hex(),
                index=one.proof.index,
                path=tuple(b64(node) for node in one.proof.path),
            )
            for one in proofs.withheld
            if one.number <= stated  # by one that came meanwhile more may be: that is not in the record
        ),
        continued=tuple(
            Continued(size=size, path=tuple(b64(node) for node in path))
            for size, path in proofs.continued.items()
        ),
    )


def _bid(one: Shown) -> BidLeaf:
    bid = decode(one.event.topic, one.event.state.encode())
    assert isinstance(bid, BidReceived)
    proof = leaf_proof(one, "")
    return BidLeaf(**{name: getattr(proof, name) for name in proof.__struct_fields__}, bidder=bid.bidder)


def check_log(read: Read, log_key: NoteKey | None) -> Iterator[str]:
    """Names of what holds. ``log_key``: the key that you trust; None takes the file's word for it."""
    record, log = read.record, read.record.log
    if log is None:
        require(log_key is None, CHECK, "the record has no proofs of the log whose key you gave")
        return  # made before the log began
    named = parse_vkey(log.vkey)
    require(log_key in (None, named), CHECK, "of another log than the one whose key you gave")
    require(len(log.leaves) <= len(record.events), CHECK, "more leaves than events")
    top = opened(log, CHECK)
    for number, leaf in enumerate(log.leaves):
        event = record.events[number]
        where = f"event {event.position}"
        check_leaf(top, logged_event(record, event, leaf), leaf, CHECK, where)
        require(instant(parse_moment(leaf.recorded_at)) == event.recorded_at, CHECK, "another instant")
        if number:
            before = log.leaves[number - 1]
            in_order = before.index < leaf.index and before.recorded_at <= leaf.recorded_at
            require(in_order, CHECK, f"{where}: out of the log's order, or back-dated")
    trusted = "the key you gave" if log_key else f"the key in the file ({log.vkey})"
    said = f"{len(log.leaves)} of {len(record.events)} events proved under a checkpoint of {top.size}"
    yield f"log: {said} by {trusted}"


def opened(log: RecordLog, check: str) -> Checkpoint:
    """The checkpoint of all proofs in the file, once its signature by the key in the file is found good."""
    try:
        return open_checkpoint(log.checkpoint.encode(), parse_vkey(log.vkey))[0]
    except LogError as error:
        require(False, check, str(error))
        raise


def check_leaf(top: Checkpoint, event: LoggedEvent, leaf: LeafProof, check: str, where: str) -> None:
    """``Faulty`` unless the event is the leaf that ``leaf`` says."""
    try:
        entry = event_entry(event, unb64(leaf.salt))
    except LogError as error:
        require(False, check, f"{where}: {error}")
        raise
    path = [unb64(node) for node in leaf.path]
    held = verify_inclusion(entry, leaf.index, top.size, path, top.root)
    require(held, check, f"{where}: this is not leaf {leaf.index} of the log")


def logged_event(record: LotRecord, event: RecordedEvent, leaf: LeafProof) -> LoggedEvent:
    """What the leaf commits to. Its bytes differ from the record's only where a later version knows more fields."""
    if leaf.state:
        same = decode(event.topic, leaf.state.encode()) == decode(event.topic, event.state.encode())
        require(same, CHECK, f"event {event.position}: the log holds another one")
    return LoggedEvent(
        id=leaf.id,
        internals=leaf.internals,
        recorded_at=leaf.recorded_at,
        state=leaf.state or event.state,
        stream=f"lot-{record.lot}",
        topic=event.topic,
    )
