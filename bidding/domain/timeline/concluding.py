"""From the evaluation report to the contract and the return of the deposits."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from bidding.domain.award.queries import stops_of
from bidding.domain.award.remedies import result_since
from bidding.domain.award.state import ResultObjection
from bidding.domain.opening.reveals import OFFICE_OF
from bidding.domain.opening.state import SUPERVISOR
from bidding.domain.periods import complaint_until, end_of_day, local_date, query_term
from bidding.domain.ruleset import EngRules, GpRules
from bidding.domain.timeline.clock import Clock
from bidding.domain.timeline.contested import queries, remedies
from bidding.domain.timeline.node import INSTANT, UNDATED, Kind, Node, Span, Step, Who, node, through, until


def concluding(clock: Clock) -> Iterator[Node]:
    rules, lot, now = clock.rules, clock.lot, clock.now
    eng = isinstance(rules, EngRules)
    yield from _experts(clock)
    for request in lot.evaluation.requests:
        if request.asked_at is not None:
            yield node(
                Step.BID_CLARIFICATION,
                Kind.RIGHT,
                Who.BIDDERS,
                until(request.asked_at, request.due),
                now,
                rule="R-EVAL-10",
                done_at=request.replied_at,
                about=str(request.number),
            )
    yield node(
        Step.REPORT,
        Kind.DUTY,
        Who.COMMITTEE,
        # the time that was set, with what the members had added to it (R-EVAL-09)
        until(lot.opening.ended_at, lot.evaluation.ends),
        now,
        rule="R-ENG-18" if eng else "R-EVAL-01",
        done_at=lot.evaluation.reported_at,
        # who may not see the report learns of it by what followed
        done=lot.award.opens is not None or lot.award.issued_at is not None,
        still=clock.suspended,
    )
    if isinstance(rules, EngRules):
        yield from _publicity(clock, rules)
        yield from remedies(clock)
        yield from _award(clock, rules)
        yield _validity(clock)
    else:
        yield from remedies(clock)
        yield from _announcement(clock, rules)
        yield from queries(clock, rules)
    yield from _contract(clock)
    for entry in lot.money.returns:
        yield node(
            Step.DEPOSIT_RETURN,
            Kind.DUTY,
            Who.TENDERER,
            through(None, entry.due),
            now,
            rule=entry.rule,
            begun=True,
            done_at=entry.returned_at,
            late=entry.late,
            about=entry.bidder,
        )
    yield from _performance(clock)


def _experts(clock: Clock) -> Iterator[Node]:
    """R-EVAL-07: the host opens the draw, then whose reveal is waited for; time alone passes over who does not come."""
    terms, drawing = clock.lot.notice.terms, clock.lot.evaluation.lottery.drawing
    if terms is None or terms.expert_draw is None:
        return
    awaited, who = drawing.awaited, Who.HOST if drawing.opened_at is None else Who.PLATFORM
    if awaited is not None:
        who = Who.SUPERVISOR if OFFICE_OF[awaited] == SUPERVISOR else Who.HOST
    yield node(
        Step.EXPERT_DRAW,
        Kind.WINDOW if drawing.opened_at else Kind.DUTY,
        who,
        Span(
            opens=drawing.opened_at or clock.lot.opening.ended_at,
            due=None if drawing.window is None else drawing.window.ends,
        ),
        clock.now,
        rule="R-EVAL-07",
        done_at=drawing.drawn_at,
        still=clock.suspended,
        about="" if awaited is None else awaited.value,
    )


def _publicity(clock: Clock, rules: EngRules) -> Iterator[Node]:
    award, now, periods = clock.lot.award, clock.now, rules.periods
    reported, opens = result_since(clock.lot), award.opens
    yield node(
        Step.PUBLICITY_START,
        Kind.DUTY,
        Who.HOST,
        clock.within(reported, periods.publicity_starts, opens),
        now,
        done_at=opens,
        still=clock.suspended,
    )
    over = award.until if award.until is not None and now >= award.until else None
    shown = until(opens, award.until, term=periods.publicity_lasts)
    yield node(Step.PUBLICITY, Kind.WINDOW, Who.HOST, shown, now, done_at=over)
    yield node(Step.RESULT_OBJECTION, Kind.RIGHT, Who.BIDDERS, shown, now, rule="R-ENG-22")
    for objection in award.objections:
        yield from _result_objection(clock, rules, objection)


def _result_objection(clock: Clock, rules: EngRules, objection: ResultObjection) -> Iterator[Node]:
    raised, answered, number = objection.raised_at, objection.answered_at, str(objection.number)
    # The answer is no forward act: a suspended lot's objections are answered too, so this clock runs on.
    replied = until(raised, objection.due, term=rules.periods.objection_reply)
    yield node(
        Step.RESULT_ANSWER,
        Kind.DUTY,
        Who.HOST,
        replied,
        clock.now,
        rule="R-ENG-22",
        done_at=answered,
        about=number,
    )
    shown = clock.lot.award.opens
    if raised is None or shown is None:
        return
    term = rules.periods.complaint
    span = Span(opens=answered, term=term)
    if answered is not None:
        knew, asked, told = local_date(shown), local_date(raised), local_date(answered)

        def day() -> date:
            found = complaint_until(
                knew, term.n, clock.calendar, objection_raised=asked, objection_answered=told
            )
            return found or told

        span = clock.on(answered, term, day)
    yield node(
        Step.RESULT_COMPLAINT,
        Kind.RIGHT,
        Who.BIDDERS,
        span,
        clock.now,
        still=answered is None,
        about=number,
    )


def _award(clock: Clock, rules: EngRules) -> Iterator[Node]:
    award, now = clock.lot.award, clock.now
    determined, issued = award.determined_at, award.issued_at
    terms = clock.lot.notice.terms
    if terms is not None and terms.decision is not None:
        yield node(
            Step.DECISION_MEETING,
            Kind.DUTY,
            Who.TENDERER,
            Span(opens=award.until),
            now,
            rule="R-DRAW-04",
            done_at=None if award.decision is None else award.decision.at,
            done=issued is not None,
            still=clock.suspended or bool(award.open_objections),
        )
    yield node(
        Step.DETERMINATION,
        Kind.DUTY,
        Who.TENDERER,
        Span(opens=award.until),
        now,
        rule="R-ENG-29",
        done_at=determined,
        done=issued is not None,
        still=clock.suspended or bool(award.open_objections or award.unremedied),
    )
    report = clock.within(determined, rules.periods.report_to_supervisor, award.reported_to_supervisor)
    filed = award.reported_to_supervisor
    yield node(
        Step.SUPERVISOR_REPORT,
        Kind.DUTY,
        Who.TENDERER,
        report,
        now,
        done_at=filed,
        late=award.supervisor_report_late,
        still=clock.suspended,
    )
    yield node(
        Step.AWARD_NOTICE,
        Kind.DUTY,
        Who.HOST,
        Span(opens=determined),
        now,
        rule="R-AWARD-01",
        done_at=issued,
        still=clock.suspended,
    )


def _announcement(clock: Clock, rules: GpRules) -> Iterator[Node]:
    """R-GP-14, R-GP-15, R-GP-23: the winner, the announcement, and 质疑 from the announcement's end."""
    award, now, periods = clock.lot.award, clock.now, rules.periods
    reported, determined, issued = clock.lot.evaluation.reported_at, award.determined_at, award.issued_at
    handed = clock.within(reported, periods.report_to_purchaser, reported)
    # the report reaches the offices with the event that ends the evaluation
    yield node(
        Step.REPORT_HANDED_OVER,
        Kind.DUTY,
        Who.PLATFORM,
        handed,
        now,
        done_at=reported,
        done=issued is not None,
    )
    yield node(
        Step.DETERMINATION,
        Kind.DUTY,
        Who.TENDERER,
        clock.within(result_since(clock.lot), periods.winner_fixed, determined),
        now,
        done_at=determined,
        done=issued is not None,
        still=clock.suspended,
    )
    yield node(
        Step.AWARD_NOTICE,
        Kind.DUTY,
        Who.HOST,
        clock.within(determined, periods.result_announced, issued),
        now,
        done_at=issued,
        still=clock.suspended,
    )
    ends = award.announced_until
    over = ends if ends is not None and now >= ends else None
    shown = until(issued, ends, term=periods.result_announcement)
    yield node(Step.RESULT_ANNOUNCEMENT, Kind.WINDOW, Who.HOST, shown, now, done_at=over)
    yield node(Step.RESULT_QUERY, Kind.RIGHT, Who.BIDDERS, _query(clock, rules, issued), now)


def _query(clock: Clock, rules: GpRules, announced: datetime | None) -> Span:
    query, shown = rules.periods.query, rules.periods.result_announcement
    if announced is None:
        return Span(term=query)
    day = local_date(announced)
    return clock.on(
        announced, query, lambda: query_term(day, shown.n, query.n, clock.calendar).last_day_to_query
    )


def _validity(clock: Clock) -> Node:
    """R-ENG-10: bids bind from T0 for the days of the tender document; they end where they end."""
    lot = clock.lot
    deadline, terms, filed = lot.notice.deadline, lot.notice.terms, lot.contract.filed_at
    span = UNDATED
    if deadline is not None and terms is not None:
        day = local_date(deadline) + timedelta(days=terms.bid_validity_days)
        span = through(deadline, day)
    over = span.due if span.due is not None and clock.now >= span.due else None
    return node(
        Step.BID_VALIDITY, Kind.WINDOW, Who.BIDDERS, span, clock.now, rule="R-ENG-10", done_at=filed or over
    )


def _contract(clock: Clock) -> Iterator[Node]:
    rules, lot, now = clock.rules, clock.lot, clock.now
    filed = lot.contract.filed_at
    yield node(
        Step.CONTRACT,
        Kind.DUTY,
        (Who.TENDERER, Who.WINNER),
        clock.within(lot.award.issued_at, rules.periods.contract, filed, also=stops_of(lot)),
        now,
        done_at=filed,
        still=clock.suspended or bool(lot.award.holding or lot.award.unremedied),
    )
    if isinstance(rules, GpRules):
        published = clock.within(filed, rules.periods.contract_published, filed)
        # the signed contract is public from the event on that files it
        yield node(Step.CONTRACT_PUBLISHED, Kind.DUTY, Who.PLATFORM, published, now, done_at=filed)
        copy = clock.within(filed, rules.periods.contract_filed)
        yield node(Step.CONTRACT_COPY, Kind.OUTSIDE, Who.TENDERER, copy, now)


def _performance(clock: Clock) -> Iterator[Node]:
    """R-NB-HF-02: what is to be delivered, and what is to be paid by when; never stopped by a tender's suspension."""
    performance, now = clock.lot.performance, clock.now
    for known in performance.obligations:
        delivered = known.delivered_on
        yield node(
            Step.DELIVERY,
            Kind.DUTY,
            Who.WINNER,
            through(clock.lot.contract.filed_at, known.milestone.due),
            now,
            rule="R-NB-HF-02",
            done_at=None if delivered is None else end_of_day(delivered) - INSTANT,
            about=str(known.number),
        )
    for debt in performance.debts:
        paid = debt.last_paid_on if debt.owed_fen == 0 else None
        yield node(
            Step.PAYMENT,
            Kind.DUTY,
            Who.TENDERER,
            through(None, debt.next_due),
            now,
            rule=debt.rule,
            begun=True,
            done_at=None if paid is None else end_of_day(paid) - INSTANT,
            about=debt.invoice,
        )
