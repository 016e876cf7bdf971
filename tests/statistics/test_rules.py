"""R-STAT-01…05: which bids, contracts and fees count, on single lots."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from bidding.application.statistics import Statement, fold, load_rates, statement
from bidding.domain.benefits.figures import Dimension, Indicators, grouped, of, total
from bidding.domain.benefits.lines import UNNAMED, Figure
from bidding.domain.benefits.rates import parse_rates
from bidding.domain.calendar import HolidayTable
from bidding.domain.contract.events import ContractFiled
from bidding.domain.datafile import DataFileError
from bidding.domain.errors import Unknown
from bidding.domain.event import Event
from bidding.domain.money.events import BenefitRecorded, Kind
from bidding.domain.opening.entries import RollEntry
from bidding.domain.opening.events import RollPublished
from bidding.domain.performance.events import (
    ContractEntered,
    MilestoneDone,
    PaymentOverdue,
    PaymentSettled,
)
from bidding.domain.regime import LotObject
from bidding.stage.generated.plan import Sort
from tests.statistics.history import BOND, EACH, END, POOL, Told, feed, planned, stated, told, value

#: A budget for which a committee of five is large enough (R-EVAL-06).
PURCHASE = planned(Sort.PURCHASE, estimate_fen=5_000_000_00, price_fen=4_500_000_00)


def of_events(events: Told, lot: str = "lot-a") -> Statement:
    return statement(fold(feed((lot, events))))


# R-STAT-01


def test_each_bid_sealed_at_t0_saved_the_deposit() -> None:
    assert value(stated(planned()), Figure.BID_DEPOSIT) == 4 * EACH


def test_a_withdrawn_bid_is_out() -> None:
    assert stated(planned(withdrawn=True)).lines == stated(planned()).lines


def test_a_failed_lot_counts_its_sealed_bids_and_names_nobody() -> None:
    found = stated(planned(sealed=2, signed_on=None))
    assert value(found, Figure.BID_DEPOSIT) == 2 * EACH
    assert value(found, Figure.PARTICIPATIONS) == 2
    assert value(found, Figure.ENTERPRISES) == 0
    assert list(grouped(found.lines, Figure.BID_DEPOSIT, Dimension.SIZE)) == [UNNAMED]
    assert found.indicators.failed == 1


def test_a_consortium_counts_once_under_its_lead() -> None:
    """Its members share one bid, one line of the roll and one deposit."""
    events = [
        (
            when,
            replace(event, roll=(joint(event), *event.roll[1:]))
            if isinstance(event, RollPublished)
            else event,
        )
        for when, event in told(planned())
    ]
    found = of_events(events)
    assert value(found, Figure.PARTICIPATIONS) == value(found, Figure.ENTERPRISES) == 4
    assert value(found, Figure.BID_DEPOSIT) == 4 * EACH


def joint(event: RollPublished) -> RollEntry:
    return replace(event.roll[0], name=f"{event.roll[0].name}、另一家(联合体)")


def test_each_round_counts_and_a_later_one_is_flagged() -> None:
    again = planned(
        lot="lot-b",
        noticed=date(2023, 7, 3),
        opens=date(2023, 8, 1),
        awarded=date(2023, 8, 14),
        signed_on=date(2023, 8, 28),
        again=True,
    )
    found = stated(planned(sealed=2, signed_on=None), again)
    deposits = total(found.lines, Figure.BID_DEPOSIT)
    assert (deposits.value, deposits.retender) == (6 * EACH, 4 * EACH)
    assert {line.lot for line in found.lines if line.retender} == {"lot-b"}
    assert found.indicators.retenders == 1


def test_another_section_of_the_project_is_no_second_round() -> None:
    assert stated(planned(), planned(lot="lot-b", serial=2)).indicators.retenders == 0


def test_the_cap_of_works_bounds_the_deposit() -> None:
    large = planned(estimate_fen=300_000_000_00, price_fen=280_000_000_00)
    assert value(stated(large), Figure.BID_DEPOSIT) == 4 * 800_000_00


def test_a_lot_that_waives_nothing_helps_nobody_but_saves_paper() -> None:
    found = stated(planned(Sort.COMPANY_WORKS))
    assert {line.figure for line in found.lines} == {Figure.DOCUMENTS}


def test_a_benefit_of_a_bid_that_is_not_on_the_roll_is_not_one() -> None:
    events = told(planned())
    when, benefit = next(one for one in events if isinstance(one[1], BenefitRecorded))
    stranger = replace(benefit, party="stranger")
    found = of_events([*events, (when, stranger)])
    assert value(found, Figure.BID_DEPOSIT) == 4 * EACH
    (wrong,) = found.deviations
    assert (wrong.party, wrong.recorded_fen, wrong.expected_fen) == ("stranger", EACH, 0)
    assert not wrong.outstanding


def test_a_benefit_said_twice_is_saved_once() -> None:
    events = told(planned())
    again = [(END, event) for _, event in events if isinstance(event, BenefitRecorded)]
    assert of_events([*events, *again]).lines == of_events(events).lines


def test_a_wrong_amount_does_not_pass() -> None:
    """R-LEDG-01: the record is checked against the notice."""
    events = [
        (when, replace(event, waived_fen=event.waived_fen + 1))
        if isinstance(event, BenefitRecorded) and event.kind is Kind.BID_DEPOSIT
        else (when, event)
        for when, event in told(planned())
    ]
    assert {one.expected_fen for one in of_events(events).deviations} == {EACH}


def test_what_is_not_recorded_yet_is_outstanding() -> None:
    events = [one for one in told(planned()) if not isinstance(one[1], BenefitRecorded)]
    found = of_events(events)
    assert value(found, Figure.BID_DEPOSIT) == 0
    assert len(found.deviations) == 5
    assert all(one.outstanding for one in found.deviations)


# R-STAT-02, R-STAT-03


def test_the_winner_of_a_signed_contract_saved_bond_and_fee() -> None:
    found = stated(planned())
    assert value(found, Figure.PERFORMANCE_BOND) == BOND
    assert value(found, Figure.INFO_FEE) == 6_000_00
    assert [line.month for line in of(found.lines, Figure.PERFORMANCE_BOND)] == ["2023-06"]


def test_an_unsigned_contract_is_out() -> None:
    found = stated(planned(signed_on=None))
    assert value(found, Figure.PERFORMANCE_BOND) == value(found, Figure.INFO_FEE) == 0
    assert value(found, Figure.BID_DEPOSIT) == 4 * EACH


def test_a_bond_recorded_without_a_filed_contract_is_out() -> None:
    events = [one for one in told(planned()) if not isinstance(one[1], ContractFiled)]
    found = of_events(events)
    assert value(found, Figure.PERFORMANCE_BOND) == value(found, Figure.INFO_FEE) == 0
    assert {one.kind for one in found.deviations} == {Kind.PERFORMANCE_BOND, Kind.INFO_FEE}


def test_a_procurement_waives_the_deposit_alone() -> None:
    found = stated(PURCHASE)
    assert value(found, Figure.BID_DEPOSIT) == 4 * EACH // 2
    assert value(found, Figure.PERFORMANCE_BOND) == value(found, Figure.INFO_FEE) == 0


# R-STAT-04


def test_paper_is_counted_by_the_unit_table() -> None:
    """5 × (660 pages at 0.10 元 + 25 元) + 120 元 = 575 元 for each bid on works."""
    assert value(stated(planned()), Figure.DOCUMENTS) == 4 * 575_00
    assert load_rates().documents.label == "估算"


def test_a_unit_table_with_a_gap_is_refused() -> None:
    text = '[documents]\nlabel=""\nsource=""\npage_fen=1\n[documents.units]\n'
    with pytest.raises(DataFileError, match="GOODS") as lacks:
        parse_rates(f"lpr=[]\n{text}")
    assert (lacks.value.line, lacks.value.key) == (6, "documents.units")


# R-STAT-05


def test_enterprises_and_participations_stand_side_by_side() -> None:
    found = stated(planned(), planned(lot="lot-b", serial=2))
    assert (value(found, Figure.ENTERPRISES), value(found, Figure.PARTICIPATIONS)) == (4, 8)


def test_capital_cost_runs_from_t0_to_the_day_the_deposit_was_due_back() -> None:
    """T0 05-10, contract 06-07, due five days later on 06-12: 33 days at 3.65 %, 20万 each, half up."""
    lines = of(stated(planned()).lines, Figure.CAPITAL_COST)
    assert [line.days for line in lines] == [33] * 4
    exact = Decimal(EACH) * 33 / 365 * Decimal("0.0365")
    assert [line.amount for line in lines] == [int(exact + Decimal("0.5"))] * 4


def test_a_procurements_losers_are_freed_by_the_award_notice() -> None:
    """R-GP-07: five working days from the award notice of 05-24 and from the contract of 06-07."""
    lines = of(stated(PURCHASE).lines, Figure.CAPITAL_COST)
    assert sorted(line.days for line in lines) == [21, 21, 21, 35]


def test_an_undated_return_costs_nothing_yet() -> None:
    found = stated(planned(signed_on=None))
    assert value(found, Figure.CAPITAL_COST) == 0
    assert found.indicators.undated_bids == 4


def test_the_lpr_is_that_of_the_day() -> None:
    rates = load_rates()
    assert rates.lpr_on(date(2022, 8, 21)) == Decimal("0.0370")
    assert rates.lpr_on(date(2022, 8, 22)) == Decimal("0.0365")
    with pytest.raises(Unknown):
        rates.lpr_on(date(2020, 1, 1))


def test_every_object_has_a_unit() -> None:
    assert all(load_rates().documents.unit_fen(bought) > 0 for bought in LotObject)


# R-STAT-08


def test_home_is_seen_from_the_lot() -> None:
    homes = {
        "420902": "本区县",
        "420921": "本市外区县",
        "420106": "本省外市",
        "110105": "外省",
        "XXXXXX": "未知",
    }
    bidders = [
        replace(POOL[number], uscc=POOL[number].uscc[:2] + code + POOL[number].uscc[8:])
        for number, code in enumerate(homes)
    ]
    found = of_events(told(planned(sealed=5), bidders))
    assert list(grouped(found.lines, Figure.PARTICIPATIONS, Dimension.HOME)) == list(homes.values())


def test_size_is_what_the_bid_declared() -> None:
    sizes = ("大型", "小型", "", "巨型")
    bidders = [replace(one, size=size) for one, size in zip(POOL, sizes, strict=False)]
    found = of_events(told(planned(), bidders))
    groups = grouped(found.lines, Figure.PARTICIPATIONS, Dimension.SIZE)
    assert {size: one.value for size, one in groups.items()} == {"大型": 1, "小型": 1, "未声明": 2}


def test_nothing_is_counted_before_submission_closes() -> None:
    """R-GEN-04: there is nothing public to count."""
    only_notice = told(planned())[:3]
    assert of_events(only_notice).lines == ()


# Contract performance and payment delay (R-STAT-08)


def performed(*events: Event) -> Indicators:
    history = told(planned())
    end = history[-1][0]
    return statement(fold(feed(("lot-a", [*history, *((end, event) for event in events)])))).indicators


def overdue(invoice: str, amount_fen: int) -> PaymentOverdue:
    return PaymentOverdue(invoice=invoice, amount_fen=amount_fen, due=date(2023, 8, 1), rule="R-NB-HF-02")


def settled(invoice: str, days: int) -> PaymentSettled:
    return PaymentSettled(invoice=invoice, due=date(2023, 8, 1), on=date(2023, 8, 1 + days), days_late=days)


def milestone(number: int, *, late: bool) -> MilestoneDone:
    return MilestoneDone(milestone=number, due=date(2023, 8, 1), on=date(2023, 8, 1 + late), late=late)


def test_obligations_count_when_fulfilled_and_late_by_their_day() -> None:
    entered = ContractEntered(unified_number="N", contract_number="C", at=END)
    found = performed(entered, milestone(1, late=False), milestone(2, late=True), milestone(3, late=False))
    assert (found.in_library, found.milestones, found.milestones_late) == (1, 3, 1)
    assert performed().in_library == 0


def test_a_late_payment_counts_once_with_the_most_that_was_late_and_how_long() -> None:
    """A part paid leaves the rest overdue again: one invoice, not two."""
    found = performed(
        overdue("1", 500), overdue("1", 200), settled("1", 9), overdue("2", 40), overdue("3", 7)
    )
    assert (found.late_payments, found.late_fen, found.still_late) == (3, 547, 2)
    assert found.mean_days_late == 9
    both = performed(overdue("1", 500), settled("1", 9), overdue("2", 40), settled("2", 4))
    assert (both.still_late, both.mean_days_late) == (0, Fraction(13, 2))
    none = performed(settled("1", 9))
    assert (none.late_payments, none.mean_days_late) == (0, None)


# A whole statement of one lot, as anybody may recompute it


def test_the_indicators_of_one_lot_that_was_signed() -> None:  # R-STAT-08
    assert stated(planned()).indicators == Indicators(
        lots=1,
        bids=4,
        failed=0,
        retenders=0,
        contracts=1,
        on_roll=4,
        opened=4,
        objections=0,
        trips=4,
        mean_days_to_contract=Fraction(65),
        mean_days_held=Fraction(33),
        undated_bids=0,
    )


def test_each_line_names_its_lot_its_unit_its_kind_and_its_events() -> None:  # R-STAT-07
    found = sorted(stated(planned()).lines, key=lambda one: (one.uscc, one.figure.value))
    recorded = Path(__file__).with_name("lines.txt").read_text("utf-8")
    assert "\n".join(str(tuple(map(str, msgspec.structs.astuple(one)))) for one in found) + "\n" == recorded


def test_a_day_that_no_calendar_can_count_leaves_its_cost_out_and_everything_else_in() -> None:
    """R-TIME-03: a contract filed in the last days of a year, before the next one's holidays are known."""
    nowhere = HolidayTable(years=frozenset(), holidays=frozenset(), makeup_workdays=frozenset())
    folded = fold(feed(("lot-a", told(planned()))))
    found, whole = statement(folded, calendar=nowhere), statement(folded)
    assert value(whole, Figure.CAPITAL_COST) > 0
    assert value(found, Figure.CAPITAL_COST) == 0
    assert (whole.indicators.undated_bids, found.indicators.undated_bids) == (0, 4)
    rest = [figure for figure in Figure if figure is not Figure.CAPITAL_COST]
    assert [value(found, figure) for figure in rest] == [value(whole, figure) for figure in rest]
