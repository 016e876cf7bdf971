"""The authority's own terms. A suspension of the lot stops none of them; tests and corrections do (R-TIME-07)."""

from datetime import datetime

from bidding.domain.calendar import WorkCalendar
from bidding.domain.complaint.state import Complaint
from bidding.domain.periods import Stop
from bidding.domain.ruleset import EngRules, RuleSet, Term
from bidding.domain.standstill import Extended, stretched


def intake_term(rules: RuleSet) -> Term:
    """R-ENG-28: three working days; R-GP-24: five."""
    return (
        rules.periods.complaint_accepted if isinstance(rules, EngRules) else rules.periods.complaint_examined
    )


def intake_ends(
    rules: RuleSet, complaint: Complaint, calendar: WorkCalendar, now: datetime
) -> Extended | None:
    if complaint.lodged_at is None:
        return None
    return stretched(complaint.corrections, complaint.lodged_at, intake_term(rules), calendar, now)


def decision_start(rules: RuleSet, complaint: Complaint) -> datetime | None:
    """ENG: from the acceptance (招投条例 61). GP: from the receipt (采购法 56)."""
    return complaint.accepted_at if isinstance(rules, EngRules) else complaint.received_at


def decision_stops(rules: RuleSet, complaint: Complaint) -> tuple[Stop, ...]:
    """Tests and expertise; in GP the author's corrections too (采购条例 58)."""
    return complaint.tests if isinstance(rules, EngRules) else (*complaint.corrections, *complaint.tests)


def decision_ends(
    rules: RuleSet, complaint: Complaint, calendar: WorkCalendar, now: datetime
) -> Extended | None:
    """R-ENG-28, R-GP-22: thirty working days."""
    start = decision_start(rules, complaint)
    if start is None:
        return None
    return stretched(decision_stops(rules, complaint), start, rules.periods.complaint_decided, calendar, now)
