"""R-SCORE-01…14: price scores."""

import json
from fractions import Fraction
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.application.rulesets import load_rulesets
from bidding.domain.errors import Invalid
from bidding.domain.regime import LotObject
from bidding.domain.ruleset import by_version
from bidding.domain.scoring import (
    CoefficientOutsideSet,
    Deductions,
    Deviation,
    DrawnReduction,
    Draws,
    EngLowestEvaluated,
    FormulaFault,
    GivenBase,
    GpLowestEvaluated,
    LowPriceFirst,
    MeanBase,
    MixedBase,
    Offer,
    PriceDecision,
    PriceFormula,
    ReasonableLow,
    Rounding,
    RoundingMode,
    Sme,
    Stacking,
    TrimPolicy,
    canonical,
    exact_text,
    formula_faults,
    parse_formula,
    score_prices,
)
from bidding.domain.scoring.base import trimmed
from bidding.domain.scoring.exact import mean
from tests.domain.rules.rulesets import ENG, GP

DEDUCTIONS = Deductions(small_micro="0.10", consortium="0.04", domestic="0.20")
DRAWN = Deviation(
    base=MeanBase(trim=TrimPolicy.TRIM_B, factor=DrawnReduction(choices=("0.01", "0.02"))), e1="1", e2="0.5"
)
FORMULAS: list[PriceFormula] = [
    LowPriceFirst(weight="30", deductions=DEDUCTIONS),
    GpLowestEvaluated(deductions=DEDUCTIONS),
    EngLowestEvaluated(),
    DRAWN,
    ReasonableLow(
        base=MixedBase(alpha_choices=("0",), beta_choices=("0.03",)), e1="1.2", e2="0.8", floor="0"
    ),
]
prices = st.lists(st.integers(1, 10**12).map(str), min_size=1, max_size=9)


def offers(*texts: str) -> list[Offer]:
    return [Offer(bid=chr(65 + n), price=text) for n, text in enumerate(texts)]


# R-SCORE-01, R-SCORE-02: exact numbers, one declared rounding


@pytest.mark.parametrize(
    ("mode", "texts"),
    [
        (RoundingMode.HALF_UP, ["1.01", "-1.01", "1.00", "1.01", "1.02"]),
        (RoundingMode.HALF_DOWN, ["1.00", "-1.00", "1.00", "1.01", "1.01"]),
        (RoundingMode.HALF_EVEN, ["1.00", "-1.00", "1.00", "1.01", "1.02"]),
        (RoundingMode.UP, ["1.01", "-1.01", "1.01", "1.01", "1.02"]),
        (RoundingMode.DOWN, ["1.00", "-1.00", "1.00", "1.00", "1.01"]),
        (RoundingMode.CEILING, ["1.01", "-1.00", "1.01", "1.01", "1.02"]),
        (RoundingMode.FLOOR, ["1.00", "-1.01", "1.00", "1.00", "1.01"]),
    ],
)
def test_rounding_modes(mode: RoundingMode, texts: list[str]) -> None:
    values = ["1.005", "-1.005", "1.004", "1.006", "1.015"]
    assert [Rounding(digits=2, mode=mode).text(Fraction(value)) for value in values] == texts


@given(st.fractions(), st.integers(0, 6), st.sampled_from(RoundingMode))
def test_a_rounded_text_is_within_one_unit_and_has_its_digits(
    value: Fraction, digits: int, mode: RoundingMode
) -> None:
    text = Rounding(digits=digits, mode=mode).text(value)
    assert abs(Fraction(text) - value) < Fraction(1, 10**digits)
    assert len(text.partition(".")[2]) == digits
    assert Rounding(digits=digits, mode=mode).text(Fraction(text)) == text


def test_there_is_no_minus_zero() -> None:
    assert Rounding(digits=2).text(Fraction("-0.001")) == "0.00"


@pytest.mark.parametrize(
    ("value", "text"), [("11/3", "11/3"), ("-1/8", "-0.125"), ("1000", "1000"), ("1/50", "0.02"), ("0", "0")]
)
def test_exact_text_is_a_decimal_if_it_ends(value: str, text: str) -> None:
    assert exact_text(Fraction(value)) == text


@given(st.fractions())
def test_exact_text_loses_nothing(value: Fraction) -> None:
    assert Fraction(exact_text(value)) == value


# R-SCORE-01: the formula is declared, hashed and published


@pytest.mark.parametrize("formula", FORMULAS, ids=lambda formula: type(formula).__name__)
def test_a_formula_survives_publication(formula: PriceFormula) -> None:
    plain = json.loads(json.dumps(canonical(formula)))
    assert parse_formula(plain) == formula
    assert canonical(parse_formula(plain)) == canonical(formula)


def test_defaults_are_written_out_so_that_the_hash_covers_them() -> None:
    assert canonical(LowPriceFirst(weight="30"))["rounding"] == {"digits": 2, "mode": "HALF_UP"}


@pytest.mark.parametrize("weight", [30, 30.0, "3e1", "+30", "030", ".5", ""])
def test_a_coefficient_is_written_as_plain_decimal_text(weight: Any) -> None:
    plain = canonical(LowPriceFirst(weight="30")) | {"weight": weight}
    with pytest.raises(msgspec.ValidationError):
        parse_formula(plain)


# R-SCORE-03, R-SCORE-06…08: GP


@given(prices.filter(lambda many: len(many) > 2), st.sampled_from(Stacking))
def test_the_lowest_evaluated_price_gets_all_points_and_nobody_more(
    texts: list[str], stacking: Stacking
) -> None:
    formula = LowPriceFirst(weight="30", deductions=msgspec.structs.replace(DEDUCTIONS, stacking=stacking))
    bids = [
        msgspec.structs.replace(offer, sme=list(Sme)[n % 3], domestic=n % 2 == 0)
        for n, offer in enumerate(offers(*texts))
    ]
    found = score_prices(formula, bids)
    by_price = sorted(found.scores, key=lambda one: Fraction(one.evaluated))
    assert by_price[0].score == "30.00"
    points = [Fraction(one.score or "0") for one in by_price]
    assert points == sorted(points, reverse=True)


def test_deductions_never_touch_the_bid_price_itself() -> None:
    bids = [msgspec.structs.replace(offer, sme=Sme.SMALL_MICRO) for offer in offers("100", "110", "120")]
    found = score_prices(LowPriceFirst(weight="30", deductions=DEDUCTIONS), bids)
    assert [one.derivation[0].value for one in found.scores] == ["100", "110", "120"]
    assert [one.evaluated for one in found.scores] == ["90", "99", "108"]


def test_a_score_shows_how_it_came_about() -> None:
    bids = [Offer(bid="A", price="95", sme=Sme.SMALL_MICRO), *offers("", "90", "98")[1:]]
    found = score_prices(LowPriceFirst(weight="30", deductions=DEDUCTIONS), bids)
    assert [(step.text, step.value) for step in found.scores[0].derivation] == [
        ("投标报价", "95"),
        ("评审价：报价 × 0.9（价格扣除，叠加方式ADD）", "85.5"),
        ("得分：85.5 × 30 ÷ 85.5", "30.00"),
    ]


def test_lowest_price_methods_give_no_points() -> None:
    gp = score_prices(GpLowestEvaluated(deductions=DEDUCTIONS), offers("3", "2", "4"))
    assert (gp.base, [one.score for one in gp.scores]) == ("2", [None, None, None])


def test_deductions_of_the_whole_price_are_refused() -> None:
    formula = GpLowestEvaluated(deductions=Deductions(small_micro="1"))
    bids = [msgspec.structs.replace(offer, sme=Sme.SMALL_MICRO) for offer in offers("1", "2", "3")]
    with pytest.raises(Invalid, match="deductions-eat-the-price"):
        score_prices(formula, bids)


# R-SCORE-09: 经评审的最低投标价法


def test_published_adjustments_move_the_evaluated_price() -> None:
    bids = [Offer(bid="A", price="100", adjustment="3.5"), Offer(bid="B", price="102", adjustment="-1")]
    found = score_prices(EngLowestEvaluated(), [*bids, Offer(bid="C", price="104")], limit="103")
    assert [(one.bid, one.evaluated) for one in found.scores] == [("A", "103.5"), ("B", "101")]
    assert (found.rejected, found.base) == (("C",), "101")


def test_all_above_the_limit_rejects_all() -> None:
    found = score_prices(EngLowestEvaluated(), offers("104"), limit="103")
    assert found.decision is PriceDecision.REJECT_ALL_RETENDER


# R-SCORE-10…14: bases and deviation


@given(st.lists(st.integers(1, 10**9).map(Fraction), min_size=1, max_size=12), st.sampled_from(TrimPolicy))
def test_a_trimmed_mean_lies_between_the_extremes(values: list[Fraction], policy: TrimPolicy) -> None:
    kept = trimmed(values, policy)
    assert min(values) <= mean(kept) <= max(values)
    assert len(values) - len(kept) <= 2
    if len(kept) == len(values) - 2:
        assert sorted(kept) == sorted(values)[1:-1]


@given(prices, st.sampled_from(["980", "1000000", "55555555"]))
def test_no_price_scores_above_the_one_that_hits_the_base(texts: list[str], base: str) -> None:
    formula = Deviation(base=GivenBase(value=base), e1="1.2", e2="0.8")
    scores = [Fraction(one.score or "") for one in score_prices(formula, offers(base, *texts)).scores]
    assert scores[0] == 100 == max(scores)


@given(st.integers(1, 99))
def test_a_price_above_the_base_loses_more_than_one_as_far_below(gap: int) -> None:
    formula = Deviation(base=GivenBase(value="100"), e1="1.2", e2="0.8")
    above, below = score_prices(formula, offers(str(100 + gap), str(100 - gap))).scores
    assert Fraction(above.score or "") < Fraction(below.score or "")


def test_the_base_shows_how_it_came_about() -> None:
    found = score_prices(
        DRAWN,
        offers("980", "1000", "1010", "1020", "1050", "1100"),
        draws=Draws(k="0.02"),
    )
    assert [(step.text, step.value) for step in found.base_derivation] == [
        ("4个有效报价的算术平均值（共6个，按TRIM-B去掉极值2个）", "1020"),
        ("平均值 ×（1 - K），抽取的K = 0.02", "999.6"),
    ]


def test_nothing_is_scored_before_the_coefficient_is_drawn() -> None:
    with pytest.raises(CoefficientOutsideSet) as refusal:
        score_prices(FORMULAS[3], offers("1", "2", "3"))
    assert refusal.value.found["value"] is None


def test_a_drawn_coefficient_is_compared_as_a_number() -> None:
    assert score_prices(DRAWN, offers("100", "200"), draws=Draws(k="0.020")).base == "147"


def test_a_mixed_base_scores_too() -> None:
    found = score_prices(
        FORMULAS[4], offers("1000", "1100"), limit="1200", draws=Draws(alpha="0", beta="0.03")
    )
    assert found.base == "1095.6"
    assert found.scores[0].score == "93.02", "100 − 100 × 95.6/1095.6 × 0.8"


def test_a_mixed_base_needs_its_limit() -> None:
    with pytest.raises(ValueError, match="limit"):
        score_prices(FORMULAS[4], offers("1000"), draws=Draws(alpha="0", beta="0.03"))


def test_rejected_bids_get_no_score_and_set_no_base() -> None:
    bids = [*offers("100", "200"), Offer(bid="Z", price="900", compliant=False)]
    found = score_prices(Deviation(base=MeanBase(trim=TrimPolicy.ALL), e1="1", e2="0.5"), bids)
    assert (found.base, found.rejected, [one.bid for one in found.scores]) == ("150", ("Z",), ["A", "B"])


@pytest.mark.parametrize("price", ["0", "-1"])
def test_a_price_is_positive(price: str) -> None:
    with pytest.raises(Invalid, match="price-not-positive"):
        score_prices(FORMULAS[0], offers("1", "2", price))


def test_a_bid_stands_once_in_the_table() -> None:
    with pytest.raises(Invalid, match="bid-named-twice"):
        score_prices(FORMULAS[0], [*offers("1", "2"), *offers("3")])


# R-SCORE-04, 06, 07, 10, R-GP-09: what a formula may declare


def test_the_formulas_used_here_are_lawful() -> None:
    assert formula_faults(FORMULAS[0], GP, LotObject.GOODS) == ()
    assert formula_faults(FORMULAS[3], ENG, LotObject.WORKS) == ()


@pytest.mark.parametrize(
    ("formula", "obj", "fault"),
    [
        (LowPriceFirst(weight="29.99", deductions=DEDUCTIONS), LotObject.GOODS, FormulaFault.WEIGHT_TOO_LOW),
        (LowPriceFirst(weight="9", deductions=DEDUCTIONS), LotObject.SERVICE, FormulaFault.WEIGHT_TOO_LOW),
        (
            GpLowestEvaluated(deductions=Deductions(small_micro="0.09", domestic="0.20")),
            LotObject.GOODS,
            FormulaFault.SME_DEDUCTION_OUTSIDE_RANGE,
        ),
        (
            GpLowestEvaluated(deductions=Deductions(small_micro="0.20", consortium="0.07", domestic="0.20")),
            LotObject.GOODS,
            FormulaFault.CONSORTIUM_DEDUCTION_OUTSIDE_RANGE,
        ),
        (
            GpLowestEvaluated(deductions=Deductions(sme_reserved=True)),
            LotObject.GOODS,
            FormulaFault.DOMESTIC_PREFERENCE_NOT_IN_FORCE,
        ),
        (FORMULAS[3], LotObject.GOODS, FormulaFault.WRONG_REGIME),
    ],
)
def test_unlawful_gp_formulas(formula: PriceFormula, obj: LotObject, fault: FormulaFault) -> None:
    assert formula_faults(formula, GP, obj) == (fault,)


def test_unlawful_eng_formulas() -> None:
    even = Deviation(base=GivenBase(value="1"), e1="1.0", e2="1")
    assert formula_faults(even, ENG, LotObject.WORKS) == (FormulaFault.E1_NOT_ABOVE_E2,)
    assert formula_faults(FORMULAS[0], ENG, LotObject.WORKS) == (FormulaFault.WRONG_REGIME,)


def test_the_domestic_preference_came_into_force_in_2026() -> None:
    before = by_version(load_rulesets(), "GP-2025-06-01")
    assert formula_faults(FORMULAS[0], before, LotObject.GOODS) == (
        FormulaFault.DOMESTIC_PREFERENCE_NOT_IN_FORCE,
    )


@pytest.mark.parametrize(
    ("formula", "drawn", "found"),
    [
        (DRAWN, Draws(k="0.03"), ("K", "0.03", ("0.01", "0.02"))),
        (FORMULAS[4], Draws(alpha="0.1", beta="0.03"), ("α", "0.1", ("0",))),
        (FORMULAS[4], Draws(alpha="0", beta="0.1"), ("β", "0.1", ("0.03",))),
        (FORMULAS[4], Draws(beta="0.03"), ("α", None, ("0",))),
    ],
)
def test_a_coefficient_outside_its_set_is_named(
    formula: PriceFormula, drawn: Draws, found: tuple[str, str | None, tuple[str, ...]]
) -> None:  # R-SCORE-12, R-SCORE-13
    with pytest.raises(CoefficientOutsideSet) as refusal:
        score_prices(formula, offers("1000", "1100"), limit="1200", draws=drawn)
    assert tuple(refusal.value.found[name] for name in ("name", "value", "choices")) == found


def test_something_of_the_price_is_left_after_adjustments_and_deductions() -> None:  # R-SCORE-08, R-SCORE-09
    for adjustment, evaluated in (("-99.5", "0.5"), ("-99", "1")):
        offer = Offer(bid="A", price="100", adjustment=adjustment)
        assert score_prices(EngLowestEvaluated(), [offer]).base == evaluated
    with pytest.raises(Invalid) as refusal:
        score_prices(EngLowestEvaluated(), [Offer(bid="A", price="100", adjustment="-100")])
    assert (refusal.value.code, refusal.value.rule) == ("adjustments-eat-the-price", "R-SCORE-09")
    assert refusal.value.found == {"bid": "A"}
    small = [Offer(bid=bid, price="100", sme=Sme.SMALL_MICRO) for bid in "ABC"]
    assert score_prices(GpLowestEvaluated(deductions=Deductions(small_micro="0.995")), small).base == "0.5"
    with pytest.raises(Invalid) as refusal:
        score_prices(GpLowestEvaluated(deductions=Deductions(small_micro="1")), small)
    assert (refusal.value.code, refusal.value.rule) == ("deductions-eat-the-price", "R-SCORE-08")
    assert refusal.value.found == {"left": "0"}


@pytest.mark.parametrize("price", ["0.01", "1"])
def test_a_price_is_more_than_nothing(price: str) -> None:  # R-SCORE-03
    assert score_prices(EngLowestEvaluated(), [Offer(bid="A", price=price)]).base == price
    for wrong in ("0", "-1"):
        with pytest.raises(Invalid) as refusal:
            score_prices(EngLowestEvaluated(), [Offer(bid="A", price=wrong)])
        assert (refusal.value.code, refusal.value.rule) == ("price-not-positive", "R-SCORE-03")
        assert refusal.value.found == {"bid": "A", "price": wrong}
