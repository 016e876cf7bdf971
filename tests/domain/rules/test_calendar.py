"""R-TIME-02, R-TIME-03: the working calendar."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from bidding.domain.calendar import STATE_COUNCIL, CalendarChain, CalendarUnknown, holiday_table, next_workday
from tests.vectors.runner import calendar_of

WRITTEN = calendar_of(
    json.loads((Path(__file__).parents[2] / "vectors" / "rules" / "time.json").read_text("utf-8"))["calendar"]
)


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_the_package_and_the_written_calendar_agree_on_every_day(year: int) -> None:
    day = date(year, 1, 1)
    while day.year == year:
        assert STATE_COUNCIL.is_workday(day) == WRITTEN.is_workday(day), day
        day += timedelta(days=1)


@pytest.mark.parametrize("day", [date(2003, 6, 2), date(2099, 6, 1)])
def test_a_year_without_a_published_calendar_is_an_error(day: date) -> None:
    with pytest.raises(CalendarUnknown) as refusal:
        STATE_COUNCIL.is_workday(day)
    assert refusal.value.year == day.year


def test_a_written_calendar_knows_only_its_years() -> None:
    with pytest.raises(CalendarUnknown):
        WRITTEN.is_workday(date(2027, 1, 4))


def test_a_newer_table_is_asked_for_the_year_that_the_package_lacks() -> None:
    table = holiday_table([(date(2099, 1, 1), date(2099, 1, 2))], [date(2099, 1, 3)], [2099])
    chain = CalendarChain((STATE_COUNCIL, table))
    assert not chain.is_workday(date(2099, 1, 1))
    assert not chain.is_workday(date(2099, 1, 2)), "the last day of a range is off too"
    assert chain.is_workday(date(2099, 1, 3)), "a make-up Saturday"
    assert not chain.is_workday(date(2099, 1, 4)), "an ordinary Sunday"
    assert chain.is_workday(date(2026, 1, 4)), "the package still answers for its own years"
    with pytest.raises(CalendarUnknown):
        chain.is_workday(date(2100, 1, 1))


def test_the_next_workday_is_the_day_itself_when_it_is_worked() -> None:
    assert next_workday(date(2026, 9, 20), STATE_COUNCIL) == date(2026, 9, 20), "a make-up Sunday"
    assert next_workday(date(2026, 10, 1), STATE_COUNCIL) == date(2026, 10, 8)
