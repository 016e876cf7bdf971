"""The one writer task of a process: group commit of whatever is waiting.

A batch costs the same few round trips and one fsync whatever its size, so appends get cheaper the more of
them wait: nobody lingers, the next batch gathers while this one is written.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

import asyncpg

from storage.batch import CommitUncertain, append_all, found_again
from storage.database import Connection, Database
from storage.errors import DatabaseError, PersistenceError, StorageFull, StorageUnavailable, translation
from storage.records import Appended, Commit
from storage.verdicts import Verdict

BATCH = 256  # commits in one transaction
BATCH_EVENTS = 4096  # and events: one import must not hold the head row's lock for long
WAITING = 8192  # commits in the queue; beyond it a commit is refused at once


class _Waiting(NamedTuple):
    commit: Commit
    done: asyncio.Future[Appended]


class Writer:
    """Runs as one task from ``start()`` to ``stop()``; ``append()`` may be called by any number of tasks."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._queue: deque[_Waiting] = deque()
        self._arrived = asyncio.Event()
        self._connection: Connection | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="event log writer")

    async def stop(self) -> None:
        """Append what is waiting, then end. Later appends are refused."""
        task, self._task = self._task, None
        if task is not None:
            self._arrived.set()
            await task

    async def append(self, commit: Commit) -> Appended:
        """Cancelling the caller does not cancel the commit: it is found again by its idempotency key."""
        if self._task is None:
            raise StorageUnavailable("the event log is closed")
        if len(self._queue) >= WAITING:
            raise StorageUnavailable("too many commits are waiting", retry_after=1)
        done: asyncio.Future[Appended] = asyncio.get_running_loop().create_future()
        self._queue.append(_Waiting(commit, done))
        self._arrived.set()
        # No shield needed: cancelling the caller cancels this future, which the writer then passes over.
        return await done

    async def _run(self) -> None:
        try:
            while self._queue or self._task is not None:
                if self._queue:
                    await self._append_next()
                else:
                    self._arrived.clear()
                    await self._arrived.wait()
        finally:
            self._task = None
            gone = StorageUnavailable("the event log was closed")
            _settle(self._queue, [gone] * len(self._queue))
            await self._drop()

    async def _append_next(self) -> None:
        batch = self._next_batch()
        verdicts: list[Verdict] = [StorageUnavailable("the writer was stopped")] * len(batch)
        try:
            verdicts = await self._verdicts([waiting.commit for waiting in batch])
        finally:  # also when the task is cancelled: nobody may wait for ever
            _settle(batch, verdicts)

    def _next_batch(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        events = 0
        while self._queue and len(batch) < BATCH:
            events += len(self._queue[0].commit.events)
            if batch and events > BATCH_EVENTS:
                break
            batch.append(self._queue.popleft())
        return batch

    async def _verdicts(self, commits: Sequence[Commit]) -> list[Verdict]:
        """One verdict per commit; whatever goes wrong is a verdict too."""
        try:
            return await append_all(await self._connected(), commits)
        except CommitUncertain:
            await self._drop()
            return await self._found_again(commits)
        except Exception as error:  # an unknown one must neither end the task nor leave callers waiting
            failure = translation(error)
            if isinstance(failure, StorageUnavailable | StorageFull):
                await self._drop()
                return [failure] * len(commits)
            if len(commits) > 1:  # a value that the database refuses: find whose it is, spare the others
                return [verdict for commit in commits for verdict in await self._verdicts([commit])]
            await self._drop()
            if isinstance(failure, PersistenceError):
                return [failure]
            return [DatabaseError(f"the commit cannot be written: {type(error).__name__}")]

    async def _found_again(self, commits: Sequence[Commit]) -> list[Verdict]:
        lost = StorageUnavailable("the connection was lost during the commit")
        try:
            found = await found_again(await self._connected(), commits)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, PersistenceError):
            await self._drop()
            return [lost] * len(commits)
        return [appended or lost for appended in found]

    async def _connected(self) -> Connection:
        if self._connection is None or self._connection.is_closed():
            # A process that freezes while it holds the head row is cut off by the server.
            self._connection = await self._database.connect(idle_in_transaction_session_timeout="10s")
        return self._connection

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            await connection.close(timeout=2)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            connection.terminate()


def _settle(batch: Sequence[_Waiting], verdicts: Sequence[Verdict]) -> None:
    for waiting, verdict in zip(batch, verdicts, strict=True):
        if waiting.done.done():
            continue
        if isinstance(verdict, PersistenceError):
            waiting.done.set_exception(verdict)
        else:
            waiting.done.set_result(verdict)
