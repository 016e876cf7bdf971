"""Windows of the opening, and what a disturbance does to them (R-INC-01, R-PAIN-08, F-51).

A disturbance is an incident or a suspension. While it lasts no window can end. When it is over, every
window that it touched is longer by at least its length, wherever in the window it began or ended; a
minute that two disturbances share is given back once.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from bidding.domain.calendar import WorkCalendar, next_workday
from bidding.domain.event import Event
from bidding.domain.lot import Lot, Phase
from bidding.domain.notice.events import DeadlineMoved
from bidding.domain.opening.events import WindowExtended
from bidding.domain.opening.parts import Window
from bidding.domain.opening.state import CONFIRMATION, HOST, RELEASE, REVEAL, SUSPENSION
from bidding.domain.periods import SHANGHAI, local_date, on_time

Span = tuple[datetime, datetime]

NONE = timedelta(0)
MILLISECOND = 1000


def whole_milliseconds(instant: datetime) -> datetime:
    """The instant as a receipt prints it. Cut, not rounded: what was in time is not made late (R-TIME-09)."""
    return instant.replace(microsecond=instant.microsecond // MILLISECOND * MILLISECOND)


def held_open(lot: Lot, end: datetime) -> bool:
    """Whether an incident that began before ``end`` still lasts: what was to end then stays open.

    (A suspended lot decides nothing at all; the application sees to that.)
    """
    return any(incident.began < end for incident in lot.opening.open_incidents)


def lapsed(lot: Lot, window: Window, now: datetime) -> bool:
    """Whether the window's time is over."""
    return now >= window.ends and not held_open(lot, window.ends)


def submission_over(lot: Lot, instant: datetime) -> bool:
    """Whether ``instant`` is too late for a bid: T0 itself is (R-TIME-09), unless an incident that began
    before T0 is still open, for then T0 will move behind it."""
    deadline = lot.notice.deadline
    if lot.phase is not Phase.NOTICED or deadline is None:
        return True
    return not on_time(instant, deadline) and not held_open(lot, deadline)


def compensate(
    lot: Lot, span: Span, now: datetime, reason: str, text: str, calendar: WorkCalendar
) -> list[Event]:
    """What follows when the disturbance ``span`` is over at ``now``: T0 moved, or windows extended."""
    counted = [*_incidents(lot), *_suspensions(lot)]
    if lot.phase is Phase.NOTICED:
        return _moved_deadline(lot, span, now, reason, counted, calendar)
    extended: list[Event] = []
    for name, window in _reopenable(lot):
        lost = _measure(span, counted, window.opens, window.ends)
        if window.opens < span[1] and span[0] < window.ends:
            until = max(window.ends + _measure(span, counted), now + lost)
            if until > window.ends:
                extended.append(extension(name, window, until, reason, text, now))
    return extended


def extension(
    name: str, window: Window, until: datetime, reason: str, text: str, now: datetime
) -> WindowExtended:
    minutes = -(-(until - window.ends) // timedelta(minutes=1))
    return WindowExtended(window=name, reason=reason, text=text, until=until, minutes=minutes, at=now)


def _reopenable(lot: Lot) -> list[tuple[str, Window]]:
    """The windows that may still run, ended ones too as long as nothing was built on their end."""
    opening = lot.opening
    found = []
    if opening.release_window is not None and not opening.readable:
        found.append((RELEASE, opening.release_window))
    if opening.confirmation_window is not None and not opening.signatures:
        found.append((CONFIRMATION, opening.confirmation_window))
    if opening.drawing.window is not None and not opening.signatures:
        found.append((REVEAL, opening.drawing.window))
    return found


def _moved_deadline(
    lot: Lot, span: Span, now: datetime, reason: str, counted: list[Span], calendar: WorkCalendar
) -> list[Event]:
    """T0 later by the disturbance's length, or by its whole days if it was a suspension of days (R-TIME-07);
    the date rolls to a working day (R-SVC-04), the hour stays."""
    deadline = lot.notice.deadline
    if deadline is None or not on_time(span[0], deadline):
        return []
    length = _measure(span, counted)
    days = timedelta(days=(local_date(span[1]) - local_date(span[0])).days)
    stopped = days if reason == SUSPENSION and days else length
    moved = max(deadline + stopped, now + _measure(span, counted, span[0], deadline))
    local = moved.astimezone(SHANGHAI)
    workday = next_workday(local.date(), calendar)
    moved += workday - local.date()
    if moved <= deadline:
        return []
    return [DeadlineMoved(previous=deadline, deadline=moved, rule=f"R-INC-01 {reason}")]


def _incidents(lot: Lot) -> Iterable[Span]:
    return ((one.began, one.ended) for one in lot.opening.incidents if one.ended is not None)


def _suspensions(lot: Lot) -> Iterable[Span]:
    return ((one.at, one.until) for one in lot.control.past if one.until is not None)


def _measure(
    span: Span, counted: Iterable[Span], since: datetime | None = None, until: datetime | None = None
) -> timedelta:
    """The length of ``span`` between the bounds, without what the spans ``counted`` cover."""
    at = span[0] if since is None else max(span[0], since)
    end = span[1] if until is None else min(span[1], until)
    total = NONE
    for begin, over in sorted(counted):
        if begin > at:
            total += max(min(begin, end) - at, NONE)
        at = max(at, over)
    return total + max(end - at, NONE)


def uncompensated(lot: Lot, window: Window) -> bool:
    """Whether an incident that touched ``window`` is still open, or a disturbance was not given back in full.

    Such a window proves nothing against a bidder who missed it.
    """
    touching = [one for one in lot.opening.incidents if one.began < window.ends]
    if any(one.ended is None for one in touching):
        return True
    spans = [*_incidents(lot), *_suspensions(lot)]
    lost = [span for span in spans if span[0] < window.ends and span[1] > window.opens]
    outage = sum((_measure(span, lost[:index]) for index, span in enumerate(lost)), NONE)
    given = sum((timedelta(minutes=one.minutes) for one in window.extensions if one.reason != HOST), NONE)
    return given < outage
