"""The event log: the one record of what happened, on PostgreSQL.

The method names are those of the recorders of the ``eventsourcing`` package, awaitable. ``position`` orders
everything: gapless, in commit order. See ``storage.batch`` for how that is kept, ``storage.writer`` for group
commit, ``storage.subscription`` for following the log.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg

from storage.database import Database
from storage.records import Appended, Commit, Idempotency, NewEvent, RecordedEvent, Tracking
from storage.subscription import follow
from storage.writer import Writer

__all__ = [
    "Appended",
    "Commit",
    "EventLog",
    "Idempotency",
    "NewEvent",
    "RecordedEvent",
    "Tracking",
    "connect",
]

_ALL = 2**63 - 1
_EVENT = """
SELECT position, feed_position, stream, version, topic, state, metadata, event_id, salt, recorded_at
FROM events"""
_STREAM = _EVENT + " WHERE stream = $1 AND version > $2 AND version <= $3 ORDER BY version LIMIT $4"
_STREAM_DESC = _EVENT + " WHERE stream = $1 AND version > $2 AND version <= $3 ORDER BY version DESC LIMIT $4"
_PREFIX = _EVENT + " WHERE stream >= $1 AND stream < $2 ORDER BY position"
_LOG = _EVENT + " WHERE position >= $1 AND position <= $2 ORDER BY position LIMIT $3"
_LOG_OF = (
    _EVENT + " WHERE position >= $1 AND position <= $2 AND topic = ANY($4::text[]) ORDER BY position LIMIT $3"
)
_FEED = _EVENT + " WHERE feed_position > $1 ORDER BY feed_position LIMIT $2"
# Through the index on stream, whatever the planner thinks of the whole feed: what one lot's feed costs must
# not grow with the log.
_FEED_OF = (
    f"WITH lot AS MATERIALIZED ({_EVENT} WHERE stream >= $3 AND stream < $4) "  # noqa: S608  a constant
    "SELECT * FROM lot WHERE feed_position > $1 ORDER BY feed_position LIMIT $2"
)


@asynccontextmanager
async def connect(dsn: str, *, min_size: int = 1, max_size: int = 8) -> AsyncIterator[EventLog]:
    """An open event log with a pool of its own; closed at the end."""
    log = EventLog(Database(dsn, min_size=min_size, max_size=max_size))
    await log.open()
    try:
        yield log
    finally:
        await log.close()


class EventLog:
    """Needs ``await open()``, ends with ``await close()``. One per process: its writer gathers all commits.

    Every method may raise StorageUnavailable (ask again later) besides what it names.
    """

    def __init__(self, database: Database) -> None:
        self.database = database
        self._writer = Writer(database)

    async def open(self) -> None:
        """Open the database (if it is not) and start the writer."""
        await self.database.open()
        self._writer.start()

    async def close(self) -> None:
        """Append what is waiting, then close the database."""
        await self._writer.stop()
        await self.database.close()

    async def append(self, commit: Commit) -> Appended:
        """All or nothing, durable when it returns.

        Raises VersionConflict (a stream or guard moved on), StaleTracking, IdempotencyMismatch,
        IntegrityError (an event_id is taken), DataError (a value PostgreSQL cannot hold, such as NUL in
        text), StorageFull.
        After StorageUnavailable or a cancellation the commit may or may not have happened: retry it under the
        same idempotency key, which returns the first answer with ``replayed`` if it did.
        """
        return await self._writer.append(commit)

    async def select_events(
        self,
        stream: str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> list[RecordedEvent]:
        """Events of one stream with gt < version ≤ lte, by version."""
        query = _STREAM_DESC if desc else _STREAM
        lower, upper = (0 if gt is None else gt), (_ALL if lte is None else lte)
        return _events(await self.database.fetch(query, stream, lower, upper, limit))

    async def select_prefix(self, prefix: str) -> list[RecordedEvent]:
        """Events of all streams whose names start with ``prefix`` (not empty), by position."""
        return _events(await self.database.fetch(_PREFIX, prefix, _after_prefix(prefix)))

    async def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> list[RecordedEvent]:
        """Events of the whole log from position ``start`` to ``stop``, both included, ``limit`` at most."""
        first = 0 if start is None else start if inclusive_of_start else start + 1
        last = _ALL if stop is None else stop
        if topics:
            return _events(await self.database.fetch(_LOG_OF, first, last, limit, list(topics)))
        return _events(await self.database.fetch(_LOG, first, last, limit))

    async def select_feed(self, after: int, limit: int, prefix: str | None = None) -> list[RecordedEvent]:
        """Public events with feed_position > ``after``, of all streams or those starting with ``prefix``."""
        if prefix is None:
            return _events(await self.database.fetch(_FEED, after, limit))
        return _events(await self.database.fetch(_FEED_OF, after, limit, prefix, _after_prefix(prefix)))

    async def max_position(self) -> int:
        """The last position; 0 for an empty log."""
        return int(await self.database.fetchval("SELECT position FROM events_head"))

    async def max_feed_position(self) -> int:
        """The last feed position; 0 if nothing is public."""
        return int(await self.database.fetchval("SELECT feed_position FROM events_head"))

    async def max_tracking_id(self, name: str) -> int | None:
        """The position up to which projection ``name`` has come; None if it never ran."""
        found: int | None = await self.database.fetchval(
            "SELECT position FROM tracking WHERE name = $1", name
        )
        return found

    async def answer(self, scope: str, key: str) -> tuple[bytes, bytes] | None:
        """Request hash and answer stored under an idempotency key."""
        row = await self.database.fetchrow(
            "SELECT request_hash, answer FROM idempotency WHERE scope = $1 AND key = $2", scope, key
        )
        return None if row is None else (row[0], row[1])

    def subscribe(
        self, after: int, *, topics: Sequence[str] = (), page: int = 500, poll: float = 5.0
    ) -> AsyncGenerator[RecordedEvent, None]:
        """Every event after position ``after``, past and future, in order and once; never ends.

        Holds one connection: subscribe once per process and fan out. It lives through lost connections
        and a database that is away, silently. Leave it with ``contextlib.aclosing``; a ``break`` alone would
        keep the connection until the garbage collector comes. ``page`` events are read at a time; ``poll``
        seconds pass at most before it looks without having been woken.
        """

        async def read(last: int, limit: int) -> tuple[Sequence[RecordedEvent], int]:
            # The head first: positions commit in order, so all up to it are visible to the next statement,
            # and a follower of rare topics need not look again through what it has passed.
            head = await self.max_position()
            found = await self.select_notifications(last, limit, head, topics, inclusive_of_start=False)
            return found, found[-1].position if len(found) == limit else max(head, last)

        return follow(self.database, read, after, page=page, poll=poll)


def _events(rows: Sequence[asyncpg.Record]) -> list[RecordedEvent]:
    return [
        RecordedEvent(
            position=row[0],
            feed_position=row[1],
            stream=row[2],
            version=row[3],
            topic=row[4],
            state=row[5],
            metadata=row[6],
            event_id=row[7],
            salt=row[8],
            public=row[1] is not None,
            recorded_at=row[9],
        )
        for row in rows
    ]


def _after_prefix(prefix: str) -> str:
    """The smallest name that is greater than every name with this prefix, in code point order."""
    if not prefix:
        raise ValueError("an empty prefix is the whole log: use select_notifications or select_feed")
    head, last = prefix[:-1], ord(prefix[-1]) + 1
    if 0xD800 <= last <= 0xDFFF:  # not characters
        last = 0xE000
    if last > sys.maxunicode:
        raise ValueError("a prefix may not end with the last code point")
    return head + chr(last)
