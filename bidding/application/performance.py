"""Payments over all contracts: the yearly public list, and how each department stands (R-NB-HF-04, R-NB-HF-05)."""

from datetime import date, datetime

from bidding.application.lists import Lists
from bidding.domain.errors import TooEarly
from bidding.domain.performance.publication import OverdueList, overdue_list
from bidding.domain.performance.standing import DebtStanding, by_department
from bidding.domain.periods import end_of_day, local_date


async def overdue(
    lists: Lists, year: int, *, after: str | None, limit: int
) -> tuple[OverdueList, str | None]:
    """A page by the bodies' names, and the name to go on after (None: it was the last). Of live lots, from what was
    recorded by the year's end.

    Raises ``TooEarly`` for a year that is not over.
    """
    require_over(year, lists.now(), "R-NB-HF-04")
    names = await lists.tenderers(after, limit + 1)
    page, more = names[:limit], len(names) > limit
    return overdue_list(await lists.owing(year, page), year), page[-1] if more else None


async def departments(lists: Lists, *, after: str | None, limit: int) -> dict[str, DebtStanding]:
    """A page: tenderer's name → how its contracts' debts stand today, over live lots with an invoice or milestone."""
    names = await lists.tenderers(after, limit)
    return by_department(await lists.contracts_of(names), local_date(lists.now()))


def require_over(year: int, now: datetime, rule: str) -> None:
    if now < end_of_day(date(year, 12, 31)):
        raise TooEarly("year-not-over", rule=rule, year=year)
