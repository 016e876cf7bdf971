"""The calendar of working days: the centre's own table first, then the installed package (R-TIME-03)."""

from datetime import date
from pathlib import Path

from bidding.application.datafiles import parsed
from bidding.compose.settings import Settings
from bidding.domain.calendar import STATE_COUNCIL, CalendarChain, CalendarUnknown, WorkCalendar
from bidding.domain.datafile import DataFileError
from bidding.domain.holidays import parse_holidays

#: The month from which next year's deadlines are usual, and the notice of next year is out.
AHEAD = 11


class NoHolidays(Exception):
    """``file`` is no table of holidays, for the ``reason``."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.file, self.reason = file, reason


def work_calendar(settings: Settings) -> WorkCalendar:
    """Raises ``NoHolidays``."""
    return STATE_COUNCIL if settings.holidays is None else with_holidays(settings.holidays)


def with_holidays(file: Path) -> WorkCalendar:
    """The installed calendar with the years of ``file`` (``BIDDING_HOLIDAYS``). Raises ``NoHolidays``."""
    try:
        own = parsed(parse_holidays, file)
    except DataFileError as error:
        raise NoHolidays(file, f"line {error.line}, {error.key}: {error.fault}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise NoHolidays(file, getattr(error, "strerror", "") or type(error).__name__) from error
    return CalendarChain((own, STATE_COUNCIL))


def unknown_year(calendar: WorkCalendar, today: date) -> int | None:
    """This year or, from November on, the next, if no term in it can be counted; None if all can."""
    years = [today.year, today.year + 1] if today.month >= AHEAD else [today.year]
    for year in years:
        try:
            calendar.is_workday(date(year, 1, 1))
        except CalendarUnknown:
            return year
    return None
