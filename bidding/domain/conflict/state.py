"""The lot's conflicts: found with the roll, settled by rejection or by decision."""

from datetime import datetime

import msgspec
from msgspec.structs import replace

from bidding.domain.conflict import events as e
from bidding.domain.conflict.findings import Conflict, CountingGrade
from bidding.domain.event import Event
from bidding.domain.registration.events import Change


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    upheld: bool
    reason: str
    by: str
    at: datetime


class BidderChange(msgspec.Struct, frozen=True, kw_only=True):
    """``qualified`` None: not reviewed yet; ``review``: it has to be."""

    bidder: str
    party: str
    change: Change
    review: bool
    qualified: bool | None = None


class Conflicts(msgspec.Struct, frozen=True, kw_only=True):
    """``checked_at`` None: the roll is not public yet, or the lot is older than the check."""

    checked_at: datetime | None = None
    found: tuple[Conflict, ...] = ()
    undeclared: tuple[str, ...] = ()
    grades: tuple[CountingGrade, ...] = ()
    decisions: tuple[Decision, ...] = ()
    changes: tuple[BidderChange, ...] = ()

    def decision(self, number: int) -> Decision | None:
        return next((one for one in self.decisions if one.number == number), None)

    @property
    def undecided(self) -> tuple[Conflict, ...]:
        return tuple(one for one in self.found if self.decision(one.number) is None)

    @property
    def unreviewed(self) -> frozenset[str]:
        """Bidders whose qualification is to be reviewed after a change."""
        return frozenset(one.bidder for one in self.changes if one.review and one.qualified is None)

    @property
    def disqualified(self) -> frozenset[str]:
        return frozenset(one.bidder for one in self.changes if one.qualified is False)

    @property
    def barred(self) -> frozenset[str]:
        """Bidders whose bids an upheld finding makes invalid."""
        upheld = {one.number for one in self.decisions if one.upheld}
        return frozenset(bid for one in self.found if one.number in upheld for bid in one.bids)


def evolve(conflicts: Conflicts, event: Event) -> Conflicts:
    match event:
        case e.ConflictsChecked():
            return replace(
                conflicts,
                checked_at=event.at,
                found=event.conflicts,
                undeclared=event.undeclared,
                grades=event.grades,
            )
        case e.BidderChanged():
            change = BidderChange(
                bidder=event.bidder, party=event.party, change=event.change, review=event.review
            )
            return replace(conflicts, changes=(*conflicts.changes, change))
        case e.BidderChangeReviewed():
            changes = tuple(
                replace(one, qualified=event.qualified)
                if one.bidder == event.bidder and one.review and one.qualified is None
                else one
                for one in conflicts.changes
            )
            return replace(conflicts, changes=changes)
        case e.ConflictDecided():
            decided = Decision(
                number=event.number, upheld=event.upheld, reason=event.reason, by=event.by, at=event.at
            )
            return replace(conflicts, decisions=(*conflicts.decisions, decided))
        case _:
            return conflicts
