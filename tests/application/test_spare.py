"""R-PAIN-05: the upload of a spare file goes as soon as it is answered; a refused one is an offer in clear."""

import msgspec
import pytest

from bidding.application.ports import Unavailable
from bidding.domain.errors import Invalid, OutOfOrder
from bidding.domain.notice.terms import SpareUse
from bidding.domain.opening.commands import DecideFault, EndWindow, HandInSpare, OrderRelease, PublishRoll
from bidding.domain.opening.sparing import SPARE
from tests.application.bidding_day import Day
from tests.application.house import LOT, House
from tests.domain.opening.hall import EVIDENCE, MINUTE

NAMES = ("a", "b", "c")
OFFER = b"an offer in clear"


@pytest.fixture
async def day(house: House, tmp_path_factory: pytest.TempPathFactory) -> Day:
    """The release is ordered; c will bring no key."""
    made = Day(house, tmp_path_factory.mktemp("bids"))
    await made.begin(*NAMES, spare=SpareUse.ANY)
    for name in NAMES:
        await made.submit(name)
    await made.close()
    await house.give(PublishRoll(), made.actors["agency"])
    await made.announce_offices()
    await house.give(OrderRelease(), made.actors["agency"])
    for name in NAMES[:2]:
        await house.give(made.release(name), made.actors[name])
    return made


async def ended(day: Day) -> None:
    day.house.clock.instant += 60 * MINUTE
    await day.house.platform.act(LOT, EndWindow())


async def brought(day: Day, envelope: str = SPARE) -> HandInSpare:
    purpose = SPARE if envelope == SPARE else "bid"
    upload = day.house.uploads.bring("c", LOT, envelope, OFFER, purpose=purpose)
    await day.house.platform.objects.put(f"uploads/{upload}", OFFER)
    return HandInSpare(upload=upload, reason="设备损坏")


async def test_a_file_that_is_not_the_receipts_is_gone_when_it_is_refused(day: Day) -> None:
    await ended(day)
    command = await brought(day)
    with pytest.raises(Invalid, match="spare-refused"):
        await day.house.give(command, day.actors["c"])
    assert day.house.uploads.discarded == [command.upload]


async def test_one_that_comes_too_late_is_gone_as_well(day: Day) -> None:
    await ended(day)
    command = await brought(day)
    with pytest.raises(OutOfOrder, match="spare-not-needed"):
        await day.house.give(command, day.actors["a"])
    assert day.house.uploads.discarded == [], "nobody deletes another's"
    fault = {"bidder": "c", "fault": "BIDDER", **EVIDENCE}
    await day.house.give(msgspec.convert(fault, DecideFault), day.actors["supervisor"])
    await day.house.give(day.form_key("agency"), day.actors["agency"])
    with pytest.raises(OutOfOrder, match="spare-too-late"):
        await day.house.give(command, day.actors["c"])
    assert day.house.uploads.discarded == [command.upload]


async def test_while_the_window_runs_the_same_file_may_still_be_handed_in(day: Day) -> None:
    with pytest.raises(OutOfOrder, match="release-window-running"):
        await day.house.give(await brought(day), day.actors["c"])
    assert day.house.uploads.discarded == []


async def test_an_envelope_named_as_a_spare_stays(day: Day) -> None:
    await ended(day)
    command = await brought(day, "technical")
    with pytest.raises(Invalid, match="spare-refused"):
        await day.house.give(command, day.actors["c"])
    assert day.house.uploads.discarded == []


async def test_a_store_that_is_away_hides_no_refusal(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left of it is swept up: ``tests/storage/uploads/test_faults.py``."""
    await ended(day)
    asked = []

    async def away(upload: str) -> None:
        asked.append(upload)
        raise Unavailable("object store")

    monkeypatch.setattr(day.house.uploads, "discard", away)
    command = await brought(day)
    with pytest.raises(Invalid, match="spare-refused"):
        await day.house.give(command, day.actors["c"])
    assert asked == [command.upload]
