"""The tokens and statements that a lot has, and their fold."""

from datetime import datetime

import msgspec

from bidding.domain.event import Event
from bidding.domain.timestamp.events import HistoryStated, Timestamped


class Stamped(msgspec.Struct, frozen=True, kw_only=True):
    subject: str
    imprint: str
    authority: str
    instant: datetime


class Timestamps(msgspec.Struct, frozen=True, kw_only=True):
    """``stated``: how many of the lot's events the last statement is of."""

    stamped: tuple[Stamped, ...] = ()
    stated: int = 0

    def has(self, imprint: str, authority: str, subject: str) -> bool:
        """One checkpoint may be the first to cover several subjects: each has its token."""
        wanted = (imprint, authority, subject)
        return any((one.imprint, one.authority, one.subject) == wanted for one in self.stamped)


def evolve(timestamps: Timestamps, event: Event) -> Timestamps:
    match event:
        case Timestamped():
            found = Stamped(
                subject=event.subject,
                imprint=event.imprint,
                authority=event.authority,
                instant=event.instant,
            )
            return msgspec.structs.replace(timestamps, stamped=(*timestamps.stamped, found))
        case HistoryStated():
            return msgspec.structs.replace(timestamps, stated=event.events)
        case _:
            return timestamps
