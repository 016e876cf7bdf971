"""Timers fire when due, once or twice alike, whatever else fails; one process at a time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

import bidding.application.timekeeper as module
from bidding.application.ports import Timer, Unavailable
from bidding.application.timekeeper import BATCH, Timekeeper
from bidding.domain.calendar import CalendarUnknown
from bidding.domain.control.commands import Suspend
from storage.records import Tracking
from tests.application.house import LOT, House
from tests.domain.opening.hall import MS, OFFICER, T0, Hall

CLOSE = Timer(subject=LOT, kind="opening/close", due_at=T0)
Reaction = Callable[[str], Awaitable[None]]


@pytest.fixture(autouse=True)
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "POLL", 0.01)
    monkeypatch.setattr(module, "RETRY", 0.01)


async def set_timers(house: House, *timers: Timer) -> None:
    at = await house.readmodels.tracked("test") + 1
    async with house.readmodels.transaction(Tracking("test", at)) as tx:
        for timer in timers:
            await tx.set_timer(timer.subject, timer.kind, timer.due_at)


async def left(house: House) -> list[Timer]:
    return await house.platform.readmodels.due(T0 + timedelta(days=999), 1000)


@asynccontextmanager
async def keeping(house: House, **reactions: Reaction) -> AsyncIterator[asyncio.Event]:
    woken = asyncio.Event()
    task = asyncio.create_task(Timekeeper(house.platform, woken, reactions).run())
    try:
        async with asyncio.timeout(60):
            yield woken
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    while not await holds():  # noqa: ASYNC110 - what another connection committed cannot be awaited here
        await asyncio.sleep(0.005)


async def none_left(house: House) -> bool:
    return await left(house) == []


async def test_a_timer_fires_at_its_instant_and_not_before(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.plant(Hall().log)
    await set_timers(house, CLOSE)
    house.clock.instant = T0 - MS
    looked = asyncio.Event()
    honest = house.platform.readmodels.next_due

    async def next_due(after: Any) -> Any:
        looked.set()
        return await honest(after)

    monkeypatch.setattr(house.platform.readmodels, "next_due", next_due)
    async with keeping(house) as woken:
        await looked.wait()
        assert "lot.submission-closed.v1" not in await house.topics()
        house.clock.instant = T0
        woken.set()
        await until(lambda: none_left(house))
    assert (await house.topics()).count("lot.submission-closed.v1") == 1


async def test_a_timer_that_fires_twice_is_harmless(house: House) -> None:
    await house.plant(Hall().log)
    house.clock.instant = T0
    async with keeping(house) as woken:
        for _ in range(2):
            await set_timers(house, CLOSE)
            woken.set()
            await until(lambda: none_left(house))
    assert (await house.topics()).count("lot.submission-closed.v1") == 1


async def test_what_is_out_of_order_is_done_with(house: House) -> None:
    await house.plant(Hall().log)
    house.clock.instant = T0
    await set_timers(house, Timer(subject=LOT, kind="opening/end-window", due_at=T0))
    before = await house.topics()
    async with keeping(house):
        await until(lambda: none_left(house))
    assert await house.topics() == before


async def test_a_store_that_is_away_delays_a_timer_and_loses_none(house: House) -> None:
    house.clock.instant = T0
    await set_timers(house, Timer(subject=LOT, kind="react", due_at=T0))
    tries = 0

    async def away_at_first(lot: str) -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise Unavailable("database", retry_after=0)

    async with keeping(house, react=away_at_first):
        await until(lambda: none_left(house))
    assert tries == 3


async def test_a_failing_reaction_is_tried_again_and_holds_nobody_up(house: House) -> None:
    house.clock.instant = T0
    fine = asyncio.Event()
    failed = 0

    async def failing(lot: str) -> None:
        nonlocal failed
        failed += 1
        if not fine.is_set() or failed < 3:
            raise RuntimeError("a secret text that must not be logged")

    async def working(lot: str) -> None:
        fine.set()

    await set_timers(
        house,
        Timer(subject="lot-0", kind="failing", due_at=T0 - MS),
        Timer(subject="lot-2", kind="working", due_at=T0),
    )
    async with keeping(house, failing=failing, working=working):
        await until(lambda: none_left(house))
    assert failed >= 3


async def test_a_failure_is_logged_by_its_class_alone(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    house.clock.instant = T0
    await set_timers(house, Timer(subject=LOT, kind="failing", due_at=T0))
    tries = 0

    async def failing(lot: str) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise RuntimeError("secret-of-the-lot")

    async with keeping(house, failing=failing):
        await until(lambda: none_left(house))
    printed = "".join(capsys.readouterr())
    assert "RuntimeError" in printed
    assert "secret-of-the-lot" not in printed


async def test_lots_do_not_wait_for_each_other(house: House) -> None:
    house.clock.instant = T0
    lots = [f"lot-{n}" for n in range(5)]
    together = asyncio.Barrier(len(lots))

    async def meeting(lot: str) -> None:
        await together.wait()

    await set_timers(house, *(Timer(subject=lot, kind="meet", due_at=T0) for lot in lots))
    async with keeping(house, meet=meeting):
        await until(lambda: none_left(house))


async def test_long_work_on_many_lots_does_not_keep_a_deadline_out(house: House) -> None:
    house.clock.instant = T0
    go_on = asyncio.Event()

    async def long(lot: str) -> None:
        await go_on.wait()

    async def deadline(lot: str) -> None:
        go_on.set()

    busy = [Timer(subject=f"lot-{n}", kind="long", due_at=T0 - MS) for n in range(BATCH)]
    await set_timers(house, *busy, Timer(subject="last", kind="deadline", due_at=T0))
    async with keeping(house, long=long, deadline=deadline):
        await until(lambda: none_left(house))


async def test_a_lot_is_worked_on_once_at_a_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.clock.instant = T0
    at_work, most, looks = 0, 0, 0
    enough = asyncio.Event()
    honest = house.platform.readmodels.due

    async def due(now: Any, limit: int) -> Any:
        nonlocal looks
        looks += 1
        if looks > 4:
            enough.set()
        return await honest(now, limit)

    monkeypatch.setattr(house.platform.readmodels, "due", due)

    async def slow(lot: str) -> None:
        nonlocal at_work, most
        at_work += 1
        most = max(most, at_work)
        await enough.wait()
        at_work -= 1

    await set_timers(house, Timer(subject=LOT, kind="slow", due_at=T0))
    async with keeping(house, slow=slow):
        await until(lambda: none_left(house))
    assert most == 1


async def test_the_timer_of_a_suspended_lot_is_not_done_with(house: House) -> None:
    hall = Hall()
    hall.give(Suspend(reason="投诉", order="1号"), OFFICER)
    await house.plant(hall.log)
    house.clock.instant = T0
    done = asyncio.Event()

    async def other(lot: str) -> None:
        done.set()

    await set_timers(house, CLOSE, Timer(subject="other", kind="other", due_at=T0))
    async with keeping(house, other=other):
        await done.wait()
        await until(lambda: only(house, CLOSE))
    assert "lot.submission-closed.v1" not in await house.topics()


async def only(house: House, timer: Timer) -> bool:
    return await left(house) == [timer]


async def test_lost_leadership_stops_what_runs_and_loses_no_timer(house: House, pg_dsn: str) -> None:
    house.clock.instant = T0
    started, cancelled = asyncio.Event(), asyncio.Event()

    async def endless(lot: str) -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    await set_timers(house, Timer(subject=LOT, kind="work", due_at=T0))
    async with keeping(house, work=endless):
        await started.wait()
        admin = await asyncpg.connect(pg_dsn)
        await admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE application_name = 'bidding leader' AND datname = current_database()"
        )
        await admin.close()
        await cancelled.wait()  # whoever leads next must not meet this one at work
        started.clear()
        await started.wait()  # it leads again, and the timer was not lost
    assert len(await left(house)) == 1


async def test_what_runs_has_ended_before_the_leadership_is_given_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.clock.instant = T0
    started, order, gate = asyncio.Event(), list[str](), house.platform.gate

    class Watched:
        @asynccontextmanager
        async def leader(self, name: str) -> AsyncIterator[None]:
            async with gate.leader(name):
                try:
                    yield
                finally:
                    order.append("given up")

    async def endless(lot: str) -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            order.append("ended")

    monkeypatch.setattr(house.platform, "gate", Watched())
    await set_timers(house, Timer(subject=LOT, kind="work", due_at=T0))
    async with keeping(house, work=endless):
        await started.wait()
    assert order == ["ended", "given up"]


async def test_what_no_calendar_can_count_stays_until_one_can(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-TIME-03: it is a refusal, but nothing is done by it."""
    monkeypatch.setattr(module, "UNKNOWN", 0.01)
    tried = list[str]()

    async def returns(lot: str) -> None:
        tried.append(lot)
        if len(tried) < 3:
            raise CalendarUnknown(2099)

    await set_timers(house, Timer(subject=LOT, kind="returns", due_at=T0))
    house.clock.instant = T0
    async with keeping(house, returns=returns):
        await until(lambda: none_left(house))
    assert len(tried) == 3
