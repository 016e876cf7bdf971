"""Every event of the record is a leaf of the verifiable log, in the order in which it stands there."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from bidding.application.log.receipts import Proofs, Stripped
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
from bidding.crypto.log.leaf import LoggedEvent, commitment, entry, logged_bytes, parse_moment
from bidding.crypto.log.note import NoteKey, parse_vkey
from bidding.crypto.log.proof import LogProof, parse_proof
from bidding.crypto.parts import verify_inclusion
from bidding.domain.archive.erasable import ERASABLE
from bidding.domain.archive.events import LotDataErased
from bidding.domain.bid.events import BidReceived
from bidding.domain.event import decode
from bidding.domain.timestamp.events import HistoryStated

CHECK = "log"


class Shown(NamedTuple):
    """A leaf as the log's reader disclosed it; ``commitment``, hex, in the salt's place where that was erased."""

    event: LoggedEvent
    salt: str
    proof: LogProof
    commitment: str = ""


def shown(one: Disclosed) -> Shown:
    return Shown(parse_canonical(one.event.encode(), LoggedEvent), one.salt, parse_proof(one.proof))


def stripped(one: Stripped) -> Shown:
    return Shown(one.event, "", one.proof, one.commitment.hex())


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
        commitment=one.commitment,
    )


def record_log(proofs: Proofs, events: Sequence[tuple[str, RecordedEvent]]) -> RecordLog | None:
    """The proofs of ``events`` (event id, event) as far as there are, of the bids, and of what is withheld and counted
    by a statement among them; None: of none."""
    known = (*map(shown, proofs.shown.leaves), *map(stripped, proofs.stripped))
    found = {one.event.id: one for one in known}
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
    top, said = opened(log, CHECK), erasures(read)
    for number, leaf in enumerate(log.leaves):
        event = record.events[number]
        where = f"event {event.position}"
        check_leaf(top, logged_event(record, event, leaf), leaf, CHECK, where, said)
        require(instant(parse_moment(leaf.recorded_at)) == event.recorded_at, CHECK, "another instant")
        if number:
            before = log.leaves[number - 1]
            in_order = before.index < leaf.index and before.recorded_at <= leaf.recorded_at
            require(in_order, CHECK, f"{where}: out of the log's order, or back-dated")
    trusted = "the key you gave" if log_key else f"the key in the file ({log.vkey})"
    held = f"{len(log.leaves)} of {len(record.events)} events proved under a checkpoint of {top.size}"
    yield f"log: {held} by {trusted}"
    if gone := sum(bool(leaf.commitment) for leaf in log.leaves):
        yield f"log: {gone} of them without personal data that were erased on an order, as the log says itself"


def opened(log: RecordLog, check: str) -> Checkpoint:
    """The checkpoint of all proofs in the file, once its signature by the key in the file is found good."""
    try:
        return open_checkpoint(log.checkpoint.encode(), parse_vkey(log.vkey))[0]
    except LogError as error:
        require(False, check, str(error))
        raise


def check_leaf(
    top: Checkpoint,
    event: LoggedEvent,
    leaf: LeafProof,
    check: str,
    where: str,
    erased: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """``Faulty`` unless the event is the leaf that ``leaf`` says. ``erased``: what ``erasures`` says."""
    try:
        held = entry(committed(event, leaf))
    except LogError as error:
        require(False, check, f"{where}: {error}")
        raise
    if leaf.commitment:
        left = hashlib.sha256(logged_bytes(event)).hexdigest()
        told = event.topic in ERASABLE and erased.get(leaf.id) == left
        require(told, check, f"{where}: no event says that it was so erased")
    path = [unb64(node) for node in leaf.path]
    there = verify_inclusion(held, leaf.index, top.size, path, top.root)
    require(there, check, f"{where}: this is not leaf {leaf.index} of the log")


def committed(event: LoggedEvent, leaf: LeafProof) -> bytes:
    """What the leaf holds: the event's salted hash or, where personal data were erased, what the file says it is.
    LogError: neither."""
    if leaf.commitment and not leaf.salt:
        return bytes.fromhex(leaf.commitment)
    return commitment(logged_bytes(event), unb64(leaf.salt))


def erasures(read: Read) -> dict[str, str]:
    """Id of each event that the record says was erased → hex SHA-256 of what is left, by the last that says so."""
    return {one.event: one.sha256 for said in read.all(LotDataErased) for one in said.stripped}


def unsaid(read: Read) -> frozenset[int]:
    """Places of the record's events that had personal data erased: their statements are gone too."""
    leaves = () if read.record.log is None else read.record.log.leaves
    return frozenset(number for number, leaf in enumerate(leaves) if leaf.commitment)


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
