"""Methods that compare evaluated prices: GP low price first and lowest price, ENG lowest evaluated price."""

from collections.abc import Sequence
from fractions import Fraction

from bidding.domain.errors import Invalid
from bidding.domain.scoring.exact import exact_text
from bidding.domain.scoring.formula import (
    Deductions,
    EngLowestEvaluated,
    GpLowestEvaluated,
    LowPriceFirst,
    Stacking,
)
from bidding.domain.scoring.result import Offer, PriceDecision, PriceScore, PriceScores, Sme, Step

#: 采购法 36(一): fewer compliant suppliers end the purchase (R-GP-19).
GP_MINIMUM = 3

Evaluated = tuple[Fraction, tuple[Step, ...]]


def score_gp(
    formula: LowPriceFirst | GpLowestEvaluated,
    offers: Sequence[Offer],
    limit: Fraction | None,
    min_valid: int = GP_MINIMUM,
) -> PriceScores:
    """R-SCORE-03…08, R-GP-12. Over-budget and non-compliant bids are invalid and never set the base.

    ``min_valid`` below three is for worked examples, never for a real lot.
    """
    over = {offer.bid for offer in offers if limit is not None and Fraction(offer.price) > limit}
    valid = [offer for offer in offers if offer.compliant and offer.bid not in over]
    rejected = tuple(offer.bid for offer in offers if offer not in valid)
    if offers and len(over) == len(offers):
        return PriceScores(decision=PriceDecision.VOID_ALL_OVER_BUDGET, rejected=rejected)
    if len(valid) < max(min_valid, 1):
        return PriceScores(decision=PriceDecision.VOID_FEWER_THAN_3, rejected=rejected)
    # R-DEC-11: the preference needs a counterpart among the bids that compete
    mixed = len({offer.domestic for offer in valid}) == 2
    prefer = mixed or not formula.deductions.domestic_only_if_mixed
    evaluated = {offer.bid: _deducted(offer, formula.deductions, prefer=prefer) for offer in valid}
    return _compared(formula, valid, rejected, evaluated)


def score_eng_lowest(
    formula: EngLowestEvaluated, offers: Sequence[Offer], limit: Fraction | None
) -> PriceScores:
    """R-SCORE-09, R-SCORE-14: above the limit is rejected, equal to it is not (招投条例 51(五))."""
    valid = [
        offer for offer in offers if offer.compliant and (limit is None or Fraction(offer.price) <= limit)
    ]
    rejected = tuple(offer.bid for offer in offers if offer not in valid)
    if not valid:
        return PriceScores(decision=PriceDecision.REJECT_ALL_RETENDER, rejected=rejected)
    evaluated = {offer.bid: _adjusted(offer) for offer in valid}
    return _compared(formula, valid, rejected, evaluated)


def deduction(offer: Offer, deductions: Deductions, *, prefer_domestic: bool) -> Fraction:
    """What is left of the price, as a share: 1 without any deduction (R-SCORE-06…08)."""
    rates = {Sme.NONE: "0", Sme.SMALL_MICRO: deductions.small_micro, Sme.CONSORTIUM: deductions.consortium}
    sme = Fraction(0) if deductions.sme_reserved else Fraction(rates[offer.sme])
    domestic = Fraction(deductions.domestic) if offer.domestic and prefer_domestic else Fraction(0)
    match deductions.stacking:
        case Stacking.ADD:
            return 1 - sme - domestic
        case Stacking.MULTIPLY:
            return (1 - sme) * (1 - domestic)
        case Stacking.MAX:
            return 1 - max(sme, domestic)


def _deducted(offer: Offer, deductions: Deductions, *, prefer: bool) -> Evaluated:
    left = deduction(offer, deductions, prefer_domestic=prefer)
    if left <= 0:
        raise Invalid("deductions-eat-the-price", rule="R-SCORE-08", left=exact_text(left))
    evaluated = Fraction(offer.price) * left
    steps = [Step(text="投标报价", value=offer.price)]
    if left != 1:
        text = f"评审价：报价 × {exact_text(left)}（价格扣除，叠加方式{deductions.stacking.value}）"
        steps.append(Step(text=text, value=exact_text(evaluated)))
    return evaluated, tuple(steps)


def _adjusted(offer: Offer) -> Evaluated:
    evaluated = Fraction(offer.price) + Fraction(offer.adjustment)
    if evaluated <= 0:
        raise Invalid("adjustments-eat-the-price", rule="R-SCORE-09", bid=offer.bid)
    return evaluated, (
        Step(text="投标报价", value=offer.price),
        *offer.adjusted_by,
        Step(text=f"评审价：报价 + 评审因素调整额 {offer.adjustment}", value=exact_text(evaluated)),
    )


def _compared(
    formula: LowPriceFirst | GpLowestEvaluated | EngLowestEvaluated,
    valid: list[Offer],
    rejected: tuple[str, ...],
    evaluated: dict[str, Evaluated],
) -> PriceScores:
    base = min(price for price, _ in evaluated.values())
    scores = []
    for offer in valid:
        price, steps = evaluated[offer.bid]
        score = None
        if isinstance(formula, LowPriceFirst):
            score = formula.rounding.text(base * Fraction(formula.weight) / price)
            text = f"得分：{exact_text(base)} × {formula.weight} ÷ {exact_text(price)}"
            steps = (*steps, Step(text=text, value=score))
        scores.append(PriceScore(bid=offer.bid, evaluated=exact_text(price), score=score, derivation=steps))
    return PriceScores(
        decision=PriceDecision.SCORED,
        rejected=rejected,
        base=exact_text(base),
        base_derivation=(Step(text="有效投标中的最低评审价", value=exact_text(base)),),
        scores=tuple(scores),
    )
