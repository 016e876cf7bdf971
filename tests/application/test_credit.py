"""Credit on a real platform: the register, look-ups of a lot, repair that has lots look again (F-54)."""

from collections.abc import Sequence
from datetime import date

import msgspec
import pytest

from bidding.application.credit import CreditDesk, RegisterSource, SourceSilent, credit_stream
from bidding.application.platform import lot_stream
from bidding.domain.credit.commands import CheckCredit, DecideConduct, ListUnit, NoteConduct, RepairUnit
from bidding.domain.credit.conduct import Conduct
from bidding.domain.credit.events import ConductNoted, CreditChecked, Stage
from bidding.domain.credit.lists import CreditList, Listing, Severity
from bidding.domain.credit.standing import Status
from bidding.domain.errors import Conflicting, Forbidden
from bidding.domain.opening.commands import PublishRoll
from bidding.domain.parties import Actor, Role
from bidding.domain.registration.state import Party
from tests.application.bidding_day import Day
from tests.application.house import LOT, House
from tests.domain.opening.hall import HOST, Hall

UNIT = "91110000101623741K"
NAMES = ("a", "b", "c")


class Silent:
    name = "信用中国"

    async def look_up(self, uscc: str, name: str) -> Sequence[Listing]:
        raise SourceSilent


@pytest.fixture
async def day(house: House, tmp_path_factory: pytest.TempPathFactory) -> Day:
    """Three bids, the roll published; a's code is ``UNIT``."""
    made = Day(house, tmp_path_factory.mktemp("bids"))
    await made.begin(*NAMES)
    house.register.known["a"] = msgspec.structs.replace(house.register.known["a"], uscc=UNIT)
    for name in NAMES:
        await made.submit(name)
    await made.close()
    await house.give(PublishRoll(), made.actors["agency"])
    return made


@pytest.fixture
def desk(house: House) -> CreditDesk:
    source = RegisterSource(house.platform.journal, house.clock)
    made = CreditDesk(house.platform, house.register, source)
    house.platform.handlers.update(made.handlers)
    return made


def listing(day: Day) -> ListUnit:
    today = day.house.clock.instant.date()
    return ListUnit(
        uscc=UNIT,
        name="a公司",
        list=CreditList.JUDGMENT_DEFAULTER,
        severity=Severity.SERIOUS,
        basis="(2026)执1号",
        source="中国执行信息公开网",
        since=date(today.year, 1, 1),
    )


async def look_ups(day: Day) -> list[CreditChecked]:
    recorded = await day.house.platform.journal.load(lot_stream(LOT))
    return [one.event for one in recorded if isinstance(one.event, CreditChecked)]


async def test_a_lot_records_what_the_register_says_and_a_repair_has_it_look_again(
    day: Day, desk: CreditDesk
) -> None:
    officer = day.actors["supervisor"]
    await desk.list_unit(listing(day), day.house.call(officer))
    await day.house.give(CheckCredit(), day.actors["agency"])
    (first,) = await look_ups(day)
    assert {one.party: len(one.listings) for one in first.snapshots} == {"a": 1, "b": 0, "c": 0}
    assert {one.source for one in first.snapshots} == {"平台信用登记簿"}
    record = await desk.record(UNIT)
    assert record.relied == (LOT,)
    await day.house.give(CheckCredit(), day.actors["agency"])  # relied on once is enough
    assert (await desk.record(UNIT)).version == record.version

    lifted = RepairUnit(uscc=UNIT, listing=record.entries[0].listing, basis="结案通知书")
    await desk.repair_unit(lifted, day.house.call(officer))
    again = (await look_ups(day))[-1]
    assert again.stage is Stage.REPAIR
    assert [(one.party, one.listings) for one in again.snapshots] == [("a", ())]
    (entry,) = (await desk.record(UNIT)).entries  # the history stays
    assert entry.repaired_by == "结案通知书"


async def test_an_entry_is_made_once_however_often_it_is_asked_for(day: Day, desk: CreditDesk) -> None:
    call = day.house.call(day.actors["supervisor"])
    first = await desk.list_unit(listing(day), call)
    assert await desk.list_unit(listing(day), call) == first
    assert len(await day.house.platform.journal.load(credit_stream(UNIT))) == 1


async def test_nobody_but_a_supervisor_enters_a_record(day: Day, desk: CreditDesk) -> None:
    with pytest.raises(Forbidden):
        await desk.list_unit(listing(day), day.house.call(day.actors["agency"]))


async def test_a_source_that_is_silent_is_not_taken_for_a_clean_record(day: Day) -> None:
    desk = CreditDesk(day.house.platform, day.house.register, Silent())
    day.house.platform.handlers.update(desk.handlers)
    with pytest.raises(Conflicting, match="credit-source-silent"):
        await day.house.give(CheckCredit(), day.actors[HOST.party])
    assert await look_ups(day) == []


async def test_what_a_lot_found_stands_in_the_units_record_in_the_same_commit_and_once(house: House) -> None:
    """F-65, R-WAIVE-09: a bid revoked in a waived lot."""
    hall = Hall()
    hall.order(*"abcd")
    hall.release(*"abc")
    hall.end_window()
    hall.fault("d", "BIDDER")
    await house.plant(hall.log)
    house.register.known["d"] = Party(party="d", version=1, name="d公司", uscc=UNIT)
    await house.platform.act(LOT, NoteConduct())
    await house.platform.act(LOT, NoteConduct())
    (entry,) = (await house.credit.record(UNIT)).conduct
    assert (entry.conduct, entry.lot, entry.about) == (Conduct.BID_REVOKED, LOT, "d")
    assert (await house.topics())[-1] == "lot.conduct-noted.v1"
    assert (await house.topics()).count("lot.conduct-noted.v1") == 1

    strike = DecideConduct(uscc=UNIT, number=entry.number, record=False, reason="平台故障所致")
    officer = Actor(party="bureau", roles=frozenset({Role.SUPERVISOR}))
    await house.credit.decide_conduct(strike, house.call(officer))
    (struck,) = (await house.credit.record(UNIT)).conduct
    assert struck.status is Status.DISMISSED
    with pytest.raises(Forbidden):
        await house.credit.decide_conduct(
            strike, house.call(Actor(party="d", roles=frozenset({Role.BIDDER})))
        )


async def test_a_party_without_a_code_has_no_record_and_is_looked_at_once(house: House) -> None:
    hall = Hall()
    hall.order(*"abcd")
    hall.release(*"abc")
    hall.end_window()
    hall.fault("d", "BIDDER")
    await house.plant(hall.log)
    await house.platform.act(LOT, NoteConduct())
    (noted,) = [
        one.event
        for one in await house.platform.journal.load(lot_stream(LOT))
        if isinstance(one.event, ConductNoted)
    ]
    assert noted.uscc == ""
