"""Kinds ``time.*``."""

from datetime import date, datetime
from typing import Any

from bidding.domain.calendar import WorkCalendar
from bidding.domain.periods import (
    MinimumMode,
    Unit,
    act_within,
    complaint_term,
    local_date,
    min_before,
    query_term,
    start_of_day,
)
from tests.vectors.kinds import rules


def minimum_before(inputs: dict[str, Any], calendar: WorkCalendar) -> dict[str, Any]:
    mode = MinimumMode(inputs.get("mode", "DATE"))
    found = min_before(
        _moment(inputs["published"]),
        _moment(inputs["deadline"]),
        inputs["n"],
        calendar,
        mode,
    )
    earliest = (
        {"earliest_instant": _instant(found.earliest)}
        if mode is MinimumMode.HOURS
        else {"earliest_date": found.earliest.date().isoformat()}
    )
    return earliest | {
        "ok": found.ok,
        "gap_days": found.gap_days,
        "earliest_working_date": found.earliest_working_date.isoformat(),
        "deadline_is_working_day": found.deadline_is_working_day,
    }


def within(inputs: dict[str, Any], calendar: WorkCalendar) -> dict[str, Any]:
    found = act_within(
        day(inputs["start"]),
        inputs["n"],
        Unit(inputs["unit"]),
        calendar,
        roll=inputs.get("roll", True),
    )
    return {"last_day": found.last_day.isoformat(), "rolled": found.rolled}


def gp_query_chain(inputs: dict[str, Any], calendar: WorkCalendar) -> dict[str, Any]:
    periods = rules.GP.periods
    found = query_term(day(inputs["announced"]), periods.result_announcement.n, periods.query.n, calendar)
    return {
        "announcement_ends": found.announcement_ends.isoformat(),
        "last_day_to_query": found.last_day_to_query.isoformat(),
    }


def eng_complaint(inputs: dict[str, Any], calendar: WorkCalendar) -> dict[str, Any]:
    found = complaint_term(
        day(inputs["knew"]),
        rules.ENG.periods.complaint.n,
        calendar,
        objection_raised=_day_or_none(inputs.get("objection_raised")),
        objection_answered=_day_or_none(inputs.get("objection_answered")),
    )
    return {
        "excluded_days": found.excluded_days,
        "last_day": found.last_day.isoformat() if found.last_day else None,
        "rolled": found.rolled,
    }


def day(text: str) -> date:
    """A day, or the day in Beijing of an instant."""
    return local_date(datetime.fromisoformat(text)) if "T" in text else date.fromisoformat(text)


def _day_or_none(text: str | None) -> date | None:
    return None if text is None else day(text)


def _moment(text: str) -> datetime:
    """An instant; of a day its beginning in Beijing."""
    return datetime.fromisoformat(text) if "T" in text else start_of_day(date.fromisoformat(text))


def _instant(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds" if instant.microsecond else "seconds")
