"""The event log in the domain's terms: encodes events on the way in, decodes them on the way out."""

from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from datetime import UTC
from uuid import UUID

import msgspec
from eventsourcing.persistence import OperationalError

from bidding.application.ports import (
    Busy,
    KeyReused,
    Meta,
    NoRoom,
    Recorded,
    Request,
    Taken,
    Unavailable,
    VersionMoved,
    Write,
)
from bidding.domain import registry  # noqa: F401 - registers every topic before the first read
from bidding.domain.disclosure import is_public
from bidding.domain.event import decode, encode
from storage.errors import (
    AlreadyClaimed,
    IdempotencyMismatch,
    QueueFull,
    StorageFull,
    StorageUnavailable,
    VersionConflict,
)
from storage.events import EventLog
from storage.records import Commit, Idempotency, NewEvent, RecordedEvent


@contextmanager
def named_by_the_application() -> Iterator[None]:
    """Storage's errors as the application knows them."""
    try:
        yield
    except VersionConflict as error:
        raise VersionMoved(error.stream, error.expected, error.found) from error
    except IdempotencyMismatch as error:
        raise KeyReused(error.key) from error
    except AlreadyClaimed as error:
        raise Taken(error.kind) from error
    except QueueFull as error:
        raise Busy("queue", error.retry_after) from error
    except StorageFull as error:
        raise NoRoom("database", error.retry_after) from error
    except StorageUnavailable as error:
        raise Unavailable("database", error.retry_after) from error
    except OperationalError as error:
        raise Unavailable("database") from error


def recorded(row: RecordedEvent) -> Recorded:
    return Recorded(
        stream=row.stream,
        version=row.version,
        position=row.position,
        feed_position=row.feed_position,
        event=decode(row.topic, row.state),
        meta=msgspec.json.decode(row.metadata, type=Meta),
        event_id=row.event_id,
        recorded_at=row.recorded_at.astimezone(UTC),
    )


class EventJournal:
    """``Journal`` over ``storage.events.EventLog``. ``random``: n unpredictable bytes (ids and salts)."""

    def __init__(self, log: EventLog, random: Callable[[int], bytes]) -> None:
        self._log, self._random = log, random

    async def load(self, stream: str, *, after: int = 0) -> list[Recorded]:
        with named_by_the_application():
            return [recorded(row) for row in await self._log.select_events(stream, gt=after)]

    async def load_prefix(self, prefix: str) -> list[Recorded]:
        with named_by_the_application():
            return [recorded(row) for row in await self._log.select_prefix(prefix)]

    async def append(
        self,
        writes: Sequence[Write],
        *,
        meta: Meta,
        guards: Mapping[str, int] | None = None,
        request: Request | None = None,
    ) -> list[Recorded]:
        metadata = msgspec.json.encode(meta, order="sorted")
        new = [
            NewEvent(
                stream=write.stream,
                version=write.expected + offset,
                topic=event.TOPIC,
                state=encode(event),
                metadata=metadata,
                event_id=UUID(bytes=self._random(16), version=4),
                salt=self._random(32),
                public=is_public(event),
            )
            for write in writes
            for offset, event in enumerate(write.events, start=1)
        ]
        commit = Commit(
            events=new,
            guards=dict(guards or {}),
            idempotency=None
            if request is None
            else Idempotency(
                scope=request.scope, key=request.key, request_hash=request.hash, answer=request.answer
            ),
        )
        with named_by_the_application():
            appended = await self._log.append(commit)
        if appended.replayed:
            return []
        return [
            Recorded(
                stream=one.stream,
                version=one.version,
                position=position,
                feed_position=feed_position,
                event=decode(one.topic, one.state),
                meta=meta,
                event_id=one.event_id,
                recorded_at=appended.recorded_at.astimezone(UTC),
            )
            for one, position, feed_position in zip(
                new, appended.positions, appended.feed_positions, strict=True
            )
        ]

    async def answer(self, scope: str, key: str) -> tuple[bytes, bytes] | None:
        with named_by_the_application():
            return await self._log.answer(scope, key)

    async def feed(self, after: int, limit: int, *, prefix: str = "") -> list[Recorded]:
        with named_by_the_application():
            rows = await self._log.select_feed(after, limit, prefix=prefix or None)
        return [recorded(row) for row in rows]

    async def feed_end(self) -> int:
        with named_by_the_application():
            return await self._log.max_feed_position() or 0

    async def position(self) -> int:
        with named_by_the_application():
            return await self._log.max_position() or 0

    async def subscribe(self, after: int, topics: Sequence[str] = ()) -> AsyncGenerator[Recorded, None]:
        async with aclosing(self._log.subscribe(after, topics=topics)) as rows:
            async for row in rows:
                yield recorded(row)

    async def checkpoint(self, name: str) -> int | None:
        with named_by_the_application():
            return await self._log.max_tracking_id(name)
