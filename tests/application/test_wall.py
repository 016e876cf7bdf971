"""The screen on the wall: openings of now, the day's public events, and never a secret (R-NB-ZX-05, R-GEN-04)."""

from datetime import timedelta

from bidding.application.wall import DAY, Wall, WallEvent, WallFeed
from bidding.domain.opening import commands as c
from tests.application.house import LOT, House
from tests.application.test_projections import project
from tests.domain.opening.hall import MINUTE, T0, Hall, bidder


async def told(house: House, *, limit: int = 30, before: int | None = None, mode: str = "live") -> WallFeed:
    return await Wall(house.platform).feed(mode, before, limit)


async def opening(house: House) -> Hall:
    hall = Hall()
    hall.order("a", "b", "c")
    hall.give(c.Say(text="在线"), bidder("a"))
    await house.plant(hall.log)
    return hall


async def test_the_days_public_events_stand_newest_first_and_nothing_else(house: House) -> None:
    hall = await opening(house)
    feed = await told(house)
    types = [one.type for one in feed.events]
    assert types[0] == "lot.release-ordered.v1"
    assert not {"lot.message-said.v1", "bid.received.v1"} & set(types)  # R-ROOM-05, R-GEN-04
    assert [one.position for one in feed.events] == sorted(
        (one.position for one in feed.events), reverse=True
    )
    assert {(one.lot, one.title) for one in feed.events} == {(LOT, hall.lot.notice.title)}
    assert all(one.zh and one.en for one in feed.events)
    assert feed.next is None


async def test_it_is_read_page_by_page(house: House) -> None:
    await opening(house)
    whole = await told(house)
    pages: list[WallEvent] = []
    before: int | None = None
    while True:
        page = await told(house, limit=2, before=before)
        assert len(page.events) <= 2
        pages += page.events
        before = page.next
        if before is None:
            break
    assert tuple(pages) == whole.events


async def test_what_is_older_than_a_day_is_not_told(house: House) -> None:
    await opening(house)
    last = (await told(house)).events[0].at
    house.clock.instant = last + DAY
    assert (await told(house)).events
    house.clock.instant = last + DAY + timedelta(milliseconds=1)
    assert (await told(house)).events == ()


async def test_openings_of_now_and_deadlines_of_the_next_day_stand_beside_it(house: House) -> None:
    wall = Wall(house.platform)
    hall = Hall()
    await house.plant(hall.log)
    noticed = len(hall.log)
    await project(house)
    house.clock.instant = T0 - DAY - MINUTE
    assert (list(await wall.running("live")), list(await wall.coming("live"))) == ([], [])
    house.clock.instant = T0 - DAY
    assert [row.lot_id for row in await wall.coming("live")] == [LOT]
    house.clock.instant = T0
    assert list(await wall.coming("live")) == []
    hall.order("a", "b", "c")
    await house.plant(hall.log[noticed:])
    await project(house)
    assert [row.phase for row in await wall.running("live")] == ["opening"]


async def test_test_lots_have_a_wall_of_their_own(house: House) -> None:
    await opening(house)
    assert (await told(house, mode="test")).events == ()
    assert await Wall(house.platform).coming("test") == ()


async def test_before_the_deadline_bids_leave_no_trace_on_it(house: House) -> None:  # R-GEN-04
    hall = Hall()
    await house.plant(hall.log)
    before = await told(house)
    noticed = len(hall.log)
    hall.submit("a")
    hall.submit("b")
    await house.plant(hall.log[noticed:])
    assert await told(house) == before
