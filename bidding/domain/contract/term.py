"""The term to sign (R-ENG-24, R-GP-16), longer by the suspensions and queries in it (R-TIME-07, R-GP-29)."""

from datetime import datetime

from bidding.domain.award.queries import stops_of
from bidding.domain.calendar import STATE_COUNCIL, CalendarUnknown, WorkCalendar
from bidding.domain.command import Facts
from bidding.domain.given import calendar_of, rules_of
from bidding.domain.lot import Lot
from bidding.domain.ruleset import Term
from bidding.domain.standstill import extended


def contract_due(lot: Lot, facts: Facts) -> datetime | None:
    """The first instant too late to sign.

    None: no award notice; or the suspension carried the term into a year without a calendar (R-TIME-03).
    By a term that cannot be counted nobody is late.
    """
    return _ends(lot, rules_of(lot, facts).periods.contract, calendar_of(facts), facts.now)


def waits_until(lot: Lot) -> datetime | None:
    """The same for the clock, which has no facts: of a lot that is not suspended, by the notice's own term.

    Without that, or without the calendar, it is the instant that the notice said. That is never too late:
    the clock asks again until the decision, which knows both, agrees.
    """
    award, lifted = lot.award, [one.until for one in lot.control.past if one.until is not None]
    lifted += [one.answered_at for one in award.queries if one.holds and one.answered_at is not None]
    if award.contract_term is None or not lifted:
        return award.contract_due
    return _ends(lot, award.contract_term, STATE_COUNCIL, max(lifted)) or award.contract_due


def _ends(lot: Lot, term: Term, calendar: WorkCalendar, until: datetime) -> datetime | None:
    if lot.award.issued_at is None:
        return None
    try:
        return extended(lot.control, lot.award.issued_at, term, calendar, until, also=stops_of(lot)).ends
    except CalendarUnknown:
        return None
