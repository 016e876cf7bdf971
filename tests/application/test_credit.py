"""Credit on a real platform: the register, look-ups of a lot, repair that has lots look again (F-54)."""

from collections.abc import Sequence
from datetime import date

import msgspec
import pytest

from bidding.application.credit import CreditDesk, effects
from bidding.application.creditsources import RegisterSource, SourceSilent, credit_stream
from bidding.application.platform import Call, lot_stream
from bidding.application.ports import Unavailable
from bidding.application.reactions import pending
from bidding.domain.credit.commands import (
    AttestCredit,
    CheckCredit,
    DecideConduct,
    ListUnit,
    LookUpBidders,
    NoteConduct,
    RepairUnit,
)
from bidding.domain.credit.conduct import Conduct
from bidding.domain.credit.events import ConductNoted, CreditChecked, Stage
from bidding.domain.credit.lists import CreditList, Listing, Severity
from bidding.domain.credit.standing import Status
from bidding.domain.errors import Conflicting, Forbidden, Unknown
from bidding.domain.lot import Phase
from bidding.domain.opening.commands import PublishRoll
from bidding.domain.parties import PLATFORM, Actor, Role
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


class Telling:
    name = "信用中国"

    def __init__(self, *listings: Listing) -> None:
        self._listings = listings

    async def look_up(self, uscc: str, name: str) -> Sequence[Listing]:
        return self._listings if uscc == UNIT else ()


OUTSIDE = Listing(
    listing="x1",
    list=CreditList.SERIOUS,
    basis="鄂信〔2026〕3号",
    since=date(2026, 1, 5),
    until=date(2029, 1, 5),
)
OTHERS = {"b": "91350211M0000XUF46", "c": "12420902MA0000015T"}


def desk(day: Day, *outside: Silent | Telling) -> CreditDesk:
    house = day.house
    source = RegisterSource(house.platform.journal, house.clock, outside)
    made = CreditDesk(house.platform, house.register, source)
    house.platform.handlers.update(made.handlers)
    return made


@pytest.fixture(name="desk")
def _desk(day: Day) -> CreditDesk:
    return desk(day)


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
    desk(day, Silent())
    with pytest.raises(Conflicting, match="credit-source-silent") as caught:
        await day.house.give(CheckCredit(), day.actors[HOST.party])
    assert caught.value.found["source"] == "信用中国"
    assert await look_ups(day) == []


async def test_what_a_source_outside_lists_is_kept_with_who_was_asked_and_when(day: Day) -> None:
    """R-CRDT-01: source and instant of each; the same record in both is one."""
    made = desk(day, Telling(OUTSIDE))
    await made.list_unit(listing(day), day.house.call(day.actors["supervisor"]))
    await day.house.give(CheckCredit(), day.actors["agency"])
    (told,) = await look_ups(day)
    kept = {one.party: one for one in told.snapshots}["a"]
    assert [(one.list, one.basis) for one in kept.listings] == [
        (CreditList.JUDGMENT_DEFAULTER, "(2026)执1号"),
        (CreditList.SERIOUS, "鄂信〔2026〕3号"),
    ]
    assert isinstance(kept.answers, tuple)
    now = day.house.clock.instant
    assert [(one.source, one.at) for one in kept.answers] == [("平台信用登记簿", now), ("信用中国", now)]
    assert kept.source == "平台信用登记簿、信用中国"


async def test_a_supervisors_look_by_hand_stands_for_a_silent_source_for_its_hours(day: Day) -> None:
    """R-CRDT-01: signed, with its basis, named in the snapshot; then the source must answer again."""
    made = desk(day, Silent())
    officer = day.actors["supervisor"]
    for name in NAMES:
        uscc = UNIT if name == "a" else OTHERS[name]
        party = day.house.register.known[name]
        day.house.register.known[name] = msgspec.structs.replace(party, uscc=uscc)
        await made.attest(
            AttestCredit(uscc=uscc, source="信用中国", basis="打印件 1"), day.house.call(officer)
        )
    await day.house.give(CheckCredit(), day.actors["agency"])
    (told,) = await look_ups(day)
    assert {one.answers[-1].by for one in told.snapshots if one.answers} == {officer.party}
    day.house.clock.instant += effects().validity
    with pytest.raises(Conflicting, match="credit-source-silent"):
        await day.house.give(CheckCredit(), day.actors["agency"])


async def test_only_a_source_that_is_asked_can_be_looked_at_by_hand(day: Day) -> None:
    made, officer = desk(day, Silent()), day.actors["supervisor"]
    with pytest.raises(Unknown, match="no-such-credit-source"):
        await made.attest(AttestCredit(uscc=UNIT, source="企查查", basis="x"), day.house.call(officer))
    with pytest.raises(Forbidden):
        await made.attest(
            AttestCredit(uscc=UNIT, source="信用中国", basis="x"), day.house.call(day.actors["agency"])
        )


async def test_a_record_repaired_here_lifts_at_once_though_its_list_still_shows_it(day: Day) -> None:
    """R-NB-SS-03."""
    shown = Listing(
        listing="x",
        list=CreditList.JUDGMENT_DEFAULTER,
        basis="(2026)执1号",
        since=date(2026, 1, 1),
        until=date(2029, 1, 1),
    )
    made, officer = desk(day, Telling(shown)), day.actors["supervisor"]
    await made.list_unit(listing(day), day.house.call(officer))
    number = (await made.record(UNIT)).entries[0].listing
    await made.repair_unit(RepairUnit(uscc=UNIT, listing=number, basis="结案"), day.house.call(officer))
    await day.house.give(CheckCredit(), day.actors["agency"])
    assert [one.listings for one in (await look_ups(day))[-1].snapshots if one.party == "a"] == [()]


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


async def test_the_clock_looks_everybody_up_before_the_committee_examines_them(day: Day) -> None:
    """R-CRDT-01: and waits, rather than pass anybody, while a source is silent."""
    house = day.house
    lot = await house.platform.load(LOT)
    opened = msgspec.structs.replace(lot, phase=Phase.OPENED)
    assert LookUpBidders.NAME in pending(opened)
    facts = house.platform.facts(opened, Call(actor=PLATFORM))
    silent = desk(day, Silent())
    with pytest.raises(Unavailable):
        await silent.handlers[LookUpBidders](opened, LookUpBidders(), Call(actor=PLATFORM), facts)
    told = await desk(day).handlers[LookUpBidders](opened, LookUpBidders(), Call(actor=PLATFORM), facts)
    (event,) = told.events
    assert isinstance(event, CreditChecked)
    assert event.stage is Stage.QUALIFICATION
    assert [one.party for one in event.snapshots] == [
        party for entry in opened.opening.roll for party in entry.parties
    ]
