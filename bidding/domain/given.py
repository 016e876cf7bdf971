"""What a decision takes from the lot and the facts beside its command.

What the application did not give is its fault (``ValueError``); what the lot does not have yet is the actor's.
"""

from datetime import datetime

from bidding.domain.calendar import WorkCalendar
from bidding.domain.command import Facts
from bidding.domain.errors import OutOfOrder
from bidding.domain.event import SignedAct
from bidding.domain.lot import Lot, Phase
from bidding.domain.notice.terms import TenderTerms
from bidding.domain.regime import Regime
from bidding.domain.ruleset import RuleSet, by_version


def signed_of(facts: Facts) -> SignedAct:
    """The verified statement of a binding command; the application decides none without it."""
    if facts.signed is None:
        raise ValueError("a binding command came without its signed statement")
    return facts.signed


def calendar_of(facts: Facts) -> WorkCalendar:
    if facts.calendar is None:
        raise ValueError("this decision counts days: it needs the calendar")
    return facts.calendar


def random_bytes(facts: Facts, count: int) -> bytes:
    if facts.random is None:
        raise ValueError("this decision needs random bytes")
    return facts.random(count)


def rules_of(lot: Lot, facts: Facts) -> RuleSet:
    """The version of the law that the notice pinned, whatever is in force by now (R-GEN-03)."""
    return by_version(facts.rulesets, lot.notice.ruleset)


def terms_of(lot: Lot) -> TenderTerms:
    if lot.notice.terms is None:
        raise _not_noticed(lot)
    return lot.notice.terms


def deadline_of(lot: Lot) -> datetime:
    """T0: the submission deadline and the opening instant (R-ENG-13)."""
    if lot.notice.deadline is None:
        raise _not_noticed(lot)
    return lot.notice.deadline


def regime_of(lot: Lot) -> Regime:
    if lot.notice.regime is None:
        raise _not_noticed(lot)
    return lot.notice.regime


def _not_noticed(lot: Lot) -> OutOfOrder:
    return OutOfOrder("wrong-phase", rule="R-STATE-01", phase=lot.phase.value, needed=[Phase.NOTICED.value])
