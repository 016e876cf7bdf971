"""The lot's conflicts: found with the roll, settled by rejection or by decision."""

from datetime import datetime

import msgspec
from msgspec.structs import replace

from bidding.domain.conflict import events as e
from bidding.domain.conflict.findings import Conflict, CountingGrade
from bidding.domain.event import Event


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    upheld: bool
    reason: str
    by: str
    at: datetime


class Conflicts(msgspec.Struct, frozen=True, kw_only=True):
    """``checked_at`` None: the roll is not public yet, or the lot is older than the check."""

    checked_at: datetime | None = None
    found: tuple[Conflict, ...] = ()
    undeclared: tuple[str, ...] = ()
    grades: tuple[CountingGrade, ...] = ()
    decisions: tuple[Decision, ...] = ()

    def decision(self, number: int) -> Decision | None:
        return next((one for one in self.decisions if one.number == number), None)

    @property
    def undecided(self) -> tuple[Conflict, ...]:
        return tuple(one for one in self.found if self.decision(one.number) is None)

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
        case e.ConflictDecided():
            decided = Decision(
                number=event.number, upheld=event.upheld, reason=event.reason, by=event.by, at=event.at
            )
            return replace(conflicts, decisions=(*conflicts.decisions, decided))
        case _:
            return conflicts
