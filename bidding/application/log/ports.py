"""What the verifiable log needs of storage."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec

Tiles = dict[tuple[int, int], bytes]


class RawEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event as it is stored, byte for byte, with its salt."""

    position: int
    stream: str
    version: int
    topic: str
    state: bytes
    metadata: bytes
    event_id: str
    salt: bytes
    recorded_at: datetime


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """A tree of ``size`` leaves that holds the events up to ``position``. ``note``: its signed checkpoint."""

    size: int = 0
    position: int = 0
    beat_at: datetime | None = None
    note: bytes | None = None


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What is added to a tree of ``before`` leaves; see ``storage.tiles.TreeBatch``."""

    before: int
    head: Head
    commitments: Sequence[tuple[int, bytes]]
    runs: Sequence[tuple[int, int, bytes]]
    leaves: Sequence[tuple[int, int]]


class LogStore(Protocol):
    """Every method may raise ``Unavailable``."""

    async def head(self) -> Head: ...

    async def events(self, after: int, limit: int) -> list[RawEvent]:
        """Events with ``position`` > ``after``, in order."""
        ...

    async def events_of(self, stream: str) -> list[RawEvent]:
        """All of one stream, by version."""
        ...

    async def save(self, batch: Batch) -> bool:
        """In one transaction; False, and nothing, if the tree has grown meanwhile."""
        ...

    async def tiles(self, wanted: Sequence[tuple[int, int]]) -> Tiles:
        """(level, number) → the hashes that are there by now; of level 0 the leaves' commitments."""
        ...

    async def leaves_between(self, first: int, end: int) -> list[tuple[int, int]]:
        """(position, leaf) of the events among those leaves."""
        ...

    async def leaves_of(self, streams: Sequence[str], size: int) -> dict[int, int]:
        """Position → leaf of the streams' events among the first ``size`` leaves."""
        ...

    async def witnessed(self) -> bytes | None:
        """The newest checkpoint that a quorum has cosigned."""
        ...

    async def keep_witnessed(self, size: int, note: bytes) -> None:
        """Unless a larger one is kept already."""
        ...

    async def checkpoint(self, size: int) -> bytes | None:
        """The signed checkpoint of that size, if it is one that took in events."""
        ...

    async def covering(self, position: int) -> bytes | None:
        """The first checkpoint that covered the event at this position; None as long as none does."""
        ...

    async def exported(self) -> int:
        """How many leaves' full tiles are in the object store."""
        ...

    async def note_exported(self, size: int) -> None: ...
