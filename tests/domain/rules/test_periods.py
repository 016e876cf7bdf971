"""R-TIME-01…09: periods in 日 and 工作日."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.domain.calendar import STATE_COUNCIL
from bidding.domain.errors import Invalid
from bidding.domain.periods import (
    SHANGHAI,
    MinimumMode,
    Unit,
    act_within,
    closes_at,
    complaint_term,
    end_of_day,
    last_day,
    local_date,
    min_before,
    on_time,
    stopped_days,
)

days = st.dates(date(2024, 1, 1), date(2026, 9, 1))
lengths = st.integers(0, 40)
instants = st.datetimes(datetime(2024, 1, 1), datetime(2026, 9, 1), timezones=st.just(UTC))  # noqa: DTZ001  # bounds are naive by Hypothesis's API


@given(days, lengths, st.sampled_from(Unit))
def test_a_period_ends_on_a_working_day_and_never_before_its_length(start: date, n: int, unit: Unit) -> None:
    end = last_day(start, n, unit, STATE_COUNCIL)
    assert STATE_COUNCIL.is_workday(end)
    assert end >= start + timedelta(days=n)


@given(days, lengths)
def test_working_days_are_counted_one_by_one_after_the_start(start: date, n: int) -> None:
    end = last_day(start, n, Unit.WORKDAY, STATE_COUNCIL, roll=False)
    between = [start + timedelta(days=i) for i in range(1, (end - start).days + 1)]
    assert sum(map(STATE_COUNCIL.is_workday, between)) == n


@given(days, lengths)
def test_a_period_that_did_not_roll_has_exactly_its_days(start: date, n: int) -> None:
    period = act_within(start, n, Unit.DAY, STATE_COUNCIL)
    assert period.rolled == (period.last_day != start + timedelta(days=n))


@given(instants, st.integers(0, 60), lengths, st.sampled_from(MinimumMode))
def test_a_later_deadline_never_loses_what_an_earlier_one_kept(
    published: datetime, gap: int, n: int, mode: MinimumMode
) -> None:
    deadline = published + timedelta(days=gap)
    later = min_before(published, deadline + timedelta(hours=5), n, STATE_COUNCIL, mode)
    assert later.ok or not min_before(published, deadline, n, STATE_COUNCIL, mode).ok


@given(instants, lengths, st.sampled_from(MinimumMode))
def test_the_earliest_deadline_is_lawful_and_a_moment_before_is_not(
    published: datetime, n: int, mode: MinimumMode
) -> None:
    earliest = min_before(published, published, n, STATE_COUNCIL, mode).earliest
    assert min_before(published, earliest, n, STATE_COUNCIL, mode).ok
    assert not min_before(published, earliest - timedelta(microseconds=1), n, STATE_COUNCIL, mode).ok


@given(instants, lengths)
def test_strict_hours_are_never_laxer_than_dates(published: datetime, n: int) -> None:
    hours = min_before(published, published, n, STATE_COUNCIL, MinimumMode.HOURS).earliest
    assert min_before(published, hours, n, STATE_COUNCIL, MinimumMode.DATE).ok


def test_a_minimum_distance_never_rolls_but_the_slot_proposal_does() -> None:  # R-DEC-12, 民法典 203
    published = datetime(2026, 1, 28, 9, tzinfo=SHANGHAI)
    found = min_before(published, datetime(2026, 2, 17, 9, tzinfo=SHANGHAI), 20, STATE_COUNCIL)
    assert (found.ok, found.earliest_working_date) == (True, date(2026, 2, 24))


def test_dates_are_those_of_beijing() -> None:
    assert local_date(datetime(2026, 3, 15, 16, tzinfo=UTC)) == date(2026, 3, 16)
    with pytest.raises(ValueError, match="naive"):
        local_date(datetime(2026, 3, 15, 16))  # noqa: DTZ001  # that is what is refused


def test_a_day_ends_at_24_hours_beijing_time() -> None:
    assert end_of_day(date(2026, 12, 31)) == datetime(2026, 12, 31, 16, tzinfo=UTC)
    start = datetime(2026, 3, 9, 23, 59, tzinfo=SHANGHAI)
    assert closes_at(start, 3, Unit.DAY, STATE_COUNCIL) == datetime(2026, 3, 13, tzinfo=SHANGHAI)


def test_the_deadline_itself_is_too_late() -> None:
    deadline = datetime(2026, 3, 31, 9, 30, tzinfo=SHANGHAI)
    assert on_time(deadline - timedelta(milliseconds=1), deadline)
    assert not on_time(deadline, deadline)


def test_stopped_time_counts_in_whole_days() -> None:
    stops = [(date(2026, 3, 1), date(2026, 3, 4)), (date(2026, 3, 10), date(2026, 3, 10))]
    assert stopped_days(stops) == 3


def test_only_waiting_inside_the_term_stops_a_complaint_clock() -> None:
    before = complaint_term(
        date(2026, 3, 2),
        10,
        STATE_COUNCIL,
        objection_raised=date(2026, 2, 27),
        objection_answered=date(2026, 3, 4),
    )
    assert before.excluded_days == 2
    after = complaint_term(
        date(2026, 3, 2),
        10,
        STATE_COUNCIL,
        objection_raised=date(2026, 3, 13),
        objection_answered=date(2026, 3, 16),
    )
    assert (after.excluded_days, after.last_day) == (0, date(2026, 3, 12))


@pytest.mark.parametrize("raised", [None, date(2026, 3, 5)])
def test_an_answer_before_or_without_its_objection_is_refused(raised: date | None) -> None:
    with pytest.raises(Invalid):
        complaint_term(
            date(2026, 3, 2),
            10,
            STATE_COUNCIL,
            objection_raised=raised,
            objection_answered=date(2026, 3, 4),
        )


def test_a_negative_period_is_an_error() -> None:
    with pytest.raises(ValueError, match="-1"):
        last_day(date(2026, 3, 2), -1, Unit.DAY, STATE_COUNCIL)
