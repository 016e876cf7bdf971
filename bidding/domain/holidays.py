"""The State Council's yearly holiday notice as a data file of the centre (R-TIME-03).

The notice of a year comes in the November before it, and the installed calendar some time later. What is written
here counts from the day that it is installed: a centre need not wait, and nothing is guessed.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import msgspec

from bidding.domain.calendar import SATURDAY, HolidayTable, holiday_table
from bidding.domain.datafile import damaged, read, require_once

#: 全国年节及纪念日放假办法(国务院令795号): whoever leaves one out has mistaken a line. The others follow the moon.
STATUTORY = ((1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3))


class DaysOff(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Both days included."""

    first: date
    last: date

    def days(self) -> Iterator[date]:
        for number in range((self.last - self.first).days + 1):
            yield self.first + timedelta(days=number)


class YearNotice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``source``: the notice; ``workdays``: weekend days that are worked instead (调休)."""

    year: int
    source: str
    holidays: tuple[DaysOff, ...]
    workdays: tuple[date, ...] = ()


class HolidayNotices(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    years: tuple[YearNotice, ...]


def parse_holidays(text: str) -> HolidayTable:
    """Raises ``DataFileError``, which names line and key."""
    notices = read(text, HolidayNotices).years
    require_once(text, "years", [one.year for one in notices])
    for number, one in enumerate(notices):
        for key, fault in _faults(one):
            raise damaged(text, fault, ("years", number, key))
    return holiday_table(
        ((off.first, off.last) for one in notices for off in one.holidays),
        (day for one in notices for day in one.workdays),
        (one.year for one in notices),
    )


def _faults(notice: YearNotice) -> Iterator[tuple[str, str]]:
    """(key, what is wrong with it)"""
    if not notice.source.strip():
        yield "source", "it does not say which notice it follows"
    for off in notice.holidays:
        if off.first > off.last:
            yield "holidays", f"{off.first} to {off.last} ends before it begins"
        if {off.first.year, off.last.year} != {notice.year}:
            yield (
                "holidays",
                f"{off.first} to {off.last} is not of {notice.year}: days of another year go there",
            )
    days = [day for off in notice.holidays for day in off.days()]
    if twice := sorted({day for day in days if days.count(day) > 1}):
        yield "holidays", f"{twice[0]} is off twice"
    for month, day in STATUTORY:
        if date(notice.year, month, day) not in days:
            yield "holidays", f"{notice.year}-{month:02d}-{day:02d} is a holiday by law"
    for worked in notice.workdays:
        if worked.year != notice.year or worked.weekday() < SATURDAY:
            yield "workdays", f"{worked} is no weekend day of {notice.year}"
        if worked in days:
            yield "workdays", f"{worked} is off as well"
