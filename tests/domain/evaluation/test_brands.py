"""Bidders of one brand count as one, the best stands for it (R-SCORE-05; 87号令 31)."""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bidding.domain.award.notices import loser_notices
from bidding.domain.bidcount import CountDecision
from bidding.domain.errors import Invalid
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation import events as e
from bidding.domain.evaluation.drawing import verify
from bidding.domain.evaluation.outcome import QualificationResult
from bidding.domain.evaluation.sheets import Ground, RejectionVote
from bidding.domain.event import Event
from bidding.domain.lot import Phase
from bidding.domain.notice.terms import SameBrandTie
from bidding.domain.ranking import Method
from bidding.domain.regime import Regime
from bidding.domain.relations import folded
from bidding.domain.scoring import Deductions, GpLowestEvaluated
from tests.domain.evaluation.tender import YUAN, Desk, sheet, tender

#: The browser's verifier is held to it as well.
PAIRS = json.loads((Path(__file__).parents[2] / "vectors/scores/same-name.json").read_text(encoding="utf-8"))[
    "pairs"
]
FOUR = {"a": 700_000 * YUAN, "b": 700_000 * YUAN, "c": 740_000 * YUAN, "d": 760_000 * YUAN}
BRANDS = {"a": "联想", "b": " 联 想 ", "c": "浪潮", "d": "曙光"}
LOWEST = {
    "method": Method.GP_LOWEST_EVALUATED,
    "price_formula": GpLowestEvaluated(deductions=Deductions(small_micro="0.10", domestic="0.20")),
    "criteria": (),
    "price_points": "0",
}


def purchase(prices: dict[str, int], brands: dict[str, str], **changes: Any) -> Desk:
    at = Desk(tender(prices, regime=Regime.GP, core_product="服务器", **changes))
    at.give(c.DrawCommittee(representatives=("delegate",)))
    for member in at.members:
        at.give(c.SignIn(), member)
    at.open_envelopes()
    reviewed(at, brands)
    return at


def reviewed(at: Desk, brands: dict[str, str], unqualified: Sequence[str] = ()) -> list[Event]:
    results = tuple(
        QualificationResult(
            bidder=bidder,
            qualified=bidder not in unqualified,
            page="1",
            reason="无",
            domestic=True,
            brand=brands.get(bidder, ""),
        )
        for bidder in at.bidders
    )
    return at.give(c.ReviewQualification(results=results))


def resolved(at: Desk) -> e.SameBrandResolved:
    (found,) = at.lot.evaluation.same_brand
    return found


# 综合评分法: the best score of the brand is recommended


def test_the_best_of_a_brand_is_recommended_and_the_other_keeps_its_points_without_a_rank() -> None:
    at = purchase(FOUR, BRANDS)
    at.mark({"a": ("30", "10"), "b": ("31", "10")}).give(c.Compile())
    assert (resolved(at).kept, resolved(at).others) == ("b", ("a",))
    assert resolved(at).choice is e.BrandChoice.SCORE
    assert [(one.bidder, one.rank) for one in at.lot.evaluation.ranking] == [
        ("b", 1),
        ("c", 2),
        ("d", 3),
        ("a", 0),
    ]
    assert [(one.bidder, one.rank) for one in at.lot.evaluation.candidates] == [("b", 1), ("c", 2), ("d", 3)]
    assert {one.bidder: one.total for one in at.lot.evaluation.ranking}["a"] == "80.00"
    assert "同品牌（联想）：由b公司参加推荐（得分最高）" in at.lot.evaluation.draft
    (notice,) = [one for one in loser_notices(at.lot, "b") if one.bidder == "a"]
    assert (notice.rank, notice.total) == (0, "80.00")
    assert "同品牌" in notice.reason


def test_equal_scores_are_drawn_and_the_draw_can_be_recomputed() -> None:
    at = purchase(FOUR, BRANDS)
    at.mark().give(c.Compile())
    found = resolved(at)
    assert found.choice is e.BrandChoice.DRAW
    assert found.pick is not None
    assert found.pick.pool == ("a", "b")
    assert verify(found.pick)
    assert {found.kept, *found.others} == {"a", "b"}
    assert found.kept == found.pick.drawn


def test_whom_the_draw_takes_is_kept_whichever_it_is() -> None:
    kept = set()
    for seed in range(8):
        at = purchase(FOUR, BRANDS)
        at.random = random.Random(seed).randbytes
        at.mark().give(c.Compile())
        found = resolved(at)
        assert found.pick is not None
        assert found.kept == found.pick.drawn
        kept.add(found.kept)
    assert kept == {"a", "b"}


def test_the_document_may_let_the_lower_price_settle_what_is_equal() -> None:
    # 1 000 yuan more cost 0.057 of 40 points: made good by the plan, so that the totals are equal
    prices = {**FOUR, "b": 701_000 * YUAN}
    lower = purchase(prices, BRANDS, same_brand_tie=SameBrandTie.LOWER_PRICE)
    lower.mark({"b": ("30.06", "10")}).give(c.Compile())
    assert {one.bidder: one.total for one in lower.lot.evaluation.ranking if one.bidder in "ab"} == {
        "a": "80.00",
        "b": "80.00",
    }
    assert (resolved(lower).kept, resolved(lower).choice) == ("a", e.BrandChoice.SCORE)
    same = purchase(FOUR, BRANDS, same_brand_tie=SameBrandTie.LOWER_PRICE)
    same.mark().give(c.Compile())
    assert resolved(same).choice is e.BrandChoice.DRAW


# 最低评标价法: only the lowest price of the brand takes part


def compared(prices: dict[str, int]) -> Desk:
    at = purchase(prices, BRANDS, **LOWEST)
    for member in at.members:
        plain = sheet(dict.fromkeys(at.bidders, ("0", "0")))
        bids = tuple(type(one)(bidder=one.bidder, scores=()) for one in plain.sheet)
        at.give(c.SubmitScores(sheet=bids), member)
    at.give(c.Compile())
    return at


def test_only_the_lowest_price_of_a_brand_is_compared() -> None:
    at = compared({**FOUR, "b": 690_000 * YUAN})
    assert (resolved(at).kept, resolved(at).choice) == ("b", e.BrandChoice.PRICE)
    assert [one.bidder for one in at.lot.evaluation.prices] == ["b", "c", "d"]
    assert [one.rank for one in at.lot.evaluation.ranking] == [1, 2, 3]


def test_equal_lowest_prices_of_a_brand_are_drawn() -> None:
    at = compared(FOUR)
    assert resolved(at).choice is e.BrandChoice.DRAW
    assert len(at.lot.evaluation.prices) == 3


# Counted as one


def test_three_bidders_of_two_brands_are_fewer_than_three_suppliers() -> None:
    three = {name: FOUR[name] for name in "abc"}
    at = Desk(tender(three, regime=Regime.GP, core_product="服务器"))
    at.open_envelopes()
    _, voided = reviewed(at, BRANDS)
    assert isinstance(voided, e.EvaluationVoided)
    assert at.lot.phase is Phase.FAILED


def test_after_rejections_too_brands_are_counted() -> None:
    at = purchase(FOUR, BRANDS)
    vote = RejectionVote(bidder="d", ground=Ground.NOT_RESPONSIVE, page="3", reason="参数不满足")
    at.mark(rejections=dict.fromkeys(at.members, (vote,)))
    *_, voided = at.give(c.Compile())
    assert isinstance(voided, e.EvaluationVoided)
    assert voided.decision == CountDecision.VOID


def test_a_qualified_supplier_needs_its_brand_and_without_a_core_product_none_does() -> None:
    at = Desk(tender(FOUR, regime=Regime.GP, core_product="服务器"))
    at.open_envelopes()
    with pytest.raises(Invalid) as refused:
        reviewed(at, {"a": "联想"}, unqualified=("d",))
    assert refused.value.found == {"product": "服务器", "bidders": ["b", "c"]}
    free = Desk(tender(FOUR, regime=Regime.GP)).seat().mark()
    free.give(c.Compile())
    assert free.lot.evaluation.same_brand == ()


def test_a_new_sheet_undoes_what_was_settled() -> None:
    at = purchase(FOUR, BRANDS)
    at.mark().give(c.Compile())
    at.give(c.Recuse(reason="与投标人有利害关系"), at.members[0])
    assert not at.lot.evaluation.same_brand


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: f"{pair['one']!a}-{pair['other']!a}")
def test_names_are_one_however_they_are_written(pair: dict[str, Any]) -> None:
    assert (folded(pair["one"]) == folded(pair["other"])) is pair["same"]
