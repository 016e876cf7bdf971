"""The event log behind the synchronous recorder interface of ``eventsourcing``, for its test cases.

A loop runs in a thread. Our versions begin at 1 and have no gaps; a stream of the library may begin at 0, so
versions are shifted by what a stream began with.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from threading import Event, Lock, Thread
from typing import Any, TypeVar
from uuid import UUID, uuid4

from eventsourcing.persistence import (
    Notification,
    ProcessRecorder,
    StoredEvent,
    Subscription,
    Tracking,
)

from storage.database import Database
from storage.events import Commit, EventLog, NewEvent, RecordedEvent
from storage.readmodels import ReadModels

T = TypeVar("T")


class LoopThread:
    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, what: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(what, self.loop).result(60)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


class Recorder(ProcessRecorder):
    def __init__(self, dsn: str) -> None:
        self.thread = LoopThread()
        self.log = EventLog(Database(dsn))
        self.thread.run(self.log.open())
        self._first: dict[str, int] = {}
        self._lock = Lock()

    def close(self) -> None:
        self.thread.run(self.log.close())
        self.thread.close()

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        new = [self._new(e) for e in stored_events]
        done = self.thread.run(self.log.append(Commit(events=new, tracking=kwargs.get("tracking"))))
        return done.positions

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        shift = self._shift(str(originator_id))
        gt, lte = (None if bound is None else bound + shift for bound in (gt, lte))
        found = self.log.select_events(str(originator_id), gt=gt, lte=lte, desc=desc, limit=limit)
        return [
            StoredEvent(
                originator_id=e.stream, originator_version=e.version - shift, topic=e.topic, state=e.state
            )
            for e in self.thread.run(found)
        ]

    def select_notifications(
        self,
        start: int | None,
        limit: int,
        stop: int | None = None,
        topics: Sequence[str] = (),
        *,
        inclusive_of_start: bool = True,
    ) -> Sequence[Notification]:
        found = self.log.select_notifications(
            start, limit, stop, topics, inclusive_of_start=inclusive_of_start
        )
        return [self.notification(e) for e in self.thread.run(found)]

    def max_notification_id(self) -> int | None:
        return self.thread.run(self.log.max_position()) or None

    def insert_tracking(self, tracking: Tracking) -> None:
        async def insert() -> None:
            async with ReadModels(self.log.database).transaction(tracking):
                pass

        self.thread.run(insert())

    def max_tracking_id(self, application_name: str) -> int | None:
        return self.thread.run(self.log.max_tracking_id(application_name))

    def subscribe(self, gt: int | None = None, topics: Sequence[str] = ()) -> Subscription[Recorder]:
        return Following(self, gt, topics)

    def notification(self, e: RecordedEvent) -> Notification:
        version = e.version - self._shift(e.stream)
        return Notification(
            id=e.position, originator_id=e.stream, originator_version=version, topic=e.topic, state=e.state
        )

    def _new(self, e: StoredEvent) -> NewEvent:
        with self._lock:
            self._first.setdefault(str(e.originator_id), e.originator_version)
        return NewEvent(
            stream=str(e.originator_id),
            version=e.originator_version + self._shift(str(e.originator_id)),
            topic=e.topic,
            state=e.state,
            metadata=b"{}",
            event_id=uuid4(),
            salt=b"",
            public=False,
        )

    def _shift(self, stream: str) -> int:
        return 1 - self._first.get(stream, 1)


class Following(Subscription[Recorder]):
    def __init__(self, recorder: Recorder, gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder=recorder, gt=gt, topics=topics)
        self._events = recorder.log.subscribe(gt or 0, topics=topics)
        self._stopped = Event()

    def stop(self) -> None:
        if not self._stopped.is_set():
            self._stopped.set()
            self._recorder.thread.run(self._events.aclose())

    def __exit__(self, *arguments: object, **named: object) -> None:
        self.stop()

    def __next__(self) -> Notification:
        if self._stopped.is_set():
            raise StopIteration
        return self._recorder.notification(self._recorder.thread.run(anext(self._events)))
