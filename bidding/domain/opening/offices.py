"""Which office an actor is at the opening."""

from bidding.domain.errors import Forbidden
from bidding.domain.lot import Lot
from bidding.domain.opening.state import AGENCY, SUPERVISOR
from bidding.domain.parties import Actor, Role


def office_of(lot: Lot, actor: Actor) -> str:
    """Which of the two offices the actor is here; who hosts the lot never acts as its supervisor."""
    if actor.party == (lot.opening.substitute or lot.admission.host):
        return AGENCY
    if Role.SUPERVISOR in actor.roles and actor.party != lot.admission.host:
        return SUPERVISOR
    raise Forbidden("not-an-office", rule="R-OPEN-04")
