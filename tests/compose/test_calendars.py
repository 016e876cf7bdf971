"""R-TIME-03: whose calendar a platform counts by, and when it says that a year is missing."""

from datetime import date
from pathlib import Path

import pytest

from bidding.compose.calendars import NoHolidays, unknown_year, work_calendar
from bidding.compose.settings import Settings
from bidding.domain.calendar import STATE_COUNCIL, CalendarUnknown

FAR = """[[years]]
year = 2099
source = "通知"
holidays = [
    { first = 2099-01-01, last = 2099-01-02 },
    { first = 2099-05-01, last = 2099-05-02 },
    { first = 2099-10-01, last = 2099-10-03 },
]
"""


def test_without_a_file_the_installed_calendar_counts() -> None:
    assert work_calendar(Settings()) is STATE_COUNCIL


def test_a_year_of_the_centres_file_counts_beside_those_of_the_package(tmp_path: Path) -> None:
    file = tmp_path / "holidays.toml"
    file.write_text(FAR, encoding="utf-8")
    calendar = work_calendar(Settings(holidays=file))
    assert not calendar.is_workday(date(2099, 1, 2))
    assert calendar.is_workday(date(2099, 1, 5))
    assert calendar.is_workday(date(2026, 1, 4)), "a make-up Sunday of the package"
    with pytest.raises(CalendarUnknown):
        calendar.is_workday(date(2098, 1, 1))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (FAR.replace("2099-10-03", "2099-10-02").encode(), "line 4, years[0].holidays: 2099-10-03"),
        (b"\xff", "UnicodeDecodeError"),
        (None, "No such file or directory"),
    ],
)
def test_a_file_that_cannot_be_used_is_no_start(tmp_path: Path, text: bytes | None, said: str) -> None:
    file = tmp_path / "holidays.toml"
    if text is not None:
        file.write_bytes(text)
    with pytest.raises(NoHolidays) as found:
        work_calendar(Settings(holidays=file))
    assert said in found.value.reason


@pytest.mark.parametrize(
    ("today", "missing"),
    [
        (date(2026, 10, 31), None),
        (date(2098, 10, 31), 2098),
        (date(2099, 10, 31), None),
        (date(2099, 11, 1), 2100),
    ],
)
def test_next_year_is_missed_from_november_on(tmp_path: Path, today: date, missing: int | None) -> None:
    file = tmp_path / "holidays.toml"
    file.write_text(FAR, encoding="utf-8")
    assert unknown_year(work_calendar(Settings(holidays=file)), today) == missing
