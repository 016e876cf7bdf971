"""Contract performance: R-NB-HF-01…06, R-GP-26; F-52 (款项条例 9, 10, 15, 17)."""

from datetime import date, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from bidding.domain.calendar import STATE_COUNCIL
from bidding.domain.contract import decide as contract
from bidding.domain.contract.commands import SignContract
from bidding.domain.disclosure import is_public
from bidding.domain.errors import Refusal
from bidding.domain.event import Event
from bidding.domain.lot import Lot
from bidding.domain.parties import Actor
from bidding.domain.performance import commands as c
from bidding.domain.performance import events as e
from bidding.domain.performance.decide import DECIDERS, due
from bidding.domain.performance.standing import by_department, debts_of, standing
from bidding.domain.periods import end_of_day
from bidding.domain.timeline import timeline
from bidding.domain.timeline.node import State, Step
from tests.domain.lots import RULESETS, at, facts, fold, noticed
from tests.domain.money.test_guarantees import bonded
from tests.domain.money.test_ledger import PRICE, contracted, gp_lot

OWNER = Actor(party="tenderer", name="孝南区住建局", credential="t1")
WINNER = Actor(party="b1", name="b1", credential="w1")
FIRST, SECOND = 6_000_000_00, PRICE - 6_000_000_00
MILESTONES = (
    e.Milestone(name="路基", due=date(2026, 6, 30), amount_fen=FIRST),
    e.Milestone(name="竣工", due=date(2026, 9, 30), amount_fen=SECOND, inspection_days=15, payment_days=60),
)


def give(lot: Lot, command: Any, now: datetime, actor: Actor = OWNER) -> Lot:
    return fold(lot, DECIDERS[type(command)](lot, command, facts(actor, now)))


def told(lot: Lot, command: Any, now: datetime) -> list[Event]:
    found: list[Event] = DECIDERS[type(command)](lot, command, facts(OWNER, now))
    return found


def refused(lot: Lot, command: Any, now: datetime) -> str:
    with pytest.raises(Refusal) as caught:
        DECIDERS[type(command)](lot, command, facts(OWNER, now))
    return caught.value.code


def entered(lot: Lot | None = None) -> Lot:
    return give(lot or contracted(noticed()), c.EnterLibrary(), at(20, month=4))


def planned(lot: Lot | None = None, **changes: Any) -> Lot:
    return give(lot or entered(), c.SetMilestones(milestones=MILESTONES, **changes), at(21, month=4))


def invoiced(**changes: Any) -> Lot:
    """The first milestone delivered on Monday 2026-06-01 and invoiced: due on 07-01."""
    lot = give(planned(**changes), c.Deliver(milestone=1, on=date(2026, 6, 1)), at(2, month=6), WINNER)
    command = c.SendInvoice(invoice="FP1", milestone=1, amount_fen=FIRST)
    return give(lot, command, at(3, month=6), WINNER)


def pay(amount: int, on: date) -> c.RecordPayment:
    return c.RecordPayment(invoice="FP1", amount_fen=amount, on=on)


# The library (R-NB-HF-01)


def test_a_filed_contract_gets_its_number_once_and_publicly() -> None:
    lot = contracted(noticed())
    (event,) = told(lot, c.EnterLibrary(), at(20, month=4))
    assert isinstance(event, e.ContractEntered)
    assert event.unified_number.startswith("420902-2026-HT-")
    assert is_public(event)
    assert told(fold(lot, [event]), c.EnterLibrary(), at(21, month=4)) == []


def test_no_number_no_payment_request() -> None:
    lot = give(planned(contracted(noticed())), c.Deliver(milestone=1, on=date(2026, 6, 1)), at(2, month=6))
    command = c.SendInvoice(invoice="FP1", milestone=1, amount_fen=1)
    assert refused(lot, command, at(3, month=6)) == "contract-not-in-library"


def test_where_a_legal_review_is_asked_nobody_signs_before_it_passed() -> None:
    drafted = bonded()
    drafted = replace(
        drafted,
        contract=replace(
            drafted.contract, contract_hash="ab" * 32, legal_review=True, due=at(13, month=5), number="N1-HT"
        ),
    )
    sign = SignContract(contract_hash="ab" * 32)
    with pytest.raises(Refusal, match="legal-review-missing"):
        contract.sign(drafted, sign, facts(OWNER, at(20, month=4)))
    review = c.RecordLegalReview(contract_hash="ab" * 32, reviewer="司法局", passed=True)
    other = replace(review, contract_hash="cd" * 32)
    assert refused(drafted, other, at(20, month=4)) == "reviewed-another-text"
    silent = replace(review, passed=False)
    assert refused(drafted, silent, at(20, month=4)) == "review-without-opinion"
    rejected = give(drafted, replace(silent, opinion="第三条违法"), at(20, month=4))
    with pytest.raises(Refusal, match="legal-review-missing"):
        contract.sign(rejected, sign, facts(OWNER, at(20, month=4)))
    passed = give(drafted, review, at(20, month=4))
    signed = fold(passed, contract.sign(passed, sign, facts(OWNER, at(20, month=4))))
    assert signed.contract.signed_by == ("tenderer",)
    assert refused(signed, review, at(21, month=4)) == "review-after-signing"


# Obligations (R-NB-HF-02)


@pytest.mark.parametrize(
    ("milestones", "code"),
    [
        (MILESTONES[:1], "milestones-not-the-price"),
        (
            (replace(MILESTONES[0], amount_fen=0), replace(MILESTONES[1], amount_fen=PRICE)),
            "milestones-not-the-price",
        ),
        ((MILESTONES[0], replace(MILESTONES[1], payment_days=61)), "payment-term-unlawful"),
        ((MILESTONES[0], replace(MILESTONES[1], payment_days=0)), "payment-term-unlawful"),
        ((MILESTONES[0], replace(MILESTONES[1], inspection_days=-1)), "payment-term-unlawful"),
        ((MILESTONES[0], replace(MILESTONES[1], name=" ")), "payment-term-unlawful"),
    ],
)
def test_milestones_make_up_the_price_within_lawful_terms(
    milestones: tuple[e.Milestone, ...], code: str
) -> None:
    assert refused(entered(), c.SetMilestones(milestones=milestones), at(21, month=4)) == code


def test_milestones_are_set_once_and_an_agreed_rate_needs_the_lpr() -> None:
    again = c.SetMilestones(milestones=MILESTONES)
    assert refused(planned(), again, at(22, month=4)) == "milestones-set"
    rate = replace(again, agreed_annual="0.02")
    assert refused(entered(), rate, at(22, month=4)) == "lpr-at-signing-missing"


def test_delivery_without_acceptance_condition_starts_the_clock() -> None:
    """款项条例 9: thirty days, the start day not counted."""
    (debt,) = invoiced().performance.debts
    assert (debt.due, debt.rule) == (date(2026, 7, 1), "R-NB-HF-02")


def second(lot: Lot, delivered: date, now: datetime) -> Lot:
    return give(lot, c.Deliver(milestone=2, on=delivered), now, WINNER)


def bill(lot: Lot, now: datetime) -> date:
    command = c.SendInvoice(invoice="FP2", milestone=2, amount_fen=SECOND)
    found = give(lot, command, now, WINNER).performance.debt("FP2")
    assert found is not None
    return found.due


def test_with_an_acceptance_condition_passed_acceptance_starts_it() -> None:
    """款项条例 10: accepted on 06-10, sixty days as agreed: 08-09 is a Sunday."""
    lot = second(planned(), date(2026, 6, 1), at(2, month=6))
    command = c.SendInvoice(invoice="FP2", milestone=2, amount_fen=SECOND)
    assert refused(lot, command, at(10, month=6)) == "payment-not-earned"
    lot = give(lot, c.Inspect(milestone=2, on=date(2026, 6, 10), passed=True), at(10, month=6))
    assert bill(lot, at(11, month=6)) == date(2026, 8, 10)


def test_delayed_inspection_starts_it_at_the_end_of_the_agreed_days() -> None:
    """款项条例 10: delivered 06-01, fifteen days: from 06-16, inspected or not."""
    lot = second(planned(), date(2026, 6, 1), at(2, month=6))
    command = c.SendInvoice(invoice="FP2", milestone=2, amount_fen=SECOND)
    assert refused(lot, command, at(16, month=6)) == "payment-not-earned"
    assert bill(lot, at(17, month=6)) == date(2026, 8, 17), "08-15 is a Saturday"
    late = give(lot, c.Inspect(milestone=2, on=date(2026, 7, 1), passed=True), at(1, month=7))
    assert bill(late, at(2, month=7)) == date(2026, 8, 17)


def test_what_was_refused_is_mended_and_delivered_anew() -> None:
    lot = second(planned(), date(2026, 6, 1), at(2, month=6))
    assert refused(lot, c.Inspect(milestone=2, on=date(2026, 6, 3), passed=False), at(4, month=6)) == (
        "inspection-refused-without-reason"
    )
    bad = c.Inspect(milestone=2, on=date(2026, 6, 3), passed=False, note="裂缝")
    lot = give(lot, bad, at(4, month=6))
    command = c.SendInvoice(invoice="FP2", milestone=2, amount_fen=SECOND)
    assert refused(lot, command, at(30, month=6)) == "payment-not-earned"
    assert refused(lot, bad, at(5, month=6)) == "milestone-inspected"
    lot = second(lot, date(2026, 6, 20), at(20, month=6))
    lot = give(lot, c.Inspect(milestone=2, on=date(2026, 6, 22), passed=True), at(22, month=6))
    assert bill(lot, at(23, month=6)) == date(2026, 8, 21)


def test_impossible_days_and_unknown_milestones_are_refused() -> None:
    lot = planned()
    assert refused(lot, c.Deliver(milestone=3, on=date(2026, 6, 1)), at(2, month=6)) == "no-such-milestone"
    assert refused(lot, c.Deliver(milestone=1, on=date(2026, 6, 3)), at(2, month=6)) == "day-in-the-future"
    inspect = c.Inspect(milestone=2, on=date(2026, 5, 31), passed=True)
    assert refused(lot, inspect, at(2, month=6)) == "milestone-not-delivered"
    lot = second(lot, date(2026, 6, 1), at(2, month=6))
    assert refused(lot, inspect, at(2, month=6)) == "inspection-day-impossible"
    again = c.Deliver(milestone=2, on=date(2026, 6, 2))
    assert refused(lot, again, at(2, month=6)) == "milestone-delivered"


def test_invoices_stay_within_their_milestone() -> None:
    lot = invoiced()
    more = c.SendInvoice(invoice="FP9", milestone=1, amount_fen=1)
    assert refused(lot, more, at(4, month=6)) == "invoice-over-milestone"
    same = c.SendInvoice(invoice="FP1", milestone=1, amount_fen=1)
    assert refused(lot, same, at(4, month=6)) == "invoice-known"


# Payment (R-NB-HF-03)


def test_paid_on_its_last_day_it_carries_no_interest() -> None:
    lot = give(invoiced(), pay(FIRST, date(2026, 7, 1)), at(1, month=7))
    (debt,) = lot.performance.debts
    assert (debt.interest_fen, debt.class_on(date(2026, 7, 2))) == (0, "paid")
    assert refused(lot, pay(1, date(2026, 7, 1)), at(1, month=7)) == "invoice-paid"
    assert due(lot) == []


def test_late_money_carries_the_statutory_rate_or_the_agreed_one_not_below_lpr() -> None:
    """款项条例 17: ten days at 万分之五; at 2 % lifted to an LPR of 3 %."""
    day = date(2026, 7, 11)
    (debt,) = give(invoiced(), pay(FIRST, day), at(11, month=7)).performance.debts
    assert debt.interest_fen == FIRST * 10 * 5 // 10_000
    agreed = invoiced(agreed_annual="0.02", lpr_1y="0.03")
    (debt,) = give(agreed, pay(FIRST, day), at(11, month=7)).performance.debts
    assert debt.interest_fen == round(FIRST * 10 * 3 / 100 / 365)


def test_the_clock_marks_what_is_late_and_again_what_a_late_payment_leaves() -> None:
    lot = invoiced()
    assert due(lot) == [("performance/mark-overdue", end_of_day(date(2026, 7, 1)))]
    assert told(lot, c.MarkOverdue(), at(1, 23, 59, month=7)) == []
    events = told(lot, c.MarkOverdue(), at(2, 0, 0, month=7))
    assert [(one.amount_fen, one.due) for one in events if isinstance(one, e.PaymentOverdue)] == [
        (FIRST, date(2026, 7, 1))
    ]
    assert all(map(is_public, events))
    lot = fold(lot, events)
    assert due(lot) == []
    lot = give(lot, pay(FIRST - 5, date(2026, 7, 3)), at(3, month=7))
    (left,) = told(lot, c.MarkOverdue(), at(3, month=7))
    assert isinstance(left, e.PaymentOverdue)
    assert left.amount_fen == 5


def test_more_than_is_owed_and_payments_of_tomorrow_are_refused() -> None:
    assert refused(invoiced(), pay(FIRST + 1, date(2026, 6, 5)), at(5, month=6)) == "payment-over-debt"
    assert refused(invoiced(), pay(1, date(2026, 6, 6)), at(5, month=6)) == "day-in-the-future"


# Disputes and repayment (R-NB-HF-04, R-NB-HF-06)


def dispute(amount: int, reason: str = "土方量") -> c.RaiseDispute:
    return c.RaiseDispute(invoice="FP1", amount_fen=amount, reason=reason)


def test_only_the_disputed_part_waits() -> None:
    """款项条例 15."""
    lot = give(invoiced(), dispute(100), at(5, month=6))
    (late,) = told(lot, c.MarkOverdue(), at(2, month=7))
    assert isinstance(late, e.PaymentOverdue)
    assert late.amount_fen == FIRST - 100
    lot = give(lot, pay(FIRST - 100, date(2026, 6, 30)), at(30, month=6))
    (debt,) = lot.performance.debts
    assert debt.class_on(date(2026, 8, 1)) == "disputed"
    assert refused(lot, c.SettleDispute(invoice="FP1", owed_fen=101), at(1, month=7)) == "payment-over-debt"
    lot = give(lot, c.SettleDispute(invoice="FP1", owed_fen=60), at(1, month=7))
    (debt,) = lot.performance.debts
    assert (debt.owed_fen, debt.waived_fen) == (60, 40)
    assert refused(lot, c.SettleDispute(invoice="FP1", owed_fen=1), at(1, month=7)) == "nothing-disputed"


def test_a_dispute_has_its_reason_and_comes_in_time() -> None:
    assert refused(invoiced(), dispute(1, " "), at(5, month=6)) == "dispute-without-reason"
    assert refused(invoiced(), dispute(1), at(2, month=7)) == "dispute-after-due"
    assert refused(invoiced(), dispute(FIRST + 1), at(5, month=6)) == "payment-over-debt"


def test_a_repayment_agreement_reclassifies_and_deletes_nothing() -> None:
    lot = fold(invoiced(), told(invoiced(), c.MarkOverdue(), at(2, month=7)))
    parts = (
        e.Instalment(due=date(2026, 8, 31), amount_fen=FIRST // 2),
        e.Instalment(due=date(2026, 9, 30), amount_fen=FIRST // 2),
    )
    propose = c.ProposeRepayment(invoice="FP1", instalments=parts)
    assert refused(lot, c.AgreeRepayment(invoice="FP1"), at(6, month=7)) == "no-repayment-proposed"
    assert refused(lot, replace(propose, instalments=parts[:1]), at(6, month=7)) == "instalments-not-the-debt"
    assert refused(lot, replace(propose, instalments=parts[::-1]), at(6, month=7)) == (
        "instalments-out-of-order"
    )
    lot = give(lot, propose, at(6, month=7))
    assert lot.performance.debts[0].class_on(date(2026, 7, 6)) == "overdue"
    lot = give(lot, c.AgreeRepayment(invoice="FP1"), at(7, month=7), WINNER)
    (debt,) = lot.performance.debts
    assert debt.owed_fen == FIRST
    assert debt.class_on(date(2026, 8, 31)) == "agreed"
    assert debt.class_on(date(2026, 9, 1)) == "overdue"
    assert due(lot) == [("performance/mark-overdue", end_of_day(date(2026, 8, 31)))]
    lot = give(lot, pay(FIRST // 2, date(2026, 8, 30)), at(30, month=8))
    (debt,) = lot.performance.debts
    assert debt.next_due == date(2026, 9, 30)
    assert debt.interest_fen > 0, "an agreement does not lift the interest"


def test_the_classes_of_a_department_always_balance() -> None:
    """R-NB-HF-06, as 62 enterprises' 69 debts did: repaid + agreed = all."""
    lot = invoiced()
    paid = give(lot, pay(FIRST, date(2026, 7, 1)), at(1, month=7))
    disputed = give(lot, dispute(100), at(5, month=6))
    day = date(2026, 7, 15)
    found = standing((one.performance for one in (lot, paid, disputed)), day)
    assert found.balance.balanced
    assert found.total_fen == 3 * FIRST
    assert found.amounts == {
        "paid": FIRST,
        "open": 0,
        "overdue": 2 * FIRST - 100,
        "agreed": 0,
        "disputed": 100,
    }
    assert found.counts == {"paid": 1, "open": 0, "overdue": 2, "agreed": 0, "disputed": 0}
    assert found.score == (FIRST + 100) * 100 // (3 * FIRST)
    departments = by_department(map(debts_of, (lot, paid, disputed)), day)
    assert departments == {"孝南区住建局": found}
    assert standing([], day).score == 100
    assert standing([planned().performance], date(2026, 10, 1)).undelivered == 2


# Supplements (R-GP-26)


def test_gp_supplements_stay_within_a_tenth_all_together() -> None:
    lot = contracted(gp_lot())
    first = c.AgreeSupplement(amount_fen=PRICE // 10 - 1, subject="加装")
    lot = give(lot, first, at(1, month=6))
    assert refused(lot, c.AgreeSupplement(amount_fen=2, subject="加装"), at(2, month=6)) == (
        "supplements-over-a-tenth"
    )
    full = give(lot, c.AgreeSupplement(amount_fen=1, subject="加装"), at(2, month=6))
    assert full.performance.supplements_fen == PRICE // 10
    eng = give(contracted(noticed()), c.AgreeSupplement(amount_fen=PRICE, subject="变更"), at(2, month=6))
    assert eng.performance.supplements_fen == PRICE


# The timeline


def test_deliveries_and_payments_stand_on_the_timeline() -> None:
    lot = invoiced()
    rules = next(one for one in RULESETS if one.version == lot.notice.ruleset)
    nodes = timeline(lot, rules, STATE_COUNCIL, at(2, month=7))
    (payment,) = [one for one in nodes if one.step is Step.PAYMENT]
    assert (payment.about, payment.last_day, payment.state) == ("FP1", date(2026, 7, 1), State.LATE)
    deliveries = {one.about: one.state for one in nodes if one.step is Step.DELIVERY}
    assert deliveries == {"1": State.DONE, "2": State.OPEN}
    paid = give(lot, pay(FIRST, date(2026, 7, 1)), at(1, month=7))
    nodes = timeline(paid, rules, STATE_COUNCIL, at(2, month=7))
    assert [one.state for one in nodes if one.step is Step.PAYMENT] == [State.DONE]


# What the public hears of it (R-STAT-08, 款项条例 18)


def public(lot: Lot, command: Any, now: datetime) -> list[Event]:
    return [one for one in told(lot, command, now) if is_public(one)]


def test_the_public_hears_that_an_obligation_is_fulfilled_and_whether_in_time() -> None:
    """Where acceptance is agreed, with it; in time by the delivery, whatever the inspection takes."""
    (done,) = public(planned(), c.Deliver(milestone=1, on=date(2026, 7, 1)), at(2, month=7))
    assert isinstance(done, e.MilestoneDone)
    assert (done.milestone, done.due, done.on, done.late) == (1, date(2026, 6, 30), date(2026, 7, 1), True)
    deliver = c.Deliver(milestone=2, on=date(2026, 9, 30))
    assert public(planned(), deliver, at(1, month=10)) == []
    delivered = give(planned(), deliver, at(1, month=10), WINNER)
    refused_ = c.Inspect(milestone=2, on=date(2026, 10, 20), passed=False, note="不平整")
    assert public(delivered, refused_, at(21, month=10)) == []
    (accepted,) = public(delivered, replace(refused_, passed=True), at(21, month=10))
    assert isinstance(accepted, e.MilestoneDone)
    assert (accepted.on, accepted.late) == (date(2026, 9, 30), False)


def test_the_public_hears_the_end_of_a_late_payment_and_of_no_other() -> None:
    assert public(invoiced(), pay(FIRST, date(2026, 7, 1)), at(2, month=7)) == []
    late = give(invoiced(), c.MarkOverdue(), at(2, month=7))
    assert public(late, pay(FIRST - 1, date(2026, 7, 3)), at(4, month=7)) == []
    (settled,) = public(late, pay(FIRST, date(2026, 7, 11)), at(12, month=7))
    assert isinstance(settled, e.PaymentSettled)
    assert (settled.invoice, settled.on, settled.days_late) == ("FP1", date(2026, 7, 11), 10)
    (early,) = public(late, pay(FIRST, date(2026, 6, 30)), at(12, month=7))  # paid in time, told late
    assert isinstance(early, e.PaymentSettled)
    assert early.days_late == 0


@pytest.mark.parametrize(("on", "possible"), [(31, False), (1, True), (2, True), (3, False)])
def test_an_inspection_lies_between_the_delivery_and_today(on: int, possible: bool) -> None:  # R-NB-HF-02
    lot = give(planned(), c.Deliver(milestone=1, on=date(2026, 6, 1)), at(2, month=6), WINNER)
    day = date(2026, 5, on) if on == 31 else date(2026, 6, on)
    command = c.Inspect(milestone=1, on=day, passed=True)
    if possible:
        (event,) = told(lot, command, at(2, month=6))
        assert isinstance(event, e.Inspected)
        assert event.on == day
    else:
        assert refused(lot, command, at(2, month=6)) == "inspection-day-impossible"
