"""Price formulas as data: declared in the tender document, hashed and published (R-SCORE-01).

Coefficients drawn at the opening are not part of a formula; the formula declares the set they are drawn
from (R-SCORE-12, R-SCORE-13, R-DRAW-01).
"""

from enum import StrEnum
from typing import Annotated, Any

import msgspec

from bidding.domain.scoring.exact import DecimalText, Rounding

#: A set to draw from: at least one coefficient.
Choices = Annotated[tuple[DecimalText, ...], msgspec.Meta(min_length=1)]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    pass


class TrimPolicy(StrEnum):
    """R-SCORE-11. Of equal extremes exactly one is dropped; dropped bids are still scored.

    ``TRIM-A``: up to 5 prices none, of 6 the highest, from 7 one each.
    ``TRIM-B``: up to 4 prices none, from 5 one each.
    """

    ALL = "ALL"
    TRIM_A = "TRIM-A"
    TRIM_B = "TRIM-B"


class Stacking(StrEnum):
    """R-SCORE-08: ADD p(1−s−d), MULTIPLY p(1−s)(1−d), MAX p(1−max(s,d))."""

    ADD = "ADD"
    MULTIPLY = "MULTIPLY"
    MAX = "MAX"


class FixedFloat(Part, frozen=True, kw_only=True, tag="fixed-float"):
    """``base = mean × (1 + f)``, e.g. f = "-0.05"."""

    f: DecimalText


class DrawnReduction(Part, frozen=True, kw_only=True, tag="drawn-reduction"):
    """``base = mean × (1 − K)``, K drawn at the opening from ``choices``."""

    choices: Choices


class GivenBase(Part, frozen=True, kw_only=True, tag="given"):
    value: DecimalText


class MeanBase(Part, frozen=True, kw_only=True, tag="mean"):
    """R-SCORE-11, R-SCORE-12: mean of the valid prices after trimming, times the factor."""

    trim: TrimPolicy
    factor: FixedFloat | DrawnReduction | None = None
    rounding: Rounding | None = None


class MixedBase(Part, frozen=True, kw_only=True, tag="mixed"):
    """R-SCORE-13: ``Y = A(1−α)·weight_a + B(1−β)·weight_b``, B the price limit, A the mean of the prices that
    reach ``cut`` times the mean of all; α and β drawn at the opening."""

    alpha_choices: Choices
    beta_choices: Choices
    cut: DecimalText = "0.9"
    weight_a: DecimalText = "0.6"
    weight_b: DecimalText = "0.4"
    rounding: Rounding | None = None


Base = GivenBase | MeanBase | MixedBase


class Deductions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """R-SCORE-06…08. They touch the evaluated price only, never the contract price (R-DEC-11).

    ``sme_reserved``: in a package reserved for small enterprises none is given to them.
    """

    small_micro: DecimalText = "0"
    consortium: DecimalText = "0"
    domestic: DecimalText = "0"
    stacking: Stacking = Stacking.ADD
    domestic_only_if_mixed: bool = True
    sme_reserved: bool = False


class LowPriceFirst(Part, frozen=True, kw_only=True, tag="gp-low-price-first"):
    """R-SCORE-03, 87号令 55: ``lowest evaluated price × weight ÷ evaluated price``; ``weight`` in points."""

    weight: DecimalText
    deductions: Deductions = Deductions()
    rounding: Rounding = Rounding()


class GpLowestEvaluated(Part, frozen=True, kw_only=True, tag="gp-lowest-evaluated-price"):
    """R-GP-09 最低评标价法: no points, the lowest evaluated price comes first."""

    deductions: Deductions = Deductions()


class PriceFactor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One 量化因素 of the tender document (12号令 31): what is added to, or taken off, the price to compare it.

    ``standard``: how the amount follows from the bid; ``least_fen``, ``most_fen``: its bounds in 分, negative where
    it takes off.
    """

    id: str
    title: str
    standard: str
    least_fen: int
    most_fen: int


class EngLowestEvaluated(Part, frozen=True, kw_only=True, tag="eng-lowest-evaluated-price"):
    """R-SCORE-09 经评审的最低投标价法: price plus published adjustments, ascending (标价比较表)."""

    factors: tuple[PriceFactor, ...] = ()


class Deviation(Part, frozen=True, kw_only=True, tag="deviation"):
    """R-SCORE-10: ``full − 100·d·E1`` above the base, ``full − 100·|d|·E2`` below; ``floor`` None = none."""

    base: Base
    e1: DecimalText
    e2: DecimalText
    full: DecimalText = "100"
    floor: DecimalText | None = None
    rounding: Rounding = Rounding()


class ReasonableLow(Part, frozen=True, kw_only=True, tag="reasonable-low-price"):
    """R-SCORE-09 合理低价法: the deviation score, price being all that is scored."""

    base: Base
    e1: DecimalText
    e2: DecimalText
    full: DecimalText = "100"
    floor: DecimalText | None = None
    rounding: Rounding = Rounding()


PriceFormula = LowPriceFirst | GpLowestEvaluated | EngLowestEvaluated | Deviation | ReasonableLow


def canonical(formula: PriceFormula) -> dict[str, Any]:
    """The formula as plain JSON values, every default written out: hash its canonical JSON (RFC 8785)."""
    plain: dict[str, Any] = msgspec.to_builtins(formula)
    return plain


def parse_formula(plain: Any) -> PriceFormula:
    """A formula from plain JSON values. Raises ``msgspec.ValidationError``."""
    formula: PriceFormula = msgspec.convert(plain, PriceFormula)
    return formula
