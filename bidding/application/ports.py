"""What the application needs of the outside, as protocols; ``bidding/compose`` fits storage to them.

Errors of the outside, as the application knows them::

    PortError
    ├── VersionMoved     a stream is not at the version that was expected (somebody was faster)
    ├── KeyReused        the idempotency key belongs to another request
    ├── Taken            a value that must be unique already names another party
    ├── Missing          no object of that key
    └── Unavailable      database or object store does not answer; nothing is half-done
        └── NoRoom       … because it is full
"""

from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

import msgspec

from bidding.domain.event import Event


class PortError(Exception):
    pass


class VersionMoved(PortError):
    def __init__(self, stream: str, expected: int, found: int) -> None:
        super().__init__(f"{stream} is at version {found}, expected {expected}")
        self.stream, self.expected, self.found = stream, expected, found


class KeyReused(PortError):
    pass


class Taken(PortError):
    pass


class Missing(PortError):
    pass


class Unavailable(PortError):
    """``retry_after``: seconds after which asking again, under the same idempotency key, makes sense."""

    def __init__(self, what: str, retry_after: int = 2) -> None:
        super().__init__(f"{what} does not answer")
        self.what, self.retry_after = what, retry_after


class NoRoom(Unavailable):
    pass


class Busy(Unavailable):
    """More wait for their turn than the platform keeps: this request has not been received."""


class Meta(msgspec.Struct, frozen=True, omit_defaults=True):
    """Who caused an event and how (R-GEN-05). Never shown to anybody but the auditor.

    ``causation``: the event id whose reaction this is.
    """

    actor: str
    credential: str = ""
    request: str = ""
    causation: str = ""
    address: str = ""


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """An event with its places. ``feed_position`` is None unless it is public."""

    stream: str
    version: int
    position: int
    feed_position: int | None
    event: Event
    meta: Meta
    event_id: UUID
    recorded_at: datetime


class Write(msgspec.Struct, frozen=True, kw_only=True):
    """Events to append to ``stream``, which must stand at version ``expected`` (0: must not exist)."""

    stream: str
    expected: int
    events: Sequence[Event]


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """The request that a commit answers: stored with it, so a replay finds ``answer``."""

    scope: str
    key: str
    hash: bytes
    answer: bytes


class Journal(Protocol):
    """The event log in the domain's terms. Every method may raise ``Unavailable``."""

    async def load(self, stream: str, *, after: int = 0) -> list[Recorded]: ...

    async def load_prefix(self, prefix: str) -> list[Recorded]:
        """All events of all streams whose name begins with ``prefix``, in the log's order."""
        ...

    async def append(
        self,
        writes: Sequence[Write],
        *,
        meta: Meta,
        guards: Mapping[str, int] | None = None,
        request: Request | None = None,
    ) -> list[Recorded]:
        """All or none. Raises ``VersionMoved``, ``KeyReused``. A replayed request appends nothing."""
        ...

    async def answer(self, scope: str, key: str) -> tuple[bytes, bytes] | None:
        """(request hash, answer) stored under the key."""
        ...

    async def feed(self, after: int, limit: int, *, prefix: str = "") -> list[Recorded]:
        """Public events with ``feed_position`` > ``after``."""
        ...

    async def feed_end(self) -> int: ...

    async def position(self) -> int:
        """The last position of the log. For tasks of the platform; never shown to anybody."""
        ...

    def subscribe(self, after: int, topics: Sequence[str] = ()) -> AsyncGenerator[Recorded, None]:
        """Every event with ``position`` > ``after``, for ever, in order, across lost connections; with ``topics`` those
        alone. It holds a connection until it is closed: leave it with ``contextlib.aclosing``."""
        ...

    async def checkpoint(self, name: str) -> int | None:
        """The position up to which the projection ``name`` has got; None if it never ran."""
        ...


class Clock(Protocol):
    def now(self) -> datetime:
        """The platform's instant: aware, UTC, whole milliseconds."""
        ...


class Pass(Protocol):
    """Leave to be inside a gate."""

    def ensure(self) -> None:
        """Right before the deed. Raises ``Unavailable`` if the leave was lost: others may be inside by now."""
        ...


class Gate(Protocol):
    """Keeps the close of a lot from overtaking bids whose transmission completed before the deadline.

    A commit's guards would be enough for streams that exist. A bidder's first bid is on a stream that no guard
    of the close can name, so both sides ``ensure`` their leave right before they commit.
    """

    def shared(self, key: str) -> AbstractAsyncContextManager[Pass]: ...

    def exclusive(self, key: str) -> AbstractAsyncContextManager[Pass]: ...

    def leader(self, name: str) -> AbstractAsyncContextManager[None]:
        """Waits to be the only holder of ``name``. Losing it raises ``Unavailable`` inside the block."""
        ...


class UploadFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A finished upload: ``length`` bytes under ``key``, SHA-256 of each 8 MiB part, the first 64 bytes.

    ``purpose`` and ``subject`` are what it was admitted for; ``completed_at``: when its last byte was here.
    """

    upload: str
    owner: str
    purpose: str
    subject: str
    key: str
    length: int
    part_hashes: tuple[bytes, ...]
    head: bytes
    completed_at: datetime


class Uploads(Protocol):
    async def facts(self, upload: str, owner: str) -> UploadFacts | None:
        """None unless it is the owner's and complete."""
        ...

    async def discard(self, upload: str) -> None:
        """Delete it, in whatever state. Raises ``Unavailable``: what is left is then swept up later."""
        ...


class Objects(Protocol):
    async def put(self, key: str, data: bytes) -> None: ...

    async def put_file(self, key: str, path: Path) -> None:
        """Store a file of any size, in constant memory."""
        ...

    def get(self, key: str, offset: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """Raises ``Missing`` at the first chunk."""
        ...

    async def size(self, key: str) -> int | None:
        """None if there is no such object."""
        ...

    async def delete(self, key: str) -> None:
        """What is not there is no error."""
        ...

    def keys(self, prefix: str) -> AsyncIterator[str]:
        """Of all objects under the prefix, which ends with a slash."""
        ...

    async def free(self) -> int | None:
        """Bytes that can still be stored; None where the store does not say."""
        ...

    async def health(self) -> None: ...


class LotRow(msgspec.Struct, frozen=True, kw_only=True):
    """One lot in a public list: only what public events say. ``doc``: the public view as JSON."""

    lot_id: str
    project_code: str
    title: str
    category: str
    regime: str
    region: str
    mode: str
    phase: str
    deadline: datetime | None
    noticed_at: datetime | None
    tenderer: str
    agency: str
    feed_position: int
    doc: bytes


class Timer(msgspec.Struct, frozen=True, kw_only=True):
    """At platform instant ``due_at`` the platform gives the command ``kind`` to lot ``subject``."""

    subject: str
    kind: str
    due_at: datetime


class ListEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One subject of a list, as it stood in ``period`` (a year; 0: the list has none). ``place``: position of its
    first event, by which the newest comes first; ``text``: what a search looks through; ``doc``: JSON."""

    list: str
    subject: str
    period: int = 0
    place: int
    owner: str = ""
    tags: tuple[str, ...] = ()
    text: str = ""
    doc: bytes


class Offices(msgspec.Struct, frozen=True, kw_only=True):
    """``parties``: who hosts and who tenders a lot that was first filed at ``filed_at``, and who sits in its
    committee now. Each is told of its own lots only (R-EVAL-05)."""

    parties: tuple[str, ...]
    filed_at: datetime


class Rows(msgspec.Struct, frozen=True, kw_only=True):
    """Which rows of a list, and how many: at most 1000.

    ``tag`` None: any; ``text``: a part of what a search looks through; ``until``: each subject as it stood when that
    period ended (None: now); ``after``: those placed before it.
    """

    tag: str | None = None
    text: str = ""
    owners: tuple[str, ...] | None = None
    until: int | None = None
    after: int | None = None
    limit: int = 50


class ReadModels(Protocol):
    """Projections. Each write carries the position it reflects, so a repeated event changes nothing."""

    async def save_lot(
        self,
        name: str,
        position: int,
        row: LotRow | None,
        subject: str,
        timers: Sequence[Timer],
        offices: Offices | None = None,
    ) -> None:
        """Replace the lot's row (None: not public), its timers and offices; note that ``name`` has reached
        ``position``.

        A position that was reached before changes nothing.
        """
        ...

    async def passed(self, name: str, position: int) -> None:
        """``name`` has come to ``position``, and nothing of what it passed concerned it."""
        ...

    async def save_entries(self, name: str, position: int, entries: Sequence[ListEntry]) -> None:
        """Replace the subjects' entries of their periods; note that ``name`` has reached ``position``."""
        ...

    async def entries(self, name: str, wanted: Rows) -> list[ListEntry]:
        """Subjects of the list, newest first."""
        ...

    async def owners(self, name: str, *, after: str | None = None, limit: int = 50) -> list[str]:
        """Owners of the list's subjects in the order of their names."""
        ...

    async def lots(
        self,
        *,
        mode: str,
        phases: Sequence[str] | None = None,
        category: str | None = None,
        text: str | None = None,
        closing: tuple[datetime, datetime] | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> tuple[list[LotRow], str | None]:
        """A page, newest notice first, and the opaque cursor of the next. ``closing``: deadline after the one and at
        the latest at the other.

        Raises ``ValueError`` for a cursor that this list did not issue.
        """
        ...

    async def lots_of(self, party: str, *, after: str | None = None, limit: int = 50) -> list[str]:
        """Ids of the lots that the party hosts, tenders or evaluates, newest file first, those after ``after``."""
        ...

    async def all_lots(self, *, after: str | None = None, limit: int = 50) -> list[str]:
        """Ids of all lots, unpublished ones too, newest file first. For the centre and supervision only."""
        ...

    async def due(self, now: datetime, limit: int) -> list[Timer]: ...

    async def next_due(self, after: datetime) -> datetime | None:
        """The first timer later than ``after``."""
        ...

    async def clear_timer(self, timer: Timer) -> None:
        """Forget the timer, unless it was set to another instant meanwhile."""
        ...
