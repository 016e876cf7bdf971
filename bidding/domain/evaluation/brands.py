"""Bidders that offer one brand of the core product count as one (R-SCORE-05; 87号令 31 [M]).

综合评分法: the best score of the brand may be recommended, the others may not. 最低评标价法: only the lowest
price of the brand takes part. What is equal is settled as the document says, else drawn; the draw can be recomputed.
"""

from collections.abc import Callable, Iterable
from fractions import Fraction
from functools import partial

from bidding.domain.command import Facts
from bidding.domain.evaluation import events as e
from bidding.domain.evaluation.bids import opened_bids
from bidding.domain.evaluation.drawing import pick
from bidding.domain.evaluation.members import Pick
from bidding.domain.evaluation.outcome import QualificationResult, Ranked
from bidding.domain.given import random_bytes, terms_of
from bidding.domain.lot import Lot
from bidding.domain.notice.terms import SameBrandTie
from bidding.domain.relations import folded


def suppliers(results: Iterable[QualificationResult], bidders: Iterable[str]) -> int:
    """How many ``bidders`` are, each brand counted once."""
    brands = {one.bidder: folded(one.brand) for one in results if one.brand.strip()}
    found = list(bidders)
    alone = [bidder for bidder in found if bidder not in brands]
    return len(alone) + len({brands[bidder] for bidder in found if bidder in brands})


def lowest_of_brand(lot: Lot, bidders: Iterable[str], facts: Facts) -> list[e.SameBrandResolved]:
    """最低评标价法, before any price is compared."""
    prices = {bid.bidder: bid.price_fen for bid in opened_bids(lot)}
    return [
        _resolved(lot, brand, same, lambda bidder: (Fraction(prices[bidder]),), e.BrandChoice.PRICE, facts)
        for brand, same in _groups(lot, bidders)
    ]


def best_of_brand(lot: Lot, ranking: Iterable[Ranked], facts: Facts) -> list[e.SameBrandResolved]:
    """综合评分法, once the totals stand."""
    by_bidder = {one.bidder: one for one in ranking}
    return [
        _resolved(
            lot,
            brand,
            same,
            lambda bidder: (-Fraction(by_bidder[bidder].total), Fraction(by_bidder[bidder].price_fen)),
            e.BrandChoice.SCORE,
            facts,
        )
        for brand, same in _groups(lot, by_bidder)
    ]


def _groups(lot: Lot, bidders: Iterable[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Brands that several of ``bidders`` offer, as the review first wrote them, with those bidders in their order."""
    written = {one.bidder: one.brand.strip() for one in lot.evaluation.qualification if one.brand.strip()}
    groups: dict[str, list[str]] = {}
    for bidder in bidders:
        if bidder in written:
            groups.setdefault(folded(written[bidder]), []).append(bidder)
    first = {folded(brand): brand for brand in reversed(written.values())}
    return [(first[key], tuple(same)) for key, same in groups.items() if len(same) > 1]


def _resolved(
    lot: Lot,
    brand: str,
    same: tuple[str, ...],
    merit: Callable[[str], tuple[Fraction, ...]],
    choice: e.BrandChoice,
    facts: Facts,
) -> e.SameBrandResolved:
    """The first merit decides; a further one (the price) only where the document says so; then the draw."""
    asked = len(merit(same[0])) if terms_of(lot).same_brand_tie is SameBrandTie.LOWER_PRICE else 1
    best = min(merit(bidder)[:asked] for bidder in same)
    equal = [bidder for bidder in same if merit(bidder)[:asked] == best]
    drawn: Pick | None = None
    if len(equal) > 1:
        drawn, choice = pick(equal, partial(random_bytes, facts)), e.BrandChoice.DRAW
    kept = drawn.drawn if drawn is not None else equal[0]
    others = tuple(bidder for bidder in same if bidder != kept)
    return e.SameBrandResolved(brand=brand, kept=kept, others=others, choice=choice, pick=drawn)
