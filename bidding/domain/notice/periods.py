"""The periods of notice, offer, clarification and objection, as the pinned rule set gives them."""

from datetime import date, datetime, timedelta

import msgspec

from bidding.domain.calendar import WorkCalendar, next_workday
from bidding.domain.control.state import Control
from bidding.domain.notice.state import DocumentObjection, Notice
from bidding.domain.periods import SHANGHAI, last_day, local_date, min_before, query_term
from bidding.domain.ruleset import EngRules, RuleSet, Term
from bidding.domain.standstill import extended


class LastDay(msgspec.Struct, frozen=True, kw_only=True):
    """The last day to do something, and the rule that says so."""

    day: date
    rule: str


def offer_open_until(rules: RuleSet, published: datetime, calendar: WorkCalendar) -> LastDay:
    """R-ENG-02, R-GP-02, R-TIME-06: the earliest lawful last day of the document offer."""
    term = rules.periods.document_offer
    return LastDay(day=last_day(local_date(published), term.n, term.unit, calendar), rule=term.rule)


def objection_until(
    rules: RuleSet, notice: Notice, calendar: WorkCalendar, *, received: datetime | None = None
) -> LastDay:
    """The last day to object to the tender document.

    ENG: a distance before the deadline, R-ENG-06. GP: R-GP-20 and R-GP-23, from the end of the notice period or
    from the day on which the document was ``received``, whichever of the two that 采购条例 53 names is later;
    never after the deadline.
    """
    if notice.published_at is None or notice.deadline is None:
        raise ValueError("only a noticed lot has a document to object to")
    closes = local_date(notice.deadline)
    if isinstance(rules, EngRules):
        term = rules.periods.objection_to_document
        return LastDay(day=closes - timedelta(days=term.n), rule=term.rule)
    periods = rules.periods
    query = query_term(local_date(notice.published_at), periods.notice.n, periods.query.n, calendar)
    day = query.last_day_to_query
    if received is not None:
        day = max(day, last_day(local_date(received), periods.query.n, periods.query.unit, calendar))
    return LastDay(day=min(day, closes), rule=periods.query.rule)


def answer_by(rules: RuleSet, raised: datetime, calendar: WorkCalendar) -> LastDay:
    """R-ENG-07, R-GP-21: the last day to answer an objection to the document."""
    term = reply_term(rules)
    return LastDay(day=last_day(local_date(raised), term.n, term.unit, calendar), rule=term.rule)


def answered_late(
    rules: RuleSet, objection: DocumentObjection, control: Control, now: datetime, calendar: WorkCalendar
) -> bool:
    """Whether an answer given ``now`` is; days of suspension are no days to answer in (R-TIME-07)."""
    if objection.raised_at is None:
        raise ValueError("an answer needs the objection as the offices have it")
    return local_date(now) > extended(control, objection.raised_at, reply_term(rules), calendar, now).last_day


def same_hour(deadline: datetime, day: date) -> datetime:
    """``day`` at the hour that ``deadline`` has in Beijing."""
    return datetime.combine(day, deadline.astimezone(SHANGHAI).timetz())


def earliest_deadline(term: Term, start: datetime, deadline: datetime, calendar: WorkCalendar) -> datetime:
    """R-TIME-05, R-SVC-04: the first working day at or after the lawful date, at the deadline's own hour."""
    return same_hour(deadline, min_before(start, deadline, term.n, calendar).earliest_working_date)


def deadline_after_answer(
    rules: RuleSet, notice: Notice, answered: DocumentObjection, now: datetime, calendar: WorkCalendar
) -> datetime | None:
    """R-ENG-07, R-TIME-07: where the deadline goes once the last objection that stopped it is answered.

    ``notice`` has the answer in it. The days that the tender stood still count towards no minimum distance;
    a deadline that passed meanwhile gets back the days it had left. None: it may stay.
    """
    if notice.deadline is None or notice.published_at is None or answered.raised_at is None:
        raise ValueError("an objection is answered in a noticed lot")
    starts = [(local_date(notice.published_at), rules.periods.notice_to_deadline.n)]
    starts += [
        (local_date(clarification.issued_at), rules.periods.clarification_before_deadline.n)
        for clarification in notice.clarifications
        if clarification.affects_bids
    ]
    stops = _stops(notice)
    needed = max(start + timedelta(days=n + _days_in(stops, start)) for start, n in starts)
    if now >= notice.deadline:
        left = local_date(notice.deadline) - local_date(answered.raised_at)
        needed = max(needed, local_date(now) + max(left, timedelta(days=1)))
    if needed <= local_date(notice.deadline):
        return None
    return same_hour(notice.deadline, next_workday(needed, calendar))


def reply_term(rules: RuleSet) -> Term:
    return rules.periods.objection_reply if isinstance(rules, EngRules) else rules.periods.query_answer


def _stops(notice: Notice) -> frozenset[date]:
    """Every day on which the tender stood still: from the objection's day to the day before its answer's."""
    return frozenset(
        local_date(objection.raised_at) + timedelta(days=n)
        for objection in notice.objections
        if objection.suspends and objection.raised_at is not None and objection.answered_at is not None
        for n in range((local_date(objection.answered_at) - local_date(objection.raised_at)).days)
    )


def _days_in(stops: frozenset[date], start: date) -> int:
    return sum(day >= start for day in stops)
