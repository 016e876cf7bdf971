"""两金一费: which lots pay no deposit, no bond and no fee (R-WAIVE-01…09; 交易"零成本").

The guard D7 runs first: on missing or contradictory data the decision is HOLD, never a default to
charge (R-DEC-03). Then D2…D8 in order; a row that would apply but takes effect only after the notice is
passed over and recorded (D1). The decision is a value, fit to be stored in an event.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum

import msgspec

from bidding.domain.codes import REGION
from bidding.domain.deposit import max_bid_deposit_fen, max_performance_bond_fen
from bidding.domain.periods import local_date
from bidding.domain.regime import LotObject, Regime
from bidding.domain.ruleset import Charged, CreditEffect, EngBonds, GpBonds, RuleSet, choose
from bidding.domain.waiverinputs import (
    FundLine,
    FundMode,
    FundSource,
    LotPart,
    ProjectCodeType,
    TendererType,
    WaiverInputs,
    government_investment,
    has_fiscal_money,
    lot_is_fiscal,
    mixed,
    needs_budget_answer,
    public_body,
)

__all__ = [
    "CITATIONS",
    "EFFECTIVE_FROM",
    "Charge",
    "Charges",
    "FundLine",
    "FundMode",
    "FundSource",
    "LotPart",
    "ProjectCodeType",
    "TendererType",
    "WaiverDecision",
    "WaiverInputs",
    "WaiverOverride",
    "WaiverPolicy",
    "WaiverRow",
    "by_credit",
    "decide_waiver",
    "hold_reasons",
    "override_waiver",
    "waiver_policy",
]


class WaiverRow(StrEnum):
    D2 = "D2"
    D3 = "D3"
    D4 = "D4"
    D5 = "D5"
    D6 = "D6"
    D7 = "D7"
    D8 = "D8"


class Charge(StrEnum):
    """``TARIFF`` is said of the fee only, ``ALLOWED`` of deposit and bond only."""

    WAIVED = "WAIVED"
    ALLOWED = "ALLOWED"
    TARIFF = "TARIFF"
    HOLD = "HOLD"


class WaiverPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """First day of each row that has one, and the bonds of both regimes in force at the notice."""

    effective_from: dict[WaiverRow, date]
    eng: EngBonds
    gp: GpBonds


class WaiverOverride(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """R-WAIVE-07: the supervisor's own decision, and what the table had decided (``table_…``) beside it.

    ``order``: number of the supervision order; ``by``: the supervisor's party.
    """

    reason: str
    order: str
    by: str
    at: datetime
    table_bid_deposit: Charge
    table_performance_bond: Charge
    table_info_fee: Charge
    table_reasons: tuple[str, ...] = ()


class WaiverDecision(msgspec.Struct, frozen=True, kw_only=True):
    """Maxima in 分; None where held, or where the price they depend on is not yet known.

    ``counterfactual_bid_deposit_fen``: what each bid would have had to deposit (waived lots only, R-STAT-01).
    ``row``: the table's, also where the supervisor decided otherwise; ``override`` is absent where nobody did, so
    that the hashes of notices stay what they are. ``by_credit``: the lines by which credit raises or lowers what may be
    charged, where the tender document grades by it (R-NB-SS-02).
    """

    row: WaiverRow
    bid_deposit: Charge
    bid_deposit_max_fen: int | None
    performance_bond: Charge
    performance_bond_max_fen: int | None
    info_fee: Charge
    info_fee_fen: int | None
    counterfactual_bid_deposit_fen: int | None
    skipped_by_date: tuple[WaiverRow, ...]
    reasons: tuple[str, ...]
    citation: str
    override: WaiverOverride | msgspec.UnsetType = msgspec.UNSET
    by_credit: tuple[CreditEffect, ...] | msgspec.UnsetType = msgspec.UNSET


class Charges(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the supervisor decides instead of the table (R-WAIVE-07): waived or not, of each of 两金一费."""

    bid_deposit_waived: bool
    performance_bond_waived: bool
    info_fee_waived: bool


#: Start dates in force unless the district's own notice says otherwise: D2 assumed from "2022年至今",
#: D3 the day of the notice, D4 month confirmed and day assumed.
EFFECTIVE_FROM: dict[WaiverRow, date] = {
    WaiverRow.D2: date(2022, 1, 1),
    WaiverRow.D3: date(2021, 2, 22),
    WaiverRow.D4: date(2019, 1, 1),
}


#: 6-digit code of the district whose own waiver D2 is (孝南区), and Hubei's prefix.
DISTRICT = "420902"
PROVINCE = "42"

CITATIONS: dict[WaiverRow, str] = {
    WaiverRow.D2: (
        "孝感市孝南区对政府投资项目免收投标保证金、履约保证金、信息服务费；"
        "政府投资项目的范围依《政府投资条例》第二条、第九条"
    ),
    WaiverRow.D3: (
        "湖北省公共资源交易中心2021年2月22日通知：机关、事业单位、团体组织使用财政性资金的工程招标，"
        "不收取投标保证金、履约保证金"
    ),
    WaiverRow.D4: (
        "湖北省财政厅2019年1月通知：政府采购货物、服务项目停止收取投标保证金；"
        "履约保证金依《政府采购法实施条例》第四十八条，非现金形式，不超过合同金额的10%"
    ),
    WaiverRow.D5: "《招标投标法实施条例》第二十六条、第五十八条：可分割的非财政性资金部分单独招标",
    WaiverRow.D6: (
        "《招标投标法实施条例》第二十六条、第五十八条；"
        "《保障中小企业款项支付条例》第十三条：应当接受金融机构保函"
    ),
    WaiverRow.D7: "资料缺失或者相互矛盾：暂不决定收取或者免收，由招标代理机构补正",
    WaiverRow.D8: "《政府采购法实施条例》第三十三条、第四十八条：非现金形式",
}


def decide_waiver(inputs: WaiverInputs, policy: WaiverPolicy) -> WaiverDecision:
    """R-WAIVE-04. Re-run on every change of funds before the notice; frozen at the notice (R-WAIVE-08)."""
    reasons = hold_reasons(inputs)
    if reasons or inputs.notice_at is None or inputs.object is None or inputs.base_fen is None:
        return _held(reasons)
    notice_day = local_date(inputs.notice_at)
    skipped: list[WaiverRow] = []
    for row in _matching_rows(inputs):
        if policy.effective_from.get(row, notice_day) <= notice_day:
            return _decided(row, tuple(skipped), inputs, policy, inputs.object, inputs.base_fen)
        skipped.append(row)
    raise AssertionError("D6 and D8 match every lot that passed the guard and have no start date")


def by_credit(decision: WaiverDecision, effects: Iterable[CreditEffect]) -> WaiverDecision:
    """R-NB-SS-02: ``decision`` of a document that grades. What is waived is raised for nobody (R-WAIVE-06)."""
    allowed = {
        Charged.BID_DEPOSIT: decision.bid_deposit is Charge.ALLOWED,
        Charged.PERFORMANCE_BOND: decision.performance_bond is Charge.ALLOWED,
    }
    lines = tuple(one for one in effects if one.charge is None or allowed[one.charge])
    return msgspec.structs.replace(decision, by_credit=lines)


def hold_reasons(inputs: WaiverInputs) -> tuple[str, ...]:
    """D7: everything that is missing or contradictory, all at once (R-SVC-03)."""
    missing = {
        "notice_at": inputs.notice_at is None,
        "region": inputs.region is None or REGION.fullmatch(inputs.region) is None,
        "regime": inputs.regime is None,
        "object": inputs.object is None,
        "tenderer_type": inputs.tenderer_type is None,
        "project_code_type": inputs.project_code_type is None,
        "base_fen": inputs.base_fen is None,
        "fund_lines": not inputs.fund_lines,
        "amount_fen": any((line.amount_fen or 0) <= 0 for line in inputs.fund_lines),
        "under_budget": any(needs_budget_answer(inputs, line) for line in inputs.fund_lines),
        "mixed_separable": mixed(inputs) is True and inputs.mixed_separable is None,
    }
    split = inputs.lot_part is not LotPart.WHOLE
    gp = inputs.regime is Regime.GP
    contradictory = {
        "separable_but_one_lot": mixed(inputs) is True and inputs.mixed_separable is True and not split,
        "inseparable_but_split": mixed(inputs) is True and inputs.mixed_separable is False and split,
        "split_without_mixed_funds": mixed(inputs) is False and split,
        "approval_code_without_fiscal_money": (
            inputs.project_code_type is ProjectCodeType.APPROVAL and has_fiscal_money(inputs) is False
        ),
        # 投资条例 9: government investment goes through 审批
        "government_investment_without_approval_code": (
            inputs.regime is Regime.ENG
            and public_body(inputs) is True
            and inputs.project_code_type in {ProjectCodeType.VERIFICATION, ProjectCodeType.FILING}
            and any(map(government_investment, inputs.fund_lines))
        ),
        # 采购法 2, 15; 采购条例 2: what is not bought by a public body with fiscal money is not 政府采购
        "gp_purchaser_not_public": gp and public_body(inputs) is False,
        "gp_without_fiscal_money": gp and has_fiscal_money(inputs) is False,
        "gp_nonfiscal_part": gp and inputs.lot_part is LotPart.NONFISCAL_PART,
    }
    return (
        *(f"MISSING:{field}" for field, holds in missing.items() if holds),
        *(f"CONTRADICTION:{name}" for name, holds in contradictory.items() if holds),
    )


def _matching_rows(inputs: WaiverInputs) -> list[WaiverRow]:
    """The rows whose conditions hold, in the order of the table."""
    region = inputs.region or ""
    eng = inputs.regime is Regime.ENG
    in_province = region.startswith(PROVINCE)
    separate = inputs.mixed_separable is True and inputs.lot_part is LotPart.NONFISCAL_PART
    conditions = {
        WaiverRow.D2: eng and region == DISTRICT and _is_government_investment(inputs),
        WaiverRow.D3: (
            eng
            and inputs.object is LotObject.WORKS  # R-DEC-06: the notice says 工程
            and public_body(inputs) is True
            and lot_is_fiscal(inputs)
            and in_province
        ),
        WaiverRow.D4: not eng and in_province,
        WaiverRow.D5: eng and separate,
        WaiverRow.D6: eng,
        WaiverRow.D8: not eng,
    }
    return [row for row, holds in conditions.items() if holds]


def _is_government_investment(inputs: WaiverInputs) -> bool:
    """By approval the whole project, its non-fiscal part included (R-DEC-05); else by the lot's own money."""
    if inputs.project_code_type is ProjectCodeType.APPROVAL:
        return True
    return inputs.lot_part is not LotPart.NONFISCAL_PART and any(
        map(government_investment, inputs.fund_lines)
    )


def _held(reasons: tuple[str, ...]) -> WaiverDecision:
    return WaiverDecision(
        row=WaiverRow.D7,
        bid_deposit=Charge.HOLD,
        bid_deposit_max_fen=None,
        performance_bond=Charge.HOLD,
        performance_bond_max_fen=None,
        info_fee=Charge.HOLD,
        info_fee_fen=None,
        counterfactual_bid_deposit_fen=None,
        skipped_by_date=(),
        reasons=reasons,
        citation=CITATIONS[WaiverRow.D7],
    )


def _decided(
    row: WaiverRow,
    skipped: tuple[WaiverRow, ...],
    inputs: WaiverInputs,
    policy: WaiverPolicy,
    obj: LotObject,
    base_fen: int,
) -> WaiverDecision:
    bonds = policy.eng if inputs.regime is Regime.ENG else policy.gp
    deposit_max = max_bid_deposit_fen(bonds, obj, base_fen)
    bond_max = (
        None
        if inputs.contract_price_fen is None
        else max_performance_bond_fen(bonds, inputs.contract_price_fen)
    )
    no_deposit = row in {WaiverRow.D2, WaiverRow.D3, WaiverRow.D4}
    no_bond = row in {WaiverRow.D2, WaiverRow.D3}
    no_fee = row is WaiverRow.D2
    return WaiverDecision(
        row=row,
        bid_deposit=Charge.WAIVED if no_deposit else Charge.ALLOWED,
        bid_deposit_max_fen=0 if no_deposit else deposit_max,
        performance_bond=Charge.WAIVED if no_bond else Charge.ALLOWED,
        performance_bond_max_fen=0 if no_bond else bond_max,
        info_fee=Charge.WAIVED if no_fee else Charge.TARIFF,
        info_fee_fen=0 if no_fee else inputs.info_fee_tariff_fen,
        counterfactual_bid_deposit_fen=deposit_max if no_deposit else None,
        skipped_by_date=skipped,
        reasons=(),
        citation=CITATIONS[row],
    )


def override_waiver(
    table: WaiverDecision,
    charges: Charges,
    inputs: WaiverInputs,
    policy: WaiverPolicy,
    *,
    reason: str,
    order: str,
    by: str,
    at: datetime,
) -> WaiverDecision:
    """R-WAIVE-07: ``charges`` instead of those of ``table``, still within the law's maxima, the table's kept beside.

    It may settle a HOLD too. ``ValueError`` without object and base: a maximum needs both.
    """
    if inputs.object is None or inputs.base_fen is None or inputs.regime is None:
        raise ValueError("an override needs the lot's object, regime and base")
    row = WaiverRow.D6 if inputs.regime is Regime.ENG else WaiverRow.D8
    charged = _decided(row, table.skipped_by_date, inputs, policy, inputs.object, inputs.base_fen)
    deposit, bond, fee = charges.bid_deposit_waived, charges.performance_bond_waived, charges.info_fee_waived
    return msgspec.structs.replace(
        charged,
        row=table.row,
        bid_deposit=Charge.WAIVED if deposit else Charge.ALLOWED,
        bid_deposit_max_fen=0 if deposit else charged.bid_deposit_max_fen,
        counterfactual_bid_deposit_fen=charged.bid_deposit_max_fen if deposit else None,
        performance_bond=Charge.WAIVED if bond else Charge.ALLOWED,
        performance_bond_max_fen=0 if bond else charged.performance_bond_max_fen,
        info_fee=Charge.WAIVED if fee else Charge.TARIFF,
        info_fee_fen=0 if fee else charged.info_fee_fen,
        citation=f"行政监督部门决定（{order}）：{reason}",
        override=WaiverOverride(
            reason=reason,
            order=order,
            by=by,
            at=at,
            table_bid_deposit=table.bid_deposit,
            table_performance_bond=table.performance_bond,
            table_info_fee=table.info_fee,
            table_reasons=table.reasons,
        ),
    )


def waiver_policy(
    rulesets: Iterable[RuleSet],
    notice_at: datetime,
    effective_from: Mapping[WaiverRow, date] = EFFECTIVE_FROM,
) -> WaiverPolicy:
    """The policy for a notice at ``notice_at``. Raises ``RuleSetUnknown`` before the first rule sets."""
    known = tuple(rulesets)
    return WaiverPolicy(
        effective_from=dict(effective_from),
        eng=choose(known, Regime.ENG, notice_at).bonds,
        gp=choose(known, Regime.GP, notice_at).bonds,
    )
