"""A lot's look-ups: the last one of each unit is what decisions rest on."""

from datetime import datetime

import msgspec

from bidding.domain.credit.events import CreditChecked
from bidding.domain.credit.lists import Snapshot
from bidding.domain.event import Event


class Credits(msgspec.Struct, frozen=True, kw_only=True):
    """``latest``: one per party; ``checked_at``: when the last of them were made."""

    checked_at: datetime | None = None
    latest: tuple[Snapshot, ...] = ()

    def of(self, party: str) -> Snapshot | None:
        return next((one for one in self.latest if one.party == party), None)


def evolve(credits_: Credits, event: Event) -> Credits:
    if not isinstance(event, CreditChecked):
        return credits_
    anew = {one.party: one for one in event.snapshots}
    kept = tuple(one for one in credits_.latest if one.party not in anew)
    return Credits(checked_at=event.at, latest=(*kept, *event.snapshots))
