"""Which conduct goes on record, by itself or by a supervisor's decision, and for how long (R-NB-SS-01, R-NB-SS-02)."""

from enum import StrEnum
from typing import Annotated

import msgspec

from bidding.domain.credit.lists import Severity
from bidding.domain.datafile import damaged, read, require_once

Text = Annotated[str, msgspec.Meta(min_length=1)]
Months = Annotated[int, msgspec.Meta(ge=1, le=36)]


class Conduct(StrEnum):
    PROMISE_BROKEN = "PROMISE_BROKEN"  # 未兑现承诺
    BID_REVOKED = "BID_REVOKED"  # 撤销投标
    COMPLAINT_ABUSE = "COMPLAINT_ABUSE"  # 滥用投诉
    PAYMENT_OVERDUE = "PAYMENT_OVERDUE"  # 逾期付款
    CONTRACT_UNSIGNED = "CONTRACT_UNSIGNED"  # 未按期签约
    GUARANTEE_CLAIMED = "GUARANTEE_CLAIMED"  # 担保被索赔
    DELIVERY_LATE = "DELIVERY_LATE"  # 逾期交付
    INSPECTION_LATE = "INSPECTION_LATE"  # 逾期验收
    OBJECTION_UNANSWERED = "OBJECTION_UNANSWERED"  # 逾期不答复
    FALSE_PROMISE = "FALSE_PROMISE"  # 虚假信用承诺
    COMPLAINT_ABUSE_REPEATED = "COMPLAINT_ABUSE_REPEATED"  # 一年三次滥用投诉


class ConductRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``automatic``: recorded at once, else proposed to a supervisor; ``basis``: articles; ``months``: it stands."""

    conduct: Conduct
    automatic: bool
    severity: Severity
    months: Months
    rule: Text
    basis: Text
    zh: Text
    en: Text


class Repeat(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``times`` records of ``of`` within so many months give ``becomes``."""

    of: Conduct
    times: Annotated[int, msgspec.Meta(ge=2)]
    within_months: Months
    becomes: Conduct


class Conducts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    conducts: tuple[ConductRule, ...]
    repeats: tuple[Repeat, ...] = ()

    def of(self, conduct: Conduct) -> ConductRule:
        return next(one for one in self.conducts if one.conduct is conduct)


def parse_conducts(text: str) -> Conducts:
    """Raises ``DataFileError``, unless each conduct has one line too."""
    table = read(text, Conducts)
    told = [one.conduct for one in table.conducts]
    require_once(text, "conducts", told)
    if missing := [one.value for one in Conduct if one not in told]:
        raise damaged(text, f"conducts lacks {missing}", ("conducts",))
    return table
