"""Locks between processes: many pass a gate together, or one alone; and one leader for the clock.

PostgreSQL session-level advisory locks, each on a connection of its own, so a lock is never outlived by its
process and never survives its connection. The server queues fairly: once somebody waits for ``exclusive``,
later ``shared`` ones wait behind it. That is how the close of a lot waits for the finalisations of bids which
completed before the deadline and for no others.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager

import asyncpg

from storage.database import Connection, Database
from storage.errors import PersistenceError, QueueFull, StorageUnavailable, translated_errors

#: Seconds for which newcomers may join those who wait already.
JOINABLE = 5.0


def _lock_key(kind: str, name: str) -> int:
    digest = hashlib.blake2b(f"{kind}\0{name}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


class Held:
    """A lock while it is held. ``lost`` is set when its connection dies: others may hold it from then on."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.lost = asyncio.Event()
        self._lose = lambda *_: self.lost.set()
        connection.add_termination_listener(self._lose)

    def ensure(self) -> None:
        """Call right before the deed that the lock protects. Raises StorageUnavailable if it was lost."""
        if self.lost.is_set() or self._connection.is_closed():
            raise StorageUnavailable("the lock was lost with its connection")

    async def _confirm(self, seconds: float) -> None:
        """Ask the server; a connection that does not answer within ``seconds`` counts as lost."""
        try:
            await self._connection.execute("SELECT 1", timeout=seconds)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            self.lost.set()
            self._connection.terminate()

    def _forget(self) -> None:
        self._connection.remove_termination_listener(self._lose)


class Leader(Held):
    """The one holder of a name. Watch ``lost``; ``await resign()`` to let another one take over."""

    def __init__(self, connection: Connection, heartbeat: float) -> None:
        super().__init__(connection)
        self._watch = asyncio.create_task(self._keep_watch(heartbeat), name="leadership heartbeat")

    async def _keep_watch(self, seconds: float) -> None:
        """A peer that vanished without closing sends nothing: only a question left unanswered tells."""
        while not self.lost.is_set():
            try:
                await asyncio.wait_for(self.lost.wait(), seconds)
            except TimeoutError:
                await self._confirm(seconds)

    async def resign(self) -> None:
        self._forget()
        self.lost.set()
        await self._watch
        await _dispose(self._connection)


class _Queue:
    """Those of one key that wait for places, and the lock that they hold together."""

    def __init__(self, locked: AbstractAsyncContextManager[Held], since: float) -> None:
        self.since, self.members = since, 0
        self._stack = AsyncExitStack()
        self.lock = asyncio.ensure_future(self._stack.enter_async_context(locked))

    async def leave(self) -> None:
        """The last one has: whatever became of the lock, it is gone when this returns."""
        if not self.lock.done():
            self.lock.cancel()
        await asyncio.wait([self.lock])
        if not self.lock.cancelled():
            self.lock.exception()  # each member has raised it
        await asyncio.shield(self._stack.aclose())


class Gate:
    """``capacity``: how many pass ``shared`` of this process at once; others wait, at most ``waiting`` of them.

    Who waits for a place keeps its arrival: those that wait for one key hold its lock together, from the first one's
    arrival on. An ``exclusive`` that comes later waits for all of them, though they had no place yet (R-PAIN-01).
    """

    def __init__(
        self, database: Database, *, capacity: int = 16, waiting: int = 2000, patience: float = 60.0
    ) -> None:
        self._database = database
        self._places = asyncio.Semaphore(capacity)
        self._may_wait, self._waiting = waiting, 0
        self._queues: dict[str, _Queue] = {}
        self._idle: list[Connection] = []
        self._patience = patience
        self._closed = False

    @asynccontextmanager
    async def shared(self, key: str) -> AsyncIterator[Held]:
        """Pass together with others; waits while somebody holds or awaits ``exclusive(key)``.

        Raises StorageUnavailable when the lock is not had within the gate's patience (seconds), QueueFull where too
        many wait already. Places are given in the order of arrival.
        """
        if not self._places.locked():
            async with self._places, self._locked("shared", key, self._idle) as held:
                yield held
            return
        if self._waiting >= self._may_wait:
            raise QueueFull
        self._waiting += 1
        placed = False
        try:
            async with self._queued(key) as held, self._places:
                self._waiting -= 1
                placed = True
                held.ensure()
                yield held
        finally:
            if not placed:
                self._waiting -= 1

    @asynccontextmanager
    async def _queued(self, key: str) -> AsyncIterator[Held]:
        """The lock that those who wait for this key hold together. After ``JOINABLE`` seconds newcomers make another:
        who waits for ``exclusive`` must not be overtaken for ever."""
        now = asyncio.get_running_loop().time()
        queue = self._queues.get(key)
        if queue is None or now - queue.since > JOINABLE:
            queue = self._queues[key] = _Queue(self._locked("shared", key, self._idle), now)
        queue.members += 1
        try:
            yield await asyncio.shield(queue.lock)
        finally:
            queue.members -= 1
            if not queue.members:
                if self._queues.get(key) is queue:
                    del self._queues[key]
                await queue.leave()

    @asynccontextmanager
    async def exclusive(self, key: str) -> AsyncIterator[Held]:
        """Pass alone; waits for all who are inside, in any process.

        Raises StorageUnavailable when the lock is not had within the gate's patience (seconds).
        """
        async with self._locked("exclusive", key, []) as held:  # its own connection: never behind the places
            yield held

    async def try_leader(self, name: str, *, heartbeat: float = 5.0) -> Leader | None:
        """Become the one leader of ``name``, or None if another process is. Asks every ``heartbeat`` seconds
        whether the lock's connection still answers."""
        connection = await self._database.connect(application_name="bidding leader")
        try:
            with translated_errors():
                won = await connection.fetchval("SELECT pg_try_advisory_lock($1)", _lock_key("leader", name))
        except BaseException:
            await _dispose(connection)
            raise
        if won:
            return Leader(connection, heartbeat)
        await _dispose(connection)
        return None

    async def close(self) -> None:
        """Close the connections that are idle, and later those in use as they come back."""
        self._closed = True
        while self._idle:
            await _dispose(self._idle.pop())

    @asynccontextmanager
    async def _locked(self, mode: str, key: str, idle: list[Connection]) -> AsyncIterator[Held]:
        suffix = "_shared" if mode == "shared" else ""
        number = _lock_key("gate", key)
        connection = await self._connection(idle)
        released = False
        try:
            with translated_errors():
                await connection.execute(
                    f"SELECT pg_advisory_lock{suffix}($1)", number, timeout=self._patience
                )
            held = Held(connection)
            try:
                yield held
            finally:
                held._forget()
                released = await _release(connection, suffix, number)
        finally:
            # Cancelled or lost: whether the lock was granted is unknown, so it goes with its connection.
            if released and not self._closed and mode == "shared":
                idle.append(connection)
            else:
                await _dispose(connection)

    async def _connection(self, idle: list[Connection]) -> Connection:
        while idle:
            connection = idle.pop()
            if not connection.is_closed():
                return connection
        return await self._database.connect(application_name="bidding gate")


async def _release(connection: Connection, suffix: str, number: int) -> bool:
    if connection.is_closed():
        return False
    try:
        with translated_errors():
            done: bool = await connection.fetchval(f"SELECT pg_advisory_unlock{suffix}($1)", number)
    except PersistenceError:
        return False  # the body has done its work: what it did stands
    return done


async def _dispose(connection: Connection) -> None:
    """Close, whatever state it is in; the lock must be gone when this returns, also under cancellation."""
    try:
        await asyncio.shield(connection.close(timeout=2))
    except BaseException as error:
        connection.terminate()
        if not isinstance(error, asyncpg.PostgresError | asyncpg.InterfaceError | OSError):
            raise
