"""A log of the tests' own that can grow, fork and be rolled back."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime

from bidding.crypto.credentials import SigningKey
from bidding.crypto.log.checkpoint import Checkpoint, sign_checkpoint
from bidding.crypto.log.note import Kind, NoteKey
from bidding.crypto.log.tree import consistency_ranges
from bidding.crypto.log.witnessing import AddCheckpoint
from bidding.crypto.parts import root

ORIGIN, NAME = "log.example/100fw", "notary.example"
LOG, OTHER, OWN = (
    SigningKey.from_private(hashlib.sha256(name).digest()) for name in (b"log", b"other", b"own")
)
LOG_KEY, OTHER_KEY = NoteKey(ORIGIN, LOG.public), NoteKey("other.example", OTHER.public)
OWN_KEY = NoteKey(NAME, OWN.public, Kind.COSIGNATURE)
NOW = datetime(2026, 3, 25, 1, 30, tzinfo=UTC)


def leaves(count: int, history: str = "one") -> list[bytes]:
    """The same beginning of five leaves in each history."""
    return [f"{history if number >= 5 else ''} {number}".encode() for number in range(count)]


def note(size: int, history: str = "one", key: SigningKey = LOG, origin: str = ORIGIN) -> bytes:
    return sign_checkpoint(Checkpoint(origin, size, root(leaves(size, history))), key.private).encoded


def proof(old: int, new: int, history: str = "one") -> tuple[bytes, ...]:
    entries = leaves(new, history)
    return tuple(root(entries[one.first : one.end]) for one in consistency_ranges(old, new)) if old else ()


def asked(old: int, new: int, history: str = "one", hashes: Sequence[bytes] | None = None) -> bytes:
    told = proof(old, new, history) if hashes is None else tuple(hashes)
    return AddCheckpoint(old, told, note(new, history)).encoded
