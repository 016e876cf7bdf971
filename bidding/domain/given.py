"""What a decision was given beside the command; what is missing is the caller's fault, not the actor's."""

from bidding.domain.calendar import WorkCalendar
from bidding.domain.command import Facts
from bidding.domain.event import SignedAct
from bidding.domain.lot import Lot
from bidding.domain.ruleset import RuleSet, by_version


def calendar_of(facts: Facts) -> WorkCalendar:
    if facts.calendar is None:
        raise ValueError("this decision counts days: it needs the calendar")
    return facts.calendar


def signed_by(facts: Facts) -> SignedAct:
    if facts.signed is None:
        raise ValueError("a binding act needs the actor's signed statement")
    return facts.signed


def pinned_rules(lot: Lot, facts: Facts) -> RuleSet:
    """R-GEN-03: the rule set that the lot was noticed under, whatever holds today."""
    return by_version(facts.rulesets, lot.notice.ruleset)
