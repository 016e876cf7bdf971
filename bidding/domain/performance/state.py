"""Performance's part of the lot's state: obligations, debts and how each stands."""

from datetime import date, datetime

import msgspec
from msgspec.structs import replace

from bidding.domain.event import Event
from bidding.domain.performance import events as e


class Obligation(msgspec.Struct, frozen=True, kw_only=True):
    """``number`` counts from 1. ``passed`` None: not inspected. ``…_late``: it once was, whatever came after."""

    number: int
    milestone: e.Milestone
    delivered_on: date | None = None
    inspected_on: date | None = None
    passed: bool | None = None
    delivered_late: bool = False
    inspected_late: bool = False

    @property
    def done(self) -> bool:
        """Delivered and, where acceptance is agreed, accepted."""
        return self.delivered_on is not None and (self.passed is True or not self.milestone.inspection_days)


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """A supplement as everybody knows it, in 分."""

    number: int
    subject: str
    amount_fen: int
    at: datetime


class Debt(msgspec.Struct, frozen=True, kw_only=True):
    """One invoice, in 分. ``waived_fen``: of a settled dispute, not owed; ``overdue``: the clock has said so
    since the last payment, ``was_overdue``: it ever has; ``paid_before_fen``: paid before the repayment agreement."""

    invoice: str
    milestone: int
    amount_fen: int
    due: date
    rule: str
    paid_fen: int = 0
    disputed_fen: int = 0
    waived_fen: int = 0
    interest_fen: int = 0
    overdue: bool = False
    was_overdue: bool = False
    proposed: tuple[e.Instalment, ...] = ()
    agreed: tuple[e.Instalment, ...] = ()
    paid_before_fen: int = 0
    last_paid_on: date | None = None

    @property
    def owed_fen(self) -> int:
        """The undisputed part that is not paid."""
        return self.amount_fen - self.paid_fen - self.disputed_fen - self.waived_fen

    def class_on(self, day: date) -> str:
        """``paid``, ``agreed`` (a repayment agreement holds), ``overdue``, ``disputed`` or ``open`` (R-NB-HF-06)."""
        if self.owed_fen == 0:
            return "disputed" if self.disputed_fen else "paid"
        if self.agreed:
            return "agreed" if day <= self.next_due else "overdue"
        return "overdue" if day > self.due else "open"

    @property
    def next_due(self) -> date:
        """The last day of what comes next: the first instalment that is not covered, or the invoice itself."""
        covered = self.paid_fen - self.paid_before_fen
        for one in self.agreed:
            covered -= one.amount_fen
            if covered < 0:
                return one.due
        return self.agreed[-1].due if self.agreed else self.due


class Performance(msgspec.Struct, frozen=True, kw_only=True):
    """``reviewed``: hash of the text whose legal review passed, "" if none did. ``proposed_fen``: the winner's final
    account, ``settled_fen`` the agreed one, None before; ``finished_on``: the day of completion."""

    reviewed: str = ""
    unified_number: str = ""
    obligations: tuple[Obligation, ...] = ()
    agreed_annual: str = ""
    lpr_1y: str = ""
    debts: tuple[Debt, ...] = ()
    supplements_fen: int = 0
    changes: tuple[Change, ...] = ()
    proposed_fen: int | None = None
    settled_fen: int | None = None
    finished_on: date | None = None

    def debt(self, invoice: str) -> Debt | None:
        return next((one for one in self.debts if one.invoice == invoice), None)

    def obligation(self, number: int) -> Obligation | None:
        return next((one for one in self.obligations if one.number == number), None)

    def invoiced_fen(self, number: int) -> int:
        return sum(one.amount_fen for one in self.debts if one.milestone == number)


def evolve(performance: Performance, event: Event) -> Performance:
    match event:
        case e.LegalReviewRecorded():
            return replace(performance, reviewed=event.contract_hash if event.passed else "")
        case e.ContractEntered():
            return replace(performance, unified_number=event.unified_number)
        case e.MilestonesSet():
            found = tuple(
                Obligation(number=number, milestone=one)
                for number, one in enumerate(event.milestones, start=1)
            )
            return replace(
                performance, obligations=found, agreed_annual=event.agreed_annual, lpr_1y=event.lpr_1y
            )
        case e.Delivered() | e.Inspected():
            found = tuple(_moved(one, event) for one in performance.obligations)
            return replace(performance, obligations=found)
        case e.SupplementAgreed():
            return replace(performance, supplements_fen=event.total_fen)
        case e.ContractChanged():
            change = Change(
                number=event.number, subject=event.subject, amount_fen=event.amount_fen, at=event.at
            )
            # The public hears of the sum by this event alone.
            return replace(
                performance, supplements_fen=event.total_fen, changes=(*performance.changes, change)
            )
        case e.SettlementProposed():
            return replace(performance, proposed_fen=event.amount_fen)
        case e.ContractSettled():
            return replace(performance, settled_fen=event.amount_fen, finished_on=event.finished_on)
        case e.Invoiced():
            debt = Debt(
                invoice=event.invoice,
                milestone=event.milestone,
                amount_fen=event.amount_fen,
                due=event.due,
                rule=event.rule,
            )
            return replace(performance, debts=(*performance.debts, debt))
        case _:
            return replace(performance, debts=tuple(_owed(one, event) for one in performance.debts))


def _moved(one: Obligation, event: e.Delivered | e.Inspected) -> Obligation:
    if one.number != event.milestone:
        return one
    if isinstance(event, e.Delivered):
        late = one.delivered_late or event.late
        return replace(one, delivered_on=event.on, inspected_on=None, passed=None, delivered_late=late)
    late = one.inspected_late or event.late
    return replace(one, inspected_on=event.on, passed=event.passed, inspected_late=late)


def _owed(one: Debt, event: Event) -> Debt:
    if getattr(event, "invoice", None) != one.invoice:
        return one
    match event:
        case e.PaymentMade():
            return replace(
                one,
                paid_fen=one.paid_fen + event.amount_fen,
                interest_fen=one.interest_fen + event.interest_fen,
                overdue=False,
                last_paid_on=event.on,
            )
        case e.PaymentOverdue():
            return replace(one, overdue=True, was_overdue=True)
        case e.DisputeRaised():
            return replace(one, disputed_fen=one.disputed_fen + event.amount_fen)
        case e.DisputeSettled():
            waived = one.waived_fen + one.disputed_fen - event.owed_fen
            return replace(one, disputed_fen=0, waived_fen=waived)
        case e.RepaymentProposed():
            return replace(one, proposed=event.instalments)
        case e.RepaymentAgreed():
            return replace(
                one, proposed=(), agreed=event.instalments, paid_before_fen=one.paid_fen, overdue=False
            )
        case _:
            return one
