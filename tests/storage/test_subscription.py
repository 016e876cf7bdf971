"""Following the log: nothing missed, nothing twice, whatever happens to writers and connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import asyncpg
import pytest

from storage.database import Connection
from storage.errors import StorageUnavailable
from storage.events import EventLog, RecordedEvent, connect
from tests.storage.samples import WAITING, commit, event


async def take(events: AsyncIterator[RecordedEvent], count: int) -> list[RecordedEvent]:
    taken: list[RecordedEvent] = []
    async with asyncio.timeout(60):
        async for one in events:
            taken.append(one)
            if len(taken) == count:
                break
    return taken


async def test_a_reader_that_tails_concurrent_writers_of_two_processes_misses_nothing(
    pg_dsn: str, log: EventLog
) -> None:
    writers, each = 8, 25

    async def write(to: EventLog, name: str) -> None:
        for version in range(1, each + 1):
            await to.append(commit(event(name, version)))

    async with connect(pg_dsn) as other, aclosing(log.subscribe(0, page=7)) as events:
        tail = asyncio.create_task(take(events, 2 * writers * each))
        await asyncio.gather(*(write(to, f"{n}-{id(to)}") for to in (log, other) for n in range(writers)))
        assert [e.position for e in await tail] == list(range(1, 2 * writers * each + 1))


async def test_positions_from_a_sequence_would_let_that_reader_miss_events(pg_dsn: str) -> None:
    """Why the head row exists: nextval() order is not commit order, so what commits late stays behind the
    reader for ever. The same two transactions on the head row: the second waits, nothing is missed."""
    one, two, reader = [await asyncpg.connect(pg_dsn) for _ in range(3)]
    try:
        await reader.execute("CREATE TABLE numbered (position bigserial PRIMARY KEY, stream text)")
        await one.execute("BEGIN")
        await two.execute("BEGIN")
        await one.execute("INSERT INTO numbered (stream) VALUES ('first')")  # takes 1, stays open
        await two.execute("INSERT INTO numbered (stream) VALUES ('second')")
        await two.execute("COMMIT")
        seen = await reader.fetch("SELECT position FROM numbered WHERE position > 0")
        assert [row[0] for row in seen] == [2]
        await one.execute("COMMIT")
        assert await reader.fetch("SELECT position FROM numbered WHERE position > 2") == []  # 1 is lost

        add = "UPDATE events_head SET position = position + 1 RETURNING position"
        await one.execute("BEGIN")
        assert await one.fetchval(add) == 1
        second = asyncio.create_task(two.fetchval(add))
        while not await reader.fetchval(WAITING):
            assert not second.done()
        await one.execute("ROLLBACK")
        assert await second == 1  # the rollback took its number back: no gap either
    finally:
        for connection in (one, two, reader):
            await connection.close()


async def test_a_killed_listen_connection_loses_nothing(log: EventLog, admin: Connection) -> None:
    async with aclosing(log.subscribe(0, poll=60)) as events:
        await log.append(commit(event("a", 1)))
        assert [e.version for e in await take(events, 1)] == [1]
        waiting = asyncio.create_task(take(events, 20))
        for version in range(2, 22):
            killed = await admin.fetchval(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE datname = current_database() AND application_name = 'bidding subscription'"
            )
            assert killed in (0, 1)
            await log.append(commit(event("a", version)))
        assert [e.version for e in await waiting] == list(range(2, 22))


async def test_a_subscription_waits_for_a_database_that_is_away(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = 3
    select = log.select_notifications

    async def failing(*arguments: Any, **named: Any) -> list[RecordedEvent]:
        nonlocal away
        if away:
            away -= 1
            raise StorageUnavailable
        return await select(*arguments, **named)

    monkeypatch.setattr(log, "select_notifications", failing)
    await log.append(commit(event("a", 1)))
    async with aclosing(log.subscribe(0)) as events:
        assert [e.position for e in await take(events, 1)] == [1]
    assert away == 0


async def test_a_subscription_resumes_after_a_position(log: EventLog) -> None:
    await log.append(commit(*(event("a", n) for n in range(1, 6))))
    async with aclosing(log.subscribe(3)) as events:
        assert [e.position for e in await take(events, 2)] == [4, 5]


async def test_a_follower_of_a_rare_topic_passes_over_the_rest_once(log: EventLog) -> None:
    await log.append(commit(*(event("a", n, topic="common.v1") for n in range(1, 50))))
    async with aclosing(log.subscribe(0, topics=["rare.v1"], page=10, poll=0.01)) as events:
        waiting = asyncio.create_task(take(events, 2))
        await log.append(
            commit(event("b", 1, topic="rare.v1"), event("b", 2), event("b", 3, topic="rare.v1"))
        )
        assert [(e.stream, e.version) for e in await waiting] == [("b", 1), ("b", 3)]


async def test_leaving_a_subscription_closes_its_connection(log: EventLog, admin: Connection) -> None:
    await log.append(commit(event("a", 1)))
    async with aclosing(log.subscribe(0)) as events:
        await take(events, 1)
    listening = (
        "SELECT count(*) FROM pg_stat_activity "
        "WHERE datname = current_database() AND application_name = 'bidding subscription'"
    )
    async with asyncio.timeout(60):
        while await admin.fetchval(listening):
            pass


async def test_a_reader_stopped_as_it_begins_to_listen_leaves_no_connection(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: asyncio.Future[Connection] = asyncio.get_running_loop().create_future()

    async def hangs(connection: Connection, *_: Any) -> None:
        begun.set_result(connection)
        await asyncio.Event().wait()

    monkeypatch.setattr(asyncpg.Connection, "add_listener", hangs)
    reading = asyncio.create_task(take(log.subscribe(0), 1))
    connection = await begun
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert connection.is_closed()
