"""What complaints wait for: intake, correction, the copy for those complained about, the decision."""

from collections.abc import Iterator

from bidding.domain.complaint.events import Status
from bidding.domain.complaint.state import Complaint
from bidding.domain.complaint.terms import decision_start, decision_stops, intake_term
from bidding.domain.ruleset import EngRules
from bidding.domain.timeline.clock import Clock
from bidding.domain.timeline.node import Kind, Node, Step, Who, node, until

ENDED = frozenset({Status.REFUSED, Status.WITHDRAWN, Status.DECIDED})


def complaints(clock: Clock) -> Iterator[Node]:
    """R-ENG-28, R-GP-22, R-GP-24. The authority's clocks run on in a suspended lot."""
    for one in clock.lot.complaints.all:
        if (
            one.lodged_at is not None
        ):  # whose view does not show that it was lodged begins with the acceptance
            yield from _intake(clock, one)
        yield from _decision(clock, one)


def _intake(clock: Clock, one: Complaint) -> Iterator[Node]:
    number, now = str(one.number), clock.now
    waits = one.status is Status.CORRECTING
    done = one.accepted_at or (None if one.status in {Status.LODGED, Status.CORRECTING} else one.ended_at)
    span = clock.counted(one.lodged_at, intake_term(clock.rules), one.corrections, done)
    yield node(
        Step.COMPLAINT_INTAKE,
        Kind.DUTY,
        Who.SUPERVISOR,
        span,
        now,
        done_at=done,
        late=one.intake_late,
        still=waits,
        about=number,
    )
    if one.correct_until is not None:
        yield node(
            Step.COMPLAINT_CORRECTION,
            Kind.RIGHT,
            Who.BIDDERS,
            until(one.lodged_at, one.correct_until),
            now,
            rule="R-GP-24",
            done=not waits,
            about=number,
        )


def _decision(clock: Clock, one: Complaint) -> Iterator[Node]:
    number, now, rules = str(one.number), clock.now, clock.rules
    if one.accepted_at is None:
        return
    ended = one.ended_at if one.status in ENDED else None
    if not isinstance(rules, EngRules):
        # the copy goes to those complained about with the event that accepts the complaint
        copied = clock.counted(
            one.received_at, rules.periods.complaint_forwarded, one.corrections, one.accepted_at
        )
        yield node(
            Step.COMPLAINT_FORWARDED,
            Kind.DUTY,
            Who.SUPERVISOR,
            copied,
            now,
            done_at=one.accepted_at,
            about=number,
        )
    start, stops = decision_start(rules, one), decision_stops(rules, one)
    yield node(
        Step.COMPLAINT_DECISION,
        Kind.DUTY,
        Who.SUPERVISOR,
        clock.counted(start, rules.periods.complaint_decided, stops, ended),
        now,
        done_at=ended,
        late=one.late,
        still=one.stopped,
        about=number,
    )
