"""The register as the notice found it, at the desks that charge by it (R-NB-SS-02)."""

from datetime import date
from pathlib import Path

import msgspec
import pytest

from bidding.application.creditsources import credit_stream
from bidding.application.platform import lot_stream
from bidding.crypto.credentials import DeviceCredential
from bidding.domain.bid.commands import RecordDeposit
from bidding.domain.bid.events import DepositGraded, DepositReceived
from bidding.domain.contract.events import ContractDrafted
from bidding.domain.credit.grounds import Graded
from bidding.domain.credit.lists import CreditList
from bidding.domain.errors import Invalid
from bidding.domain.evaluation.bids import opened_bids
from bidding.domain.evaluation.commands import RecordGrades
from bidding.domain.event import Event
from bidding.domain.lot import Phase
from bidding.domain.notice.commands import Publish
from bidding.domain.notice.events import NoticePublished
from bidding.domain.parties import PLATFORM, Role
from bidding.domain.waiver import by_credit
from tests.application.bidding_day import Day
from tests.application.house import LOT, House
from tests.domain.credit.test_graded import GENERAL, RULES, listed, repaired
from tests.domain.lots import publication, terms
from tests.domain.opening.hall import CENTRE, HOST, Hall
from tests.domain.walk.lot import NAMES, WholeLot


async def grading(house: House, *, graded: bool = True) -> None:
    """A lot that asks deposits and grades them; a is in a list for merit, b in one of offenders."""
    log = []
    for stream, event in Hall(waived=False).log:
        if isinstance(event, NoticePublished) and graded:
            event = msgspec.structs.replace(event, waiver=by_credit(event.waiver, RULES.by_credit))
        log.append((stream, event))
    await house.plant(log)
    for name, kind in (("a", CreditList.TAX_A), ("b", CreditList.SERIOUS)):
        house.register.enrol(name, DeviceCredential.generate())
        await house.plant([(credit_stream(f"USCC-{name}"), listed(kind))])


async def pays(house: House, name: str, fen: int) -> list[Event]:
    command = RecordDeposit(bidder=name, amount_fen=fen, form="TRANSFER", reference=name)
    await house.give(command, CENTRE)
    recorded = await house.platform.journal.load(f"bid-{LOT}-{name}")
    return [one.event for one in recorded]


async def test_with_its_money_the_bidder_is_told_its_own_amount_and_may_pay_no_more(house: House) -> None:
    await grading(house)
    graded, received = await pays(house, "a", GENERAL // 2)
    assert isinstance(graded, DepositGraded)
    assert isinstance(received, DepositReceived)
    assert (graded.graded.asked_fen, graded.graded.grounds[0].decision) == (GENERAL // 2, "TAX_A〔2026〕1号")
    with pytest.raises(Invalid, match="deposit-exceeds-asked"):
        await pays(house, "a", 1)
    assert [type(one) for one in await pays(house, "b", 2 * GENERAL)] == [DepositGraded, DepositReceived]


async def test_the_bidder_sees_its_amount_before_anything_is_recorded(house: House) -> None:
    await grading(house)
    lot = await house.platform.load(LOT)
    shown = await house.bids.with_amount(lot, await house.bids.bid(LOT, "b"))
    assert shown.graded is not None
    assert shown.graded.asked_fen == 2 * GENERAL
    assert (await house.bids.bid(LOT, "b")).version == 0


async def test_a_repair_is_told_with_the_next_payment(house: House) -> None:  # R-NB-SS-03
    await grading(house)
    await pays(house, "b", GENERAL)
    await house.plant([(credit_stream("USCC-b"), repaired(CreditList.SERIOUS, house.clock.instant))])
    with pytest.raises(Invalid, match="deposit-exceeds-asked"):
        await pays(house, "b", 1)
    shown = await house.bids.with_amount(await house.platform.load(LOT), await house.bids.bid(LOT, "b"))
    assert shown.graded == Graded(general_fen=GENERAL, asked_fen=GENERAL)


async def test_a_document_that_does_not_grade_asks_everybody_the_same(house: House) -> None:
    await grading(house, graded=False)
    (received,) = await pays(house, "a", GENERAL)
    assert isinstance(received, DepositReceived)


async def test_with_its_bid_the_bidder_is_told_its_own_amount(house: House, tmp_path: Path) -> None:
    await grading(house)
    day = Day(house, tmp_path)
    for name, asked in (("a", GENERAL // 2), ("b", 2 * GENERAL)):
        day.enrol(name, Role.BIDDER)
        day.seal(name)
        await house.give(day.command(name, await day.bring(name)), day.actors[name])
        bid = await house.bids.bid(LOT, name)
        assert bid.effective is not None
        assert bid.graded is not None
        assert bid.graded.asked_fen == asked


class GradedLot(WholeLot):
    """Works of a company, whose document grades the bond by credit and asks no deposit."""

    def publication(self) -> Publish:
        asked = terms(performance_bond_rate="0.05", by_credit=True, document_says_no_deposit=False)
        return publication(text="现公开招标。", terms=asked)


async def told_up_to(house: House, phase: Phase) -> WholeLot:
    told = GradedLot("D6")
    while told.lot.phase is not phase:
        told.step()
    await house.plant(told.log)
    house.clock.instant = told.now
    for name in NAMES:
        house.register.enrol(name, DeviceCredential.generate())
    return told


async def enter(house: House, told: WholeLot, name: str, kind: CreditList) -> None:
    """At the instant of the notice."""
    entry = msgspec.structs.replace(listed(kind, since=date(2026, 1, 1)), at=told.lot.notice.published_at)
    await house.plant([(credit_stream(f"USCC-{name}"), entry)])


@pytest.mark.parametrize(("kind", "share"), [(CreditList.TAX_A, 25), (CreditList.SERIOUS, 100)])
async def test_the_bond_is_drafted_by_the_winners_credit_as_of_the_notice(
    house: House, kind: CreditList, share: int
) -> None:
    told = await told_up_to(house, Phase.AWARDED)
    winner = told.lot.award.winner
    await enter(house, told, winner, kind)
    draft = told.draft(winner)
    most = draft.price_fen * share // 1000
    with pytest.raises(Invalid, match="performance-bond-too-high") as refused:
        await house.give(msgspec.structs.replace(draft, performance_bond_fen=most + 1), HOST)
    assert (refused.value.rule, refused.value.found["max_fen"]) == ("R-NB-SS-02", most)
    await house.give(msgspec.structs.replace(draft, performance_bond_fen=most), HOST)
    drafted = (await house.platform.journal.load(lot_stream(LOT)))[-1].event
    assert isinstance(drafted, ContractDrafted)
    assert drafted.graded is not None
    assert [one.party for one in drafted.graded.grounds] == [winner]


async def test_merit_goes_before_a_clean_record_where_the_document_prefers_it(house: House) -> None:
    told = await told_up_to(house, Phase.OPENED)
    first, second, third = (one.bidder for one in opened_bids(told.lot)[:3])
    await enter(house, told, second, CreditList.TAX_A)
    await enter(house, told, third, CreditList.SERIOUS)
    await house.give(RecordGrades(), PLATFORM)
    ranks = {one.bidder: one.rank for one in (await house.platform.load(LOT)).evaluation.grades}
    assert (ranks[second], ranks[first], ranks[third]) == (0, 1, 4)
