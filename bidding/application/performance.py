"""Payments over all contracts: the yearly public list, and how each department stands (R-NB-HF-04, R-NB-HF-05)."""

from datetime import date, datetime

from bidding.application.platform import Platform, lot_stream
from bidding.domain.admission.filing import Mode
from bidding.domain.errors import TooEarly
from bidding.domain.event import Event
from bidding.domain.lot import Lot, replay
from bidding.domain.performance.publication import OverdueList, overdue_list
from bidding.domain.performance.standing import DebtStanding, by_department
from bidding.domain.periods import end_of_day, local_date


async def overdue(platform: Platform, year: int) -> OverdueList:
    """Of live lots, from what was recorded by the year's end. Raises ``TooEarly`` for a year that is not over."""
    ends = end_of_day(date(year, 12, 31))
    if platform.clock.now() < ends:
        raise TooEarly("year-not-over", rule="R-NB-HF-04", year=year)
    return overdue_list(await _live(platform, ends), year)


async def departments(platform: Platform) -> dict[str, DebtStanding]:
    """Tenderer's name → how its contracts' debts stand today, over live lots with an invoice or a milestone."""
    lots = await _live(platform, None)
    due = [one for one in lots if one.performance.debts or one.performance.obligations]
    return by_department(due, local_date(platform.clock.now()))


async def _live(platform: Platform, until: datetime | None) -> list[Lot]:
    prefix = lot_stream("")
    streams: dict[str, list[Event]] = {}
    for one in await platform.journal.load_prefix(prefix):
        if until is None or one.recorded_at < until:
            streams.setdefault(one.stream, []).append(one.event)
    lots = [replay(stream.removeprefix(prefix), events) for stream, events in streams.items()]
    return [one for one in lots if one.admission.mode is Mode.LIVE]
