"""A lot's look-ups: the last one of each unit is what decisions rest on."""

from datetime import datetime

import msgspec
from msgspec.structs import replace

from bidding.domain.credit.events import ConductNoted, CreditChecked
from bidding.domain.credit.lists import Snapshot
from bidding.domain.event import Event


class Credits(msgspec.Struct, frozen=True, kw_only=True):
    """``latest``: one per party; ``checked_at``: when the last of them were made. ``noted``: keys of the findings
    that went to the credit register."""

    checked_at: datetime | None = None
    latest: tuple[Snapshot, ...] = ()
    noted: tuple[str, ...] = ()

    def of(self, party: str) -> Snapshot | None:
        return next((one for one in self.latest if one.party == party), None)


def evolve(credits_: Credits, event: Event) -> Credits:
    match event:
        case ConductNoted(key=key):
            return replace(credits_, noted=(*credits_.noted, key))
        case CreditChecked():
            anew = {one.party: one for one in event.snapshots}
            kept = tuple(one for one in credits_.latest if one.party not in anew)
            return replace(credits_, checked_at=event.at, latest=(*kept, *event.snapshots))
        case _:
            return credits_
