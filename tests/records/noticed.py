"""The played lot's public events as a witnessed log discloses them: ``python -m tests.records.noticed`` writes the file
that the browser's checks before sealing are held to (docs/log.md)."""

import hashlib
from pathlib import Path

import msgspec

from bidding.application.log.noticed import as_served
from bidding.application.record.format import LotRecord
from bidding.crypto.canonical import b64, canonical, parse_canonical
from bidding.crypto.credentials import SigningKey
from bidding.crypto.log.checkpoint import Checkpoint, sign_checkpoint
from bidding.crypto.log.disclosed import Disclosed, DisclosedLeaves
from bidding.crypto.log.leaf import cover, entry, event_entry, logged_bytes
from bidding.crypto.log.note import Kind, cosign_note, cosigner_key
from bidding.crypto.log.policy import LogPolicy
from bidding.crypto.log.proof import LogProof
from bidding.crypto.parts import inclusion_proof, root
from bidding.domain.disclosure import SPECTATOR, view
from bidding.domain.event import decode
from bidding.domain.opening.events import SubmissionClosed
from tests.records.altering import RECORD
from tests.records.logged import LOG, LOG_KEY, event_of

FILE = Path(__file__).parents[1] / "vectors" / "log" / "noticed.json"
NAMES = ("supervisor.example", "notary.example", "association.example")
WITNESSES = {name: SigningKey.from_private(hashlib.sha256(name.encode()).digest()) for name in NAMES}
#: The notary signs by ML-DSA-44 too, and counts by both alone.
BOTH = ("notary.example", hashlib.sha256(b"the notary's second key").digest(), Kind.COSIGNATURE_ML_DSA_44)
POLICY = LogPolicy(
    log=LOG_KEY.vkey,
    witnesses=(
        *(cosigner_key(name, one.private).vkey for name, one in WITNESSES.items()),
        cosigner_key(*BOTH).vkey,
    ),
    quorum=2,
)
#: POSIX seconds of the witnesses' clocks.
SEEN = 1_772_000_000


class Noticed(msgspec.Struct, frozen=True, kw_only=True):
    """``leaves``: canonical ``DisclosedLeaves``; ``lot``: the view that they give, as the platform serves it."""

    lot: msgspec.Raw
    leaves: str
    policy: LogPolicy


def noticed() -> bytes:
    """The events up to the close, each every third leaf; two of three witnesses have cosigned."""
    record = parse_canonical(RECORD, LotRecord)
    closed = next(at for at, one in enumerate(record.events) if one.topic == SubmissionClosed.TOPIC)
    recorded = record.events[: closed + 1]
    size = 3 * len(recorded) + 2
    entries = [entry(cover(b"s" * 32, leaf)) for leaf in range(size)]
    events = [
        event_of(f"lot-{record.lot}", number, one.recorded_at, one.topic, one.state)
        for number, one in enumerate(recorded)
    ]
    for number, (event, salt) in enumerate(events):
        entries[3 * number + 1] = event_entry(event, salt)
    note = sign_checkpoint(Checkpoint(LOG_KEY.name, size, root(entries)), LOG.private)
    for name in NAMES[:2]:
        note = cosign_note(note, name, WITNESSES[name].private, SEEN)
    note = cosign_note(note, BOTH[0], BOTH[1], SEEN, BOTH[2])
    leaves = tuple(
        Disclosed(
            event=logged_bytes(event).decode(),
            proof=LogProof(at, tuple(inclusion_proof(entries, at)), note.encoded).text,
            salt=b64(salt),
        )
        for at, (event, salt) in ((3 * number + 1, one) for number, one in enumerate(events))
    )
    disclosed = DisclosedLeaves(leaves=leaves, lot=record.lot, vkey=LOG_KEY.vkey)
    shown = view(record.lot, [decode(one.topic, one.state.encode()) for one in recorded], SPECTATOR)
    made = Noticed(lot=msgspec.Raw(as_served(shown)), leaves=canonical(disclosed).decode(), policy=POLICY)
    return msgspec.json.format(msgspec.json.encode(made), indent=0) + b"\n"


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_bytes(noticed())
