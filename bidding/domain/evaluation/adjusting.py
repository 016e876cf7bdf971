"""经评审的最低投标价法: what the published factors add to a price, or take off it (R-SCORE-09, 12号令 31)."""

import msgspec

from bidding.domain.errors import Invalid
from bidding.domain.evaluation.sheets import BidScores
from bidding.domain.given import terms_of
from bidding.domain.lot import Lot
from bidding.domain.scoring import EngLowestEvaluated, Offer, PriceFactor, PriceFormula, Step


def factors_of(formula: PriceFormula) -> dict[str, PriceFactor]:
    return {one.id: one for one in formula.factors} if isinstance(formula, EngLowestEvaluated) else {}


def check_adjustments(formula: PriceFormula, bid: BidScores, price_fen: int) -> None:
    """招投条例 49: the published factors, all of them and no others, each within its bounds; a price is left over."""
    factors = factors_of(formula)
    named = [one.factor for one in bid.adjustments]
    unpublished = [name for name in named if name not in factors]
    if unpublished:
        raise Invalid(
            "factor-unpublished",
            rule="R-SCORE-09",
            bidder=bid.bidder,
            factors=unpublished,
            published=list(factors),
        )
    if sorted(named) != sorted(factors):
        missing = [name for name in factors if named.count(name) != 1]
        raise Invalid("factors-incomplete", rule="R-SCORE-09", bidder=bid.bidder, missing=missing)
    for one in bid.adjustments:
        factor = factors[one.factor]
        if not factor.least_fen <= one.amount_fen <= factor.most_fen:
            raise Invalid(
                "adjustment-out-of-bounds",
                rule="R-SCORE-09",
                bidder=bid.bidder,
                factor=one.factor,
                amount_fen=one.amount_fen,
                least_fen=factor.least_fen,
                most_fen=factor.most_fen,
            )
    if price_fen + sum(one.amount_fen for one in bid.adjustments) <= 0:
        raise Invalid("adjustments-eat-the-price", rule="R-SCORE-09", bid=bid.bidder)


def adjusted(lot: Lot, offer: Offer) -> Offer:
    """With the amounts that all members agree on (see ``differing_objective``), line by line."""
    factors = factors_of(terms_of(lot).price_formula)
    said = next(
        (bid for sheet in lot.evaluation.sheets for bid in sheet.bids if bid.bidder == offer.bid), None
    )
    if not factors or said is None:
        return offer
    amounts = {one.factor: one.amount_fen for one in said.adjustments}
    steps = tuple(
        Step(text=f"评审因素“{factor.title}”：{factor.standard}", value=str(amounts[name]))
        for name, factor in factors.items()
    )
    return msgspec.structs.replace(offer, adjustment=str(sum(amounts.values())), adjusted_by=steps)
