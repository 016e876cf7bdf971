"""From admission to T0."""

from collections.abc import Iterator
from datetime import date, timedelta

from bidding.domain.booking.events import Purpose
from bidding.domain.lot import Phase
from bidding.domain.notice.periods import objection_until
from bidding.domain.notice.state import DocumentObjection
from bidding.domain.periods import complaint_until, end_of_day, last_day, local_date
from bidding.domain.ruleset import EngRules
from bidding.domain.scoring import Source
from bidding.domain.timeline.clock import Clock
from bidding.domain.timeline.node import INSTANT, UNDATED, Kind, Node, Span, Step, Who, node, through, until
from bidding.domain.timeline.prequalifying import prequalifying


def preparing(clock: Clock) -> Iterator[Node]:
    yield from _admission(clock)
    if clock.lot.notice.published_at is not None:
        yield from _document(clock)
        yield from _bidding(clock)


def _admission(clock: Clock) -> Iterator[Node]:
    lot, now = clock.lot, clock.now
    published = lot.notice.published_at
    noticed = published is not None
    admitted = noticed or bool(lot.admission.number)
    slot = lot.bookings.slot(Purpose.OPENING) is not None
    filed = lot.phase is Phase.SUBMITTED
    yield node(
        Step.ADMISSION, Kind.DUTY, Who.CENTRE, UNDATED, now, rule="R-SVC-03", begun=filed, done=admitted
    )
    if lot.admission.defects:
        defects = str(len(lot.admission.defects))
        yield node(
            Step.CORRECTION, Kind.DUTY, Who.HOST, UNDATED, now, rule="R-SVC-03", begun=True, about=defects
        )
    for promise in lot.admission.promises:
        # What came in time waits for the centre; the clock speaks of what did not come (R-NB-HM-02).
        yield node(
            Step.PROMISE,
            Kind.DUTY,
            Who.HOST,
            through(None, promise.due),
            now,
            rule="R-NB-HM-02",
            begun=True,
            done_at=None if not promise.kept_on else end_of_day(promise.kept_on) - INSTANT,
            late=promise.broken,
            about=promise.item,
        )
    yield node(
        Step.OPENING_SLOT,
        Kind.DUTY,
        Who.HOST,
        UNDATED,
        now,
        rule="R-SVC-04",
        begun=admitted,
        done=noticed or slot,
    )
    yield from prequalifying(clock)
    yield node(
        Step.NOTICE,
        Kind.DUTY,
        Who.HOST,
        UNDATED,
        now,
        rule="R-DOC-02",
        begun=admitted and slot,
        done_at=published,
        still=clock.suspended,
    )


def _document(clock: Clock) -> Iterator[Node]:
    """The document's offer, the objections to it and their answers."""
    notice, rules, now = clock.lot.notice, clock.rules, clock.now
    published, calendar = notice.published_at, clock.calendar
    if not isinstance(rules, EngRules):
        yield _window(clock, Step.NOTICE_PERIOD, Who.HOST, clock.within(published, rules.periods.notice))
    if notice.offer_until is not None:
        offered = through(published, notice.offer_until, term=rules.periods.document_offer)
        yield _window(clock, Step.DOCUMENT_OFFER, Who.PLATFORM, offered)
    term = rules.periods.objection_to_document if isinstance(rules, EngRules) else rules.periods.query
    may_object = clock.on(published, term, lambda: objection_until(rules, notice, calendar).day)
    yield node(Step.DOCUMENT_OBJECTION, Kind.RIGHT, Who.BIDDERS, may_object, now)
    for objection in notice.objections:
        yield from _objection(clock, objection)
    if not isinstance(rules, EngRules):
        for one in notice.inquiries:
            yield node(
                Step.INQUIRY_ANSWER,
                Kind.DUTY,
                (Who.HOST, Who.TENDERER),
                clock.within(one.raised_at, rules.periods.inquiry_answer, one.answered_at),
                now,
                done_at=one.answered_at,
                late=one.late,
                still=clock.suspended,
                about=str(one.number),
            )


def _objection(clock: Clock, objection: DocumentObjection) -> Iterator[Node]:
    rules, number = clock.rules, str(objection.number)
    reply = rules.periods.objection_reply if isinstance(rules, EngRules) else rules.periods.query_answer
    raised, answered = objection.raised_at, objection.answered_at
    yield node(
        Step.DOCUMENT_ANSWER,
        Kind.DUTY,
        Who.HOST,
        clock.within(raised, reply, answered),
        clock.now,
        done_at=answered,
        late=objection.late,
        still=clock.suspended,
        about=number,
    )
    if raised is None:
        return  # who only sees the answer does not see whose complaint it could become
    yield node(
        Step.DOCUMENT_COMPLAINT,
        Kind.RIGHT,
        Who.BIDDERS,
        _complaint(clock, objection),
        clock.now,
        still=answered is None,
        about=number,
    )


def _complaint(clock: Clock, objection: DocumentObjection) -> Span:
    """R-ENG-27 from the notice, the wait for the answer excluded; R-GP-22 from the end of the answer's term."""
    rules, calendar = clock.rules, clock.calendar
    published, raised, answered = clock.lot.notice.published_at, objection.raised_at, objection.answered_at
    term = rules.periods.complaint
    if not isinstance(rules, EngRules):
        replied = rules.periods.query_answer
        by = clock.within(raised, replied, answered)
        if by.last_day is None:
            return Span(term=term, no_calendar_for=by.no_calendar_for)
        ended = by.last_day
        return clock.on(answered or by.due, term, lambda: last_day(ended, term.n, term.unit, calendar))
    if published is None or raised is None or answered is None:
        return Span(opens=answered, term=term)
    knew, asked, told = local_date(published), local_date(raised), local_date(answered)

    def day() -> date:
        found = complaint_until(knew, term.n, calendar, objection_raised=asked, objection_answered=told)
        return found or told

    return clock.on(answered, term, day)


def _bidding(clock: Clock) -> Iterator[Node]:
    lot, now = clock.lot, clock.now
    deadline, closed = lot.notice.deadline, lot.opening.closed_at
    asks = any(objection.suspends for objection in lot.notice.open_objections)
    still = clock.suspended or asks or bool(lot.opening.open_incidents)
    term = clock.rules.periods.clarification_before_deadline
    lead = clock.before(deadline, term, lot.notice.published_at)
    yield node(Step.CLARIFICATION, Kind.RIGHT, Who.HOST, lead, now)
    if lot.notice.terms is not None and lot.notice.terms.draw is not None:
        yield from _commitments(clock)
    if deadline is not None and lot.notice.terms is not None:
        opens = deadline - timedelta(minutes=lot.notice.terms.sign_in_minutes)
        yield node(
            Step.SIGN_IN,
            Kind.WINDOW,
            Who.BIDDERS,
            until(opens, deadline),
            now,
            rule="R-OPEN-21",
            done_at=closed,
            still=still,
        )
    yield node(
        Step.DEADLINE,
        Kind.WINDOW,
        Who.BIDDERS,
        until(lot.notice.published_at, deadline),
        now,
        rule="R-OPEN-01",
        done_at=closed,
        still=still,
    )


def _commitments(clock: Clock) -> Iterator[Node]:
    """R-DRAW-02: each office binds itself before anybody can know a bid."""
    notice, drawing = clock.lot.notice, clock.lot.opening.drawing
    for who, source in ((Who.SUPERVISOR, Source.SUPERVISOR), (Who.HOST, Source.AGENCY)):
        committed = drawing.commitment(source)
        yield node(
            Step.DRAW_COMMITMENT,
            Kind.DUTY,
            who,
            until(notice.published_at, notice.deadline),
            clock.now,
            rule="R-DRAW-02",
            done_at=None if committed is None else committed.at,
            still=clock.suspended,
            about=source.value,
        )


def _window(clock: Clock, step: Step, who: Who, span: Span) -> Node:
    """A window that time alone ends."""
    ended = span.due is not None and clock.now >= span.due
    return node(step, Kind.WINDOW, who, span, clock.now, done_at=span.due if ended else None)
