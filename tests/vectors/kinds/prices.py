"""Kinds ``gp.price_score``, ``eng.deviation_score``, ``base.*`` and ``rank.order``."""

from fractions import Fraction
from typing import Any

import msgspec

from bidding.domain.calendar import WorkCalendar
from bidding.domain.errors import Invalid
from bidding.domain.ranking import Contender, Method, rank
from bidding.domain.scoring import (
    Deviation,
    DrawnReduction,
    Draws,
    FixedFloat,
    GivenBase,
    LowPriceFirst,
    MeanBase,
    MixedBase,
    Offer,
    PriceDecision,
    Rounding,
    Sme,
    TrimPolicy,
    exact_text,
    score_prices,
)
from bidding.domain.scoring.base import BasePrice, base_price, mixed_means, trimmed
from bidding.domain.scoring.exact import mean
from bidding.domain.scoring.formula import Base, Deductions

#: R-SCORE-13: what is drawn from where a case names no sets.
ALPHA = ("0", "0.01", "0.02", "0.03")
BETA = ("0.03", "0.035", "0.04", "0.045", "0.05", "0.055", "0.06")
#: R-SCORE-06: who counts as a small or micro enterprise, who as a consortium with some, and who is neither.
SMES = {
    "SMALL": Sme.SMALL_MICRO,
    "MICRO": Sme.SMALL_MICRO,
    "PRISON": Sme.SMALL_MICRO,
    "DISABLED": Sme.SMALL_MICRO,
    "SUBCONTRACT": Sme.CONSORTIUM,
    "MEDIUM": Sme.NONE,
    "LARGE": Sme.NONE,
}


def gp_price_score(inputs: dict[str, Any], _: WorkCalendar) -> dict[str, Any]:
    rates = inputs.get("rates", {})
    deductions: dict[str, Any] = {
        "small_micro": str(rates.get("sme", "0")),
        "consortium": str(rates.get("consortium", "0")),
        "domestic": str(rates.get("domestic", "0")),
        **{
            name: inputs[name]
            for name in ("stacking", "domestic_only_if_mixed", "sme_reserved")
            if name in inputs
        },
    }
    formula = LowPriceFirst(
        weight=_points(inputs["weight"]),
        deductions=msgspec.convert(deductions, Deductions),
        rounding=_rounding(inputs) or Rounding(),
    )
    limits = [inputs[name] for name in ("budget", "limit") if name in inputs]
    found = score_prices(
        formula,
        [_offer(bid) for bid in inputs["bids"]],
        limit=min(limits, key=Fraction) if limits else None,
        min_valid=3 if inputs.get("min_three", True) else 1,
    )
    return {
        "decision": found.decision.value,
        "invalid": list(found.rejected),
        "base": found.base,
        "bids": {score.bid: {"evaluated": score.evaluated, "score": score.score} for score in found.scores},
    }


def deviation_score(inputs: dict[str, Any], _: WorkCalendar) -> dict[str, Any]:
    base, draws = _base(inputs["base"])
    formula = Deviation(
        base=base,
        e1=inputs["E1"],
        e2=inputs["E2"],
        full=inputs.get("full", "100"),
        floor=inputs.get("floor"),
        rounding=_rounding(inputs) or Rounding(),
    )
    offers = [_offer(bid) for bid in inputs["bids"]]
    found = score_prices(formula, offers, limit=inputs.get("limit"), draws=draws)
    return {
        "decision": found.decision.value,
        "rejected": list(found.rejected),
        "base": found.base,
        "scores": {score.bid: score.score for score in found.scores},
    }


def trimmed_mean(inputs: dict[str, Any], _: WorkCalendar) -> dict[str, Any]:
    kept = trimmed(_prices(inputs), TrimPolicy(inputs["policy"]))
    exact = mean(kept)
    return {
        "kept": list(map(exact_text, kept)),
        "n_kept": len(kept),
        "mean_exact": exact_text(exact),
        "mean": (_rounding(inputs) or Rounding()).text(exact),
    }


def floating(inputs: dict[str, Any], _: WorkCalendar) -> dict[str, Any]:
    base, draws = _base(inputs["base"])
    found = _over_valid(base, inputs, draws)
    return {
        "base_exact": exact_text(found.exact),
        "base": (_rounding(inputs) or Rounding()).text(found.value),
    }


def mixed(inputs: dict[str, Any], _: WorkCalendar) -> dict[str, Any]:
    declared: dict[str, Any] = {
        name: inputs[name] for name in ("cut", "weight_a", "weight_b") if name in inputs
    }
    base = MixedBase(
        alpha_choices=tuple(inputs.get("alpha_set", ALPHA)),
        beta_choices=tuple(inputs.get("beta_set", BETA)),
        **declared,
    )
    found = _over_valid(base, inputs, Draws(alpha=inputs.get("alpha"), beta=inputs.get("beta")))
    means = mixed_means(_prices(inputs), Fraction(base.cut))
    return {
        "X_exact": exact_text(means.x),
        "kept": list(map(exact_text, means.kept)),
        "A_exact": exact_text(means.a),
        "Y_exact": exact_text(found.exact),
        "Y": (_rounding(inputs) or Rounding()).text(found.exact),
    }


def rank_order(inputs: dict[str, Any], _: WorkCalendar) -> dict[str, Any]:
    contenders = [_contender(bid) for bid in inputs["bids"]]
    return {"order": [list(equals) for equals in rank(_method(inputs["method"]), contenders)]}


def _contender(bid: dict[str, Any]) -> Contender:
    """Where only an evaluated price is told it is the price."""
    evaluated = bid.get("evaluated", bid.get("evaluated_price"))
    told: dict[str, Any] = {
        "bid": bid["id"],
        "price": str(bid.get("price", evaluated)),
        "score": str(bid.get("score", "0")),
        "evaluated": None if evaluated is None else str(evaluated),
        "credit_rank": bid.get("credit_rank"),
        "submitted": bid.get("submitted"),
    }
    return msgspec.convert(told, Contender, strict=False)


def _method(name: str) -> Method:
    """The lowest-price methods go by several names."""
    for regime in ("GP", "ENG"):
        if name.startswith(f"{regime}_LOWEST"):
            return Method(f"{regime}_LOWEST_EVALUATED")
    return Method(name)


def _offer(bid: dict[str, Any]) -> Offer:
    return Offer(
        bid=bid["id"],
        price=bid["price"],
        compliant=bid.get("compliant", True),
        sme=_sme(bid.get("sme", "NONE")),
        domestic=bid.get("domestic", False),
    )


def _sme(name: str) -> Sme:
    return SMES.get(name) or Sme(name)


def _points(weight: str | int) -> str:
    """R-SCORE-03: a share of 100 points, or points."""
    value = Fraction(weight)
    return exact_text(100 * value if value <= 1 else value)


def _rounding(inputs: dict[str, Any]) -> Rounding | None:
    return msgspec.convert(inputs["rounding"], Rounding) if "rounding" in inputs else None


def _prices(inputs: dict[str, Any]) -> list[Fraction]:
    """R-SCORE-14: prices above the limit, if there is one, have left before any mean is taken."""
    prices = list(map(Fraction, inputs["prices"]))
    valid = [price for price in prices if "limit" not in inputs or price <= Fraction(inputs["limit"])]
    if not valid:
        raise Invalid(PriceDecision.REJECT_ALL_RETENDER.value, rule="R-SCORE-14")
    return valid


def _over_valid(base: Base, inputs: dict[str, Any], draws: Draws) -> BasePrice:
    limit = Fraction(inputs["limit"]) if "limit" in inputs else None
    return base_price(base, _prices(inputs), limit, draws)


def _base(plain: dict[str, Any]) -> tuple[Base, Draws]:
    """A base and its drawn coefficient. A factor without a declared set is a fixed one."""
    if "given" in plain:
        return GivenBase(value=plain["given"]), Draws()
    factor = plain.get("factor")
    if factor is None:
        return MeanBase(trim=TrimPolicy(plain["mean"]), rounding=_rounding(plain)), Draws()
    sign = {"ONE_PLUS_F": 1, "ONE_MINUS_K": -1}[factor["type"]]
    if "set" not in factor:
        value = Fraction(factor["value"])
        fixed = FixedFloat(f=exact_text(sign * value))
        return MeanBase(trim=TrimPolicy(plain["mean"]), factor=fixed, rounding=_rounding(plain)), Draws()
    choices = tuple(exact_text(-sign * Fraction(choice)) for choice in factor["set"])
    base = MeanBase(
        trim=TrimPolicy(plain["mean"]), factor=DrawnReduction(choices=choices), rounding=_rounding(plain)
    )
    # A coefficient that nobody has drawn is none of the set.
    drawn = factor.get("value")
    return base, Draws() if drawn is None else Draws(k=exact_text(-sign * Fraction(drawn)))
