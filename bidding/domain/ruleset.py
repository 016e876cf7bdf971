"""The statutory constants of each regime, versioned by the day they took effect (R-GEN-02, R-GEN-03).

A rule set is chosen by the lot's notice instant and pinned to it, never looked up by "now". The two
regimes have separate structs and separate files; no constant is shared, even where the numbers agree.
Each constant carries its rule id and its article, so that a refusal can cite it.
"""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Literal, overload

import msgspec

from bidding.domain.credit.lists import REWARDS, CreditList
from bidding.domain.errors import Unknown
from bidding.domain.periods import Unit, local_date
from bidding.domain.regime import Regime


class Constant(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``source`` is the article (a trailing [M] = number from memory, verify before relying on it)."""

    rule: str
    source: str


class Term(Constant, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``n`` of ``unit``: to act within, to stay open, or to keep before a deadline, as the field says."""

    n: Annotated[int, msgspec.Meta(ge=0)]
    unit: Unit


class Months(Constant, frozen=True, kw_only=True, forbid_unknown_fields=True):
    at_least: int
    at_most: int


class Count(Constant, frozen=True, kw_only=True, forbid_unknown_fields=True):
    n: Annotated[int, msgspec.Meta(ge=0)]


class Flag(Constant, frozen=True, kw_only=True, forbid_unknown_fields=True):
    on: bool


class Rate(Constant, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A decimal written as text: "0.02" = 2 %."""

    value: Decimal


class RateRange(Constant, frozen=True, kw_only=True, forbid_unknown_fields=True):
    lowest: Decimal
    highest: Decimal


class Share(Constant, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An exact share such as "2/3"."""

    value: Annotated[str, msgspec.Meta(pattern=r"^[1-9][0-9]*/[1-9][0-9]*$")]

    @property
    def fraction(self) -> Fraction:
        return Fraction(self.value)


class Amount(Constant, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``fen`` in 分."""

    fen: Annotated[int, msgspec.Meta(ge=0)]


class CreditAction(StrEnum):
    RAISE = "RAISE"
    LOWER = "LOWER"
    PRIORITY = "PRIORITY"  # 同等条件下优先


class Charged(StrEnum):
    """What credit may raise or lower: never the fee, which is no guarantee."""

    BID_DEPOSIT = "BID_DEPOSIT"
    PERFORMANCE_BOND = "PERFORMANCE_BOND"


class CreditEffect(Constant, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a list does to a guarantee (R-NB-SS-02): ``factor`` (decimal text) times what everybody is asked, for at
    most ``months`` after the entry's first day. ``source``: its legal basis, without which there is no effect.
    ``charge``: None of a priority.
    """

    list: CreditList
    action: CreditAction
    months: Annotated[int, msgspec.Meta(ge=1, le=36)]
    charge: Charged | None = None
    factor: Annotated[str, msgspec.Meta(pattern=r"^[0-9]+(\.[0-9]+)?$")] = "1"

    @property
    def times(self) -> Decimal:
        return Decimal(self.factor)

    def __post_init__(self) -> None:
        """Raises ``ValueError``."""
        if not self.source.strip():
            raise ValueError("no effect without a legal basis")
        if (self.charge is None) is not (self.action is CreditAction.PRIORITY):
            raise ValueError("what is raised or lowered is a charge, a priority is none")
        if (self.list in REWARDS) is (self.action is CreditAction.RAISE):
            raise ValueError(
                "only a list of offenders raises, and only a list of the trustworthy lowers or prefers"
            )
        fits = {
            CreditAction.RAISE: self.times > 1,
            CreditAction.LOWER: self.times < 1,
            CreditAction.PRIORITY: self.times == 1,
        }
        if not fits[self.action]:
            raise ValueError(f"a factor of {self.factor} does not {self.action.value.lower()}")


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One table of the file: every key must be there, none may be unknown."""


class CommitteeRules(Section, frozen=True, kw_only=True):
    min_members: Count
    odd: Flag
    expert_share: Share
    #: GP only: from this budget on, or if complex or of high social impact, ``large_members`` are needed.
    large_budget: Amount | None = None
    large_members: Count | None = None
    #: ENG only: the time must be extended when more than this share of members calls it too short.
    extend_share: Share | None = None


class LatePayment(Section, frozen=True, kw_only=True):
    pay_sme_within: Term
    pay_sme_at_most: Term
    default_daily: Rate
    days_per_year: Count


class CreditRepair(Section, frozen=True, kw_only=True):
    minor: Months
    general: Months
    serious: Months


class EngBonds(Section, frozen=True, kw_only=True):
    bid_deposit: Rate
    cap_enabled: Flag
    cap_works: Amount
    cap_goods: Amount
    cap_survey_design: Amount
    performance_bond: Rate


class EngPeriods(Section, frozen=True, kw_only=True):
    document_offer: Term
    notice_to_deadline: Term
    clarification_before_deadline: Term
    prequalification_clarification: Term
    prequalification_application: Term
    objection_to_prequalification: Term
    objection_to_document: Term
    objection_reply: Term
    withdrawn_deposit_return: Term
    publicity_starts: Term
    publicity_lasts: Term
    report_to_supervisor: Term
    contract: Term
    deposit_return: Term
    complaint: Term
    complaint_accepted: Term
    complaint_decided: Term


class EngCounts(Section, frozen=True, kw_only=True):
    min_bids: Count
    min_prequalified: Count
    min_valid_without_statement: Count
    max_candidates: Count
    archive_years: Count


class EngThresholds(Section, frozen=True, kw_only=True):
    works: Amount
    goods: Amount
    services: Amount
    budget_funds: Amount
    budget_share: Rate


class EngRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """招投法 and 招投条例 (R-ENG-…)."""

    regime: Literal["ENG"]
    version: str
    effective_from: date
    changes: str
    thresholds: EngThresholds
    periods: EngPeriods
    bonds: EngBonds
    counts: EngCounts
    committee: CommitteeRules
    refusal_fine: Rate
    late_payment: LatePayment | None = None
    credit_repair: CreditRepair | None = None
    by_credit: tuple[CreditEffect, ...] = ()


class GpBonds(Section, frozen=True, kw_only=True):
    bid_deposit: Rate
    bid_deposit_non_cash: Flag
    performance_bond: Rate
    performance_bond_non_cash: Flag
    late_return_surcharge: Rate


class GpPeriods(Section, frozen=True, kw_only=True):
    notice: Term
    document_offer: Term
    notice_to_deadline: Term
    clarification_before_deadline: Term
    prequalification_clarification: Term
    prequalification_application: Term
    withdrawn_deposit_return: Term
    loser_deposit_return: Term
    winner_deposit_return: Term
    report_to_purchaser: Term
    winner_fixed: Term
    result_announced: Term
    result_announcement: Term
    contract: Term
    contract_filed: Term
    contract_published: Term
    query: Term
    inquiry_answer: Term
    query_answer: Term
    complaint: Term
    complaint_examined: Term
    complaint_correction: Term
    complaint_refused: Term
    complaint_forwarded: Term
    complaint_decided: Term
    complaint_suspension: Term


class GpCounts(Section, frozen=True, kw_only=True):
    min_suppliers: Count
    archive_years: Count


class GpScoring(Section, frozen=True, kw_only=True):
    price_weight_goods: Rate
    price_weight_services: Rate
    small_micro: RateRange
    consortium: RateRange
    consortium_share: Rate
    #: Zero before 2026-01-01.
    domestic: Rate
    domestic_only_if_mixed: Flag


class GpRules(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """采购法, 采购条例, 87号令 (R-GP-…)."""

    regime: Literal["GP"]
    version: str
    effective_from: date
    changes: str
    periods: GpPeriods
    bonds: GpBonds
    counts: GpCounts
    committee: CommitteeRules
    scoring: GpScoring
    supplement: Rate
    late_payment: LatePayment | None = None
    credit_repair: CreditRepair | None = None
    by_credit: tuple[CreditEffect, ...] = ()


RuleSet = EngRules | GpRules


class RuleSetUnknown(Unknown):
    """No version of the regime was in force at the notice instant."""

    def __init__(self, regime: Regime, on: date) -> None:
        super().__init__("ruleset-unknown", rule="R-GEN-03", regime=regime.value, on=on)


@overload
def choose(rulesets: Iterable[RuleSet], regime: Literal[Regime.ENG], notice_at: datetime) -> EngRules: ...
@overload
def choose(rulesets: Iterable[RuleSet], regime: Literal[Regime.GP], notice_at: datetime) -> GpRules: ...
@overload
def choose(rulesets: Iterable[RuleSet], regime: Regime, notice_at: datetime) -> RuleSet: ...
def choose(rulesets: Iterable[RuleSet], regime: Regime, notice_at: datetime) -> RuleSet:
    """R-GEN-03: the version in force on the Beijing date of the notice. Raises ``RuleSetUnknown``."""
    on = local_date(notice_at)
    in_force = [rules for rules in rulesets if rules.regime == regime.value and rules.effective_from <= on]
    if not in_force:
        raise RuleSetUnknown(regime, on)
    return max(in_force, key=lambda rules: rules.effective_from)


def by_version(rulesets: Iterable[RuleSet], version: str) -> RuleSet:
    """The version that a lot was pinned to. Raises ``Unknown``."""
    for rules in rulesets:
        if rules.version == version:
            return rules
    raise Unknown("ruleset-version-unknown", rule="R-GEN-03", version=version)
