"""R-TIME-03: the yearly notice as a file of the centre, until the installed calendar has it."""

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from bidding.domain.calendar import STATE_COUNCIL, CalendarUnknown
from bidding.domain.datafile import DataFileError
from bidding.domain.holidays import parse_holidays

PAGE = (Path(__file__).parents[3] / "docs" / "holidays.md").read_text(encoding="utf-8")
(EXAMPLE,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)


def test_the_file_that_the_page_shows_is_the_installed_calendar_day_by_day() -> None:
    table = parse_holidays(EXAMPLE)
    for number in range(365):
        day = date(2026, 1, 1) + timedelta(days=number)
        assert table.is_workday(day) == STATE_COUNCIL.is_workday(day), day
    with pytest.raises(CalendarUnknown):
        table.is_workday(date(2027, 1, 1))


def test_several_years_may_stand_in_it() -> None:
    before = re.sub(r"workdays = .*", "", EXAMPLE.replace("2026", "2025"))
    table = parse_holidays(EXAMPLE + before)
    assert not table.is_workday(date(2025, 10, 2))
    assert not table.is_workday(date(2026, 10, 2))


@pytest.mark.parametrize(
    ("old", "new", "key", "fault"),
    [
        ("first = 2026-10-01", "first = 2026-10-04", "holidays", "2026-10-01 is a holiday by law"),
        ("last = 2026-05-05", "last = 2026-05-01", "holidays", "2026-05-02 is a holiday by law"),
        ("last = 2026-02-23", "last = 2026-02-13", "holidays", "ends before it begins"),
        ("first = 2026-01-01", "first = 2025-12-31", "holidays", "is not of 2026"),
        ("last = 2026-10-07", "last = 2027-01-01", "holidays", "is not of 2026"),
        ("last = 2026-04-06", "last = 2026-05-01", "holidays", "2026-05-01 is off twice"),
        ("2026-10-10]", "2026-10-09]", "workdays", "2026-10-09 is no weekend day of 2026"),
        ("2026-10-10]", "2027-10-10]", "workdays", "2027-10-10 is no weekend day of 2026"),
        ("2026-10-10]", "2026-10-03]", "workdays", "2026-10-03 is off as well"),
        ("国务院办公厅关于2026年部分节假日安排的通知", " ", "source", "which notice"),
        ("2026-01-04,", "“2026-01-04”,", "", "Invalid value"),
        ("year = 2026", 'year = "2026"', "year", "Expected `int`"),
        ("workdays =", "workday =", "workday", "unknown field"),
    ],
)
def test_what_is_wrong_is_named_by_line_and_key(old: str, new: str, key: str, fault: str) -> None:
    assert EXAMPLE.count(old) == 1
    with pytest.raises(DataFileError, match=re.escape(fault)) as found:
        parse_holidays(EXAMPLE.replace(old, new))
    lines = EXAMPLE.replace(old, new).splitlines()
    assert key in found.value.key
    assert key in lines[found.value.line - 1]


def test_a_year_stands_once() -> None:
    with pytest.raises(DataFileError) as found:
        parse_holidays(EXAMPLE + EXAMPLE)
    assert str(found.value) == "line 14, key years[1]: years has a line twice"
