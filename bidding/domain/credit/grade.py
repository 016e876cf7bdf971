"""The credit grade that breaks a tie: a unit's record as it stood at T0 (R-SCORE-15; practice, 合理低价法).

What happens after T0 changes no ranking, and what was entered later is not looked at: the record is folded from the
events that the book held then.
"""

from collections.abc import Iterable
from datetime import datetime

from bidding.domain.credit.lists import CreditGrade, GradeGround, Severity
from bidding.domain.credit.record import Record, replay
from bidding.domain.event import Event

#: 1: nothing stands; then by the gravest record that does.
RANKS = {Severity.MINOR: 2, Severity.GENERAL: 3, Severity.SERIOUS: 4}
BEST = 1
#: R-NB-SS-02: nothing stands, and a list of the trustworthy gives priority among equals.
PREFERRED = 0


def record_at(events: Iterable[Event], at: datetime) -> Record:
    """The record as the book had it at ``at``."""
    return replay(one for one in events if getattr(one, "at", at) <= at)


def grade(
    bidder: str, records: Iterable[Record], at: datetime, preferred: tuple[str, ...] = ()
) -> CreditGrade:
    """``records``: of the bidder, or of every member of a consortium, each as it was ``at``. ``preferred``: the bases
    on which the tender document lets it go first; they count for who has a clean record only."""
    found = tuple(one for record in records for one in _standing(record, at))
    if preferred and not found:
        return CreditGrade(bidder=bidder, rank=PREFERRED, preferred=preferred)
    return CreditGrade(
        bidder=bidder, rank=max((RANKS[one.severity] for one in found), default=BEST), standing=found
    )


def _standing(record: Record, at: datetime) -> tuple[GradeGround, ...]:
    running = {one.listing for one in record.standing(at)}
    listed = (
        GradeGround(severity=one.severity, basis=one.basis, source=one.source)
        for one in record.entries
        if one.listing in running and one.severity is not None
    )
    conduct = (
        GradeGround(severity=one.severity, basis=one.basis, source=one.rule)
        for one in record.conduct
        if one.stands(at)
    )
    return (*listed, *conduct)
