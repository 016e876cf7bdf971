"""The played record with proofs of a log: ``python -m tests.records.logged`` writes it for both verifiers."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from bidding.application.record.format import (
    SEAL_LABEL,
    BidLeaf,
    LeafProof,
    LotRecord,
    RecordedEvent,
    RecordLog,
    Seal,
    SealBody,
    WithheldLeaf,
    entries_root,
)
from bidding.crypto.canonical import b64, canonical, parse_canonical
from bidding.crypto.credentials import SigningKey
from bidding.crypto.instant import instant
from bidding.crypto.log.checkpoint import Checkpoint, sign_checkpoint
from bidding.crypto.log.leaf import LoggedEvent, commitment, cover, entry, event_entry, logged_bytes
from bidding.crypto.log.note import NoteKey
from bidding.crypto.parts import inclusion_proof, root
from bidding.crypto.signing import sign
from bidding.domain.bid.events import BidReceived
from bidding.domain.event import Event, decode, encode
from bidding.domain.opening.events import RollPublished
from bidding.domain.timestamp.events import HistoryStated
from tests.records.altering import FOLDER, KEY, RECORD

LOGGED, STATED = FOLDER / "logged.json", FOLDER / "stated.json"
PLAYED = parse_canonical(RECORD, LotRecord)
Leaves = list[tuple[LoggedEvent, bytes]]
#: Leaf → event and salt.
Put = Mapping[int, tuple[LoggedEvent, bytes]]
LOG = SigningKey.from_private(hashlib.sha256(b"the vectors' log").digest())
LOG_KEY = NoteKey("log.example/vectors", LOG.public)


def logged() -> bytes:
    """Each event is every third leaf of the log, each bid on the roll the leaf behind an early one; the others are
    covers."""
    return canonical(sealed(recorded()))


def recorded(
    bids_at: Sequence[int] = (2, 5, 8),
    withheld_at: Sequence[int] = (),
    record: LotRecord = PLAYED,
    put: Put = MappingProxyType({}),
) -> LotRecord:
    """The record with its proofs, not sealed yet. ``bids_at``: the leaves of the bids on the roll, in its order;
    ``withheld_at``: those of events of the lot that not everybody may see; ``put``: which, where it matters."""
    entries, events, bids = tree(bids_at, withheld_at, record, put)
    size = len(entries)
    note = sign_checkpoint(Checkpoint(LOG_KEY.name, size, root(entries)), LOG.private)
    log = RecordLog(
        vkey=LOG_KEY.vkey,
        checkpoint=note.encoded.decode(),
        leaves=tuple(
            LeafProof(**proof_of(event, salt, 3 * number + 1, entries))
            for number, (event, salt) in enumerate(events)
        ),
        bids=tuple(
            BidLeaf(**proof_of(event, salt, leaf, entries), state=event.state, bidder=bidder)
            for leaf, (bidder, event, salt) in zip(bids_at, bids, strict=True)
        ),
        withheld=tuple(
            WithheldLeaf(
                commitment=_hidden(leaf, put).hex(),
                index=leaf,
                path=tuple(b64(node) for node in inclusion_proof(entries, leaf)),
            )
            for leaf in withheld_at
        ),
    )
    return replace(record, log=log)


def tree(
    bids_at: Sequence[int] = (2, 5, 8),
    withheld_at: Sequence[int] = (),
    record: LotRecord = PLAYED,
    put: Put = MappingProxyType({}),
) -> tuple[list[bytes], Leaves, list[tuple[str, LoggedEvent, bytes]]]:
    """All entries of the log; the record's events with their salts; the bids of the roll likewise, by bidder."""
    entries = [entry(cover(b"s" * 32, leaf)) for leaf in range(3 * len(record.events) + 2)]
    events = [
        event_of(f"lot-{record.lot}", number, one.recorded_at, one.topic, one.state)
        for number, one in enumerate(record.events)
    ]
    taken = record.events[1].recorded_at
    bids = [
        (bidder, *event_of(f"bid-{record.lot}-{bidder}", -number, taken, BidReceived.TOPIC, state))
        for number, (bidder, state) in enumerate(received(record), start=1)
    ]
    for number, (event, salt) in enumerate(events):
        entries[3 * number + 1] = event_entry(event, salt)
    for leaf, (_, event, salt) in zip(bids_at, bids, strict=True):
        entries[leaf] = event_entry(event, salt)
    for leaf in {*withheld_at, *put}:
        entries[leaf] = entry(_hidden(leaf, put))
    return entries, events, bids


def _hidden(leaf: int, put: Put) -> bytes:
    return _committed(*put[leaf]) if leaf in put else secret(leaf)


def secret(leaf: int) -> bytes:
    """What an event that is shown to nobody here is in the log."""
    return hashlib.sha256(b"withheld %d" % leaf).digest()


def stated(
    withheld_at: Sequence[int] = (3, 9),
    counted: Sequence[int] | None = None,
    more: int = 0,
    put: Put = MappingProxyType({}),
) -> LotRecord:
    """The record, and as its last event the statement of all before it: of those at ``counted``, if given, among
    what is withheld; ``more`` than there are."""
    events = [
        event_of(f"lot-{PLAYED.lot}", number, one.recorded_at, one.topic, one.state)
        for number, one in enumerate(PLAYED.events)
    ]
    places = {3 * number + 1: _committed(event, salt) for number, (event, salt) in enumerate(events)}
    places |= {leaf: _hidden(leaf, put) for leaf in (withheld_at if counted is None else counted)}
    hashes = [places[place] for place in sorted(places)]
    at = datetime.fromisoformat(PLAYED.events[-1].recorded_at)
    event = HistoryStated(events=len(hashes) + more, root=root(hashes).hex(), at=at)
    return recorded(withheld_at=withheld_at, record=with_last(event), put=put)


def with_last(event: Event) -> LotRecord:
    """The record and this event behind all others."""
    last = PLAYED.events[-1]
    added = RecordedEvent(
        position=last.position + 1,
        recorded_at=last.recorded_at,
        topic=event.TOPIC,
        state=encode(event).decode(),
    )
    return replace(PLAYED, events=(*PLAYED.events, added))


def _committed(event: LoggedEvent, salt: bytes) -> bytes:
    return commitment(logged_bytes(event), salt)


def received(record: LotRecord) -> list[tuple[str, str]]:
    """Each bid on the roll as it was taken, in the fields that there were when the vectors were made: those that the
    event got since do not stand in an old log. What nobody checks here is left empty."""
    at = {one.topic: one for one in record.events}
    roll = decode(RollPublished.TOPIC, at[RollPublished.TOPIC].state.encode())
    assert isinstance(roll, RollPublished)
    receipts = {one.bidder: one for one in record.receipts}
    manifests = {one.bidder: one for one in roll.manifests}
    return [
        (
            one.bidder,
            canonical(
                {
                    "lot": record.lot,
                    "bidder": one.bidder,
                    "bid_version": one.bid_version,
                    "document_version": one.document_version,
                    "manifest": manifests[one.bidder].manifest,
                    "manifest_hash": one.manifest_hash,
                    "manifest_signature": manifests[one.bidder].signature,
                    "signed": {"statement": "{}", "signature": ""},
                    "objects": [],
                    "started_at": instant(one.completed_at),
                    "completed_at": instant(one.completed_at),
                    "receipt_number": one.receipt_number,
                    "receipt": receipts[one.bidder].receipt,
                    "receipt_signature": receipts[one.bidder].signature,
                }
            ).decode(),
        )
        for one in roll.roll
    ]


def proof_of(event: LoggedEvent, salt: bytes, leaf: int, entries: list[bytes]) -> dict[str, Any]:
    return {
        "id": event.id,
        "internals": event.internals,
        "recorded_at": event.recorded_at,
        "salt": b64(salt),
        "index": leaf,
        "path": tuple(b64(node) for node in inclusion_proof(entries, leaf)),
    }


def sealed(record: LotRecord) -> LotRecord:
    """Sealed anew by the platform's key of the vectors."""
    count, top = entries_root(
        record.authority,
        record.platform_key,
        record.events,
        record.certificates,
        record.receipts,
        record.forms,
        record.log,
    )
    body = SealBody(format=record.format, lot=record.lot, mode=record.mode, entries=count, root=top)
    return replace(record, seal=Seal(body=body, signature=b64(sign(SEAL_LABEL, body, KEY.private).signature)))


def event_of(stream: str, number: int, at: str, topic: str, state: str) -> tuple[LoggedEvent, bytes]:
    made = hashlib.sha256(b"event %d" % number).digest()
    event = LoggedEvent(
        id=str(UUID(bytes=made[:16], version=4)),
        internals=made.hex(),
        recorded_at=f"{at[:-1]}000Z",
        state=state,
        stream=stream,
        topic=topic,
    )
    return event, hashlib.sha256(made).digest()


if __name__ == "__main__":
    LOGGED.write_bytes(logged())
    STATED.write_bytes(canonical(sealed(stated())))
