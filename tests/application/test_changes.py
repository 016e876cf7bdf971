"""A change of a party, carried to its open records (R-NB-HS-01, R-NB-HS-03, R-ENG-32; F-53)."""

from datetime import timedelta

import msgspec
import pytest

from bidding.application.propagation import Propagation
from bidding.domain.opening.commands import PublishRoll
from bidding.domain.registration.events import Change, ChangeKind
from tests.application.bidding_day import Day
from tests.application.house import LOT, House

NAMES = ("a", "b", "c")


@pytest.fixture
async def day(house: House, tmp_path_factory: pytest.TempPathFactory) -> Day:
    made = Day(house, tmp_path_factory.mktemp("bids"))
    await made.begin(*NAMES)
    return made


@pytest.fixture
def propagation(house: House) -> Propagation:
    return Propagation(house.platform, house.register, house.bids)


async def changes(day: Day, name: str, kind: ChangeKind = ChangeKind.NAME, days: int = 1) -> None:
    """The party reports it so many days after it bid, by the platform's clock."""
    since = (await day.house.bids.placed_since(name)).get(LOT, day.house.clock.instant)
    said = Change(kind=kind, before="旧", after="新", evidence="登字", at=since + timedelta(days=days))
    party = day.house.register.known[name]
    day.house.register.known[name] = msgspec.structs.replace(party, name="新", changes=(*party.changes, said))


async def publish(day: Day) -> None:
    for name in NAMES:
        if (await day.house.bids.bid(LOT, name)).effective is None:
            await day.submit(name)
    await day.close()
    await day.house.give(PublishRoll(), day.actors["agency"])


async def told(day: Day) -> list[tuple[str, ChangeKind, bool]]:
    lot = await day.house.platform.load(LOT)
    return [(one.bidder, one.change.kind, one.review) for one in lot.conflicts.changes]


async def test_before_the_deadline_the_certificate_goes_to_the_bid_and_the_lot_does_not_tell(
    day: Day, propagation: Propagation
) -> None:  # R-GEN-04
    await day.submit("a")
    topics = await day.house.topics()
    await changes(day, "a")
    await propagation.party_changed("a")
    await propagation.party_changed("a")  # carried once
    bid = await day.house.bids.bid(LOT, "a")
    assert [one.change.kind for one in bid.changes] == [ChangeKind.NAME]
    assert bid.effective is not None  # signed under the old name, and good
    assert await day.house.topics() == topics
    await publish(day)
    assert await told(day) == [("a", ChangeKind.NAME, False)]
    assert {one.name for one in (await day.house.platform.load(LOT)).opening.roll} >= {"新"}


async def test_after_the_roll_the_lot_is_told_and_the_qualification_reviewed(
    day: Day, propagation: Propagation
) -> None:
    await publish(day)
    await changes(day, "b")
    await changes(day, "c", ChangeKind.QUALIFICATION)
    for name in ("b", "c", "b"):
        await propagation.party_changed(name)
    assert sorted(await told(day)) == [("b", ChangeKind.NAME, True), ("c", ChangeKind.QUALIFICATION, True)]
    assert (await day.house.platform.load(LOT)).conflicts.unreviewed == {"b", "c"}


async def test_between_deadline_and_roll_the_change_waits_in_the_bid(
    day: Day, propagation: Propagation
) -> None:
    for name in NAMES:
        await day.submit(name)
    await day.close()
    await changes(day, "a")
    await propagation.party_changed("a")
    assert await told(day) == []
    await day.house.give(PublishRoll(), day.actors["agency"])
    assert await told(day) == [("a", ChangeKind.NAME, True)]


async def test_what_changed_before_the_party_bid_is_no_news(day: Day, propagation: Propagation) -> None:
    await publish(day)
    await changes(day, "a", days=-1)
    await propagation.party_changed("a")
    assert await told(day) == []


async def test_who_has_bid_nowhere_is_carried_nowhere(day: Day, propagation: Propagation) -> None:
    await changes(day, "a")
    await propagation.party_changed("a")
    await propagation.party_changed("b")
    assert (await day.house.bids.bid(LOT, "a")).version == 0
