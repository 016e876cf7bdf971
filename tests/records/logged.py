"""The played record with proofs of a log: ``python -m tests.records.logged`` writes it for both verifiers."""

import hashlib
from uuid import UUID

from msgspec.structs import replace

from bidding.application.record.format import (
    SEAL_LABEL,
    LeafProof,
    LotRecord,
    RecordedEvent,
    RecordLog,
    Seal,
    SealBody,
    entries_root,
)
from bidding.crypto.canonical import b64, canonical, parse_canonical
from bidding.crypto.credentials import SigningKey
from bidding.crypto.log.checkpoint import Checkpoint, sign_checkpoint
from bidding.crypto.log.leaf import LoggedEvent, cover, entry, event_entry
from bidding.crypto.log.note import NoteKey
from bidding.crypto.parts import inclusion_proof, root
from bidding.crypto.signing import sign
from tests.records.altering import FOLDER, KEY, RECORD

LOGGED = FOLDER / "logged.json"
LOG = SigningKey.from_private(hashlib.sha256(b"the vectors' log").digest())
LOG_KEY = NoteKey("log.example/vectors", LOG.public)


def logged() -> bytes:
    """Each event is every third leaf of the log; the others are covers."""
    record = parse_canonical(RECORD, LotRecord)
    size = 3 * len(record.events) + 2
    entries = [entry(cover(b"s" * 32, leaf)) for leaf in range(size)]
    events = [_event(record.lot, number, one) for number, one in enumerate(record.events)]
    for number, (event, salt) in enumerate(events):
        entries[3 * number + 1] = event_entry(event, salt)
    note = sign_checkpoint(Checkpoint(LOG_KEY.name, size, root(entries)), LOG.private)
    leaves = tuple(
        LeafProof(
            id=event.id,
            internals=event.internals,
            recorded_at=event.recorded_at,
            salt=b64(salt),
            index=3 * number + 1,
            path=tuple(b64(node) for node in inclusion_proof(entries, 3 * number + 1)),
        )
        for number, (event, salt) in enumerate(events)
    )
    log = RecordLog(vkey=LOG_KEY.vkey, checkpoint=note.encoded.decode(), leaves=leaves)
    return canonical(sealed(replace(record, log=log)))


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


def _event(lot: str, number: int, one: RecordedEvent) -> tuple[LoggedEvent, bytes]:
    made = hashlib.sha256(b"event %d" % number).digest()
    event = LoggedEvent(
        id=str(UUID(bytes=made[:16], version=4)),
        internals=made.hex(),
        recorded_at=f"{one.recorded_at[:-1]}000Z",
        state=one.state,
        stream=f"lot-{lot}",
        topic=one.topic,
    )
    return event, hashlib.sha256(made).digest()


if __name__ == "__main__":
    LOGGED.write_bytes(logged())
