"""How long a record is published: by its severity, in whole months (R-NB-SS-03, 36号令)."""

from datetime import date

from bidding.domain.credit.lists import Severity
from bidding.domain.ruleset import CreditRepair, Months


def term(severity: Severity, repair: CreditRepair) -> Months:
    found: Months = getattr(repair, severity.value)
    return found


def after(start: date, months: int) -> date:
    """The same day so many months on; a month too short for it ends the term on its last day (民法典 202)."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    for day in range(start.day, start.day - 4, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    raise AssertionError("every month has a 28th")
