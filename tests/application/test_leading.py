"""Work that one process does at a time: led again after an outage, given up when it is stopped, hiding no fault."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from bidding.application.leading import lead, paced
from bidding.application.ports import Gate, Unavailable
from bidding.compose.outside import StorageGate


class Led:
    """A gate that lets everybody lead, and what came of it."""

    def __init__(self) -> None:
        self.told: list[str] = []

    @asynccontextmanager
    async def leader(self, name: str) -> AsyncIterator[None]:
        self.told.append(f"{name} leads")
        try:
            yield
        finally:
            self.told.append(f"{name} resigned")

    async def run(self, work: Any) -> None:
        await lead(cast(Gate, self), "watch", work, part="watching", place="here")


async def test_a_store_that_is_away_is_told_waited_out_and_the_work_led_again() -> None:
    led, tries = Led(), iter([Unavailable("database", retry_after=0), ValueError("the end of this test")])

    async def work() -> None:
        raise next(tries)

    with capture_logs() as lines, pytest.raises(ValueError, match="end of this test"):
        await led.run(work)
    assert led.told == ["watch leads", "watch resigned"] * 2
    (line,) = lines
    assert (line["event"], line["place"]) == ("watching.store-unavailable", "here")


async def test_a_fault_of_the_work_is_not_taken_for_an_outage() -> None:
    led = Led()

    async def work() -> None:
        raise KeyError

    with pytest.raises(KeyError):
        await led.run(work)
    assert led.told == ["watch leads", "watch resigned"]


async def test_who_is_stopped_ends_its_work_and_then_gives_up_the_leadership() -> None:
    led, begun = Led(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            led.told.append("ended")

    running = asyncio.create_task(led.run(work))
    await begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert led.told == ["watch leads", "ended", "watch resigned"]


async def test_a_paced_step_is_done_again_and_its_fault_ends_it() -> None:
    done = 0

    async def step() -> None:
        nonlocal done
        done += 1
        if done == 3:
            raise KeyError

    with pytest.raises(KeyError):
        await Led().run(partial(paced, step, 0))
    assert done == 3


# the leadership itself, over a lock that is lost when a test says so


class Lock:
    def __init__(self) -> None:
        self.lost = asyncio.Event()
        self.resigned = False

    async def resign(self) -> None:
        self.resigned = True


def gate(lock: Lock) -> StorageGate:
    async def try_leader(name: str) -> Lock:
        return lock

    return StorageGate(cast(Any, SimpleNamespace(try_leader=try_leader)))


async def test_a_leadership_that_is_lost_ends_the_work_as_an_outage() -> None:
    lock = Lock()

    async def work() -> None:
        async with gate(lock).leader("watch"):
            lock.lost.set()
            await asyncio.Event().wait()

    with pytest.raises(Unavailable, match="leadership"):
        await work()
    own = asyncio.current_task()
    assert own is not None
    assert (own.cancelling(), lock.resigned) == (0, True)


async def test_who_is_stopped_just_as_the_leadership_is_lost_is_stopped() -> None:
    """Taken for an outage alone, it would be waited out and led again, and whoever stops the platform would wait."""
    lock, begun = Lock(), asyncio.Event()

    async def work() -> None:
        async with gate(lock).leader("watch"):
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                lock.lost.set()
                await asyncio.Event().wait()  # until the loss is noticed

    running = asyncio.create_task(work())
    await begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert lock.resigned
