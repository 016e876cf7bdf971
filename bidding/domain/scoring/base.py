"""The base price (评标基准价): mean, trimmed mean, floating, mixed (R-SCORE-11…14)."""

from fractions import Fraction

import msgspec

from bidding.domain.scoring.exact import Rounding, exact_text, mean
from bidding.domain.scoring.formula import (
    Base,
    DrawnReduction,
    FixedFloat,
    GivenBase,
    MeanBase,
    MixedBase,
    TrimPolicy,
)
from bidding.domain.scoring.result import CoefficientOutsideSet, Draws, Step


class BasePrice(msgspec.Struct, frozen=True, kw_only=True):
    """``exact`` before, ``value`` after the declared rounding (the same if none is declared)."""

    exact: Fraction
    value: Fraction
    steps: tuple[Step, ...]


class MixedMeans(msgspec.Struct, frozen=True, kw_only=True):
    """R-SCORE-13: X over all valid prices, A over those ``kept``."""

    x: Fraction
    kept: tuple[Fraction, ...]
    a: Fraction


def base_price(base: Base, prices: list[Fraction], limit: Fraction | None, draws: Draws) -> BasePrice:
    """The base over the valid ``prices``: those above the limit have left before (R-SCORE-14).

    Raises ``CoefficientOutsideSet``; ``ValueError`` without prices, or for a mixed base without a limit.
    """
    if isinstance(base, GivenBase):
        value = Fraction(base.value)
        return BasePrice(
            exact=value, value=value, steps=(Step(text="招标文件给定的评标基准价", value=base.value),)
        )
    if isinstance(base, MeanBase):
        return _mean_base(base, prices, draws)
    if limit is None:
        raise ValueError("a mixed base needs the price limit B")
    return _mixed_base(base, prices, limit, draws)


def trimmed(prices: list[Fraction], policy: TrimPolicy) -> list[Fraction]:
    """R-SCORE-11: ``prices`` without the dropped extremes, in their order."""
    n = len(prices)
    drop_high = (policy is TrimPolicy.TRIM_A and n >= 6) or (policy is TrimPolicy.TRIM_B and n >= 5)
    drop_low = (policy is TrimPolicy.TRIM_A and n >= 7) or (policy is TrimPolicy.TRIM_B and n >= 5)
    kept = list(prices)
    if drop_high:
        kept.remove(max(kept))
    if drop_low:
        kept.remove(min(kept))
    return kept


def mixed_means(prices: list[Fraction], cut: Fraction) -> MixedMeans:
    """X and A of R-SCORE-13; a price of exactly ``cut`` times X stays."""
    x = mean(prices)
    kept = tuple(price for price in prices if price >= cut * x)
    return MixedMeans(x=x, kept=kept, a=mean(list(kept)))


def _mean_base(base: MeanBase, prices: list[Fraction], draws: Draws) -> BasePrice:
    kept = trimmed(prices, base.trim)
    average = mean(kept)
    text = f"{len(kept)}个有效报价的算术平均值"
    if len(kept) < len(prices):
        text += f"（共{len(prices)}个，按{base.trim.value}去掉极值{len(prices) - len(kept)}个）"
    steps = [Step(text=text, value=exact_text(average))]
    exact = average
    if isinstance(base.factor, FixedFloat):
        exact = average * (1 + Fraction(base.factor.f))
        steps.append(Step(text=f"平均值 ×（1 + {base.factor.f}）", value=exact_text(exact)))
    elif isinstance(base.factor, DrawnReduction):
        k = drawn("K", draws.k, base.factor.choices, code="k-not-in-set", rule="R-SCORE-12")
        exact = average * (1 - k)
        steps.append(Step(text=f"平均值 ×（1 - K），抽取的K = {draws.k}", value=exact_text(exact)))
    return _rounded(exact, base.rounding, steps)


def _mixed_base(base: MixedBase, prices: list[Fraction], limit: Fraction, draws: Draws) -> BasePrice:
    names = {"code": "coefficient-not-in-set", "rule": "R-SCORE-13"}
    alpha = drawn("α", draws.alpha, base.alpha_choices, **names)
    beta = drawn("β", draws.beta, base.beta_choices, **names)
    means = mixed_means(prices, Fraction(base.cut))
    from_bids = means.a * (1 - alpha) * Fraction(base.weight_a)
    from_limit = limit * (1 - beta) * Fraction(base.weight_b)
    steps = [
        Step(text=f"X：{len(prices)}个有效报价的算术平均值", value=exact_text(means.x)),
        Step(text=f"A：不低于{base.cut}X的{len(means.kept)}个报价的算术平均值", value=exact_text(means.a)),
        Step(text=f"A ×（1 - {draws.alpha}）× {base.weight_a}，α系抽取", value=exact_text(from_bids)),
        Step(text=f"限价 ×（1 - {draws.beta}）× {base.weight_b}，β系抽取", value=exact_text(from_limit)),
        Step(text="Y：两项之和", value=exact_text(from_bids + from_limit)),
    ]
    return _rounded(from_bids + from_limit, base.rounding, steps)


def drawn(name: str, value: str | None, choices: tuple[str, ...], *, code: str, rule: str) -> Fraction:
    """The drawn coefficient. Compared as a number: "0.020" is in a set that holds "0.02"."""
    if value is None or Fraction(value) not in map(Fraction, choices):
        raise CoefficientOutsideSet(code, rule=rule, name=name, value=value, choices=choices)
    return Fraction(value)


def _rounded(exact: Fraction, rounding: Rounding | None, steps: list[Step]) -> BasePrice:
    if rounding is None:
        return BasePrice(exact=exact, value=exact, steps=tuple(steps))
    text = rounding.text(exact)
    steps.append(Step(text=f"评标基准价，保留{rounding.digits}位小数（{rounding.mode.value}）", value=text))
    return BasePrice(exact=exact, value=Fraction(text), steps=tuple(steps))
