"""Terms without the days of suspension: R-TIME-04, R-TIME-07, R-TIME-03."""

from datetime import UTC, date, datetime

import pytest

from bidding.domain.calendar import STATE_COUNCIL, CalendarUnknown
from bidding.domain.control.state import Control, Suspension
from bidding.domain.periods import SHANGHAI, Unit
from bidding.domain.ruleset import Term
from bidding.domain.standstill import Extended, extended

#: Wednesday 3 June 2026.
START = datetime(2026, 6, 3, 10, 0, tzinfo=SHANGHAI)


def june(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 6, day, hour, tzinfo=SHANGHAI)


def term(n: int, unit: Unit = Unit.DAY) -> Term:
    return Term(n=n, unit=unit, rule="R-TIME-04", source="")


def stops(*spans: tuple[datetime, datetime | None]) -> Control:
    found = [Suspension(by="officer", at=at, until=until, reason="", order="") for at, until in spans]
    running = [one for one in found if one.until is None]
    return Control(
        past=tuple(one for one in found if one.until is not None), suspended=running[0] if running else None
    )


def counted(
    control: Control, n: int, unit: Unit = Unit.DAY, until: datetime | None = None
) -> tuple[int, int]:
    """The last day in June, and the days that stood still."""
    found = extended(control, START, term(n, unit), STATE_COUNCIL, until or june(30))
    assert (found.last_day.year, found.last_day.month) == (2026, 6)
    return found.last_day.day, found.stopped_days


def test_without_suspension_a_term_is_what_it_is() -> None:
    assert counted(stops(), 5) == (8, 0)
    assert counted(stops(), 5, Unit.WORKDAY) == (10, 0)


def test_a_term_ends_with_its_last_day() -> None:  # R-TIME-02
    assert Extended(last_day=date(2026, 6, 8), stopped_days=0).ends == datetime(2026, 6, 8, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("control", "expected"),
    [
        (stops((june(4), june(6))), (10, 2)),
        (stops((june(4, 1), june(4, 23))), (8, 0)),  # within one day: no whole day
        (stops((june(4, 23), june(5, 1))), (9, 1)),  # counted by dates
        (stops((june(1), june(5))), (10, 2)),  # what lay before the start is not in the term
        (stops((june(1), june(2))), (8, 0)),
        (stops((june(9), june(12))), (8, 0)),  # after the term: gives nothing back
        (stops((june(4), june(5)), (june(9), june(11))), (11, 3)),  # the second lies in the longer term
        (stops((june(8), june(9))), (9, 1)),  # its last day is in the term
        (stops((june(4), june(6)), (june(5), june(8))), (12, 4)),  # what two of them share counts once
        (stops((june(4), june(8)), (june(5), june(6))), (12, 4)),  # one within the other
    ],
)
def test_whole_days_in_the_term_are_left_out(control: Control, expected: tuple[int, int]) -> None:
    assert counted(control, 5) == expected


def test_of_working_days_only_working_days_stand_still() -> None:
    # Thursday to Monday: Thursday and Friday
    assert counted(stops((june(4), june(8))), 5, Unit.WORKDAY) == (12, 2)


def test_a_running_suspension_counts_as_far_as_one_looks() -> None:
    running = stops((june(4), None))
    assert counted(running, 5, until=june(4, 13)) == (8, 0)
    assert counted(running, 5, until=june(10)) == (15, 6)  # Sunday 14 June rolls


def test_what_came_after_the_act_does_not_count() -> None:
    assert counted(stops((june(5), june(9))), 5, until=june(4)) == (8, 0)


def test_a_term_stopped_on_the_day_to_which_it_rolled_is_not_over_when_it_goes_on() -> None:
    # three days end on Saturday 6 June and roll to Monday 8 June
    assert counted(stops((june(8), june(10))), 3) == (10, 2)
    assert counted(stops((june(8), june(13))), 3) == (15, 5)


def test_a_year_without_a_calendar_is_refused() -> None:  # R-TIME-03
    control = stops((june(4), datetime(2099, 6, 4, tzinfo=SHANGHAI)))
    with pytest.raises(CalendarUnknown):
        extended(control, START, term(5), STATE_COUNCIL, datetime(2099, 6, 5, tzinfo=SHANGHAI))
