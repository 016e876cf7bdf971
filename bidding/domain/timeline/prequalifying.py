"""The prequalification: its offer, the time to apply, the last day to clarify, the review (R-ENG-05, R-GP-30)."""

from collections.abc import Iterator

from bidding.domain.notice.prequalifying import PrequalificationTerms
from bidding.domain.ruleset import EngRules
from bidding.domain.timeline.clock import Clock
from bidding.domain.timeline.node import Kind, Node, Span, Step, Who, node, through, until


def prequalifying(clock: Clock) -> Iterator[Node]:
    terms, now, rules = clock.lot.notice.prequalification, clock.now, clock.rules
    if terms is None:
        return
    ended = clock.lot.prequalification.ended_at or clock.lot.prequalification.failed_at
    offered = through(terms.noticed_at, terms.offer_until, term=rules.periods.document_offer)
    closed = terms.deadline if now >= terms.deadline else None
    yield node(
        Step.PREQUALIFICATION_OFFER,
        Kind.WINDOW,
        Who.HOST,
        offered,
        now,
        done_at=offered.due if offered.due is not None and now >= offered.due else None,
    )
    lead = clock.before(terms.deadline, rules.periods.prequalification_clarification, terms.noticed_at)
    yield node(Step.PREQUALIFICATION_CLARIFICATION, Kind.RIGHT, Who.HOST, lead, now)
    standing = bool(clock.lot.prequalification.unanswered)
    if isinstance(rules, EngRules):
        yield from _objections(clock, rules, terms)
    yield node(
        Step.PREQUALIFICATION_APPLICATION,
        Kind.WINDOW,
        Who.BIDDERS,
        until(terms.noticed_at, terms.deadline, term=rules.periods.prequalification_application),
        now,
        done_at=None if standing else closed,
        still=clock.suspended or standing,
    )
    yield node(
        Step.PREQUALIFICATION_REVIEW,
        Kind.DUTY,
        Who.COMMITTEE if terms.by_committee else Who.TENDERER,
        Span(opens=terms.deadline),
        now,
        rule=rules.periods.prequalification_application.rule,
        done_at=ended,
        still=clock.suspended,
    )


def _objections(clock: Clock, rules: EngRules, terms: PrequalificationTerms) -> Iterator[Node]:
    """R-ENG-06, R-ENG-07: two days before the deadline, and three days to answer."""
    term = rules.periods.objection_to_prequalification
    until_day = clock.before(terms.deadline, term, terms.noticed_at)
    yield node(Step.PREQUALIFICATION_OBJECTION, Kind.RIGHT, Who.BIDDERS, until_day, clock.now)
    for one in clock.lot.prequalification.objections:
        yield node(
            Step.PREQUALIFICATION_ANSWER,
            Kind.DUTY,
            Who.HOST,
            clock.within(one.raised_at, rules.periods.objection_reply, one.answered_at),
            clock.now,
            done_at=one.answered_at,
            late=one.late,
            still=clock.suspended,
            about=str(one.number),
        )
