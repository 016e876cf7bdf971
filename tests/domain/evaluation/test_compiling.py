"""Rejection, the count gate, price scores, ranking (R-EVAL-02, R-EVAL-11, R-GP-10/19, R-SCORE-01…15)."""

from typing import Any

import msgspec
import pytest

from bidding.domain.bidcount import CountDecision
from bidding.domain.disclosure import is_public
from bidding.domain.errors import Conflicting, OutOfOrder
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation import events as e
from bidding.domain.evaluation.sheets import Ground, RejectionVote
from bidding.domain.lot import Phase
from bidding.domain.ranking import Method
from bidding.domain.regime import Regime
from bidding.domain.scoring import EngLowestEvaluated
from tests.domain.evaluation.tender import LOW_PRICE, YUAN, Desk, sheet, tender

THREE = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN}


def vote(bidder: str, ground: Ground = Ground.NOT_RESPONSIVE, page: str = "31") -> RejectionVote:
    return RejectionVote(bidder=bidder, ground=ground, page=page, reason="工期超出招标文件要求")


def against(at: Desk, count: int, *votes: RejectionVote) -> dict[str, tuple[RejectionVote, ...]]:
    return dict.fromkeys(at.members[:count], votes)


def compiled(prices: dict[str, int], **changes: Any) -> Desk:
    at = Desk(tender(prices, **changes)).seat().mark()
    at.give(c.Compile())
    return at


# R-EVAL-02: rejection by the majority of members, on a listed ground, with each one's vote


def test_a_majority_on_one_ground_rejects_and_every_vote_is_kept() -> None:
    at = Desk(tender({**THREE, "d": 710_000 * YUAN})).seat()
    at.mark(rejections=against(at, 3, vote("d")))
    rejected, *_ = at.give(c.Compile())
    assert isinstance(rejected, e.BidRejected)
    assert (rejected.bidder, rejected.ground, rejected.page) == ("d", Ground.NOT_RESPONSIVE, "31")
    assert [one.member for one in rejected.votes] == list(at.members)
    assert [one.reject for one in rejected.votes] == [True, True, True, False, False]
    assert "d" not in {one.bidder for one in at.lot.evaluation.ranking}


def test_two_of_five_do_not_reject() -> None:
    at = Desk(tender(THREE)).seat()
    at.mark(rejections=against(at, 2, vote("c")))
    at.give(c.Compile())
    assert at.lot.evaluation.rejected == ()
    assert len(at.lot.evaluation.ranking) == 3


def test_a_majority_split_over_several_grounds_does_not_reject() -> None:
    at = Desk(tender(THREE)).seat()
    one, two, three, *_ = at.members
    at.mark(
        rejections={
            one: (vote("c", Ground.UNSIGNED),),
            two: (vote("c", Ground.UNSIGNED),),
            three: (vote("c", Ground.COLLUSION),),
        }
    )
    at.give(c.Compile())
    assert at.lot.evaluation.rejected == ()


def test_an_outvoted_member_owes_points_and_may_add_them_after_the_reveal() -> None:
    at = Desk(tender(THREE)).seat()
    first, *others = at.members
    same = {"a": ("30", "10"), "b": ("30", "10"), "c": ("30", "10")}
    at.give(sheet({"a": ("30", "10"), "b": ("30", "10")}, (vote("c"),)), first)
    for member in others:
        at.give(sheet(same), member)
    with pytest.raises(OutOfOrder) as refused:
        at.give(c.Compile())
    assert refused.value.code == "scores-missing"
    assert refused.value.found["lacking"] == [{"seat": 1, "bidder": "c"}]
    at.give(sheet(same, (vote("c"),)), first)
    at.give(c.Compile())
    assert len(at.lot.evaluation.ranking) == 3


def test_nothing_is_compiled_while_a_sheet_is_missing() -> None:
    at = Desk(tender(THREE)).seat()
    at.give(sheet(dict.fromkeys(THREE, ("30", "10"))), at.members[0])
    with pytest.raises(OutOfOrder) as refused:
        at.give(c.Compile())
    assert (refused.value.code, refused.value.found) == ("sheets-missing", {"missing": 4})


def test_what_is_compiled_is_not_compiled_again() -> None:
    at = compiled(THREE)
    with pytest.raises(Conflicting):
        at.give(c.Compile())


# R-SCORE-14, 招投条例 51(五): above the limit is rejected before any mean is taken


def test_a_price_above_the_limit_leaves_before_the_mean_and_needs_no_vote() -> None:
    at = compiled({**THREE, "d": 1_000_000 * YUAN + 1})
    (rejected,) = at.lot.evaluation.rejected
    assert (rejected.bidder, rejected.ground, rejected.by_rule) == ("d", Ground.PRICE, True)
    scored = next(event for event in at.events if isinstance(event, e.PricesScored))
    assert scored.base_fen == str(720_000 * YUAN)


def test_a_price_equal_to_the_limit_stays() -> None:
    at = compiled({**THREE, "d": 1_000_000 * YUAN})
    assert at.lot.evaluation.rejected == ()
    assert len(at.lot.evaluation.ranking) == 4


def test_gp_prices_above_the_budget_are_rejected_without_a_limit() -> None:
    at = compiled({**THREE, "d": 900_001 * YUAN}, regime=Regime.GP, limit=None)  # R-GP-12
    assert [one.bidder for one in at.lot.evaluation.rejected] == ["d"]


# R-SCORE-01, R-SCORE-10: price scores by the pinned formula, totals rounded once


def test_scores_follow_the_pinned_formula_and_show_how() -> None:
    at = compiled(THREE)
    scored = next(event for event in at.events if isinstance(event, e.PricesScored))
    assert {one.bidder: one.score for one in scored.scores} == {"a": "97.78", "b": "100.00", "c": "96.67"}
    assert msgspec.json.decode(scored.formula)["kind"] == "deviation"
    assert scored.base_derivation[-1].value == str(720_000 * YUAN)
    steps = {step.text.split("：")[0]: step.value for step in scored.scores[0].derivation}
    assert steps["偏差率"] == "-1/36"


def test_totals_are_exact_until_the_one_declared_rounding() -> None:
    at = compiled(THREE)
    totals = {one.bidder: (one.total, one.price_score, one.technical) for one in at.lot.evaluation.ranking}
    # 97.78 × 40 ÷ 100 + 40 = 79.112; 96.67 × 0.4 + 40 = 78.668
    assert totals == {
        "b": ("80.00", "40.00", "40"),
        "a": ("79.11", "39.112", "40"),
        "c": ("78.67", "38.668", "40"),
    }
    assert [one.rank for one in at.lot.evaluation.ranking] == [1, 2, 3]


def test_the_mean_of_the_members_is_not_rounded() -> None:
    at = Desk(tender(THREE)).seat()
    same = dict.fromkeys(THREE, ("30", "10"))
    for member, plan in zip(at.members, ("30.1", "30.1", "30.1", "30.1", "30.2"), strict=True):
        at.give(sheet({**same, "a": (plan, "10")}), member)
    at.give(c.Compile())
    first = {one.bidder: one.criteria[0].points for one in at.lot.evaluation.ranking}
    assert first == {"a": "30.12", "b": "30", "c": "30"}


# R-SCORE-15: ties by the declared chain; R-ENG-17: at most three ranked candidates


def test_equal_totals_go_to_the_lower_price() -> None:
    at = Desk(tender(THREE)).seat()
    # 40 (b) and 39.112 (a): a gets 0.888 more for its plan
    at.mark({"b": ("30", "10"), "a": ("30.888", "10")})
    at.give(c.Compile())
    first, second, _ = at.lot.evaluation.ranking
    assert first.total == second.total == "80.00"
    assert [first.bidder, second.bidder] == ["a", "b"]


def test_what_nothing_tells_apart_stands_parallel_and_is_not_split() -> None:
    at = compiled({"a": 700_000 * YUAN, "b": 700_000 * YUAN, "c": 740_000 * YUAN}, candidates=2)
    assert [one.rank for one in at.lot.evaluation.ranking] == [1, 1, 3]
    assert [one.bidder for one in at.lot.evaluation.candidates] == ["a", "b"]


def test_a_parallel_group_that_does_not_fit_is_left_out() -> None:
    prices = {"a": 720_000 * YUAN, "b": 800_000 * YUAN, "c": 800_000 * YUAN}
    at = Desk(tender(prices, candidates=2)).seat().mark({"a": ("40", "10")})
    at.give(c.Compile())
    assert [one.rank for one in at.lot.evaluation.ranking] == [1, 2, 2]
    assert [one.bidder for one in at.lot.evaluation.candidates] == ["a"]


def test_at_most_the_declared_number_of_candidates_with_what_they_bid() -> None:
    at = compiled({**THREE, "d": 760_000 * YUAN})
    candidates = at.lot.evaluation.candidates
    assert [one.rank for one in candidates] == [1, 2, 3]
    bid = next(one for one in candidates if one.bidder == "a")
    assert (bid.price_fen, bid.duration_days, bid.project_lead) == (700_000 * YUAN, 120, "a公司经理")


def test_lowest_evaluated_price_ranks_without_points() -> None:
    at = Desk(
        tender(
            THREE,
            method=Method.ENG_LOWEST_EVALUATED,
            price_formula=EngLowestEvaluated(),
            criteria=(),
            price_points="0",
        )
    ).seat()
    for member in at.members:
        plain = c.SubmitScores(
            sheet=tuple(
                msgspec.structs.replace(one, scores=())
                for one in sheet(dict.fromkeys(THREE, ("0", "0"))).sheet
            )
        )
        at.give(plain, member)
    at.give(c.Compile())
    assert [one.bidder for one in at.lot.evaluation.ranking] == ["a", "b", "c"]
    assert {one.total for one in at.lot.evaluation.ranking} == {""}


# R-SCORE-03, R-SCORE-06: GP low price first, small-enterprise deduction from the purchaser's review


def test_the_small_enterprise_deduction_moves_the_evaluated_price_only() -> None:
    at = Desk(tender(THREE, regime=Regime.GP))
    at.give(c.DrawCommittee(representatives=("delegate",)))
    for member in at.members:
        at.give(c.SignIn(), member)
    at.open_envelopes()
    at.qualify(small=("c",))
    at.mark()
    at.give(c.Compile())
    prices = {one.bidder: one for one in at.lot.evaluation.prices}
    assert prices["c"].evaluated_fen == str(666_000 * YUAN)
    assert prices["c"].price_fen == 740_000 * YUAN
    assert prices["c"].score == "40.00"
    assert prices["a"].score == "38.06"  # 666 000 × 40 ÷ 700 000 = 38.057…
    assert at.lot.evaluation.candidates[0].price_fen == 740_000 * YUAN
    assert LOW_PRICE.weight == "40"


# R-GP-10, R-GP-19: fewer than three → void, with the reason for all bidders


def test_gp_fewer_than_three_qualified_ends_the_evaluation() -> None:
    at = Desk(tender(THREE, regime=Regime.GP))
    at.open_envelopes()
    _, voided = at.qualify(unqualified=("b",))
    assert isinstance(voided, e.EvaluationVoided)
    assert (voided.decision, voided.rule) == (CountDecision.VOID, "R-GP-10")
    assert is_public(voided)
    assert at.lot.phase is Phase.FAILED


def test_gp_fewer_than_three_compliant_is_void() -> None:
    at = Desk(tender(THREE, regime=Regime.GP)).seat()
    at.mark(rejections=against(at, 5, vote("a")))
    *_, voided = at.give(c.Compile())
    assert isinstance(voided, e.EvaluationVoided)
    assert (voided.decision, voided.rule) == (CountDecision.VOID, "R-GP-19")
    assert not at.lot.evaluation.prices


def test_gp_an_unqualified_supplier_neither_sets_the_base_nor_is_ranked() -> None:
    at = Desk(tender({**THREE, "d": 500_000 * YUAN}, regime=Regime.GP))
    at.give(c.DrawCommittee(representatives=("delegate",)))
    for member in at.members:
        at.give(c.SignIn(), member)
    at.open_envelopes()
    at.qualify(unqualified=("d",))
    at.mark()
    at.give(c.Compile())
    (rejected,) = at.lot.evaluation.rejected
    assert (rejected.bidder, rejected.ground, rejected.rule) == ("d", Ground.NOT_QUALIFIED, "R-GP-10")
    assert {one.bidder: one.score for one in at.lot.evaluation.prices}["a"] == "40.00"


# R-EVAL-11: ENG, nobody left; one or two left


def test_eng_without_a_valid_bid_all_are_rejected() -> None:
    at = Desk(tender(THREE)).seat()
    at.mark(rejections=against(at, 3, vote("a"), vote("b"), vote("c")))
    *_, voided = at.give(c.Compile())
    assert isinstance(voided, e.EvaluationVoided)
    assert voided.decision == CountDecision.REJECT_ALL_RETENDER
    assert at.lot.phase is Phase.FAILED


def questioned(rejected: str = "c") -> Desk:
    at = Desk(tender(THREE)).seat()
    at.mark(rejections=against(at, 5, vote(rejected)))
    *_, question = at.give(c.Compile())
    assert question == e.CompetitionQuestioned(valid=2)
    return at


@pytest.mark.parametrize(("lacking", "goes_on"), [(2, True), (3, False)])
def test_eng_with_two_valid_bids_the_committee_must_state_whether_competition_lacks(
    lacking: int, goes_on: bool
) -> None:
    at = questioned()
    assert not at.lot.evaluation.prices
    for place, member in enumerate(at.members):
        at.give(c.StateCompetition(lacking=place < lacking, reason="报价差距"), member)
    if goes_on:
        assert {one.bidder for one in at.lot.evaluation.ranking} == {"a", "b"}
        assert "具有竞争性" in at.lot.evaluation.draft
    else:
        assert at.lot.phase is Phase.FAILED
        assert at.lot.evaluation.voided == CountDecision.COMMITTEE_MUST_STATE_COMPETITION


def test_competition_is_stated_once_by_each_and_only_when_asked() -> None:
    at = questioned()
    at.give(c.StateCompetition(lacking=False, reason="充分"), at.members[0])
    with pytest.raises(Conflicting):
        at.give(c.StateCompetition(lacking=True, reason="不足"), at.members[0])
    with pytest.raises(Conflicting):
        at.give(c.Compile())
    unasked = Desk(tender(THREE)).seat()
    with pytest.raises(OutOfOrder) as refused:
        unasked.give(c.StateCompetition(lacking=True, reason="不足"), unasked.members[0])
    assert refused.value.code == "competition-not-questioned"


def test_parallel_firsts_are_all_candidates_even_beyond_the_declared_number() -> None:
    at = compiled({"a": 700_000 * YUAN, "b": 700_000 * YUAN, "c": 740_000 * YUAN}, candidates=1)
    assert [one.bidder for one in at.lot.evaluation.candidates] == ["a", "b"]
