"""The term to sign (R-ENG-24, R-GP-16), longer by the suspensions that lie in it (R-TIME-07)."""

from datetime import datetime

from bidding.domain.calendar import STATE_COUNCIL, CalendarUnknown
from bidding.domain.command import Facts
from bidding.domain.given import calendar_of, rules_of
from bidding.domain.lot import Lot
from bidding.domain.standstill import extended


def contract_due(lot: Lot, facts: Facts) -> datetime | None:
    """The first instant too late to sign; None without an award notice. Raises ``CalendarUnknown``."""
    if lot.award.issued_at is None:
        return None
    term = rules_of(lot, facts).periods.contract
    return extended(lot.control, lot.award.issued_at, term, calendar_of(facts), facts.now).ends


def waits_until(lot: Lot) -> datetime | None:
    """The same for the clock, which has no facts: of a lot that is not suspended, by the notice's own term.

    Where that or the calendar is missing it is the instant that the notice said, which is never too late:
    the clock asks again until the decision, which knows both, agrees.
    """
    award, control = lot.award, lot.control
    if award.issued_at is None or award.contract_term is None or not control.past:
        return award.contract_due
    lifted = max(one.until for one in control.past if one.until is not None)
    try:
        return extended(control, award.issued_at, award.contract_term, STATE_COUNCIL, lifted).ends
    except CalendarUnknown:
        return award.contract_due
