"""Which trustee an actor is, and whether a notice may declare the escrow."""

from bidding.domain.errors import Forbidden, Invalid
from bidding.domain.escrow.state import AGENCY, NOTARY, SUPERVISOR, TRUSTEES
from bidding.domain.lot import Lot
from bidding.domain.notice.terms import KeyPolicy, TenderTerms
from bidding.domain.parties import Actor, Role


def trustee_of(lot: Lot, actor: Actor) -> str:
    """Which of the three the actor is here. Once its key is enrolled, the one who enrolled it and nobody else."""
    if actor.party == lot.admission.host:
        return AGENCY
    notary = actor.party == lot.escrow.notary and Role.NOTARY in actor.roles
    trustee = NOTARY if notary else SUPERVISOR if Role.SUPERVISOR in actor.roles else ""
    enrolled = next((one.party for one in lot.escrow.keys if one.trustee == trustee), actor.party)
    if not trustee or enrolled != actor.party:
        raise Forbidden("not-a-trustee", rule="R-BID-07")
    return trustee


def check_escrow(lot: Lot, terms: TenderTerms) -> None:
    """The notice names the trustees' keys as they were enrolled, after each pair of them has opened a test bid."""
    if terms.key_policy is KeyPolicy.P1:
        if terms.trustees:
            raise Invalid("trustees-without-escrow", rule="R-BID-07")
        return
    trial = lot.escrow.trial
    if trial is None or trial.passed_at is None:
        raise Invalid("escrow-trial-missing", rule="R-BID-07", policy=terms.key_policy.value)
    enrolled = {(one.trustee, one.party, one.suite, one.public) for one in lot.escrow.keys}
    (suite,) = terms.suites
    named = [(one.trustee, one.party, suite, one.public) for one in terms.trustees]
    if set(named) != enrolled or len(named) != len(TRUSTEES):
        raise Invalid("trustees-differ", rule="R-BID-07")
