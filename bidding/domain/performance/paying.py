"""Invoices and their clocks: due, paid, late with interest, disputed in part, put off by agreement
(款项条例 9, 10, 15, 17; R-NB-HF-02, R-NB-HF-03, R-NB-HF-04, R-NB-HF-06)."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, Unknown
from bidding.domain.event import Event
from bidding.domain.given import calendar_of, rules_of, signed_of
from bidding.domain.latepayment import late_interest
from bidding.domain.lot import Lot, Phase
from bidding.domain.order import require_phase
from bidding.domain.performance import commands as c
from bidding.domain.performance import events as e
from bidding.domain.performance.lawful import check_plea
from bidding.domain.performance.state import Debt, Obligation
from bidding.domain.periods import end_of_day, last_day, local_date
from bidding.domain.ruleset import LatePayment


def payment_rules(lot: Lot, facts: Facts) -> LatePayment:
    found = rules_of(lot, facts).late_payment
    if found is None:
        raise OutOfOrder("payment-rules-missing", rule="R-NB-HF-02", ruleset=lot.notice.ruleset)
    return found


def clock_starts(known: Obligation, today: date) -> date | None:
    """款项条例 9, 10: delivery; with an acceptance condition, passed acceptance; where inspection is delayed, the
    end of the days agreed for it. None: not yet, or refused in time."""
    delivered, agreed = known.delivered_on, known.milestone.inspection_days
    if delivered is None:
        return None
    if not agreed:
        return delivered
    ends = delivered + timedelta(days=agreed)
    if known.inspected_on is not None and known.inspected_on <= ends:
        return known.inspected_on if known.passed else None
    return ends if known.passed is not False and max(today, known.inspected_on or today) > ends else None


def send_invoice(lot: Lot, command: c.SendInvoice, facts: Facts) -> list[Event]:
    """R-NB-HF-01: without a library number nothing is asked for. R-NB-HF-02: the last day follows from the clock."""
    require_phase(lot, Phase.CONTRACTED, rule="R-NB-HF-02")
    known = lot.performance.obligation(command.milestone)
    if not lot.performance.unified_number:
        raise OutOfOrder("contract-not-in-library", rule="R-NB-HF-01")
    if known is None:
        raise Unknown("no-such-milestone", rule="R-NB-HF-02", milestone=command.milestone)
    if lot.performance.debt(command.invoice) is not None:
        raise Conflicting("invoice-known", rule="R-NB-HF-02", invoice=command.invoice)
    starts = clock_starts(known, local_date(facts.now))
    if starts is None:
        raise OutOfOrder("payment-not-earned", rule="R-NB-HF-02", milestone=known.number)
    left = known.milestone.amount_fen - lot.performance.invoiced_fen(known.number)
    if command.amount_fen > left:
        raise Invalid("invoice-over-milestone", rule="R-NB-HF-02", max_fen=left)
    within = payment_rules(lot, facts).pay_sme_within
    return [
        e.Invoiced(
            invoice=command.invoice,
            milestone=known.number,
            amount_fen=command.amount_fen,
            starts=starts,
            due=last_day(starts, known.milestone.payment_days, within.unit, calendar_of(facts)),
            rule=within.rule,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def record_payment(lot: Lot, command: c.RecordPayment, facts: Facts) -> list[Event]:
    """款项条例 17: each amount paid after its last day carries its own interest, also under a repayment agreement."""
    debt = _debt(lot, command.invoice)
    if command.on > local_date(facts.now):
        raise Invalid("day-in-the-future", rule="R-NB-HF-02")
    if command.amount_fen > debt.owed_fen:
        raise Invalid("payment-over-debt", rule="R-NB-HF-02", owed_fen=debt.owed_fen)
    agreed = lot.performance.agreed_annual
    found = late_interest(
        payment_rules(lot, facts),
        amount_fen=command.amount_fen,
        due=debt.due,
        paid=command.on,
        agreed_annual=Decimal(agreed) if agreed else None,
        lpr_1y=Decimal(lot.performance.lpr_1y) if lot.performance.lpr_1y else None,
    )
    made = e.PaymentMade(
        invoice=debt.invoice,
        amount_fen=command.amount_fen,
        on=command.on,
        days_late=found.days,
        interest_fen=found.interest_fen,
        at=facts.now,
        signed=signed_of(facts),
    )
    if not debt.was_overdue or command.amount_fen < debt.owed_fen:
        return [made]
    late = max((command.on - debt.due).days, 0)
    return [made, e.PaymentSettled(invoice=debt.invoice, due=debt.due, on=command.on, days_late=late)]


def raise_dispute(lot: Lot, command: c.RaiseDispute, facts: Facts) -> list[Event]:
    """款项条例 15: before the last day, of a part; what is undisputed stays due."""
    debt = _debt(lot, command.invoice)
    if not command.reason.strip():
        raise Invalid("dispute-without-reason", rule="R-NB-HF-04")
    check_plea(lot, command.reason)
    if local_date(facts.now) > debt.due:
        raise OutOfOrder("dispute-after-due", rule="R-NB-HF-04", due=debt.due)
    if command.amount_fen > debt.owed_fen:
        raise Invalid("payment-over-debt", rule="R-NB-HF-04", owed_fen=debt.owed_fen)
    return [
        e.DisputeRaised(
            invoice=debt.invoice,
            amount_fen=command.amount_fen,
            reason=command.reason.strip(),
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def settle_dispute(lot: Lot, command: c.SettleDispute, facts: Facts) -> list[Event]:
    debt = _debt(lot, command.invoice)
    if not debt.disputed_fen:
        raise OutOfOrder("nothing-disputed", rule="R-NB-HF-04")
    if command.owed_fen > debt.disputed_fen:
        raise Invalid("payment-over-debt", rule="R-NB-HF-04", owed_fen=debt.disputed_fen)
    return [
        e.DisputeSettled(
            invoice=debt.invoice, owed_fen=command.owed_fen, at=facts.now, signed=signed_of(facts)
        )
    ]


def propose_repayment(lot: Lot, command: c.ProposeRepayment, facts: Facts) -> list[Event]:
    """R-NB-HF-06: instalments in order that make up what is owed; nothing changes until the creditor agrees."""
    debt = _debt(lot, command.invoice)
    days = [one.due for one in command.instalments]
    if days != sorted(set(days)) or days[0] <= local_date(facts.now):
        raise Invalid("instalments-out-of-order", rule="R-NB-HF-06")
    total = sum(one.amount_fen for one in command.instalments)
    if any(one.amount_fen <= 0 for one in command.instalments) or total != debt.owed_fen:
        raise Invalid("instalments-not-the-debt", rule="R-NB-HF-06", total_fen=total, owed_fen=debt.owed_fen)
    return [
        e.RepaymentProposed(
            invoice=debt.invoice, instalments=command.instalments, at=facts.now, signed=signed_of(facts)
        )
    ]


def agree_repayment(lot: Lot, command: c.AgreeRepayment, facts: Facts) -> list[Event]:
    """The creditor agrees to what still is the debt: a payment meanwhile voids the proposal."""
    debt = _debt(lot, command.invoice)
    if not debt.proposed:
        raise OutOfOrder("no-repayment-proposed", rule="R-NB-HF-06")
    total = sum(one.amount_fen for one in debt.proposed)
    if total != debt.owed_fen:
        raise Invalid("instalments-not-the-debt", rule="R-NB-HF-06", total_fen=total, owed_fen=debt.owed_fen)
    return [
        e.RepaymentAgreed(
            invoice=debt.invoice, instalments=debt.proposed, at=facts.now, signed=signed_of(facts)
        )
    ]


def mark_overdue(lot: Lot, command: c.MarkOverdue, facts: Facts) -> list[Event]:
    """By the clock, so that nobody need report it; again for what a late payment leaves."""
    today = local_date(facts.now)
    return [
        e.PaymentOverdue(invoice=one.invoice, amount_fen=one.owed_fen, due=one.next_due, rule=one.rule)
        for one in lot.performance.debts
        if not one.overdue and one.class_on(today) == "overdue"
    ]


def overdue_at(lot: Lot) -> datetime | None:
    """When the next undisputed debt becomes late; None: nothing is owed, or all is marked already."""
    waits = [end_of_day(one.next_due) for one in lot.performance.debts if one.owed_fen and not one.overdue]
    return min(waits, default=None)


def _debt(lot: Lot, invoice: str) -> Debt:
    require_phase(lot, Phase.CONTRACTED, rule="R-NB-HF-02")
    debt = lot.performance.debt(invoice)
    if debt is None:
        raise Unknown("no-such-invoice", rule="R-NB-HF-02", invoice=invoice)
    if debt.owed_fen == 0 and not debt.disputed_fen:
        raise Conflicting("invoice-paid", rule="R-NB-HF-02", invoice=invoice)
    return debt
