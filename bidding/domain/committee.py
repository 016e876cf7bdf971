"""Size, parity and expert share of an evaluation committee (R-EVAL-05, R-EVAL-06, R-EVAL-09)."""

from enum import StrEnum

import msgspec

from bidding.domain.ruleset import CommitteeRules


class CommitteeReason(StrEnum):
    SIZE_LT_5 = "SIZE_LT_5"
    EVEN = "EVEN"
    EXPERTS_LT_TWO_THIRDS = "EXPERTS_LT_TWO_THIRDS"
    SIZE_LT_7 = "SIZE_LT_7"


class CommitteeVerdict(msgspec.Struct, frozen=True, kw_only=True):
    reasons: tuple[CommitteeReason, ...]
    min_experts_for_size: int

    @property
    def ok(self) -> bool:
        return not self.reasons


def check_committee(
    rules: CommitteeRules,
    *,
    members: int,
    experts: int,
    budget_fen: int | None = None,
    technically_complex: bool = False,
    high_social_impact: bool = False,
) -> CommitteeVerdict:
    """招投法 37, 87号令 47: is a committee of ``members``, of whom ``experts``, lawful?

    ``rules`` are those of the lot's regime; budget (分), complexity and impact only matter where the
    rules know large committees (GP). A budget of exactly the threshold counts as large: 以上 includes it.
    """
    if not 0 <= experts <= members:
        raise ValueError(f"{experts} experts among {members} members")
    share = rules.expert_share.fraction
    min_experts = -(-members * share.numerator // share.denominator)
    large = rules.large_budget is not None and (
        technically_complex or high_social_impact or (budget_fen or 0) >= rules.large_budget.fen
    )
    large_members = rules.large_members if large else None
    found = {
        CommitteeReason.SIZE_LT_5: members < rules.min_members.n,
        CommitteeReason.EVEN: rules.odd.on and members % 2 == 0,
        CommitteeReason.EXPERTS_LT_TWO_THIRDS: experts < min_experts,
        CommitteeReason.SIZE_LT_7: large_members is not None and members < large_members.n,
    }
    return CommitteeVerdict(
        reasons=tuple(reason for reason, holds in found.items() if holds), min_experts_for_size=min_experts
    )


def must_extend(rules: CommitteeRules, *, members: int, say_too_short: int) -> bool:
    """R-EVAL-09, 招投条例 48: *more than* a third of the members call the evaluation time too short."""
    if not 0 <= say_too_short <= members:
        raise ValueError(f"{say_too_short} voices of {members} members")
    return rules.extend_share is not None and say_too_short > members * rules.extend_share.fraction
