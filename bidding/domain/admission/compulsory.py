"""Whether the law makes a lot be tendered (R-ENG-01; 招投法 3, 16号令 2, 5). Said at admission, with its reasons.

Three tests: whose money it is (2), what it is for (4: large infrastructure and utilities, by their catalogue), and how
much this contract is worth (5). What the file does not say is not guessed: then the authority decides.
"""

from decimal import Decimal
from enum import StrEnum

from bidding.domain.admission.filing import Compulsory, CompulsoryVerdict, Infrastructure
from bidding.domain.admission.state import Admission
from bidding.domain.regime import LotObject, Regime
from bidding.domain.ruleset import Amount, EngThresholds
from bidding.domain.waiverinputs import BUDGET_ARRANGED, FundSource, TendererType

#: 国有企业事业单位 (16号令 2(二)); a platform company of a government is one of them.
STATE_OWNED = frozenset(
    {TendererType.INSTITUTION, TendererType.STATE_ENTERPRISE, TendererType.PLATFORM_COMPANY}
)
INFRASTRUCTURE = {
    Infrastructure.ENERGY: "煤炭、石油、天然气、电力、新能源等能源",
    Infrastructure.TRANSPORT: "铁路、公路、管道、水运、公共航空和A1级通用机场等交通运输",
    Infrastructure.TELECOM: "电信枢纽、通信信息网络等通信",
    Infrastructure.WATER: "防洪、灌溉、排涝、引(供)水等水利",
    Infrastructure.URBAN_TRANSIT: "城市轨道交通等城建",
}
OWN_MONEY = frozenset({FundSource.OWN_FUNDS, FundSource.ENTERPRISE})


class Scope(StrEnum):
    BUDGET = "BUDGET"  # 16号令 2(一)
    STATE_FUNDS = "STATE_FUNDS"  # 16号令 2(二)
    OTHER = "OTHER"
    UNKNOWN = "UNKNOWN"


def compulsory(admission: Admission, thresholds: EngThresholds) -> CompulsoryVerdict | None:
    """None for 政府采购, which has its own standards."""
    if admission.regime is not Regime.ENG or admission.object is None:
        return None
    limit = _limit(admission.object, thresholds)
    worth = admission.estimate_fen
    if worth is None:
        return _verdict(Compulsory.UNDECIDED, "合同估算价未填", limit.source)
    if worth < limit.fen:
        said = f"合同估算价{_yuan(worth)}低于{_yuan(limit.fen)};同一项目中可以合并采购的,合计达到的仍须招标"
        return _verdict(Compulsory.NOT_COMPULSORY, said, limit.source)
    size = f"合同估算价{_yuan(worth)}达到{_yuan(limit.fen)}"
    scope, reason = _scope(admission, thresholds)
    if scope in (Scope.BUDGET, Scope.STATE_FUNDS):
        return _verdict(
            Compulsory.COMPULSORY, reason, size, f"{thresholds.budget_funds.source}; {limit.source}"
        )
    kind = admission.infrastructure
    if kind is None:
        return _verdict(
            Compulsory.UNDECIDED, size, reason, "是否属于大型基础设施、公用事业项目(16号令 4),由审批部门认定"
        )
    if kind is not Infrastructure.NONE:
        said = f"属于大型基础设施、公用事业项目:{INFRASTRUCTURE[kind]}"
        return _verdict(Compulsory.COMPULSORY, said, size, f"16号令 4; 843号 2 [M]; {limit.source}")
    if scope is Scope.UNKNOWN:
        return _verdict(Compulsory.UNDECIDED, size, reason, "不属于大型基础设施、公用事业项目(16号令 4)")
    return _verdict(
        Compulsory.NOT_COMPULSORY, reason, "不属于大型基础设施、公用事业项目(16号令 4)", limit.source
    )


def _scope(admission: Admission, thresholds: EngThresholds) -> tuple[Scope, str]:
    amounts = [(line.source, line.amount_fen) for line in admission.fund_lines]
    known = [(source, amount) for source, amount in amounts if amount is not None]
    if len(known) != len(amounts) or not known:
        return Scope.UNKNOWN, "资金来源或金额未填全"
    total = sum(amount for _, amount in known)
    budget = sum(amount for source, amount in known if source in BUDGET_ARRANGED)
    share = thresholds.budget_share.value
    if budget >= thresholds.budget_funds.fen and Decimal(budget) >= share * total:
        return Scope.BUDGET, f"使用预算资金{_yuan(budget)},占投资额{_share(budget, total)}"
    own = sum(amount for source, amount in known if source in OWN_MONEY)
    kind = admission.project.tenderer_type if admission.project is not None else None
    if kind in STATE_OWNED and 2 * own > total:
        return (
            Scope.STATE_FUNDS,
            f"使用国有企业事业单位资金{_yuan(own)},占投资额{_share(own, total)},占主导地位",
        )
    return Scope.OTHER, "预算资金和国有企业事业单位资金均未达到标准"


def _limit(bought: LotObject, thresholds: EngThresholds) -> Amount:
    if bought is LotObject.WORKS:
        return thresholds.works
    return thresholds.goods if bought is LotObject.GOODS else thresholds.services


def _verdict(answer: Compulsory, *reasons: str) -> CompulsoryVerdict:
    return CompulsoryVerdict(answer=answer, reasons=reasons)


def _yuan(fen: int) -> str:
    return f"{Decimal(fen) / 1_000_000:f}万元"


def _share(part: int, whole: int) -> str:
    return f"{Decimal(part) * 100 / whole:.2f}%"


__all__ = ["Compulsory", "CompulsoryVerdict", "Scope", "compulsory"]
