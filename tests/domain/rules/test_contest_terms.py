"""Terms to query and to complain, worked by hand at their edges: R-GP-23, R-ENG-27, R-TIME-03, R-TIME-07.

2026: 1 to 3 January off, Sunday the 4th worked; 1 to 7 October off, Saturday the 10th worked.
"""

from datetime import date

import pytest

from bidding.domain.calendar import STATE_COUNCIL, CalendarUnknown
from bidding.domain.errors import Invalid
from bidding.domain.periods import complaint_term, complaint_until, query_term


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("announced", "ends", "last"),
    [
        ("2026-09-30", "2026-10-08", "2026-10-16"),  # over the week off; the worked Saturday counts
        ("2026-10-03", "2026-10-08", "2026-10-16"),  # announced on a day off
        ("2026-10-10", "2026-10-12", "2026-10-21"),  # announced on the worked Saturday
        ("2025-12-31", "2026-01-04", "2026-01-13"),  # the worked Sunday is the announcement's day
        ("2026-03-06", "2026-03-09", "2026-03-18"),  # a Friday
    ],
)
def test_gp_one_working_day_and_then_seven(announced: str, ends: str, last: str) -> None:  # R-GP-23
    found = query_term(day(announced), 1, 7, STATE_COUNCIL)
    assert (found.announcement_ends, found.last_day_to_query) == (day(ends), day(last))


def test_gp_a_term_into_a_year_without_a_calendar_is_not_guessed() -> None:  # R-TIME-03
    with pytest.raises(CalendarUnknown):
        query_term(day("2026-12-30"), 1, 7, STATE_COUNCIL)


@pytest.mark.parametrize(
    ("knew", "raised", "answered", "excluded", "last", "rolled"),
    [
        ("2026-03-02", "2026-03-03", "2026-03-03", 0, "2026-03-12", False),  # answered the same day
        ("2026-03-02", "2026-02-27", "2026-03-04", 2, "2026-03-16", True),  # raised before the term began
        ("2026-03-02", "2026-02-26", "2026-02-27", 0, "2026-03-12", False),  # all of it before
        ("2026-03-02", "2026-03-12", "2026-03-15", 3, "2026-03-16", True),  # raised on the last day
        ("2026-03-02", "2026-03-13", "2026-03-16", 0, "2026-03-12", False),  # raised after it
        ("2026-09-21", "2026-09-22", "2026-09-24", 2, "2026-10-08", True),  # the end falls on days off
        ("2026-09-30", None, None, 0, "2026-10-10", False),  # the worked Saturday is no day off
    ],
)
def test_eng_ten_days_without_the_wait(
    knew: str, raised: str | None, answered: str | None, excluded: int, last: str, rolled: bool
) -> None:  # R-ENG-27
    found = complaint_term(
        day(knew),
        10,
        STATE_COUNCIL,
        objection_raised=None if raised is None else day(raised),
        objection_answered=None if answered is None else day(answered),
    )
    assert (found.excluded_days, found.last_day, found.rolled) == (excluded, day(last), rolled)


def test_eng_the_clock_stands_still_while_nobody_answers() -> None:
    found = complaint_term(day("2026-03-02"), 10, STATE_COUNCIL, objection_raised=day("2026-03-03"))
    assert (found.excluded_days, found.last_day, found.rolled) == (None, None, False)
    assert complaint_until(day("2026-03-02"), 10, STATE_COUNCIL, objection_raised=day("2026-03-03")) is None


def test_eng_an_answer_without_an_objection_or_before_it_is_a_contradiction() -> None:
    with pytest.raises(Invalid, match="objection-answered-unraised"):
        complaint_term(day("2026-03-02"), 10, STATE_COUNCIL, objection_answered=day("2026-03-05"))
    with pytest.raises(Invalid, match="objection-answered-early"):
        complaint_term(
            day("2026-03-02"),
            10,
            STATE_COUNCIL,
            objection_raised=day("2026-03-05"),
            objection_answered=day("2026-03-04"),
        )


def test_eng_a_right_does_not_end_before_the_answer_that_it_waits_for() -> None:  # R-TIME-07
    """Known on 4 March: the tenth day, Saturday the 14th, rolls to Monday. Raised then, answered on Wednesday."""
    stops = {"objection_raised": day("2026-03-16"), "objection_answered": day("2026-03-18")}
    assert complaint_term(day("2026-03-04"), 10, STATE_COUNCIL, **stops).last_day == day("2026-03-16")
    assert complaint_until(day("2026-03-04"), 10, STATE_COUNCIL, **stops) == day("2026-03-18")
