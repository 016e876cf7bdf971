"""The whole timeline of a lot, from admission to contract and returns, for both regimes (R-NB-ZX-01…03)."""

from collections.abc import Iterator
from datetime import datetime

from bidding.domain.calendar import WorkCalendar
from bidding.domain.lot import Lot, Phase
from bidding.domain.regime import Regime
from bidding.domain.ruleset import RuleSet
from bidding.domain.timeline.clock import Clock
from bidding.domain.timeline.complaints import complaints
from bidding.domain.timeline.concluding import concluding
from bidding.domain.timeline.hall import hall
from bidding.domain.timeline.node import UNDATED, Kind, Node, Span, State, Step, Who, node
from bidding.domain.timeline.orders import orders
from bidding.domain.timeline.preparing import preparing

ENDED = frozenset({Phase.FAILED, Phase.TERMINATED})
QUERIED = frozenset({Step.RESULT_QUERY, Step.QUERY_ANSWER, Step.QUERY_COMPLAINT, Step.REMEDY})


def timeline(lot: Lot, rules: RuleSet, calendar: WorkCalendar, now: datetime) -> tuple[Node, ...]:
    """What is due in the lot, in the order in which it comes.

    ``rules``: the pinned set, before the notice the one in force; ``now``: the lot's instant. Of an audience's
    view of the lot it gives what that audience may know, and nothing else. Nodes cannot be set by anybody: all
    follow from the state (R-NB-ZX-03). Recorded ends (T0, windows, publicity) are taken as recorded; terms that
    are counted here leave out the whole days of suspensions (R-TIME-07).
    """
    clock = Clock(lot=lot, rules=rules, calendar=calendar, now=now)
    nodes = [*preparing(clock), *hall(clock), *concluding(clock)]
    contested = (*complaints(clock), *orders(clock))
    if lot.phase in ENDED:
        nodes = [one for one in nodes if _lives_on(one) or _happened(one, _ended_at(lot))]
    return (*nodes, *contested, *_overlays(clock))


def _lives_on(one: Node) -> bool:
    """What an ended lot leaves to be done: deposits go back, and who was voided may query that (采购法 52)."""
    return one.step is Step.DEPOSIT_RETURN or (one.step in QUERIED and one.state is not State.AHEAD)


def _ended_at(lot: Lot) -> datetime | None:
    failure = lot.opening.failure
    if failure is not None:
        return failure.at
    return lot.prequalification.failed_at or lot.control.terminated_at or lot.award.voided_at


def _happened(one: Node, ended: datetime | None) -> bool:
    """Whether it was done before the lot ended; of a voided evaluation the instant is not in the state."""
    if one.done_at is None:
        return one.state is State.DONE
    return ended is None or one.done_at <= ended


def _overlays(clock: Clock) -> Iterator[Node]:
    """What lay over the lot, and what ended it before its time."""
    lot, now = clock.lot, clock.now
    running = () if lot.control.suspended is None else (lot.control.suspended,)
    for stop in (*lot.control.past, *running):
        yield node(
            Step.SUSPENSION,
            Kind.WINDOW,
            Who.SUPERVISOR,
            Span(opens=stop.at),
            now,
            rule="R-PLAT-11",
            done_at=stop.until,
            about=stop.reason,
        )
    for incident in lot.opening.incidents:
        yield node(
            Step.INCIDENT,
            Kind.WINDOW,
            Who.CENTRE,
            Span(opens=incident.began),
            now,
            rule="R-INC-01",
            done_at=incident.ended,
            about=incident.cause,
        )
    failure = lot.opening.failure
    if failure is not None:
        yield node(
            Step.FAILURE,
            Kind.DUTY,
            Who.PLATFORM,
            Span(opens=failure.at),
            now,
            rule=failure.rule,
            done_at=failure.at,
            about=failure.decision,
        )
    if lot.prequalification.failed_at is not None:
        yield node(
            Step.FAILURE,
            Kind.DUTY,
            Who.PLATFORM,
            Span(opens=lot.prequalification.failed_at),
            now,
            rule=clock.rules.periods.prequalification_application.rule,
            done_at=lot.prequalification.failed_at,
            about=lot.prequalification.decision,
        )
    if lot.evaluation.voided:
        rule = "R-GP-19" if lot.notice.regime is Regime.GP else "R-EVAL-11"
        yield node(
            Step.FAILURE,
            Kind.DUTY,
            Who.COMMITTEE,
            UNDATED,
            now,
            rule=rule,
            done=True,
            about=lot.evaluation.voided,
        )
    if lot.award.voided_at is not None:
        yield node(
            Step.FAILURE,
            Kind.DUTY,
            (Who.TENDERER, Who.SUPERVISOR),
            Span(opens=lot.award.voided_at),
            now,
            rule="R-OBJ-01",
            done_at=lot.award.voided_at,
            about="RETENDER",
        )
    ended = lot.control.terminated_at
    if ended is not None:
        yield node(
            Step.TERMINATION,
            Kind.DUTY,
            (Who.HOST, Who.SUPERVISOR),
            Span(opens=ended),
            now,
            rule="R-ENG-33",
            done_at=ended,
            about=lot.control.termination_reason,
        )
