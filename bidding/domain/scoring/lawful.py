"""Whether a declared formula keeps the law: checked before the tender document is published."""

from enum import StrEnum
from fractions import Fraction

from bidding.domain.regime import LotObject
from bidding.domain.ruleset import GpRules, RateRange, RuleSet
from bidding.domain.scoring.formula import (
    Deductions,
    Deviation,
    EngLowestEvaluated,
    GpLowestEvaluated,
    LowPriceFirst,
    PriceFactor,
    PriceFormula,
    ReasonableLow,
)


class FormulaFault(StrEnum):
    WRONG_REGIME = "WRONG_REGIME"
    """A GP method in an ENG lot or the reverse (R-GP-09, R-SCORE-09)."""
    FACTORS_UNCLEAR = "FACTORS_UNCLEAR"
    """R-SCORE-09, 12号令 31: a factor without a name or standard of its own, or without bounds to move in."""
    E1_NOT_ABOVE_E2 = "E1_NOT_ABOVE_E2"
    """R-SCORE-10: a price above the base must lose more than one as far below."""
    WEIGHT_TOO_LOW = "WEIGHT_TOO_LOW"
    """R-SCORE-04: price weight ≥30 % for goods, ≥10 % for services."""
    SME_DEDUCTION_OUTSIDE_RANGE = "SME_DEDUCTION_OUTSIDE_RANGE"
    CONSORTIUM_DEDUCTION_OUTSIDE_RANGE = "CONSORTIUM_DEDUCTION_OUTSIDE_RANGE"
    DOMESTIC_PREFERENCE_NOT_IN_FORCE = "DOMESTIC_PREFERENCE_NOT_IN_FORCE"
    """R-SCORE-07: another rate than the pinned rule set's."""


def formula_faults(formula: PriceFormula, rules: RuleSet, obj: LotObject) -> tuple[FormulaFault, ...]:
    """Everything unlawful in ``formula`` under the pinned ``rules``; ``weight`` counts of 100 points."""
    if isinstance(formula, LowPriceFirst | GpLowestEvaluated):
        return _gp_faults(formula, rules, obj) if isinstance(rules, GpRules) else (FormulaFault.WRONG_REGIME,)
    if isinstance(rules, GpRules):
        return (FormulaFault.WRONG_REGIME,)
    if isinstance(formula, Deviation | ReasonableLow) and Fraction(formula.e1) <= Fraction(formula.e2):
        return (FormulaFault.E1_NOT_ABOVE_E2,)
    if isinstance(formula, EngLowestEvaluated) and not _clear(formula.factors):
        return (FormulaFault.FACTORS_UNCLEAR,)
    return ()


def _clear(factors: tuple[PriceFactor, ...]) -> bool:
    ids = [one.id.strip() for one in factors]
    return len(set(ids)) == len(ids) and all(
        one.id.strip() and one.title.strip() and one.standard.strip() and one.least_fen < one.most_fen
        for one in factors
    )


def _gp_faults(
    formula: LowPriceFirst | GpLowestEvaluated, rules: GpRules, obj: LotObject
) -> tuple[FormulaFault, ...]:
    faults = []
    if isinstance(formula, LowPriceFirst):
        scoring = rules.scoring
        least = scoring.price_weight_goods if obj is LotObject.GOODS else scoring.price_weight_services
        if Fraction(formula.weight) < 100 * Fraction(least.value):
            faults.append(FormulaFault.WEIGHT_TOO_LOW)
    return (*faults, *_deduction_faults(formula.deductions, rules))


def _deduction_faults(deductions: Deductions, rules: GpRules) -> list[FormulaFault]:
    faults = []
    if not deductions.sme_reserved:
        if not _inside(deductions.small_micro, rules.scoring.small_micro):
            faults.append(FormulaFault.SME_DEDUCTION_OUTSIDE_RANGE)
        # A tender that admits no consortium declares 0.
        if Fraction(deductions.consortium) and not _inside(deductions.consortium, rules.scoring.consortium):
            faults.append(FormulaFault.CONSORTIUM_DEDUCTION_OUTSIDE_RANGE)
    if Fraction(deductions.domestic) != Fraction(rules.scoring.domestic.value):
        faults.append(FormulaFault.DOMESTIC_PREFERENCE_NOT_IN_FORCE)
    return faults


def _inside(rate: str, allowed: RateRange) -> bool:
    return Fraction(allowed.lowest) <= Fraction(rate) <= Fraction(allowed.highest)
