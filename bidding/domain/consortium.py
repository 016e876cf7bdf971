"""Consortia: double participation, the agreement, and the grade that counts (R-ENG-30, R-GP-28, R-EVAL-02).

招投法 31, 招投条例 37, 51(二); 采购法 24, 采购条例 22.
"""

from collections import Counter
from collections.abc import Sequence

import msgspec


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """``grade``: 资质等级 in ``trade``, 1 is best."""

    party: str
    trade: str
    grade: int


class JointBid(msgspec.Struct, frozen=True, kw_only=True):
    """One bid and all who stand behind it; a single bidder is its only member."""

    bid: str
    members: tuple[Member, ...]
    agreement: bool = True


class ConsortiumVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """``invalid``: bids that share a member with another bid.

    ``no_agreement``: consortia without 共同投标协议. ``grades``: bid → trade → the grade that counts.
    """

    invalid: tuple[str, ...]
    no_agreement: tuple[str, ...]
    grades: dict[str, dict[str, int]]


def check_consortia(bids: Sequence[JointBid]) -> ConsortiumVerdict:
    """Judge all bids of one lot together, in their order.

    A party in two bids makes *all bids concerned* invalid, whether it bids alone or in a second consortium.
    """
    parties = {bid.bid: {member.party for member in bid.members} for bid in bids}
    appearances = Counter(party for behind in parties.values() for party in behind)
    return ConsortiumVerdict(
        invalid=tuple(bid for bid, behind in parties.items() if any(appearances[p] > 1 for p in behind)),
        no_agreement=tuple(bid.bid for bid in bids if len(parties[bid.bid]) > 1 and not bid.agreement),
        grades={bid.bid: counting_grades(bid.members) for bid in bids},
    )


def counting_grades(members: Sequence[Member]) -> dict[str, int]:
    """招投法 31: of members in the same trade the lowest grade counts, that is the largest number."""
    grades: dict[str, int] = {}
    for member in members:
        grades[member.trade] = max(member.grade, grades.get(member.trade, member.grade))
    return grades
