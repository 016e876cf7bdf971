"""Scoring all prices of a lot by the formula that its tender document declares."""

from collections.abc import Sequence
from fractions import Fraction

from bidding.domain.errors import Invalid
from bidding.domain.scoring.deviation import score_deviation
from bidding.domain.scoring.evaluated import GP_MINIMUM, score_eng_lowest, score_gp
from bidding.domain.scoring.formula import EngLowestEvaluated, GpLowestEvaluated, LowPriceFirst, PriceFormula
from bidding.domain.scoring.result import Draws, Offer, PriceScores

NO_DRAWS = Draws()


def score_prices(
    formula: PriceFormula,
    offers: Sequence[Offer],
    *,
    limit: str | None = None,
    draws: Draws = NO_DRAWS,
    min_valid: int = GP_MINIMUM,
) -> PriceScores:
    """Price scores of all bids, each with its derivation.

    ``limit``: 最高投标限价 (ENG), or the lower of budget and limit (GP), in the prices' unit.
    ``min_valid``: GP only, the rule set's ``min_suppliers``. Raises ``Invalid`` for a price that is not
    positive, a bid named twice or deductions of the whole price, ``CoefficientOutsideSet`` for a draw.
    """
    for offer in offers:
        if Fraction(offer.price) <= 0:
            raise Invalid("price-not-positive", rule="R-SCORE-03", bid=offer.bid, price=offer.price)
    if len({offer.bid for offer in offers}) < len(offers):
        raise Invalid("bid-named-twice", rule="R-SCORE-03")
    ceiling = None if limit is None else Fraction(limit)
    if isinstance(formula, LowPriceFirst | GpLowestEvaluated):
        return score_gp(formula, offers, ceiling, min_valid)
    if isinstance(formula, EngLowestEvaluated):
        return score_eng_lowest(formula, offers, ceiling)
    return score_deviation(formula, offers, ceiling, draws)
