"""The operator's own group: its units neither bid nor act as agency here (R-PLAT-07, 20号令 15, 23)."""

from collections.abc import Collection, Iterable

import msgspec

from bidding.domain.codes import check_uscc
from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Forbidden, Invalid, Unknown
from bidding.domain.event import Event
from bidding.domain.parties import Role
from bidding.domain.registration.commands import DelistAffiliate, ListAffiliate
from bidding.domain.registration.events import AffiliateDelisted, AffiliateListed
from bidding.domain.relations import Relations, controllers, same_unit

#: Whoever has one of these would compete on, or run tenders of, a platform of its own group.
BARRED_ROLES = frozenset({Role.BIDDER, Role.AGENCY})


class Affiliate(msgspec.Struct, frozen=True, kw_only=True):
    uscc: str
    name: str
    basis: str


class OperatorGroup(msgspec.Struct, frozen=True, kw_only=True):
    """The stream ``operator-group``; ``version`` counts its events."""

    version: int = 0
    members: tuple[Affiliate, ...] = ()

    def find(self, uscc: str, name: str) -> Affiliate | None:
        return next((one for one in self.members if same_unit(one.uscc, one.name, uscc, name)), None)


NO_GROUP = OperatorGroup()


def evolve(group: OperatorGroup, event: Event) -> OperatorGroup:
    members = group.members
    match event:
        case AffiliateListed():
            members = (*members, Affiliate(uscc=event.uscc, name=event.name, basis=event.basis))
        case AffiliateDelisted(uscc=uscc):
            members = tuple(one for one in members if one.uscc != uscc)
    return OperatorGroup(version=group.version + 1, members=members)


def replay(events: Iterable[Event]) -> OperatorGroup:
    group = OperatorGroup()
    for event in events:
        group = evolve(group, event)
    return group


def list_affiliate(group: OperatorGroup, command: ListAffiliate, facts: Facts) -> list[Event]:
    checked = check_uscc(command.uscc)
    if not checked.format_ok:
        raise Invalid("uscc-format", rule="R-CODE-01", reasons=[str(reason) for reason in checked.reasons])
    if any(one.uscc == checked.normalized for one in group.members):
        raise Conflicting("affiliate-listed-already", rule="R-PLAT-07", uscc=checked.normalized)
    return [
        AffiliateListed(
            uscc=checked.normalized,
            name=command.name.strip(),
            basis=command.basis.strip(),
            by=facts.actor.party,
            at=facts.now,
        )
    ]


def delist_affiliate(group: OperatorGroup, command: DelistAffiliate, facts: Facts) -> list[Event]:
    uscc = command.uscc.strip().upper()
    if all(one.uscc != uscc for one in group.members):
        raise Unknown("no-such-affiliate", rule="R-PLAT-07", uscc=uscc)
    return [AffiliateDelisted(uscc=uscc, reason=command.reason.strip(), by=facts.actor.party, at=facts.now)]


def require_outside(
    group: OperatorGroup, uscc: str, name: str, relations: Relations | None, roles: Collection[Role]
) -> None:
    """Raises ``Forbidden`` for a unit of the group, or one that it controls, that would bid or be an agency."""
    wanted = sorted(BARRED_ROLES.intersection(roles))
    if not wanted:
        return
    for held_uscc, held_name in ((uscc, name), *((one.uscc, one.name) for one in controllers(relations))):
        found = group.find(held_uscc, held_name)
        if found is not None:
            raise Forbidden("operator-group", rule="R-PLAT-07", unit=found.name, roles=wanted)
