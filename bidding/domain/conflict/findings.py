"""What a check of the whole roll finds, bid against bid and against those who run the lot (R-ENG-31, R-GP-27).

Only after the roll is known: before the deadline one bidder's check would tell of another (R-GEN-04).
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import combinations

import msgspec

from bidding.domain.consortium import JointBid, Member, check_consortia
from bidding.domain.regime import Regime
from bidding.domain.relations import TieFound, Unit, ties


class ConflictKind(StrEnum):
    DOUBLE_PARTICIPATION = "DOUBLE_PARTICIPATION"
    SAME_HEAD = "SAME_HEAD"
    HOLDING = "HOLDING"
    MANAGEMENT = "MANAGEMENT"
    TENDERER_INTEREST = "TENDERER_INTEREST"
    AGENCY_INTEREST = "AGENCY_INTEREST"


class Basis(msgspec.Struct, frozen=True, kw_only=True):
    rule: str
    article: str


#: The clause that each kind offends, by regime; none = the regime has no such bar.
ARTICLES: dict[Regime, dict[ConflictKind, Basis]] = {
    Regime.ENG: {
        ConflictKind.DOUBLE_PARTICIPATION: Basis(rule="R-ENG-30", article="招投条例 37"),
        ConflictKind.SAME_HEAD: Basis(rule="R-ENG-31", article="招投条例 34"),
        ConflictKind.HOLDING: Basis(rule="R-ENG-31", article="招投条例 34"),
        ConflictKind.MANAGEMENT: Basis(rule="R-ENG-31", article="招投条例 34"),
        ConflictKind.TENDERER_INTEREST: Basis(rule="R-ENG-31", article="招投条例 34"),
        ConflictKind.AGENCY_INTEREST: Basis(rule="R-ENG-31", article="招投条例 13"),
    },
    Regime.GP: {
        ConflictKind.DOUBLE_PARTICIPATION: Basis(rule="R-GP-28", article="采购条例 22"),
        ConflictKind.SAME_HEAD: Basis(rule="R-GP-27", article="采购条例 18"),
        ConflictKind.HOLDING: Basis(rule="R-GP-27", article="采购条例 18"),
        ConflictKind.MANAGEMENT: Basis(rule="R-GP-27", article="采购条例 18"),
    },
}


class RollUnits(msgspec.Struct, frozen=True, kw_only=True):
    """One bid on the roll: all who stand behind it, the lead first, with their declared parts (none: single)."""

    bidder: str
    units: tuple[Unit, ...]
    parts: tuple[Member, ...] = ()


class Conflict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``bids``: the bidders (leads) whose bids the clause makes invalid; ``certain``: not by names alone."""

    number: int
    kind: ConflictKind
    bids: tuple[str, ...]
    rule: str
    article: str
    evidence: str
    certain: bool


class CountingGrade(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """招投法 31, 采购条例 22: the grade of a consortium in one trade, its lowest member's."""

    bidder: str
    trade: str
    grade: int


def find_conflicts(
    regime: Regime, roll: Sequence[RollUnits], *, tenderer: Unit | None, agency: Unit | None
) -> tuple[Conflict, ...]:
    """Numbered from 1 in a fixed order. ``agency`` None: the tenderer tenders without one."""
    found = [
        *_double(roll),
        *(one for first, second in combinations(roll, 2) for one in _between(regime, first, second)),
        *_interests(regime, roll, tenderer, ConflictKind.TENDERER_INTEREST),
        *_interests(regime, roll, agency, ConflictKind.AGENCY_INTEREST),
    ]
    barred = [(one, ARTICLES[regime][one.kind]) for one in found if one.kind in ARTICLES[regime]]
    return tuple(
        msgspec.structs.replace(one, number=number, rule=basis.rule, article=basis.article)
        for number, (one, basis) in enumerate(barred, 1)
    )


def counting(roll: Sequence[RollUnits]) -> tuple[CountingGrade, ...]:
    grades = check_consortia([_joint(one) for one in roll]).grades
    return tuple(
        CountingGrade(bidder=bidder, trade=trade, grade=grade)
        for bidder, by_trade in grades.items()
        for trade, grade in sorted(by_trade.items())
    )


def _joint(bid: RollUnits) -> JointBid:
    return JointBid(bid=bid.bidder, members=bid.parts)


def _double(roll: Sequence[RollUnits]) -> Iterator[Conflict]:
    """A unit behind two bids voids all bids concerned, whether it bids alone or in a second consortium."""
    behind: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for bid in roll:
        for unit in bid.units:
            behind.setdefault(unit.party, []).append(bid.bidder)
            names[unit.party] = unit.name
    for party, bids in behind.items():
        if len(bids) > 1:
            evidence = f"{names[party]}同时参加{len(bids)}份投标"
            yield _conflict(ConflictKind.DOUBLE_PARTICIPATION, tuple(bids), evidence)


def _between(regime: Regime, first: RollUnits, second: RollUnits) -> Iterator[Conflict]:
    for one in first.units:
        for other in second.units:
            for tie in ties(one, other, regime):
                if tie.kind is not TieFound.SAME_UNIT:  # that is double participation
                    bids = (first.bidder, second.bidder)
                    yield _conflict(ConflictKind(tie.kind.value), bids, tie.evidence, tie.certain)


def _interests(
    regime: Regime, roll: Sequence[RollUnits], host: Unit | None, kind: ConflictKind
) -> Iterator[Conflict]:
    if host is None:
        return
    for bid in roll:
        for unit in bid.units:
            for tie in ties(unit, host, regime):
                yield _conflict(kind, (bid.bidder,), tie.evidence, tie.certain)


def _conflict(kind: ConflictKind, bids: tuple[str, ...], evidence: str, certain: bool = True) -> Conflict:
    return Conflict(number=0, kind=kind, bids=bids, rule="", article="", evidence=evidence, certain=certain)
