"""The order of bids, and what decides between equals (R-SCORE-15; 87号令 56, 57)."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from itertools import groupby
from typing import Any

import msgspec

from bidding.domain.scoring.exact import DecimalText


class Method(StrEnum):
    """Evaluation methods, each with its own way to break ties."""

    GP_COMPREHENSIVE = "GP_COMPREHENSIVE"
    """综合评分法: higher score, lower bid price (not the deducted one), then parallel."""
    GP_LOWEST_EVALUATED = "GP_LOWEST_EVALUATED"
    """最低评标价法: lower evaluated price, then parallel."""
    ENG_COMPREHENSIVE = "ENG_COMPREHENSIVE"
    """综合评估法: higher score, lower price, then parallel."""
    ENG_REASONABLE_LOW = "ENG_REASONABLE_LOW"
    """合理低价法: higher score, lower price, better credit grade, earlier submission, then parallel."""
    ENG_LOWEST_EVALUATED = "ENG_LOWEST_EVALUATED"
    """经评审的最低投标价法: lower evaluated price, then parallel."""


#: What decides between bids that stand equal, in this order; what is equal in all of it stands parallel.
TIES: dict[Method, tuple[str, ...]] = {
    Method.GP_COMPREHENSIVE: ("投标报价（未扣除）较低",),
    Method.GP_LOWEST_EVALUATED: (),
    Method.ENG_COMPREHENSIVE: ("投标报价较低",),
    Method.ENG_REASONABLE_LOW: ("投标报价较低", "信用等级较高", "递交时间较早"),
    Method.ENG_LOWEST_EVALUATED: (),
}


class Contender(msgspec.Struct, frozen=True, kw_only=True):
    """A valid bid. ``credit_rank`` 1 is best, None behind every grade; ``evaluated`` None = the price."""

    bid: str
    price: DecimalText
    score: DecimalText = "0"
    evaluated: str | None = None
    credit_rank: int | None = None
    submitted: datetime | None = None


#: Behind every grade that can be given.
NO_CREDIT_GRADE = 10**9


def rank(method: Method, contenders: Iterable[Contender]) -> tuple[tuple[str, ...], ...]:
    """Bids from first to last; those in one inner tuple stand parallel, in the order they were given."""

    def key(contender: Contender) -> tuple[Any, ...]:
        return _key(method, contender)

    ordered = sorted(contenders, key=key)
    return tuple(tuple(one.bid for one in equals) for _, equals in groupby(ordered, key=key))


def _key(method: Method, one: Contender) -> tuple[Any, ...]:
    price = Fraction(one.price)
    if method in {Method.GP_LOWEST_EVALUATED, Method.ENG_LOWEST_EVALUATED}:
        return (Fraction(one.evaluated or one.price),)
    by_score = (-Fraction(one.score), price)
    if method is not Method.ENG_REASONABLE_LOW:
        return by_score
    grade = NO_CREDIT_GRADE if one.credit_rank is None else one.credit_rank
    # Without a recorded instant a bid cannot claim to be the earlier one.
    submitted = (one.submitted is None, one.submitted.timestamp() if one.submitted else 0)
    return (*by_score, grade, submitted)
