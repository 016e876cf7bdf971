"""Scores by deviation from a base price (R-SCORE-09, R-SCORE-10, R-SCORE-14)."""

from collections.abc import Sequence
from fractions import Fraction

from bidding.domain.scoring.base import base_price
from bidding.domain.scoring.exact import exact_text
from bidding.domain.scoring.formula import Deviation, ReasonableLow
from bidding.domain.scoring.result import Draws, Offer, PriceDecision, PriceScore, PriceScores, Step


def score_deviation(
    formula: Deviation | ReasonableLow, offers: Sequence[Offer], limit: Fraction | None, draws: Draws
) -> PriceScores:
    """Bids above the limit leave before any mean is taken; equal to the limit is not above.

    Raises ``CoefficientOutsideSet``; ``ValueError`` if the base is not positive.
    """
    valid = [
        offer for offer in offers if offer.compliant and (limit is None or Fraction(offer.price) <= limit)
    ]
    rejected = tuple(offer.bid for offer in offers if offer not in valid)
    if not valid:
        return PriceScores(decision=PriceDecision.REJECT_ALL_RETENDER, rejected=rejected)
    base = base_price(formula.base, [Fraction(offer.price) for offer in valid], limit, draws)
    if base.value <= 0:
        raise ValueError(f"base price {exact_text(base.value)} is not positive")
    return PriceScores(
        decision=PriceDecision.SCORED,
        rejected=rejected,
        base=exact_text(base.value),
        base_derivation=base.steps,
        scores=tuple(_score(formula, offer, base.value) for offer in valid),
    )


def _score(formula: Deviation | ReasonableLow, offer: Offer, base: Fraction) -> PriceScore:
    price = Fraction(offer.price)
    deviation = (price - base) / base
    factor = formula.e1 if deviation > 0 else formula.e2
    exact = Fraction(formula.full) - 100 * abs(deviation) * Fraction(factor)
    steps = [
        Step(text="投标报价", value=offer.price),
        Step(text=f"偏差率：（报价 - {exact_text(base)}）÷ {exact_text(base)}", value=exact_text(deviation)),
        Step(text=f"{formula.full} - 100 × |偏差率| × {factor}", value=exact_text(exact)),
    ]
    if formula.floor is not None and exact < Fraction(formula.floor):
        exact = Fraction(formula.floor)
        steps.append(Step(text="不低于招标文件规定的最低分", value=formula.floor))
    score = formula.rounding.text(exact)
    rounding = f"得分，保留{formula.rounding.digits}位小数（{formula.rounding.mode.value}）"
    steps.append(Step(text=rounding, value=score))
    return PriceScore(bid=offer.bid, evaluated=exact_text(price), score=score, derivation=tuple(steps))
