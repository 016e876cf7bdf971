"""What is waived, received and given back: R-WAIVE-06, R-STAT-01…03, R-ENG-11/25, R-GP-07; F-37, F-39."""

from datetime import date, datetime

import pytest
from msgspec.structs import replace

from bidding.domain.award.state import Award
from bidding.domain.bidfate import DepositFate
from bidding.domain.contract.state import Contract
from bidding.domain.errors import Invalid, OutOfOrder, Refusal, Unknown
from bidding.domain.event import EVERYONE
from bidding.domain.lot import Lot, Phase
from bidding.domain.money import decide
from bidding.domain.money.commands import RaiseReceivable, RecordBenefits, RecordReturn, ScheduleReturns
from bidding.domain.money.events import BenefitRecorded, DepositReturnDue, DepositsReturned, Kind
from bidding.domain.money.ledger import HeldDeposit, overdue, waived
from bidding.domain.opening.entries import RollEntry
from bidding.domain.opening.state import Opening
from tests.domain.lots import (
    DEADLINE,
    OPERATOR,
    at,
    facts,
    fold,
    gp_filing,
    gp_terms,
    noticed,
    noticed_company,
    publication,
)

#: 2 % of the estimate of 1200万.
EACH = 240_000_00
PRICE = 11_000_000_00


def entry(bidder: str) -> RollEntry:
    return RollEntry(
        bidder=bidder,
        name=bidder,
        uscc="",
        manifest_hash="",
        bid_version=1,
        document_version=1,
        receipt_number="",
        completed_at=DEADLINE,
        deposit_state="",
        signed_in=True,
    )


def rolled(lot: Lot, *bidders: str) -> Lot:
    opening = Opening(closed_at=DEADLINE, received=len(bidders), roll=tuple(map(entry, bidders)))
    return replace(lot, phase=Phase.OPENING, opening=opening)


def awarded(lot: Lot, winner: str = "b1") -> Lot:
    award = Award(winner=winner, price_fen=PRICE, issued_at=at(13, month=4))
    return replace(rolled(lot, "b1", "b2", "b3"), phase=Phase.AWARDED, award=award)


def contracted(lot: Lot, *, bond_fen: int = 0, filed_at: datetime | None = None) -> Lot:
    contract = Contract(
        winner="b1",
        price_fen=PRICE,
        performance_bond_fen=bond_fen,
        filed_at=filed_at or at(20, month=4),
    )
    return replace(awarded(lot), phase=Phase.CONTRACTED, contract=contract)


def gp_lot() -> Lot:
    return noticed(gp_filing(), publication(text="公开招标", terms=gp_terms()))


def record(lot: Lot, tariff: int | None = None) -> list[BenefitRecorded]:
    events = decide.record_benefits(
        lot, RecordBenefits(), facts(now=at(20, month=4)), info_fee_tariff_fen=tariff
    )
    return [event for event in events if isinstance(event, BenefitRecorded)]


def schedule(lot: Lot, *held: HeldDeposit, now: datetime | None = None) -> list[DepositReturnDue]:
    events = decide.schedule_returns(lot, ScheduleReturns(), facts(now=now or at(20, month=4)), held=held)
    return [event for event in events if isinstance(event, DepositReturnDue)]


def held(bidder: str, fate: DepositFate = DepositFate.NORMAL, since: datetime | None = None) -> HeldDeposit:
    return HeldDeposit(bidder=bidder, amount_fen=200_000_00, fate=fate, since=since)


# R-STAT


def test_each_bid_on_the_roll_saved_its_deposit() -> None:
    found = record(rolled(noticed(), "b1", "b2", "b3"))
    assert [(benefit.party, benefit.waived_fen, benefit.row) for benefit in found] == [
        ("b1", EACH, "D2"),
        ("b2", EACH, "D2"),
        ("b3", EACH, "D2"),
    ]


def test_nothing_is_recorded_before_the_roll_is_public() -> None:
    """R-GEN-04: a benefit is public, so it would name the bidder."""
    assert BenefitRecorded.AUDIENCE == EVERYONE
    closed = replace(noticed(), phase=Phase.CLOSED, opening=Opening(closed_at=DEADLINE, received=3))
    assert record(noticed()) == record(closed) == []


def test_a_failed_lots_bidders_stay_unnamed() -> None:
    failed = replace(noticed(), phase=Phase.FAILED, opening=Opening(closed_at=DEADLINE, received=2))
    (benefit,) = record(failed)
    assert (benefit.party, benefit.bids, benefit.waived_fen) == ("", 2, 2 * EACH)


def test_bond_and_fee_count_with_the_signed_contract_only() -> None:
    kinds = [benefit.kind for benefit in record(awarded(noticed()), tariff=163_300)]
    assert set(kinds) == {Kind.BID_DEPOSIT}
    found = {benefit.kind: benefit for benefit in record(contracted(noticed()), tariff=163_300)}
    assert found[Kind.PERFORMANCE_BOND].waived_fen == PRICE // 10
    assert found[Kind.INFO_FEE].waived_fen == 163_300
    assert {benefit.party for benefit in found.values()} == {"b1", "b3"}


def test_without_a_tariff_no_fee_is_claimed_as_saved() -> None:
    assert Kind.INFO_FEE not in {benefit.kind for benefit in record(contracted(noticed()))}


def test_recording_again_adds_only_what_is_new() -> None:
    lot = rolled(noticed(), "b1", "b2", "b3")
    lot = fold(lot, record(lot))
    assert record(lot) == []
    later = replace(contracted(noticed()), money=lot.money)
    assert [benefit.kind for benefit in record(later)] == [Kind.PERFORMANCE_BOND]


def test_a_lot_without_waiver_saves_nothing() -> None:
    assert record(contracted(noticed_company())) == []


def test_sums_by_kind() -> None:
    lot = rolled(noticed(), "b1", "b2", "b3")
    money = fold(lot, record(lot)).money
    assert money.waived_fen(Kind.BID_DEPOSIT) == 3 * EACH
    assert money.waived_fen(Kind.INFO_FEE) == 0


# R-WAIVE-06


def refused(lot: Lot, kind: Kind, amount: int = 1) -> Refusal:
    with pytest.raises(Refusal) as caught:
        decide.raise_receivable(
            lot, RaiseReceivable(kind=kind, party="b1", amount_fen=amount), facts(OPERATOR)
        )
    return caught.value


@pytest.mark.parametrize("kind", list(Kind))
def test_a_waived_lot_cannot_hold_a_receivable(kind: Kind) -> None:
    refusal = refused(contracted(noticed()), kind)
    assert isinstance(refusal, Invalid)
    assert (refusal.code, refusal.rule) == ("waived-lot-receivable", "R-WAIVE-06")
    with pytest.raises(Invalid):
        decide.refuse_if_waived(noticed(), kind)


def test_each_charge_is_waived_by_itself() -> None:
    """D4 waives the bid deposit only."""
    assert [kind for kind in Kind if waived(gp_lot().notice.waiver, kind)] == [Kind.BID_DEPOSIT]


def test_an_undecided_lot_receives_nothing() -> None:
    assert all(waived(None, kind) for kind in Kind)


def test_a_bond_is_received_up_to_what_the_contract_says() -> None:
    lot = contracted(noticed_company(), bond_fen=1_000)
    assert refused(lot, Kind.PERFORMANCE_BOND, 1_001).code == "receivable-over-limit"
    command = RaiseReceivable(kind=Kind.PERFORMANCE_BOND, party="b1", amount_fen=1_000)
    after = fold(lot, decide.raise_receivable(lot, command, facts(OPERATOR)))
    assert [one.amount_fen for one in after.money.receivables] == [1_000]


def test_a_fee_without_tariff_and_a_bid_deposit_are_no_receivables() -> None:
    lot = contracted(noticed_company())
    assert refused(lot, Kind.INFO_FEE).code == "no-tariff"
    assert refused(lot, Kind.BID_DEPOSIT).code == "deposit-is-the-bidders"
    assert isinstance(refused(noticed_company(), Kind.PERFORMANCE_BOND), OutOfOrder)


# returns


def test_eng_deposits_go_back_five_days_after_the_contract() -> None:
    lot = contracted(noticed_company())
    found = schedule(lot, held("b1"), held("b2"))
    assert [(one.bidder, one.due, one.rule) for one in found] == [
        ("b1", date(2026, 4, 27), "R-ENG-25"),
        ("b2", date(2026, 4, 27), "R-ENG-25"),
    ], "04-25 is a Saturday"


def test_before_the_contract_no_eng_deposit_is_due() -> None:
    assert schedule(awarded(noticed_company()), held("b1"), held("b2")) == []


def test_gp_losers_are_paid_back_after_the_award_notice_and_the_winner_after_the_contract() -> None:
    losers = schedule(awarded(gp_lot()), held("b1"), held("b2"))
    assert [(one.bidder, one.due, one.rule) for one in losers] == [("b2", date(2026, 4, 20), "R-GP-07")]
    winner = schedule(contracted(gp_lot()), held("b1"))
    assert [(one.bidder, one.due) for one in winner] == [("b1", date(2026, 4, 27))]


def test_a_withdrawn_bids_deposit_is_due_from_its_withdrawal() -> None:
    fate = DepositFate.RETURN_WITHIN_5_DAYS
    (one,) = schedule(rolled(noticed_company(), "b1"), held("b4", fate, since=at(27)))
    assert (one.due, one.rule) == (date(2026, 4, 1), "R-ENG-11")


def test_kept_and_frozen_deposits_are_not_due() -> None:
    lot = contracted(noticed_company())
    fates = (DepositFate.MAY_BE_KEPT, DepositFate.FROZEN, DepositFate.NONE, DepositFate.CREDIT_RECORD_ONLY)
    assert schedule(lot, *(held("b2", fate) for fate in fates)) == []


def test_a_failed_lot_returns_every_deposit() -> None:
    failed = replace(noticed_company(), phase=Phase.FAILED, opening=Opening(closed_at=DEADLINE, received=2))
    (one,) = schedule(failed, held("b1"), now=DEADLINE)
    assert one.due == date(2026, 4, 7), "04-05 lies in a holiday that ends on 04-06"


def test_before_t0_nothing_about_deposits_reaches_the_lot() -> None:
    fate = DepositFate.RETURN_WITHIN_5_DAYS
    assert schedule(noticed_company(), held("b1", fate, since=at(5))) == []


def test_a_return_is_scheduled_once_recorded_once_and_late_after_its_day() -> None:
    lot = contracted(noticed_company())
    lot = fold(lot, schedule(lot, held("b1"), held("b2")))
    assert schedule(lot, held("b1"), held("b2")) == []
    in_time = decide.record_return(
        lot, RecordReturn(bidder="b1", interest_fen=12), facts(OPERATOR, at(27, 23, month=4))
    )
    lot = fold(lot, in_time)
    (after,) = decide.record_return(
        lot, RecordReturn(bidder="b2", interest_fen=0), facts(OPERATOR, at(28, 0, 1, month=4))
    )
    assert isinstance(in_time[0], DepositsReturned)
    assert isinstance(after, DepositsReturned)
    assert (in_time[0].late, after.late) == (False, True)
    with pytest.raises(Unknown):
        decide.record_return(lot, RecordReturn(bidder="b1", interest_fen=0), facts(OPERATOR))


def test_the_overdue_list_equals_the_clock() -> None:
    lot = contracted(noticed_company())
    lot = fold(lot, schedule(lot, held("b1"), held("b2")))
    paid = decide.record_return(
        lot, RecordReturn(bidder="b1", interest_fen=0), facts(OPERATOR, at(22, month=4))
    )
    lot = fold(lot, paid)
    assert overdue(lot, at(27, 23, 59, month=4)) == ()
    assert [one.bidder for one in overdue(lot, at(28, 0, 0, month=4))] == ["b2"]
