"""The decisions of performance: library, obligations, payment clocks, supplements (R-NB-HF-01…06, R-GP-26)."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from bidding.domain.command import Command, Facts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, Unknown
from bidding.domain.event import Event
from bidding.domain.given import random_bytes, rules_of, signed_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.order import require_phase
from bidding.domain.performance import commands as c
from bidding.domain.performance import events as e
from bidding.domain.performance.paying import (
    agree_repayment,
    mark_overdue,
    overdue_at,
    payment_rules,
    propose_repayment,
    raise_dispute,
    record_payment,
    send_invoice,
    settle_dispute,
)
from bidding.domain.performance.settling import agree_settlement, propose_settlement
from bidding.domain.performance.state import Obligation
from bidding.domain.periods import local_date
from bidding.domain.ruleset import GpRules

NUMBER_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
NUMBER_LENGTH = 8


def record_legal_review(lot: Lot, command: c.RecordLegalReview, facts: Facts) -> list[Event]:
    """R-NB-HF-01: of the very text that will be signed, and before anybody signs it."""
    require_phase(lot, Phase.AWARDED, rule="R-NB-HF-01")
    if not lot.contract.contract_hash or lot.contract.award_number != lot.award.number:
        raise OutOfOrder("contract-not-drafted", rule="R-NB-HF-01")
    if command.contract_hash != lot.contract.contract_hash:
        raise Invalid("reviewed-another-text", rule="R-NB-HF-01")
    if lot.contract.signed_by:
        raise OutOfOrder("review-after-signing", rule="R-NB-HF-01")
    if not command.passed and not command.opinion.strip():
        raise Invalid("review-without-opinion", rule="R-NB-HF-01")
    return [
        e.LegalReviewRecorded(
            contract_hash=command.contract_hash,
            reviewer=command.reviewer,
            passed=command.passed,
            opinion=command.opinion.strip(),
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def enter_library(lot: Lot, command: c.EnterLibrary, facts: Facts) -> list[Event]:
    """R-NB-HF-01: ``<region>-<year>-HT-<random>``; a sequence would tell how many contracts there are elsewhere."""
    require_phase(lot, Phase.CONTRACTED, rule="R-NB-HF-01")
    if lot.performance.unified_number:
        return []
    drawn = "".join(NUMBER_ALPHABET[byte % 32] for byte in random_bytes(facts, NUMBER_LENGTH))
    return [
        e.ContractEntered(
            unified_number=f"{lot.notice.region}-{local_date(facts.now).year}-HT-{drawn}",
            contract_number=lot.contract.number,
            at=facts.now,
        )
    ]


def set_milestones(lot: Lot, command: c.SetMilestones, facts: Facts) -> list[Event]:
    """R-NB-HF-02: once, making up the price; payment terms within 款项条例 9, late interest not below LPR (17)."""
    require_phase(lot, Phase.CONTRACTED, rule="R-NB-HF-02")
    if lot.performance.obligations:
        raise Conflicting("milestones-set", rule="R-NB-HF-02")
    total = sum(one.amount_fen for one in command.milestones)
    if any(one.amount_fen <= 0 for one in command.milestones) or total != lot.contract.price_fen:
        raise Invalid(
            "milestones-not-the-price", rule="R-NB-HF-02", total_fen=total, price_fen=lot.contract.price_fen
        )
    most = payment_rules(lot, facts).pay_sme_at_most
    for one in command.milestones:
        if not one.name.strip() or not 0 < one.payment_days <= most.n or one.inspection_days < 0:
            raise Invalid("payment-term-unlawful", rule=most.rule, milestone=one.name, most=most.n)
    if bool(command.agreed_annual) and not command.lpr_1y:
        raise Invalid("lpr-at-signing-missing", rule="R-NB-HF-03")
    return [
        e.MilestonesSet(
            milestones=command.milestones,
            agreed_annual=command.agreed_annual,
            lpr_1y=command.lpr_1y,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def deliver(lot: Lot, command: c.Deliver, facts: Facts) -> list[Event]:
    """The winner's word; what inspection refused may be delivered anew."""
    known = _obligation(lot, command.milestone)
    if known.delivered_on is not None and known.passed is not False:
        raise Conflicting("milestone-delivered", rule="R-NB-HF-02", milestone=known.number)
    if command.on > local_date(facts.now):
        raise Invalid("day-in-the-future", rule="R-NB-HF-02")
    delivered = e.Delivered(
        milestone=known.number,
        on=command.on,
        late=command.on > known.milestone.due,
        at=facts.now,
        signed=signed_of(facts),
    )
    return [delivered] if known.milestone.inspection_days else [delivered, _done(known, command.on)]


def inspect(lot: Lot, command: c.Inspect, facts: Facts) -> list[Event]:
    """款项条例 10: within the agreed days, after which the payment clock runs whatever the inspection does."""
    known = _obligation(lot, command.milestone)
    if known.delivered_on is None:
        raise OutOfOrder("milestone-not-delivered", rule="R-NB-HF-02", milestone=known.number)
    if known.passed is not None:
        raise Conflicting("milestone-inspected", rule="R-NB-HF-02", milestone=known.number)
    if not known.delivered_on <= command.on <= local_date(facts.now):
        raise Invalid("inspection-day-impossible", rule="R-NB-HF-02")
    if not command.passed and not command.note.strip():
        raise Invalid("inspection-refused-without-reason", rule="R-NB-HF-02")
    agreed = known.milestone.inspection_days
    inspected = e.Inspected(
        milestone=known.number,
        on=command.on,
        passed=command.passed,
        note=command.note.strip(),
        late=(command.on - known.delivered_on).days > agreed,
        at=facts.now,
        signed=signed_of(facts),
    )
    return [inspected, _done(known, known.delivered_on)] if command.passed and agreed else [inspected]


def _done(known: Obligation, on: date) -> Event:
    """R-STAT-08: in time or late by the day of delivery, for the winner does not answer for a slow inspection."""
    due = known.milestone.due
    return e.MilestoneDone(milestone=known.number, due=due, on=on, late=on > due)


def agree_supplement(lot: Lot, command: c.AgreeSupplement, facts: Facts) -> list[Event]:
    """R-GP-26, 采购法 49: in GP all supplements together are at most a tenth of the original. After the final account
    nothing is added; what changed is told to everybody (R-DATA-01)."""
    require_phase(lot, Phase.CONTRACTED, rule="R-GP-26")
    if lot.performance.settled_fen is not None:
        raise Conflicting("contract-settled", rule="R-DATA-01")
    rules = rules_of(lot, facts)
    total = lot.performance.supplements_fen + command.amount_fen
    if isinstance(rules, GpRules):
        most = int(lot.contract.price_fen * rules.supplement.value)
        if total > most:
            raise Invalid("supplements-over-a-tenth", rule="R-GP-26", total_fen=total, max_fen=most)
    return [
        e.SupplementAgreed(
            amount_fen=command.amount_fen,
            total_fen=total,
            subject=command.subject,
            at=facts.now,
            signed=signed_of(facts),
        ),
        e.ContractChanged(
            number=len(lot.performance.changes) + 1,
            subject=command.subject,
            amount_fen=command.amount_fen,
            total_fen=total,
            at=facts.now,
        ),
    ]


def _obligation(lot: Lot, number: int) -> Obligation:
    require_phase(lot, Phase.CONTRACTED, rule="R-NB-HF-02")
    known = lot.performance.obligation(number)
    if known is None:
        raise Unknown("no-such-milestone", rule="R-NB-HF-02", milestone=number)
    return known


def due(lot: Lot) -> list[tuple[str, datetime]]:
    waits = overdue_at(lot)
    return [(c.MarkOverdue.NAME, waits)] if waits is not None else []


DECIDERS: dict[type[Command], Callable[..., Any]] = {
    c.RecordLegalReview: record_legal_review,
    c.EnterLibrary: enter_library,
    c.SetMilestones: set_milestones,
    c.Deliver: deliver,
    c.Inspect: inspect,
    c.SendInvoice: send_invoice,
    c.RecordPayment: record_payment,
    c.RaiseDispute: raise_dispute,
    c.SettleDispute: settle_dispute,
    c.ProposeRepayment: propose_repayment,
    c.AgreeRepayment: agree_repayment,
    c.MarkOverdue: mark_overdue,
    c.AgreeSupplement: agree_supplement,
    c.ProposeSettlement: propose_settlement,
    c.AgreeSettlement: agree_settlement,
}

NEEDS_MORE: dict[type[Command], str] = {
    c.MakeCommitment: "commitments.make(the unit's commitments, …)",
    c.ReportCommitment: "commitments.report(the unit's commitments, …)",
}
