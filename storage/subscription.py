"""Follow the log for ever, over connections that come and go."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import suppress

import asyncpg

from storage.batch import CHANNEL
from storage.database import Connection, Database
from storage.errors import StorageUnavailable, translated_errors
from storage.records import RecordedEvent

_LONGEST_PAUSE = 5.0  # seconds between attempts to get a lost connection back

Read = Callable[[int, int], Awaitable[tuple[Sequence[RecordedEvent], int]]]


async def follow(
    database: Database, read: Read, after: int, *, page: int, poll: float
) -> AsyncGenerator[RecordedEvent, None]:
    """Every event after position ``after``, in order, each once. Never ends: leave it with ``aclosing``.

    ``read(after, limit)`` gives a page and the position up to which the log has thereby been looked through.
    NOTIFY only wakes, the table is the truth: a wake that is lost costs ``poll`` seconds and no event.
    """
    woken = asyncio.Event()

    def wake(*_: object) -> None:
        woken.set()

    connection: Connection | None = None
    pause = 0.05
    try:
        while True:
            try:
                if connection is None or connection.is_closed():
                    connection = await _listening(database, wake)
                woken.clear()  # before reading: a commit during the read must not be lost
                found, after_next = await read(after, page)
                pause = 0.05
            except StorageUnavailable:
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)
                continue
            for event in found:
                yield event
            after = after_next
            if len(found) < page:
                with suppress(TimeoutError):
                    async with asyncio.timeout(poll):  # not wait_for: Python 3.11's may lose a cancellation
                        await woken.wait()
    finally:
        if connection is not None:
            await _dispose(connection)


async def _listening(database: Database, wake: Callable[..., None]) -> Connection:
    connection = await database.connect(application_name="bidding subscription")
    connection.add_termination_listener(wake)  # a lost connection wakes the reader, which replaces it
    try:
        with translated_errors():
            await connection.add_listener(CHANNEL, wake)
    except BaseException:  # a cancellation too: nobody else has the connection yet
        await _dispose(connection)
        raise
    return connection


async def _dispose(connection: Connection) -> None:
    try:
        await connection.close(timeout=2)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        connection.terminate()
