"""Who may be put into the pool."""

from bidding.domain.command import Facts
from bidding.domain.errors import Invalid, Unknown
from bidding.domain.event import Event
from bidding.domain.experts.commands import DelistExpert, ListExpert
from bidding.domain.experts.events import ExpertDelisted, ExpertListed
from bidding.domain.experts.state import Pool
from bidding.domain.parties import Role
from bidding.domain.registration.state import Party


def list_expert(pool: Pool, party: Party, command: ListExpert, facts: Facts) -> list[Event]:
    """Raises ``Invalid`` unless the party is a verified person with the role expert (26号令, R-EVAL-07)."""
    if Role.EXPERT not in party.roles:
        raise Invalid("not-an-expert", rule="R-EVAL-07", party=command.party)
    return [
        ExpertListed(
            party=party.party,
            name=party.name,
            trade=command.trade,
            units=command.units,
            holdings=command.holdings,
            by=facts.actor.party,
            at=facts.now,
        )
    ]


def delist_expert(pool: Pool, command: DelistExpert, facts: Facts) -> list[Event]:
    if pool.member(command.party) is None:
        raise Unknown("not-in-the-pool", rule="R-EVAL-07", party=command.party)
    return [ExpertDelisted(party=command.party, reason=command.reason, by=facts.actor.party, at=facts.now)]
