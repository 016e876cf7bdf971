"""The decisions on complaints: lodged, corrected, taken in or refused, decided with its remedy."""

from collections.abc import Callable
from datetime import UTC
from typing import Any

from bidding.domain.award.events import Basis
from bidding.domain.award.remedies import remedied
from bidding.domain.command import Command, Facts
from bidding.domain.complaint import commands as c
from bidding.domain.complaint import events as e
from bidding.domain.complaint.admissible import require_admissible
from bidding.domain.complaint.examining import (
    accept,
    ask_correction,
    open_complaint,
    refuse,
    require_status,
    resume_clock,
    stop_clock,
)
from bidding.domain.complaint.state import Complaint
from bidding.domain.complaint.terms import decision_ends, intake_term
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, TooLate, Unknown
from bidding.domain.event import Event
from bidding.domain.given import calendar_of, rules_of, signed_of
from bidding.domain.lot import Lot
from bidding.domain.periods import closes_at
from bidding.domain.regime import Regime


def lodge(lot: Lot, command: c.Lodge, facts: Facts) -> list[Event]:
    """R-ENG-27, R-GP-22, R-GP-25. What it lacks is told at once, so that the term is not lost on papers."""
    if lot.notice.published_at is None and lot.notice.prequalification is None:
        raise OutOfOrder("complaint-before-notice", rule="R-PLAT-02")
    rules = rules_of(lot, facts)
    require_admissible(lot, command, facts, rules)
    missing = _missing(lot, command, facts)
    if missing:
        raise Invalid("complaint-incomplete", rule="R-ENG-27", missing=missing)
    same = (facts.actor.party, command.subject, command.objection)
    for one in lot.complaints.running:
        if (one.by, one.subject, one.objection) == same and one.objection:
            raise Conflicting("complaint-lodged", rule="R-PLAT-02", number=one.number)
    intake = intake_term(rules)
    return [
        e.ComplaintLodged(
            number=len(lot.complaints.all) + 1,
            by=facts.actor.party,
            subject=command.subject,
            objection=command.objection,
            matters=command.matters,
            request=command.request,
            facts=command.facts,
            law=command.law,
            interest=command.interest,
            knew=command.knew,
            papers=command.papers,
            at=facts.now,
            due=closes_at(facts.now, intake.n, intake.unit, calendar_of(facts)).astimezone(UTC),
            signed=signed_of(facts),
        )
    ]


def correct(lot: Lot, command: c.Correct, facts: Facts) -> list[Event]:
    """R-GP-24: once, within the time that the notice gave."""
    found = _own(lot, command.number, facts)
    require_status(found, e.Status.CORRECTING)
    if found.correct_until is not None and facts.now >= found.correct_until:
        raise TooLate("complaint-correction-late", rule="R-GP-24", until=found.correct_until)
    return [
        e.ComplaintCorrected(
            number=found.number,
            request=command.request,
            facts=command.facts,
            law=command.law,
            papers=command.papers,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def withdraw(lot: Lot, command: c.Withdraw, facts: Facts) -> list[Event]:
    found = _own(lot, command.number, facts)
    require_status(found, e.Status.LODGED, e.Status.CORRECTING, e.Status.ACCEPTED)
    return [e.ComplaintWithdrawn(number=found.number, at=facts.now, signed=signed_of(facts))]


def decide(lot: Lot, command: c.Decide, facts: Facts) -> list[Event]:
    """R-ENG-28, R-GP-22: within thirty working days; later it is still owed, and marked.

    What is upheld is carried out in the same commit (94号令 31, 32 [M]; 招投条例 82); what was invented goes on
    record against its author (招投条例 61; 采购条例 73).
    """
    found = open_complaint(lot, command.number)
    require_status(found, e.Status.ACCEPTED)
    if found.stopped:
        raise OutOfOrder("complaint-clock-stopped", rule="R-ENG-28", number=found.number)
    upheld = command.outcome is e.Outcome.UPHELD
    if upheld != (command.remedy is not None) or upheld != (command.ground is None):
        raise Invalid("complaint-outcome-unclear", rule="R-ENG-28", outcome=command.outcome.value)
    rules = rules_of(lot, facts)
    ends = decision_ends(rules, found, calendar_of(facts), facts.now)
    due = facts.now if ends is None else ends.ends
    events: list[Event] = [
        e.ComplaintDecided(
            number=found.number,
            subject=found.subject,
            matters=found.matters,
            outcome=command.outcome,
            ground=command.ground,
            findings=command.findings,
            law=command.law,
            at=facts.now,
            due=due,
            late=ends is not None and facts.now >= due,
            signed=signed_of(facts),
        )
    ]
    if command.remedy is not None:
        events += remedied(
            lot,
            facts,
            basis=Basis.COMPLAINT,
            numbers=(found.number,),
            remedy=command.remedy,
            barred=command.barred,
            reason=command.findings,
            law=command.law,
            performed=command.performed,
        )
    if command.ground in e.ABUSIVE and command.ground is not None:
        rule = "R-GP-22" if lot.notice.regime is Regime.GP else "R-ENG-28"
        events.append(
            e.AbuseRecorded(
                number=found.number, party=found.by, ground=command.ground, rule=rule, at=facts.now
            )
        )
    return events


def _missing(lot: Lot, command: c.Lodge, facts: Facts) -> list[str]:
    """招投条例 60: a clear request and the papers that prove it; 94号令 18 [M]."""
    missing = [name for name in ("request", "facts") if not getattr(command, name).strip()]
    if not command.papers:
        missing.append("papers")
    if not all(one.text.strip() for one in command.matters):
        missing.append("matters")
    bidding = facts.actor.party in {entry.bidder for entry in lot.opening.roll}
    if not bidding and not command.objection and not command.interest.strip():
        missing.append("interest")
    return missing


def _own(lot: Lot, number: int, facts: Facts) -> Complaint:
    """Whoever is not the author is told that there is no such complaint: that there is one is not for him to know."""
    found = lot.complaints.number(number)
    if found is None or found.by != facts.actor.party:
        raise Unknown("no-such-complaint", rule="R-PLAT-02", number=number)
    return found


DECIDERS: dict[type[Command], Callable[..., Any]] = {
    c.Lodge: lodge,
    c.Correct: correct,
    c.Withdraw: withdraw,
    c.AskCorrection: ask_correction,
    c.Accept: accept,
    c.Refuse: refuse,
    c.StopClock: stop_clock,
    c.ResumeClock: resume_clock,
    c.Decide: decide,
}
