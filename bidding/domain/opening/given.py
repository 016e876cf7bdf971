"""What every decision of the opening takes from the lot and the facts."""

from datetime import datetime

from bidding.domain.command import Facts
from bidding.domain.errors import Forbidden, OutOfOrder
from bidding.domain.event import SignedAct
from bidding.domain.lot import Lot, Phase
from bidding.domain.notice.terms import TenderTerms
from bidding.domain.opening.state import AGENCY, SUPERVISOR
from bidding.domain.parties import Actor, Role
from bidding.domain.regime import Regime
from bidding.domain.ruleset import RuleSet, by_version


def signed_of(facts: Facts) -> SignedAct:
    """The verified statement of a binding command; the application decides none without it."""
    if facts.signed is None:
        raise ValueError("a binding command came without its signed statement")
    return facts.signed


def rules_of(lot: Lot, facts: Facts) -> RuleSet:
    """The version of the law that the notice pinned (R-GEN-03)."""
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


def random_bytes(facts: Facts, count: int) -> bytes:
    if facts.random is None:
        raise ValueError("this decision needs random bytes")
    return facts.random(count)


def office_of(lot: Lot, actor: Actor) -> str:
    """Which of the two offices the actor is here; who hosts the lot never acts as its supervisor."""
    if actor.party == lot.admission.host:
        return AGENCY
    if Role.SUPERVISOR in actor.roles:
        return SUPERVISOR
    raise Forbidden("not-an-office", rule="R-OPEN-04")


def _not_noticed(lot: Lot) -> OutOfOrder:
    return OutOfOrder("wrong-phase", rule="R-STATE-01", phase=lot.phase.value, needed=[Phase.NOTICED.value])
