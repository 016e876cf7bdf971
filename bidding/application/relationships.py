"""Who a unit is tied to, from what the parties themselves declared, and the operator's own group."""

from collections.abc import Iterable

from bidding.application.admission import Parties
from bidding.application.identity import GROUP
from bidding.application.ports import Journal
from bidding.domain.bid.state import Bid
from bidding.domain.command import Facts
from bidding.domain.conflict.decide import changed, check
from bidding.domain.conflict.findings import RollUnits
from bidding.domain.event import Event
from bidding.domain.lot import Lot
from bidding.domain.parties import Role
from bidding.domain.registration.events import UsccClaimed
from bidding.domain.registration.operatorgroup import OperatorGroup, replay
from bidding.domain.registration.state import Party
from bidding.domain.relations import Above, Unit, controllers, within

#: How many hands a holding is followed through; nobody's chain is longer, and a circle must end.
DEPTH = 8


class Relationships:
    def __init__(self, journal: Journal, parties: Parties) -> None:
        self._journal, self._parties = journal, parties

    async def group(self) -> OperatorGroup:
        return replay(one.event for one in await self._journal.load(GROUP))

    async def unit(self, party: Party) -> Unit:
        """The unit with everybody above it, as far as registered units have declared."""
        above: dict[str, Above] = {}
        level: list[tuple[Party, tuple[str, ...]]] = [(party, ())]
        for _ in range(DEPTH):
            following = []
            for lower, via in level:
                for one in controllers(lower.relations):
                    if one.uscc == party.uscc or (one.uscc or one.name) in above:
                        continue
                    found = Above(name=one.name, uscc=one.uscc, tie=one.tie, via=via)
                    above[one.uscc or one.name] = found
                    upper = await self._by_code(one.uscc)
                    if upper is not None:
                        following.append((upper, (*via, one.name)))
            level = following
        return Unit(
            party=party.party,
            name=party.name,
            uscc=party.uscc,
            head=party.relations.head if party.relations is not None else None,
            above=tuple(above.values()),
        )

    async def units(self, parties: Iterable[str]) -> dict[str, Unit]:
        """Units by party; an unknown party is a unit without a name."""
        return {one: await self.unit(await self._parties.party(one)) for one in dict.fromkeys(parties)}

    async def operator_unit(self, party: Party) -> str:
        """The unit of the operator's own group that the party is or is controlled by; "" for none (R-PLAT-07)."""
        if Role.OPERATOR in party.roles:
            return party.name
        group = [(one.uscc, one.name) for one in (await self.group()).members]
        return within(await self.unit(party), group)

    async def checked(
        self, lot: Lot, bids: Iterable[Bid], everyone: Iterable[Bid], facts: Facts
    ) -> list[Event]:
        """The conflicts of the whole roll, from what every unit had declared by now (R-ENG-31, R-GP-27), and the
        changes that its units had reported since they bid (招投条例 38). ``everyone``: members' streams too."""
        agency = lot.notice.host if lot.notice.host != lot.notice.tenderer else ""
        standing = [bid for bid in bids if bid.effective is not None]
        behind = {bid.bidder: _partners(bid) for bid in standing}
        named = [party for parties in behind.values() for party in parties]
        known = await self.units([*named, lot.notice.tenderer, *([agency] if agency else [])])
        roll = [
            RollUnits(
                bidder=bid.bidder,
                units=tuple(known[party] for party in behind[bid.bidder]),
                parts=bid.effective.consortium.members
                if bid.effective is not None and bid.effective.consortium is not None
                else (),
            )
            for bid in sorted(standing, key=lambda bid: bid.bidder)
        ]
        found = check(lot, facts, roll=roll, tenderer=known[lot.notice.tenderer], agency=known.get(agency))
        reported = {bid.bidder: bid.changes for bid in everyone}
        for bidder, parties in behind.items():
            for party in parties:
                found += changed(lot, bidder, party, reported.get(party, ()), facts)
        return found

    async def _by_code(self, uscc: str) -> Party | None:
        if not uscc:
            return None
        for one in await self._journal.load(f"uscc-{uscc}"):
            if isinstance(one.event, UsccClaimed):
                return await self._parties.party(one.event.party)
        return None


def _partners(bid: Bid) -> tuple[str, ...]:
    """All who stand behind the bid in force, the lead first."""
    consortium = bid.effective.consortium if bid.effective is not None else None
    members = () if consortium is None else tuple(one.party for one in consortium.partners)
    return tuple(dict.fromkeys((bid.bidder, *members)))
