"""Working days: the State Council's yearly holiday notice with its make-up workdays (R-TIME-03).

A year whose notice is not installed is an error, never "weekends only": a period computed without it
would be wrong by up to eight days, and nobody would see it.
"""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Protocol

import chinese_calendar
import msgspec

from bidding.domain.errors import Refusal

SATURDAY = 5


class CalendarUnknown(Refusal):
    """No installed calendar covers the year: install a table (``bidding.domain.holidays``) or the package's release."""

    def __init__(self, year: int) -> None:
        super().__init__("calendar-unknown", rule="R-TIME-03", year=year)
        self.year = year


class WorkCalendar(Protocol):
    def is_workday(self, day: date) -> bool:
        """True on working days, make-up workdays included. Raises ``CalendarUnknown``."""
        ...


class StateCouncilCalendar(msgspec.Struct, frozen=True):
    """The notices of 国务院办公厅 as the installed ``chinesecalendar`` package carries them."""

    def is_workday(self, day: date) -> bool:
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:
            raise CalendarUnknown(day.year) from None


class HolidayTable(msgspec.Struct, frozen=True, kw_only=True):
    """A calendar written out: for one or more ``years``, the days off and the weekend days worked instead."""

    years: frozenset[int]
    holidays: frozenset[date]
    makeup_workdays: frozenset[date]

    def is_workday(self, day: date) -> bool:
        if day.year not in self.years:
            raise CalendarUnknown(day.year)
        return day in self.makeup_workdays or (day.weekday() < SATURDAY and day not in self.holidays)


class CalendarChain(msgspec.Struct, frozen=True):
    """Asks each calendar in turn until one knows the year: a table of the year ahead, then the package."""

    calendars: tuple[WorkCalendar, ...]

    def is_workday(self, day: date) -> bool:
        for calendar in self.calendars:
            try:
                return calendar.is_workday(day)
            except CalendarUnknown:
                continue
        raise CalendarUnknown(day.year)


def holiday_table(
    holidays: Iterable[tuple[date, date]], makeup_workdays: Iterable[date], years: Iterable[int]
) -> HolidayTable:
    """A table from ranges ``(first, last)``, both included, as the yearly notice words them."""
    return HolidayTable(
        years=frozenset(years),
        holidays=frozenset(
            first + timedelta(days=n) for first, last in holidays for n in range((last - first).days + 1)
        ),
        makeup_workdays=frozenset(makeup_workdays),
    )


def next_workday(day: date, calendar: WorkCalendar) -> date:
    """``day`` itself if it is worked, else the first working day after it (R-TIME-02, R-DEC-12)."""
    while not calendar.is_workday(day):
        day += timedelta(days=1)
    return day


#: The calendar in use unless the centre installs its own table before it.
STATE_COUNCIL: WorkCalendar = StateCouncilCalendar()
