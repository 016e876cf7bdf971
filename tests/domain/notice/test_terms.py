"""Terms of a tender: R-SCORE-01…10, R-ENG-08/09/17, R-GP-06, R-GUAR-02, R-EVAL-03/05/06."""

from typing import Any

import msgspec
import pytest

from bidding.domain.errors import Invalid
from bidding.domain.evaluation.traces import CollusionTerms, TraceField
from bidding.domain.notice.lawful import Basis, check_terms
from bidding.domain.notice.terms import (
    Absence,
    Criterion,
    CriterionKind,
    DecisionMethod,
    DepositForm,
    EnvelopeTerm,
    ExcludedUnit,
    LowPriceShares,
    SeparateDecision,
    TenderTerms,
)
from bidding.domain.ranking import Method
from bidding.domain.regime import LotObject, Regime
from bidding.domain.ruleset import choose
from bidding.domain.scoring import (
    Deviation,
    DrawnReduction,
    EngLowestEvaluated,
    LowPriceFirst,
    MeanBase,
    MixedBase,
    ReasonableLow,
    TrimPolicy,
)
from bidding.domain.waiver import WaiverDecision
from tests.domain.lots import NOW, RULESETS, admitted, company_filing, gp_filing, gp_terms, terms

GUARANTEE = (DepositForm.GUARANTEE,)


def waiver(filing: Any) -> WaiverDecision:
    decided = admitted(filing).admission.waiver
    assert decided is not None
    return decided


ENG = Basis(
    rules=choose(RULESETS, Regime.ENG, NOW),
    regime=Regime.ENG,
    object=LotObject.WORKS,
    base_fen=12_000_000_00,
    waiver=waiver(company_filing()),
)
GP = Basis(
    rules=choose(RULESETS, Regime.GP, NOW),
    regime=Regime.GP,
    object=LotObject.GOODS,
    base_fen=3_000_000_00,
    waiver=waiver(gp_filing()),
)


def code_of(own: TenderTerms, basis: Basis) -> str:
    with pytest.raises(Invalid) as caught:
        check_terms(own, basis)
    return caught.value.code


def eng(**changes: Any) -> str:
    return code_of(terms(**{"document_says_no_deposit": False, **changes}), ENG)


def gp(**changes: Any) -> str:
    return code_of(gp_terms(**changes), GP)


def criterion(name: str, most: str) -> Criterion:
    return Criterion(id=name, title=name, kind=CriterionKind.SUBJECTIVE, max_points=most)


def test_sample_terms_are_lawful() -> None:
    check_terms(terms(document_says_no_deposit=False), ENG)
    check_terms(gp_terms(), GP)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"suites": ()}, "suite-unknown"),
        ({"suites": ("intl-1", "rot13")}, "suite-unknown"),
        ({"suites": ("intl-1", "intl-pq")}, "one-suite-only"),
        ({"suites": ("intl-pq",)}, "platform-key-malformed"),
        ({"platform_key": "short"}, "platform-key-malformed"),
        ({"envelopes": (EnvelopeTerm(name="technical", title="技术"),)}, "envelopes-malformed"),
        ({"envelopes": (EnvelopeTerm(name="form", title="甲"),) * 2}, "envelopes-malformed"),
        (
            {"envelopes": (EnvelopeTerm(name="form", title="甲"), EnvelopeTerm(name="../x", title="乙"))},
            "envelopes-malformed",
        ),
        ({"release_window_minutes": 0}, "term-not-positive"),
        ({"bid_validity_days": -1}, "term-not-positive"),
    ],
)
def test_sealing_terms(changes: dict[str, Any], code: str) -> None:
    assert eng(**changes) == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"method": Method.GP_COMPREHENSIVE}, "formula-not-of-method"),
        ({"price_formula": LowPriceFirst(weight="60")}, "formula-not-of-method"),
        (
            {"price_formula": Deviation(base=MeanBase(trim=TrimPolicy.ALL), e1="0.5", e2="1")},
            "formula-unlawful",
        ),
        ({"price_points": "59"}, "points-do-not-sum"),
        ({"price_points": "NaN"}, "points-malformed"),
        ({"price_points": "-1"}, "points-malformed"),
        ({"criteria": (criterion("plan", "40"), criterion("plan", "0"))}, "criteria-malformed"),
        ({"criteria": (criterion("plan", "40"), criterion("zero", "0"))}, "criterion-without-points"),
    ],
)
def test_scoring_terms(changes: dict[str, Any], code: str) -> None:
    assert eng(**changes) == code


@pytest.mark.parametrize(
    "base",
    [
        MixedBase(alpha_choices=("0",), beta_choices=("0.03",)),
        MeanBase(trim=TrimPolicy.TRIM_B, factor=DrawnReduction(choices=("0.01", "0.02"))),
    ],
)
def test_a_formula_that_needs_a_draw_is_refused_before_bids_depend_on_it(base: Any) -> None:
    assert eng(price_formula=Deviation(base=base, e1="1", e2="0.5")) == "formula-needs-draw"


def test_reasonable_low_price_scores_the_price_alone() -> None:
    formula = ReasonableLow(base=MeanBase(trim=TrimPolicy.ALL), e1="1", e2="0.5")
    own = {"method": Method.ENG_REASONABLE_LOW, "price_formula": formula}
    assert eng(**own) == "reasonable-low-scores-price-only"
    alone = terms(document_says_no_deposit=False, **own, price_points="100", criteria=())
    check_terms(alone, ENG)


def test_lowest_price_methods_give_no_points() -> None:
    own = {"method": Method.ENG_LOWEST_EVALUATED, "price_formula": EngLowestEvaluated(), "criteria": ()}
    assert eng(**own) == "points-do-not-sum"
    check_terms(terms(document_says_no_deposit=False, **own, price_points="0"), ENG)


def test_the_gp_price_weight_has_its_minimum() -> None:
    """R-SCORE-04: 30 % for goods."""
    assert gp(price_formula=LowPriceFirst(weight="29"), price_points="29") == "formula-unlawful"


def test_the_gp_weight_is_the_price_points() -> None:
    assert gp(price_points="31") == "price-points-not-weight"


def test_no_term_can_name_a_minimum_price() -> None:
    """R-ENG-08: what the struct does not know is refused when the command is read."""
    plain = msgspec.to_builtins(terms())
    with pytest.raises(msgspec.ValidationError, match="minimum_price_fen"):
        msgspec.convert({**plain, "minimum_price_fen": 1}, TenderTerms)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"bid_deposit_fen": 240_000_01, "deposit_forms": GUARANTEE}, "deposit-over-cap"),
        ({"bid_deposit_fen": -1}, "deposit-over-cap"),
        ({"bid_deposit_fen": 5, "deposit_forms": (DepositForm.CASH,)}, "guarantee-not-accepted"),
        (
            {"bid_deposit_fen": 5, "deposit_forms": GUARANTEE, "document_says_no_deposit": True},
            "document-denies-deposit",
        ),
        ({"performance_bond_rate": "0.1001"}, "bond-over-limit"),
    ],
)
def test_money_terms(changes: dict[str, Any], code: str) -> None:
    assert eng(**changes) == code


def test_the_cap_itself_is_lawful() -> None:
    check_terms(
        terms(
            document_says_no_deposit=False,
            bid_deposit_fen=240_000_00,
            deposit_forms=GUARANTEE,
            performance_bond_rate="0.10",
        ),
        ENG,
    )


def test_a_gp_deposit_is_never_cash() -> None:
    """R-GP-06, in a region where deposits are still allowed (D8)."""
    filing = gp_filing()
    elsewhere = msgspec.structs.replace(
        filing, project=msgspec.structs.replace(filing.project, region="510100")
    )
    basis = msgspec.structs.replace(GP, waiver=waiver(elsewhere))
    own = gp_terms(
        document_says_no_deposit=False,
        bid_deposit_fen=60_000_00,
        deposit_forms=(DepositForm.GUARANTEE, DepositForm.CASH),
    )
    assert code_of(own, basis) == "terms-deposit-in-cash"


@pytest.mark.parametrize(
    ("size", "representatives", "lawful"),
    [(5, 1, True), (5, 2, False), (4, 0, False), (6, 0, False), (3, 0, False), (7, 2, True), (5, 6, False)],
)
def test_the_committee_is_lawful(size: int, representatives: int, lawful: bool) -> None:
    own = {"committee_size": size, "tenderer_reps": representatives}
    if lawful:
        check_terms(terms(document_says_no_deposit=False, **own), ENG)
    else:
        assert eng(**own) == "terms-committee-unlawful"


def test_a_large_gp_budget_needs_seven_members() -> None:
    large = msgspec.structs.replace(GP, base_fen=10_000_000_00)
    assert code_of(gp_terms(), large) == "terms-committee-unlawful"
    check_terms(gp_terms(committee_size=7), large)


def test_construction_names_at_most_three_candidates() -> None:
    assert eng(candidates=4) == "candidates-out-of-range"
    assert eng(candidates=0) == "candidates-out-of-range"
    for lawful in (1, 3):
        check_terms(terms(document_says_no_deposit=False, candidates=lawful), ENG)


# R-SCORE-05, R-EVAL-04, R-DRAW-03, R-DRAW-04: warnings, signs and decisions are declared lawfully or not at all


@pytest.mark.parametrize("share", ["0", "1.01", "-0.5", "half"])
def test_a_low_price_share_lies_above_nothing_and_at_most_at_the_whole(share: str) -> None:
    codes = {eng(low_price=LowPriceShares(of_mean=share)), eng(low_price=LowPriceShares(of_limit=share))}
    assert codes <= {"low-price-share-out-of-range", "points-malformed"}
    own = terms(
        document_says_no_deposit=False, low_price=LowPriceShares(of_mean="1", of_next="", of_limit="")
    )
    check_terms(own, ENG)


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        (CollusionTerms(fields=(TraceField.CPU,)), "collusion-threshold-unmeetable"),
        (CollusionTerms(fields=()), "collusion-threshold-unmeetable"),
        (CollusionTerms(threshold=0), "collusion-threshold-unmeetable"),
        (CollusionTerms(threshold=9), "collusion-threshold-unmeetable"),
        (CollusionTerms(series_length=2), "price-series-too-short"),
        (CollusionTerms(tolerance="1"), "points-malformed"),
        (CollusionTerms(tolerance="x"), "points-malformed"),
    ],
)
def test_a_sign_of_collusion_can_be_met_and_not_by_a_weak_field_alone(
    declared: CollusionTerms, code: str
) -> None:
    assert eng(collusion=declared) == code


@pytest.mark.parametrize(
    ("declared", "code"),
    [
        (
            SeparateDecision(method=DecisionMethod.LOTTERY, local_rule="某规", members=5),
            "random-winner-forbidden",
        ),
        (
            SeparateDecision(method=DecisionMethod.VOTE, local_rule=" ", members=5),
            "separate-decision-without-rule",
        ),
        (
            SeparateDecision(method=DecisionMethod.VOTE, local_rule="某规", members=3),
            "decision-members-unlawful",
        ),
        (
            SeparateDecision(method=DecisionMethod.VOTE, local_rule="某规", members=6),
            "decision-members-unlawful",
        ),
    ],
)
def test_a_separate_decision_needs_its_rule_and_its_members_and_is_never_drawn(
    declared: SeparateDecision, code: str
) -> None:
    assert eng(decision=declared) == code


@pytest.mark.parametrize("regime", list(Regime))
def test_no_document_hands_an_absent_bidders_bid_back(regime: Regime) -> None:  # R-ROOM-04
    refused = (
        code_of(gp_terms(absence=Absence.RETURNED), GP)
        if regime is Regime.GP
        else eng(absence=Absence.RETURNED)
    )
    assert refused == "absent-bid-returned"


def test_a_document_may_say_what_absence_means_and_takes_no_right_in_procurement() -> None:
    """R-ROOM-02, R-GP-13 (采购法 52)."""
    for meant in (Absence.ACCEPTS, Absence.WAIVES):
        check_terms(terms(absence=meant), ENG)
    check_terms(gp_terms(absence=Absence.ACCEPTS), GP)
    assert code_of(gp_terms(absence=Absence.WAIVES), GP) == "absence-takes-rights"


def test_procurement_separates_no_decision_and_construction_has_no_core_product() -> None:
    declared = SeparateDecision(method=DecisionMethod.VOTE, local_rule="某规", members=5)
    assert code_of(gp_terms(decision=declared), GP) == "separate-decision-without-rule"
    assert eng(core_product="服务器") == "core-product-is-gp-goods"
    check_terms(gp_terms(core_product="服务器"), GP)
    check_terms(terms(document_says_no_deposit=False, decision=declared), ENG)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        (
            {"consortia": True, "consortium_members": 1},
            ("consortium-size-unlawful", "R-ENG-30", {"members": 1}),
        ),
        (
            {"consortia": True, "consortium_members": -1},
            ("consortium-size-unlawful", "R-ENG-30", {"members": -1}),
        ),
        ({"consortium_members": 3}, ("consortium-size-unlawful", "R-ENG-30", {"members": 3})),
        (
            {"excluded_units": (ExcludedUnit(name="设计院", why=" "),)},
            ("excluded-unit-without-reason", "R-GP-27", {"unit": "设计院"}),
        ),
        (
            {"excluded_units": (ExcludedUnit(name=" ", why="设计"),)},
            ("excluded-unit-without-reason", "R-GP-27", {"unit": " "}),
        ),
        (
            {"excluded_units": (ExcludedUnit(name="设计院", uscc="123", why="设计"),)},
            ("excluded-unit-uscc", "R-CODE-01", {"unit": "设计院"}),
        ),
    ],
)
def test_who_may_stand_behind_a_bid_and_who_not(changes: dict[str, Any], refusal: tuple[Any, ...]) -> None:
    with pytest.raises(Invalid) as caught:
        check_terms(terms(document_says_no_deposit=False, **changes), ENG)
    assert (caught.value.code, caught.value.rule, caught.value.found) == refusal


def test_two_may_join_and_who_planned_the_project_is_named_with_the_reason() -> None:  # R-ENG-30, R-GP-27
    units = (ExcludedUnit(name="设计院", why="编制了设计"),)
    own = terms(document_says_no_deposit=False, consortia=True, consortium_members=2, excluded_units=units)
    check_terms(own, ENG)
