"""Periods in 日 and 工作日, counted in Beijing time (R-TIME-01…09).

Two computations that must never be mixed: *act within N* and *stay open at least N* end on a last day
that rolls past holidays; *at least N days before a deadline* is a distance and never rolls (R-DEC-12).
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, timezone
from enum import StrEnum

import msgspec

from bidding.domain.calendar import WorkCalendar, next_workday
from bidding.domain.errors import Invalid

#: Beijing time. A fixed offset, so that no zone file is read: China has kept no summer time since 1991.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
ONE_DAY = timedelta(days=1)
#: The day a clock stopped, and the day it went on; None: it stands still.
Stop = tuple[date, date | None]


class Unit(StrEnum):
    """日 and 工作日: never interchangeable."""

    DAY = "DAY"
    WORKDAY = "WORKDAY"


class MinimumMode(StrEnum):
    """How a minimum distance is measured: by dates, or strictly as N times 24 hours (R-TIME-05)."""

    DATE = "DATE"
    HOURS = "HOURS"


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """``last_day`` is the last day on which one may act; ``rolled``: it was moved past days off."""

    last_day: date
    rolled: bool


class MinimumBefore(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a deadline is far enough away, and where it would be lawful.

    ``earliest`` is the first lawful instant in mode HOURS, midnight of the first lawful date in mode DATE.
    ``earliest_working_date`` is what the slot rule proposes (R-SVC-04), not a requirement.
    """

    ok: bool
    gap_days: int
    earliest: datetime
    earliest_working_date: date
    deadline_is_working_day: bool


class ComplaintTerm(msgspec.Struct, frozen=True, kw_only=True):
    """``last_day`` is None while an objection is unanswered: the clock stands still."""

    excluded_days: int | None
    last_day: date | None
    rolled: bool


class QueryTerm(msgspec.Struct, frozen=True, kw_only=True):
    announcement_ends: date
    last_day_to_query: date


def local_date(instant: datetime) -> date:
    """The calendar date of an aware instant in Beijing time. Raises ``ValueError`` for a naive one."""
    if instant.tzinfo is None:
        raise ValueError("a naive datetime has no date in Beijing time")
    return instant.astimezone(SHANGHAI).date()


def start_of_day(day: date) -> datetime:
    return datetime.combine(day, time.min, SHANGHAI)


def end_of_day(day: date) -> datetime:
    """24:00 of ``day`` (R-TIME-02): the first instant that is too late."""
    return start_of_day(day + ONE_DAY)


def on_time(completed: datetime, deadline: datetime) -> bool:
    """R-TIME-09, 招投法 28: delivery is *before* the deadline; the deadline itself belongs to the opening."""
    return completed < deadline


def act_within(start: date, n: int, unit: Unit, calendar: WorkCalendar, *, roll: bool = True) -> Period:
    """R-TIME-04, 民法典 201, 203: the period of ``n`` after ``start``, whose own day does not count.

    With ``roll`` off a period in 日 ends where it ends and the calendar is not asked.
    """
    if n < 0:
        raise ValueError(f"a period cannot be {n} days long")
    end = start
    if unit is Unit.WORKDAY:
        for _ in range(n):
            end = next_workday(end + ONE_DAY, calendar)
    else:
        end += n * ONE_DAY
    if not roll:
        return Period(last_day=end, rolled=False)
    rolled_to = next_workday(end, calendar)
    return Period(last_day=rolled_to, rolled=rolled_to != end)


def last_day(start: date, n: int, unit: Unit, calendar: WorkCalendar, *, roll: bool = True) -> date:
    """The last day to act within ``n``; also the earliest lawful last day of something that must stay
    open at least ``n`` (R-TIME-06), because others act on that day."""
    return act_within(start, n, unit, calendar, roll=roll).last_day


def closes_at(start: datetime, n: int, unit: Unit, calendar: WorkCalendar) -> datetime:
    """The first instant after a period of ``n`` that began at ``start``."""
    return end_of_day(last_day(local_date(start), n, unit, calendar))


def min_before(
    published: datetime,
    deadline: datetime,
    n: int,
    calendar: WorkCalendar,
    mode: MinimumMode = MinimumMode.DATE,
) -> MinimumBefore:
    """R-TIME-05: is ``deadline`` at least ``n`` 日 after ``published``? Never rolled."""
    earliest = (
        published.astimezone(SHANGHAI) + n * ONE_DAY
        if mode is MinimumMode.HOURS
        else start_of_day(local_date(published) + n * ONE_DAY)
    )
    return MinimumBefore(
        ok=deadline >= earliest,
        gap_days=(local_date(deadline) - local_date(published)).days,
        earliest=earliest,
        earliest_working_date=next_workday(earliest.date(), calendar),
        deadline_is_working_day=calendar.is_workday(local_date(deadline)),
    )


def stopped_days(stops: Iterable[tuple[date, date]]) -> int:
    """R-TIME-07: whole days to add for the times ``(stopped, resumed)`` that a clock stood still."""
    return sum((resumed - stopped).days for stopped, resumed in stops)


def complaint_term(
    knew: date,
    n: int,
    calendar: WorkCalendar,
    *,
    objection_raised: date | None = None,
    objection_answered: date | None = None,
) -> ComplaintTerm:
    """R-ENG-27, 招投条例 60: ``n`` 日 from knowing, the time an objection waited for its answer excluded.

    Only waiting inside the term stops it: not what lay before knowing, nor an objection after the term.
    """
    plain = act_within(knew, n, Unit.DAY, calendar)
    if objection_raised is None:
        if objection_answered is not None:
            raise Invalid("objection-answered-unraised", rule="R-ENG-27", answered=objection_answered)
        return ComplaintTerm(excluded_days=0, last_day=plain.last_day, rolled=plain.rolled)
    if objection_raised > plain.last_day:
        return ComplaintTerm(excluded_days=0, last_day=plain.last_day, rolled=plain.rolled)
    if objection_answered is None:
        return ComplaintTerm(excluded_days=None, last_day=None, rolled=False)
    if objection_answered < objection_raised:
        raise Invalid("objection-answered-early", rule="R-ENG-27", answered=objection_answered)
    excluded = stopped_days([(max(objection_raised, knew), max(objection_answered, knew))])
    extended = act_within(knew, n + excluded, Unit.DAY, calendar)
    return ComplaintTerm(excluded_days=excluded, last_day=extended.last_day, rolled=extended.rolled)


def complaint_until(
    knew: date,
    n: int,
    calendar: WorkCalendar,
    *,
    objection_raised: date | None = None,
    objection_answered: date | None = None,
) -> date | None:
    """The last day to complain; None while the objection is unanswered.

    A term that rolled past days off and was stopped in them still has what was left of its last day (R-TIME-07):
    nobody's right ends before the answer that it waits for.
    """
    found = complaint_term(
        knew, n, calendar, objection_raised=objection_raised, objection_answered=objection_answered
    )
    if found.last_day is None or not found.excluded_days or objection_answered is None:
        return found.last_day
    return max(found.last_day, next_workday(objection_answered, calendar))


def query_term(announced: date, announcement: int, query: int, calendar: WorkCalendar) -> QueryTerm:
    """R-GP-23, 采购条例 53: 质疑 of a result runs from the end of the announcement; both in 工作日."""
    ends = last_day(announced, announcement, Unit.WORKDAY, calendar)
    return QueryTerm(announcement_ends=ends, last_day_to_query=last_day(ends, query, Unit.WORKDAY, calendar))
