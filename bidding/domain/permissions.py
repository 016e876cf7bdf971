"""Who may do and see what: standings towards a lot, and the table made of what commands and events declare."""

from bidding.domain.command import COMMANDS, Command
from bidding.domain.errors import Forbidden
from bidding.domain.lot import Lot, Phase
from bidding.domain.parties import PLATFORM, Actor, Role, Standing


def standings(actor: Actor | None, lot: Lot) -> frozenset[Standing]:
    """Every standing that ``actor`` (None: a spectator) has towards ``lot``."""
    found = {Standing.ANYONE}
    if actor is None:
        return frozenset(found)
    if actor == PLATFORM:
        return frozenset({Standing.ANYONE, Standing.PLATFORM})
    found.add(Standing.MEMBER)
    if Role.OPERATOR in actor.roles:
        found.add(Standing.OPERATOR)
    if Role.SUPERVISOR in actor.roles:
        found.add(Standing.SUPERVISOR)
    if Role.BIDDER in actor.roles:
        found.add(Standing.BIDDER)
    if actor.party and actor.party in (lot.admission.host, lot.opening.substitute):
        found.add(Standing.HOST)
    if actor.party == lot.admission.tenderer:
        found.add(Standing.TENDERER)
    if actor.party in {bid.bidder for bid in lot.opening.roll}:
        found.add(Standing.PARTICIPANT)
    if actor.party in lot.evaluation.members or actor.party in _reviewers(lot):
        found.add(Standing.COMMITTEE)
    if actor.party in _winners(lot):
        found.add(Standing.WINNER)
    return frozenset(found)


def _reviewers(lot: Lot) -> frozenset[str]:
    """While the lot is prequalified: the 资格审查委员会 or, where the law needs none, the tenderer (招投条例 18)."""
    terms = lot.notice.prequalification
    if terms is None or lot.phase is not Phase.PREQUALIFYING:
        return frozenset()
    return lot.prequalification.members if terms.by_committee else frozenset({lot.notice.tenderer})


def _winners(lot: Lot) -> tuple[str, ...]:
    """A consortium wins as one, and all its members sign the contract (招投法 31, 采购法 24)."""
    entry = next((one for one in lot.opening.roll if one.bidder == lot.award.winner), None)
    return (lot.award.winner,) if entry is None else entry.parties


def authorise(actor: Actor, command: type[Command], lot: Lot) -> None:
    """Raises ``Forbidden`` unless the role table gives ``command`` to one of the actor's standings."""
    if standings(actor, lot).isdisjoint(command.BY):
        raise Forbidden("not-permitted", command=command.NAME, needed=sorted(command.BY))


def table() -> dict[str, frozenset[Standing]]:
    """Command name → standings: the whole of it, for the documentation and the cell-by-cell test."""
    return {name: command.BY for name, command in sorted(COMMANDS.items())}
