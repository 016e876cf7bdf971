"""The authority's examination: correction, acceptance, refusal, and the clock of its term (R-ENG-28, R-GP-24)."""

from datetime import UTC

from msgspec.structs import replace

from bidding.domain.command import Facts
from bidding.domain.complaint import commands as c
from bidding.domain.complaint import events as e
from bidding.domain.complaint.state import Complaint
from bidding.domain.complaint.terms import decision_ends, intake_ends
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, Unknown
from bidding.domain.event import Event
from bidding.domain.given import calendar_of, rules_of, signed_of
from bidding.domain.lot import Lot
from bidding.domain.periods import end_of_day, last_day, local_date
from bidding.domain.ruleset import GpRules


def ask_correction(lot: Lot, command: c.AskCorrection, facts: Facts) -> list[Event]:
    """R-GP-24, 94号令 21 [M]: within five working days, once, with everything. ENG law knows no correction."""
    found = open_complaint(lot, command.number)
    rules = rules_of(lot, facts)
    if not isinstance(rules, GpRules):
        raise OutOfOrder("complaint-correction-is-gp", rule="R-GEN-02")
    require_status(found, e.Status.LODGED)
    if found.corrections:
        raise Conflicting("complaint-corrected-once", rule="R-GP-24", number=found.number)
    if command.until <= facts.now:
        raise Invalid("complaint-correction-past", rule="R-GP-24", until=command.until)
    term, late = rules.periods.complaint_correction, False
    if found.lodged_at is not None:
        day = last_day(local_date(found.lodged_at), term.n, term.unit, calendar_of(facts))
        late = facts.now >= end_of_day(day)
    return [
        e.ComplaintCorrectionAsked(
            number=found.number,
            missing=command.missing,
            until=command.until.astimezone(UTC),
            at=facts.now,
            late=late,
            signed=signed_of(facts),
        )
    ]


def accept(lot: Lot, command: c.Accept, facts: Facts) -> list[Event]:
    """R-ENG-28, R-GP-24. With the acceptance those complained about have its copy (94号令 21: eight working days)."""
    found = open_complaint(lot, command.number)
    require_status(found, e.Status.LODGED)
    rules, calendar = rules_of(lot, facts), calendar_of(facts)
    intake = intake_ends(rules, found, calendar, facts.now)
    accepted = e.ComplaintAccepted(
        number=found.number,
        subject=found.subject,
        matters=found.matters,
        received=found.lodged_at or facts.now,
        at=facts.now,
        due=facts.now,
        late=intake is not None and facts.now >= intake.ends,
        signed=signed_of(facts),
    )
    return [_due(lot, found, accepted, facts)]


def refuse(lot: Lot, command: c.Refuse, facts: Facts) -> list[Event]:
    """不予受理. R-GP-24: told within three working days of the examination's end."""
    found = open_complaint(lot, command.number)
    require_status(found, e.Status.LODGED, e.Status.CORRECTING)
    rules, calendar = rules_of(lot, facts), calendar_of(facts)
    not_corrected = command.ground is e.RefusalGround.NOT_CORRECTED
    waiting = found.status is e.Status.CORRECTING
    still = waiting and found.correct_until is not None and facts.now < found.correct_until
    if not_corrected != waiting or still:
        raise OutOfOrder("complaint-still-corrected", rule="R-GP-24", until=found.correct_until)
    intake, late = intake_ends(rules, found, calendar, facts.now), False
    if intake is not None:
        told = intake.last_day
        if isinstance(rules, GpRules):
            term = rules.periods.complaint_refused
            told = last_day(told, term.n, term.unit, calendar)
        late = facts.now >= end_of_day(told)
    return [
        e.ComplaintRefused(
            number=found.number,
            ground=command.ground,
            reason=command.reason,
            at=facts.now,
            late=late,
            signed=signed_of(facts),
        )
    ]


def stop_clock(lot: Lot, command: c.StopClock, facts: Facts) -> list[Event]:
    """招投条例 61, 采购条例 58: tests, expertise and experts' review do not count."""
    found = open_complaint(lot, command.number)
    require_status(found, e.Status.ACCEPTED)
    if found.stopped:
        raise Conflicting("complaint-clock-stopped", rule="R-ENG-28", number=found.number)
    return [
        e.ComplaintClockStopped(
            number=found.number,
            cause=command.cause,
            reason=command.reason,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def resume_clock(lot: Lot, command: c.ResumeClock, facts: Facts) -> list[Event]:
    found = open_complaint(lot, command.number)
    require_status(found, e.Status.ACCEPTED)
    if not found.stopped:
        raise OutOfOrder("complaint-clock-running", rule="R-ENG-28", number=found.number)
    return [
        e.ComplaintClockResumed(
            number=found.number, result=command.result, at=facts.now, signed=signed_of(facts)
        )
    ]


def open_complaint(lot: Lot, number: int) -> Complaint:
    found = lot.complaints.number(number)
    if found is None:
        raise Unknown("no-such-complaint", rule="R-PLAT-02", number=number)
    return found


def require_status(complaint: Complaint, *needed: e.Status) -> None:
    if complaint.status not in needed:
        raise OutOfOrder(
            "complaint-status", rule="R-PLAT-02", number=complaint.number, status=complaint.status.value
        )


def _due(lot: Lot, found: Complaint, accepted: e.ComplaintAccepted, facts: Facts) -> e.ComplaintAccepted:
    """R-ENG-28, R-GP-22: with the instant by which it must be decided, as far as that is known now."""
    taken = replace(found, accepted_at=accepted.at, received_at=accepted.received)
    ends = decision_ends(rules_of(lot, facts), taken, calendar_of(facts), facts.now)
    return accepted if ends is None else replace(accepted, due=ends.ends)
