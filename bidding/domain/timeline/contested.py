"""质疑 of the procedure and the result, and what is decided where one was right."""

from collections.abc import Iterator
from datetime import date

from bidding.domain.award.events import QueryStage
from bidding.domain.award.queries import step_ended, voided_at
from bidding.domain.award.state import Query
from bidding.domain.periods import last_day
from bidding.domain.ruleset import GpRules
from bidding.domain.timeline.clock import Clock
from bidding.domain.timeline.node import UNDATED, Kind, Node, Span, Step, Who, node

#: Querying the result has a node beside the announcement.
STEPS = {QueryStage.OPENING: Step.OPENING_QUERY, QueryStage.EVALUATION: Step.EVALUATION_QUERY}


def queries(clock: Clock, rules: GpRules) -> Iterator[Node]:
    """R-GP-20, R-GP-21, R-GP-23: each step with its own start, each query with its answer and its complaint."""
    for stage, step in STEPS.items():
        ended = step_ended(clock.lot, stage)
        span = clock.within(ended, rules.periods.query)
        yield node(step, Kind.RIGHT, Who.BIDDERS, span, clock.now, rule="R-GP-23")
    voided = voided_at(clock.lot)
    if voided is not None:
        span = clock.within(voided, rules.periods.query)
        yield node(Step.RESULT_QUERY, Kind.RIGHT, Who.BIDDERS, span, clock.now, rule="R-GP-23")
    for one in clock.lot.award.queries:
        yield from _query(clock, rules, one)


def _query(clock: Clock, rules: GpRules, query: Query) -> Iterator[Node]:
    number, answered = str(query.number), query.answered_at
    by = clock.within(query.raised_at, rules.periods.query_answer, answered)
    yield node(
        Step.QUERY_ANSWER,
        Kind.DUTY,
        Who.HOST,
        by,
        clock.now,
        done_at=answered,
        late=query.late,
        still=clock.suspended,
        about=number,
    )
    if query.raised_at is None:
        return  # who only sees the answer does not see whose complaint it could become
    yield node(
        Step.QUERY_COMPLAINT,
        Kind.RIGHT,
        Who.BIDDERS,
        complaint_span(clock, rules, by),
        clock.now,
        begun=answered is not None,
        about=number,
    )


def complaint_span(clock: Clock, rules: GpRules, answer: Span) -> Span:
    """R-GP-22, 采购法 55: fifteen working days from the end of the term to answer."""
    term = rules.periods.complaint
    if answer.last_day is None:
        return Span(term=term, no_calendar_for=answer.no_calendar_for)
    ended: date = answer.last_day
    return clock.on(answer.due, term, lambda: last_day(ended, term.n, term.unit, clock.calendar))


def remedies(clock: Clock) -> Iterator[Node]:
    """What was upheld waits for the tenderer; what was decided stands with its rule."""
    for number in clock.lot.award.unremedied:
        yield node(
            Step.REMEDY,
            Kind.DUTY,
            Who.TENDERER,
            UNDATED,
            clock.now,
            rule="R-OBJ-01",
            begun=True,
            about=str(number),
        )
    for decided in clock.lot.award.remedies:
        yield node(
            Step.REMEDY,
            Kind.DUTY,
            (Who.TENDERER, Who.SUPERVISOR),
            Span(opens=decided.at),
            clock.now,
            rule=decided.rule,
            done_at=decided.at,
            about=decided.remedy.value,
        )
