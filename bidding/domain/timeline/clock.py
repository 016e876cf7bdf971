"""Counting a lot's terms: from a start, by the pinned rule set, without the days that stood still."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

import msgspec

from bidding.domain.calendar import CalendarUnknown, WorkCalendar
from bidding.domain.lot import Lot
from bidding.domain.periods import Stop, end_of_day, local_date
from bidding.domain.ruleset import RuleSet, Term
from bidding.domain.standstill import extended, stretched
from bidding.domain.timeline.node import Span, through


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """``now`` is the lot's own instant. A spectator's ``lot`` is the public view: then only public facts count."""

    lot: Lot
    rules: RuleSet
    calendar: WorkCalendar
    now: datetime

    @property
    def suspended(self) -> bool:
        return self.lot.control.suspended is not None

    def within(
        self,
        start: datetime | None,
        term: Term,
        done_at: datetime | None = None,
        *,
        also: Iterable[Stop] = (),
    ) -> Span:
        """R-TIME-04 from ``start``; R-TIME-07 for suspensions and what ``also`` stops it (until ``done_at``)."""
        if start is None:
            return Span(term=term)

        def count() -> tuple[date, int]:
            until = done_at or self.now
            found = extended(self.lot.control, start, term, self.calendar, until, also=also)
            return found.last_day, found.stopped_days

        return self._dated(start, term, count)

    def counted(
        self, start: datetime | None, term: Term, stops: Iterable[Stop], done_at: datetime | None = None
    ) -> Span:
        """The same for the supervisor's own terms: a suspension of the lot does not stop them, only ``stops``."""
        if start is None:
            return Span(term=term)

        def count() -> tuple[date, int]:
            found = stretched(stops, start, term, self.calendar, done_at or self.now)
            return found.last_day, found.stopped_days

        return self._dated(start, term, count)

    def before(self, deadline: datetime | None, term: Term, opens: datetime | None) -> Span:
        """The last day that keeps ``term`` before the deadline: a distance, never rolled (R-TIME-05)."""
        if deadline is None:
            return Span(opens=opens, term=term)
        day = local_date(deadline) - timedelta(days=term.n)
        return through(opens, day, term=term)

    def on(self, opens: datetime | None, term: Term, day: Callable[[], date]) -> Span:
        """A span that ends with ``day``; where that day cannot be counted, without an end."""
        if opens is None:
            return Span(term=term)
        return self._dated(opens, term, lambda: (day(), 0))

    def _dated(self, opens: datetime, term: Term, count: Callable[[], tuple[date, int]]) -> Span:
        try:
            day, stopped = count()
        except CalendarUnknown as unknown:
            return Span(opens=opens, term=term, no_calendar_for=unknown.year)
        return Span(opens=opens, due=end_of_day(day), last_day=day, term=term, stopped_days=stopped)
