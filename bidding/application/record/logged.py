"""Every event of the record is a leaf of the verifiable log, in the order in which it stands there."""

from collections.abc import Iterator, Sequence

from bidding.application.record.format import LeafProof, LotRecord, RecordedEvent, RecordLog
from bidding.application.record.read import Read, require
from bidding.crypto.canonical import b64, parse_canonical, unb64
from bidding.crypto.errors import LogError
from bidding.crypto.instant import instant
from bidding.crypto.log.disclosed import DisclosedLeaves
from bidding.crypto.log.leaf import LoggedEvent, event_entry, parse_moment
from bidding.crypto.log.note import NoteKey, parse_vkey
from bidding.crypto.log.proof import LogProof, check_proof, parse_proof
from bidding.domain.event import decode

CHECK = "log"


def record_log(disclosed: DisclosedLeaves, events: Sequence[tuple[str, RecordedEvent]]) -> RecordLog | None:
    """The proofs of ``events`` (event id, event) as far as ``disclosed`` has them; None: of none."""
    found = {}
    for one in disclosed.leaves:
        event = parse_canonical(one.event.encode(), LoggedEvent)
        found[event.id] = one, event, parse_proof(one.proof)
    leaves, checkpoint = [], b""
    for event_id, recorded in events:
        if event_id not in found:
            break
        one, event, proof = found[event_id]
        checkpoint = proof.checkpoint
        leaves.append(
            LeafProof(
                id=event.id,
                internals=event.internals,
                recorded_at=event.recorded_at,
                salt=one.salt,
                index=proof.index,
                path=tuple(b64(node) for node in proof.path),
                state="" if event.state == recorded.state else event.state,
            )
        )
    if not leaves:
        return None
    return RecordLog(vkey=disclosed.vkey, checkpoint=checkpoint.decode(), leaves=tuple(leaves))


def check_log(read: Read, log_key: NoteKey | None) -> Iterator[str]:
    """Names of what holds. ``log_key``: the key that you trust; None takes the file's word for it."""
    record, log = read.record, read.record.log
    if log is None:
        require(log_key is None, CHECK, "the record has no proofs of the log whose key you gave")
        return  # made before the log began
    named = parse_vkey(log.vkey)
    require(log_key in (None, named), CHECK, "of another log than the one whose key you gave")
    require(len(log.leaves) <= len(record.events), CHECK, "more leaves than events")
    size = 0
    for number, leaf in enumerate(log.leaves):
        event = record.events[number]
        try:
            entry = event_entry(_logged(record, event, leaf), unb64(leaf.salt))
            path = tuple(unb64(node) for node in leaf.path)
            proof = LogProof(leaf.index, path, log.checkpoint.encode())
            size = check_proof(proof, entry, named).size
        except LogError as error:
            require(False, CHECK, f"event {event.position}: {error}")
        require(instant(parse_moment(leaf.recorded_at)) == event.recorded_at, CHECK, "another instant")
        if number:
            before = log.leaves[number - 1]
            in_order = before.index < leaf.index and before.recorded_at <= leaf.recorded_at
            require(in_order, CHECK, f"event {event.position}: out of the log's order, or back-dated")
    trusted = "the key you gave" if log_key else f"the key in the file ({log.vkey})"
    yield f"log: {len(log.leaves)} of {len(record.events)} events proved under a checkpoint of {size} by {trusted}"


def _logged(record: LotRecord, event: RecordedEvent, leaf: LeafProof) -> LoggedEvent:
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
