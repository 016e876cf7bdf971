"""The gate: the close of a lot waits for the finalisations that began before it and keeps later ones out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest

from storage.database import Connection, Database
from storage.errors import QueueFull, StorageUnavailable
from storage.gate import Gate, Leader

KILL = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND application_name = $1"""


#: Of this test's database alone: the view shows the whole server's, and others' platforms lead there.
LOCKS = """
SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE locktype = 'advisory' AND granted = $1 AND datname = current_database()"""


@pytest.fixture
async def gate(database: Database) -> AsyncIterator[Gate]:
    made = Gate(database)
    yield made
    await made.close()


@pytest.fixture
async def other(pg_dsn: str) -> AsyncIterator[Gate]:
    """The gate of another process: nothing shared but the database."""
    elsewhere = Database(pg_dsn)
    await elsewhere.open()
    made = Gate(elsewhere)
    yield made
    await made.close()
    await elsewhere.close()


@pytest.fixture
async def limited(database: Database) -> AsyncIterator[Callable[..., Gate]]:
    """Gates of the capacity, room and patience that a test asks for, closed however it ends."""
    made: list[Gate] = []

    def make(**limits: Any) -> Gate:
        made.append(Gate(database, **limits))
        return made[-1]

    yield make
    for gate in made:
        await gate.close()


@asynccontextmanager
async def leading(gate: Gate, name: str, **settings: Any) -> AsyncIterator[Leader]:
    """The leader, whose connection is closed however the test ends."""
    leader = await gate.try_leader(name, **settings)
    assert leader is not None
    try:
        yield leader
    finally:
        await leader.resign()


async def someone_waits(admin: Connection, count: int = 1) -> None:
    async with asyncio.timeout(60):
        while await admin.fetchval(LOCKS, False) < count:
            pass


async def are_held(admin: Connection, count: int) -> None:
    async with asyncio.timeout(60):
        while await admin.fetchval(LOCKS, True) < count:
            pass


async def test_many_pass_together_and_one_alone(gate: Gate, other: Gate, admin: Connection) -> None:
    order: list[str] = []

    async def close() -> None:
        async with other.exclusive("lot 1"):
            order.append("closed")

    async def late() -> None:
        async with gate.shared("lot 1"):
            order.append("late")

    async with gate.shared("lot 1"), gate.shared("lot 1"), other.shared("lot 1"):
        closing = asyncio.create_task(close())
        await someone_waits(admin)
        after = asyncio.create_task(late())  # behind the waiting close, although others are inside
        await someone_waits(admin, 2)
        order.append("finalised")
    await asyncio.gather(closing, after)
    assert order == ["finalised", "closed", "late"]


async def test_keys_do_not_stand_in_each_others_way(gate: Gate, other: Gate) -> None:
    async with asyncio.timeout(60), gate.exclusive("lot 1"), other.exclusive("lot 2"), other.shared("lot 3"):
        pass


async def test_more_holders_than_places_wait_their_turn(limited: Callable[..., Gate]) -> None:
    gate = limited(capacity=2)
    inside = most = 0
    pair = asyncio.Barrier(2)

    async def finalise() -> None:
        nonlocal inside, most
        async with gate.shared("lot"):
            inside += 1
            most = max(most, inside)
            await pair.wait()  # nobody leaves before two are inside
            inside -= 1

    async with asyncio.timeout(60):
        await asyncio.gather(*(finalise() for _ in range(20)))
    assert (inside, most) == (0, 2)


async def test_one_who_is_cancelled_while_waiting_leaves_no_lock(
    gate: Gate, other: Gate, admin: Connection
) -> None:
    async with other.exclusive("lot"):
        waiting = [
            asyncio.create_task(AsyncExitStack().enter_async_context(gate.shared("lot"))) for _ in range(3)
        ]
        await someone_waits(admin, 3)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    async with asyncio.timeout(60), other.exclusive("lot"):
        pass


async def test_one_who_is_cancelled_or_fails_inside_leaves_no_lock(gate: Gate, other: Gate) -> None:
    inside = asyncio.Event()

    async def stay() -> None:
        async with gate.shared("lot"):
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(stay())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    with pytest.raises(KeyError):
        async with gate.exclusive("lot"):
            raise KeyError
    async with asyncio.timeout(60), other.exclusive("lot"):
        pass


async def test_the_holder_notices_that_its_lock_was_lost(gate: Gate, other: Gate, admin: Connection) -> None:
    async with gate.shared("lot") as held:
        held.ensure()
        assert await admin.fetchval(KILL, "bidding gate") == 1
        async with asyncio.timeout(60):
            await held.lost.wait()
        with pytest.raises(StorageUnavailable):
            held.ensure()
        async with asyncio.timeout(60), other.exclusive("lot"):
            pass
    async with asyncio.timeout(60), gate.shared("lot") as again:
        again.ensure()


async def test_patience_ends(limited: Callable[..., Gate], other: Gate) -> None:
    hasty = limited(patience=0.05)
    async with other.exclusive("lot"):
        with pytest.raises(StorageUnavailable):
            async with hasty.shared("lot"):
                pass
    hasty._patience = 60.0  # it was not waited for long enough, and nothing of that is left
    async with hasty.shared("lot"):
        pass


async def test_there_is_one_leader_and_another_after_it_resigns(gate: Gate, other: Gate) -> None:
    async with leading(gate, "clock") as leader, leading(other, "sequencer"):
        assert await other.try_leader("clock") is None
        assert await gate.try_leader("clock") is None
        await leader.resign()
        assert leader.lost.is_set()
        async with leading(other, "clock"):
            pass


async def test_a_leader_whose_connection_dies_notices_and_another_takes_over(
    gate: Gate, other: Gate, admin: Connection
) -> None:
    async with leading(gate, "clock") as leader:
        leader.ensure()
        assert await admin.fetchval(KILL, "bidding leader") == 1
        async with asyncio.timeout(60):
            await leader.lost.wait()
        with pytest.raises(StorageUnavailable):
            leader.ensure()
        async with leading(other, "clock"):
            pass


async def test_a_leader_whose_server_stays_silent_notices(gate: Gate) -> None:
    """No FIN, no RST: only a question left unanswered tells. The backend is stopped for real."""
    import os
    import signal

    async with leading(gate, "clock", heartbeat=0.05) as leader:
        pid = leader._connection.get_server_pid()
        os.kill(pid, signal.SIGSTOP)  # before the first question: nothing was awaited since
        try:
            async with asyncio.timeout(60):
                await leader.lost.wait()
        finally:
            os.kill(pid, signal.SIGCONT)


# Who waits for a place keeps its arrival (R-PAIN-01, R-TIME-08)


async def test_the_close_waits_for_all_that_came_before_it_though_they_had_no_place(
    limited: Callable[..., Gate], other: Gate, admin: Connection
) -> None:
    gate, order = limited(capacity=1), []
    leave = asyncio.Event()

    async def finalise(name: str) -> None:
        async with gate.shared("lot"):
            order.append(name)
            await leave.wait()

    async def close() -> None:
        async with other.exclusive("lot"):
            order.append("closed")

    first = asyncio.create_task(finalise("a"))
    async with asyncio.timeout(60):
        while order != ["a"]:
            await admin.fetchval("SELECT 1")
        waiting = [asyncio.create_task(finalise(name)) for name in "bcd"]
        await are_held(admin, 2)  # the place's and the queue's
        closing = asyncio.create_task(close())
        await someone_waits(admin)
        leave.set()
        await asyncio.gather(first, *waiting, closing)
    assert order == ["a", "b", "c", "d", "closed"]


async def test_a_queue_that_is_full_says_so_and_those_in_it_are_served(limited: Callable[..., Gate]) -> None:
    gate = limited(capacity=1, waiting=1)
    async with asyncio.timeout(60), AsyncExitStack() as served:
        async with gate.shared("lot"):
            waiting = asyncio.create_task(served.enter_async_context(gate.shared("lot")))
            await asyncio.sleep(0)
            with pytest.raises(QueueFull):
                async with gate.shared("another lot"):
                    pass
        await waiting


async def test_one_who_leaves_the_queue_leaves_no_lock_behind(
    limited: Callable[..., Gate], other: Gate, admin: Connection
) -> None:
    gate = limited(capacity=1)
    async with asyncio.timeout(60):
        async with gate.shared("lot"):
            waiting = [
                asyncio.create_task(AsyncExitStack().enter_async_context(gate.shared("lot")))
                for _ in range(3)
            ]
            await are_held(admin, 2)
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        async with other.exclusive("lot"):
            pass
        async with gate.shared("lot"):
            pass
