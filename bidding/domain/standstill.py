"""Terms whose clock stood still: counted on without the days of suspension (R-TIME-07)."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

import msgspec

from bidding.domain.calendar import WorkCalendar, next_workday
from bidding.domain.control.state import Control
from bidding.domain.periods import ONE_DAY, Stop, Unit, end_of_day, last_day, local_date, stopped_days
from bidding.domain.ruleset import Term


class Extended(msgspec.Struct, frozen=True, kw_only=True):
    """``last_day``: on which one may still act; ``stopped_days``: of the term's unit, that it is later for."""

    last_day: date
    stopped_days: int

    @property
    def ends(self) -> datetime:
        """24:00 of the last day (R-TIME-02), in UTC: the first instant that is too late."""
        return end_of_day(self.last_day).astimezone(UTC)


def extended(
    control: Control,
    start: datetime,
    term: Term,
    calendar: WorkCalendar,
    until: datetime,
    *,
    also: Iterable[Stop] = (),
) -> Extended:
    """R-TIME-04 from ``start``, longer by the suspended days that lie in the term.

    ``until``: when the term is looked at, or was met; a suspension that still runs is counted as far as that.
    ``also``: what else this term's clock stands still for. Deciders and the timeline both count here, so that
    none calls late what the other shows as open. Raises ``CalendarUnknown``.
    """
    return stretched([*_suspensions(control), *also], start, term, calendar, until)


def stretched(
    stops: Iterable[Stop], start: datetime, term: Term, calendar: WorkCalendar, until: datetime
) -> Extended:
    """The same for a term that suspensions do not stop, only ``stops``. A day that two of them share counts once."""
    begun, stopped = local_date(start), 0
    day = last_day(begun, term.n, term.unit, calendar)
    for stop, resume in _merged(stops, local_date(until)):
        if resume <= begun or stop > day:
            continue
        stopped += _days(max(stop, begun), resume, term.unit, calendar)
        # A term that rolled past days off and was stopped in them still has what was left of its last day.
        day = max(last_day(begun, term.n + stopped, term.unit, calendar), next_workday(resume, calendar))
    return Extended(last_day=day, stopped_days=stopped)


def _suspensions(control: Control) -> list[Stop]:
    running = () if control.suspended is None else (control.suspended,)
    return [
        (local_date(one.at), None if one.until is None else local_date(one.until))
        for one in (*control.past, *running)
    ]


def _merged(stops: Iterable[Stop], until: date) -> list[tuple[date, date]]:
    """As far as ``until``, in order, overlapping ones as one."""
    found: list[tuple[date, date]] = []
    for stop, resume in sorted(
        (stop, min(resume or until, until)) for stop, resume in stops if stop <= until
    ):
        if found and stop < found[-1][1]:
            found[-1] = (found[-1][0], max(resume, found[-1][1]))
        else:
            found.append((stop, resume))
    return found


def _days(stop: date, resume: date, unit: Unit, calendar: WorkCalendar) -> int:
    """Whole days; of a term in 工作日 only the working days among them."""
    whole = stopped_days([(stop, resume)])
    if unit is Unit.DAY:
        return whole
    return sum(calendar.is_workday(stop + n * ONE_DAY) for n in range(whole))
