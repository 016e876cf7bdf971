"""The lots' read model: only what public events say, the same again from any start, timers beside it."""

import asyncio
from datetime import timedelta

import pytest

from bidding.application.ports import LotRow, Timer
from bidding.application.projections import NAME, PASSED, LotsProjection, timers
from bidding.domain.admission.filing import Mode
from bidding.domain.bid.commands import StartUpload
from bidding.domain.control.commands import Lift, SetTestClock, Suspend
from bidding.domain.control.events import LotSuspended
from bidding.domain.regime import Regime
from bidding.domain.registry import due
from tests.application.house import LOT, House
from tests.domain.opening.hall import HOST, NOTICED, OFFICER, SIGNED, T0, Hall, bidder

FAR = T0 + timedelta(days=365)


async def project(house: House) -> None:
    """What the running projection does with what is in the log, up to its end."""
    projection = LotsProjection(house.platform, asyncio.Event())
    end = await house.platform.journal.position()
    task = asyncio.create_task(projection.run())
    try:
        async with asyncio.timeout(60):
            while (await house.platform.journal.checkpoint(NAME) or 0) < end:  # noqa: ASYNC110 - another task's commit
                await asyncio.sleep(0.01)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def listed(house: House, mode: str = "live") -> list[LotRow]:
    return (await house.platform.readmodels.lots(mode=mode))[0]


async def waits(house: House) -> list[Timer]:
    return await house.platform.readmodels.due(FAR, 100)


async def test_a_noticed_lot_is_listed_with_what_its_notice_says(house: House) -> None:
    await house.plant(Hall().log)
    await project(house)
    (row,) = await listed(house)
    assert (row.lot_id, row.phase, row.title) == (LOT, "noticed", "槐荫大道改造工程施工")
    assert (row.deadline, row.noticed_at, row.tenderer) == (T0, NOTICED, "住建局")
    assert row.feed_position == await house.platform.journal.feed_end()


async def test_nothing_is_listed_before_the_notice(house: House) -> None:
    await house.plant(Hall().log[:2])
    await project(house)
    assert await listed(house) == []
    assert await waits(house) == []


async def test_a_test_lot_is_listed_among_test_lots_alone(house: House) -> None:
    hall = Hall(mode=Mode.TEST)
    hall.give(SetTestClock(rate=1), HOST, real=hall.now)
    hall.notice(Regime.ENG, True, True)
    await house.plant(hall.log)
    await project(house)
    assert await listed(house) == []
    assert [row.lot_id for row in await listed(house, "test")] == [LOT]


async def test_bids_leave_no_trace_in_the_list(house: House) -> None:
    hall = Hall()
    await house.plant(hall.log)
    await project(house)
    before = await listed(house)
    planted = len(hall.log)
    hall.submit("a")
    await house.plant(hall.log[planted:])
    await house.give(StartUpload(envelope="form", length=9), bidder("b"))
    assert await listed(house) == before


async def test_starting_over_gives_the_same_rows(house: House) -> None:
    hall = Hall()
    hall.announce("a", "b", "c")
    await house.plant(hall.log)
    await project(house)
    rows, timers_before = await listed(house), await waits(house)
    assert rows[0].phase == "opening"
    await house.readmodels.reset(NAME)
    assert await listed(house) == []
    await project(house)
    assert await listed(house) == rows
    assert await waits(house) == timers_before


async def test_a_restart_goes_on_where_it_stopped(house: House) -> None:
    hall = Hall()
    await house.plant(hall.log)
    await project(house)
    planted = len(hall.log)
    hall.close("a", "b")  # too few: the lot fails
    await house.plant(hall.log[planted:])
    await project(house)
    (row,) = await listed(house)
    assert row.phase == "failed"


async def test_an_event_that_was_projected_changes_nothing_when_it_comes_again(house: House) -> None:
    hall = Hall()
    await house.plant(hall.log)
    projection = LotsProjection(house.platform, asyncio.Event())
    recorded = await house.platform.journal.load("lot-lot-1")
    await projection.project(recorded[-1])
    assert await listed(house)
    timer = (await waits(house))[0]
    await house.platform.readmodels.clear_timer(timer)
    await projection.project(recorded[-1])
    await projection.project(recorded[0])
    assert timer not in await waits(house)


async def test_events_of_other_streams_do_not_leave_the_checkpoint_behind(house: House) -> None:
    await house.plant(Hall().log)
    sample = Hall()
    sample.upload("a")
    started = sample.log[-1][1]
    await house.plant([("bid-lot-1-a", started)] * (PASSED + 5))
    end = await house.platform.journal.position()
    projection = asyncio.create_task(LotsProjection(house.platform, asyncio.Event()).run())
    try:
        async with asyncio.timeout(60):
            while (await house.platform.journal.checkpoint(NAME) or 0) < end - PASSED:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.01)
    finally:
        projection.cancel()
        await asyncio.gather(projection, return_exceptions=True)
    assert await listed(house)


# Timers


async def test_the_deadline_is_a_timer_and_a_suspended_lot_has_none(house: House) -> None:
    hall = Hall()
    hall.now = NOTICED + timedelta(days=2)
    assert Timer(subject=LOT, kind="opening/close", due_at=T0) in timers(hall.lot, hall.now)
    hall.give(Suspend(reason="投诉", order="1号"), OFFICER)
    assert timers(hall.lot, hall.now) == []
    hall.give(Lift(reason="驳回投诉"), OFFICER)
    assert [one.kind for one in timers(hall.lot, hall.now)] != []


async def test_a_lot_that_stands_still_for_a_complaint_waits_for_the_end_of_it(
    house: House,
) -> None:  # R-GP-22
    hall = Hall()
    ends = NOTICED + timedelta(days=30)
    stopped = LotSuspended(
        by="supervisor", at=hall.now, reason="投诉", order="1号", complaint=1, ends=ends, signed=SIGNED
    )
    hall.store(stopped)
    assert timers(hall.lot, hall.now) == [Timer(subject=LOT, kind="control/expire-suspension", due_at=ends)]


@pytest.mark.parametrize("rate", [1, 7, 1_000, 999_983])
async def test_a_test_lots_timer_never_comes_before_its_lots_instant(rate: int) -> None:
    hall = Hall(mode=Mode.TEST)
    real = NOTICED + timedelta(milliseconds=123)
    hall.give(SetTestClock(rate=rate), HOST, real=real)
    hall.notice(Regime.ENG, True, True)
    clock = hall.lot.control.clock
    assert clock is not None
    for (kind, at), timer in zip(due(hall.lot), timers(hall.lot, real), strict=False):
        assert timer.kind == kind
        assert clock.at(timer.due_at) >= at
        assert clock.at(timer.due_at - timedelta(microseconds=1)) < at
