"""What the waiver decision rests on (R-WAIVE-03), and the facts derived from it.

A derived fact is True, False, or None while an input it depends on is missing: a contradiction that a
missing answer might still dissolve is not one.
"""

from datetime import datetime
from enum import StrEnum

import msgspec

from bidding.domain.regime import LotObject, Regime


class TendererType(StrEnum):
    AUTHORITY = "机关"
    INSTITUTION = "事业单位"
    ORGANISATION = "团体组织"
    STATE_ENTERPRISE = "国企"
    PLATFORM_COMPANY = "平台公司"
    PRIVATE_ENTERPRISE = "民企"


class FundSource(StrEnum):
    BUDGET = "预算"
    SPECIAL_BOND = "专项债"
    SUPERIOR_GRANT = "上级补助"
    FISCALLY_REPAID_LOAN = "财政还款贷款"
    OWN_FUNDS = "自筹"
    ENTERPRISE = "企业"


class FundMode(StrEnum):
    DIRECT_INVESTMENT = "直接投资"
    CAPITAL_INJECTION = "资本金注入"
    SUBSIDY = "投资补助"
    INTEREST_DISCOUNT = "贷款贴息"


class ProjectCodeType(StrEnum):
    APPROVAL = "审批"
    VERIFICATION = "核准"
    FILING = "备案"
    NONE = "无"


class LotPart(StrEnum):
    WHOLE = "WHOLE"
    FISCAL_PART = "FISCAL_PART"
    NONFISCAL_PART = "NONFISCAL_PART"


class FundLine(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``under_budget``: are own funds of a public body under budget management? ``mode`` None = direct."""

    source: FundSource
    amount_fen: int | None = None
    mode: FundMode | None = None
    under_budget: bool | None = None


class WaiverInputs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """R-WAIVE-03. Everything may be missing. ``base_fen``: estimate (ENG) or budget (GP), 分."""

    notice_at: datetime | None = None
    region: str | None = None
    regime: Regime | None = None
    object: LotObject | None = None
    tenderer_type: TendererType | None = None
    project_code_type: ProjectCodeType | None = None
    base_fen: int | None = None
    fund_lines: tuple[FundLine, ...] = ()
    mixed_separable: bool | None = None
    lot_part: LotPart = LotPart.WHOLE
    contract_price_fen: int | None = None
    info_fee_tariff_fen: int | None = None


#: 机关, 事业单位, 团体组织 (采购法 15).
PUBLIC_BODIES = {TendererType.AUTHORITY, TendererType.INSTITUTION, TendererType.ORGANISATION}
#: Money arranged in a government budget (投资条例 2).
BUDGET_ARRANGED = {FundSource.BUDGET, FundSource.SPECIAL_BOND, FundSource.SUPERIOR_GRANT}
#: 投资条例 9: only these make a 政府投资项目, not subsidies or interest discounts (R-DEC-04).
GOVERNMENT_INVESTMENT_MODES = {None, FundMode.DIRECT_INVESTMENT, FundMode.CAPITAL_INJECTION}


def public_body(inputs: WaiverInputs) -> bool | None:
    return None if inputs.tenderer_type is None else inputs.tenderer_type in PUBLIC_BODIES


def government_investment(line: FundLine) -> bool:
    """Budget-arranged money put in by direct investment or capital injection (投资条例 9)."""
    return line.source in BUDGET_ARRANGED and line.mode in GOVERNMENT_INVESTMENT_MODES


def needs_budget_answer(inputs: WaiverInputs, line: FundLine) -> bool:
    """Own funds of a public body: fiscal if under budget management (采购条例 2), which somebody must say."""
    return line.source is FundSource.OWN_FUNDS and line.under_budget is None and public_body(inputs) is True


def fiscal(inputs: WaiverInputs, line: FundLine) -> bool | None:
    """财政性资金: budget money, loans repaid from it, and own funds of a public body under budget."""
    if line.source in BUDGET_ARRANGED or line.source is FundSource.FISCALLY_REPAID_LOAN:
        return True
    if line.source is not FundSource.OWN_FUNDS or line.under_budget is False:
        return False
    public = public_body(inputs)
    return None if public and line.under_budget is None else public


def has_fiscal_money(inputs: WaiverInputs) -> bool | None:
    return _any([fiscal(inputs, line) for line in inputs.fund_lines])


def has_other_money(inputs: WaiverInputs) -> bool | None:
    kinds = [fiscal(inputs, line) for line in inputs.fund_lines]
    return _any([None if kind is None else not kind for kind in kinds])


def mixed(inputs: WaiverInputs) -> bool | None:
    """Both fiscal and other money."""
    both = [has_fiscal_money(inputs), has_other_money(inputs)]
    if False in both:
        return False
    return None if None in both else True


def lot_is_fiscal(inputs: WaiverInputs) -> bool:
    """The lot's own money, of inputs that passed the guard: an inseparable mix counts whole (采购条例 2)."""
    return inputs.lot_part is not LotPart.NONFISCAL_PART and has_fiscal_money(inputs) is True


def _any(answers: list[bool | None]) -> bool | None:
    if True in answers:
        return True
    return None if None in answers or not answers else False
