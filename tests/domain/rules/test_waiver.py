"""R-WAIVE-01…09: what the vectors leave open about the waiver decision."""

from datetime import UTC, datetime
from itertools import combinations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.application.rulesets import load_rulesets
from bidding.domain.regime import LotObject, Regime
from bidding.domain.ruleset import RuleSetUnknown
from bidding.domain.waiver import (
    CITATIONS,
    Charge,
    FundLine,
    FundMode,
    FundSource,
    LotPart,
    ProjectCodeType,
    TendererType,
    WaiverDecision,
    WaiverInputs,
    WaiverRow,
    decide_waiver,
    hold_reasons,
    waiver_policy,
)

NOTICE = datetime(2026, 3, 2, 1, tzinfo=UTC)
POLICY = waiver_policy(load_rulesets(), NOTICE)
ROAD = WaiverInputs(
    notice_at=NOTICE,
    region="420902",
    regime=Regime.ENG,
    object=LotObject.WORKS,
    tenderer_type=TendererType.AUTHORITY,
    project_code_type=ProjectCodeType.APPROVAL,
    base_fen=1_200_000_000,
    fund_lines=(FundLine(source=FundSource.BUDGET, amount_fen=1),),
)
REQUIRED = ("notice_at", "region", "regime", "object", "tenderer_type", "project_code_type", "base_fen")

lines = st.builds(
    FundLine,
    source=st.sampled_from(FundSource),
    amount_fen=st.none() | st.integers(0, 10**12),
    mode=st.none() | st.sampled_from(FundMode),
    under_budget=st.none() | st.booleans(),
)
inputs = st.builds(
    WaiverInputs,
    notice_at=st.none() | st.just(NOTICE),
    region=st.none() | st.sampled_from(["420902", "420921", "430102"]),
    regime=st.none() | st.sampled_from(Regime),
    object=st.none() | st.sampled_from(LotObject),
    tenderer_type=st.none() | st.sampled_from(TendererType),
    project_code_type=st.none() | st.sampled_from(ProjectCodeType),
    base_fen=st.none() | st.integers(0, 10**12),
    fund_lines=st.lists(lines, max_size=3).map(tuple),
    mixed_separable=st.none() | st.booleans(),
    lot_part=st.sampled_from(LotPart),
)


@pytest.mark.parametrize(
    "absent", [c for size in (1, 2, 7) for c in combinations(REQUIRED, size)], ids="+".join
)
def test_missing_fields_are_named_in_order_whatever_their_combination(absent: tuple[str, ...]) -> None:
    gap = msgspec.structs.replace(ROAD, **dict.fromkeys(absent))
    assert hold_reasons(gap) == tuple(f"MISSING:{field}" for field in REQUIRED if field in absent)


@given(inputs)
def test_no_input_makes_the_decision_fail_and_a_hold_never_charges(given_inputs: WaiverInputs) -> None:
    decision = decide_waiver(given_inputs, POLICY)
    held = decision.row is WaiverRow.D7
    assert held == bool(decision.reasons)
    assert held == (decision.bid_deposit is Charge.HOLD)
    if held:
        amounts = (decision.bid_deposit_max_fen, decision.performance_bond_max_fen, decision.info_fee_fen)
        assert amounts == (None, None, None)


@given(inputs)
def test_what_is_waived_has_a_maximum_of_zero_and_a_counterfactual(given_inputs: WaiverInputs) -> None:
    decision = decide_waiver(given_inputs, POLICY)
    waived = decision.row in {WaiverRow.D2, WaiverRow.D3, WaiverRow.D4}
    assert waived == (decision.bid_deposit is Charge.WAIVED)
    assert waived == (decision.counterfactual_bid_deposit_fen is not None)
    assert not waived or decision.bid_deposit_max_fen == 0


@given(inputs)
def test_a_contradiction_is_named_only_if_no_missing_budget_answer_could_dissolve_it(
    given_inputs: WaiverInputs,
) -> None:
    before = {reason for reason in hold_reasons(given_inputs) if reason.startswith("CONTRADICTION")}
    for answer in (True, False):
        answered = msgspec.structs.replace(
            given_inputs,
            fund_lines=tuple(
                msgspec.structs.replace(line, under_budget=answer) if line.under_budget is None else line
                for line in given_inputs.fund_lines
            ),
        )
        assert before <= set(hold_reasons(answered))


def test_decisions_survive_storage() -> None:
    decision = decide_waiver(ROAD, POLICY)
    stored = msgspec.json.encode(decision, order="sorted")
    assert msgspec.json.decode(stored, type=WaiverDecision) == decision


def test_each_row_cites_what_it_rests_on() -> None:
    assert set(CITATIONS) == set(WaiverRow)
    outside = msgspec.structs.replace(ROAD, region="420921")
    citation = decide_waiver(outside, POLICY).citation
    assert "湖北省公共资源交易中心2021年2月22日通知" in citation


def test_a_row_that_would_not_apply_is_not_recorded_as_skipped_by_date() -> None:
    early = datetime(2021, 6, 1, tzinfo=UTC)
    outside = msgspec.structs.replace(ROAD, region="420921", notice_at=early)
    decision = decide_waiver(outside, waiver_policy(load_rulesets(), early))
    assert (decision.row, decision.skipped_by_date) == (WaiverRow.D3, ())


def test_subsidies_and_interest_discounts_make_no_government_investment() -> None:
    for mode, row in (
        (FundMode.SUBSIDY, WaiverRow.D6),
        (FundMode.INTEREST_DISCOUNT, WaiverRow.D6),
        (FundMode.CAPITAL_INJECTION, WaiverRow.D2),
        (None, WaiverRow.D2),
    ):
        company = msgspec.structs.replace(
            ROAD,
            tenderer_type=TendererType.PLATFORM_COMPANY,
            project_code_type=ProjectCodeType.FILING,
            fund_lines=(FundLine(source=FundSource.SPECIAL_BOND, mode=mode, amount_fen=1),),
        )
        assert decide_waiver(company, POLICY).row is row


def test_budget_money_for_ordinary_goods_is_no_government_investment() -> None:
    goods = msgspec.structs.replace(
        ROAD, regime=Regime.GP, object=LotObject.GOODS, project_code_type=ProjectCodeType.NONE
    )
    assert decide_waiver(goods, POLICY).row is WaiverRow.D4, "R-DEC-04"


def test_before_the_first_rule_sets_no_policy_is_assumed() -> None:
    with pytest.raises(RuleSetUnknown):
        waiver_policy(load_rulesets(), datetime(2010, 1, 1, tzinfo=UTC))
