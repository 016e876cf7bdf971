"""A tender document that grades guarantees by credit: which lines count, and what the notice prints (R-NB-SS-02)."""

import msgspec

from bidding.domain import waiver as engine
from bidding.domain.credit.lists import CreditList
from bidding.domain.errors import Invalid
from bidding.domain.notice.terms import TenderTerms
from bidding.domain.ruleset import Charged, CreditAction, CreditEffect, RuleSet
from bidding.domain.waiver import WaiverDecision

LISTED = {
    CreditList.SERIOUS: "严重失信主体名单",
    CreditList.TAX_SERIOUS: "重大税收违法失信主体",
    CreditList.GP_SERIOUS: "政府采购严重违法失信行为记录名单",
    CreditList.JUDGMENT_DEFAULTER: "失信被执行人",
    CreditList.TAX_A: "纳税信用A级纳税人",
    CreditList.CUSTOMS_AEO: "海关高级认证企业",
}
CHARGED = {Charged.BID_DEPOSIT: "投标保证金", Charged.PERFORMANCE_BOND: "履约保证金"}


def graded_by(terms: TenderTerms, waiver: WaiverDecision, rules: RuleSet) -> WaiverDecision:
    """No effect without the document's word and the law's: the lines of the rule set that the notice pins."""
    if terms.by_credit is not True:
        return waiver
    graded = engine.by_credit(waiver, rules.by_credit)
    if not graded.by_credit:
        raise Invalid("credit-grading-without-effect", rule="R-NB-SS-02")
    return graded


def by_credit(waiver: WaiverDecision) -> tuple[str, ...]:
    """Printed with basis and end, so that every bidder can tell its own amount."""
    return () if waiver.by_credit is msgspec.UNSET else tuple(map(_statement, waiver.by_credit))


def _statement(effect: CreditEffect) -> str:
    who = f"公告发布时列入{LISTED[effect.list]}的投标人"
    until = f"自列入之日起不超过{effect.months}个月，依据：{effect.source}"
    if effect.charge is None:
        return f"{who}，信用等次同等条件下优先（{until}）。"
    most = "，但不超过法定上限" if effect.action is CreditAction.RAISE else ""
    return (
        f"{who}，{CHARGED[effect.charge]}为规定金额的{(effect.times * 100).normalize():f}%{most}（{until}）。"
    )
