"""The pool as it stands."""

from collections.abc import Iterable

import msgspec

from bidding.domain.evaluation.members import PoolMember
from bidding.domain.event import Event
from bidding.domain.experts.events import ExpertDelisted, ExpertListed


class Pool(msgspec.Struct, frozen=True, kw_only=True):
    """``version`` counts the stream's events."""

    version: int = 0
    members: tuple[PoolMember, ...] = ()

    def member(self, party: str) -> PoolMember | None:
        return next((one for one in self.members if one.party == party), None)


def evolve(pool: Pool, event: Event) -> Pool:
    match event:
        case ExpertListed():
            listed = PoolMember(
                party=event.party,
                name=event.name,
                trade=event.trade,
                units=event.units,
                holdings=event.holdings,
            )
            members = (*_others(pool, event.party), listed)
        case ExpertDelisted():
            members = _others(pool, event.party)
        case _:
            members = pool.members
    return Pool(version=pool.version + 1, members=members)


def replay(events: Iterable[Event]) -> Pool:
    pool = Pool()
    for event in events:
        pool = evolve(pool, event)
    return pool


def _others(pool: Pool, party: str) -> tuple[PoolMember, ...]:
    return tuple(one for one in pool.members if one.party != party)
