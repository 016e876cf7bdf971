"""After the award a bidder reads how each of its numbers came about (R-SCORE-01, R-AWARD-01; 招投法 44, 87号令 69)."""

from fractions import Fraction

import msgspec
import pytest

from bidding.domain.award import commands as a
from bidding.domain.errors import OutOfOrder
from bidding.domain.evaluation.own import own_result
from bidding.domain.evaluation.sheets import Ground
from bidding.domain.ranking import TIES, Method
from tests.domain.award.test_award import eng, gp
from tests.domain.evaluation.tender import OWNER, YUAN, Desk


def awarded() -> Desk:
    at = eng()
    at.give(a.DetermineWinner(bidder="b"), OWNER)
    at.give(a.IssueAwardNotice())
    return at


def test_before_the_award_notice_nothing_is_told() -> None:
    at = eng()
    at.give(a.DetermineWinner(bidder="b"), OWNER)
    with pytest.raises(OutOfOrder) as refused:
        own_result(at.lot, "a")
    assert refused.value.code == "result-not-issued"


def test_every_number_follows_from_the_ones_before_it() -> None:
    mine = own_result(awarded().lot, "a")
    assert mine.price is not None
    assert mine.base_derivation[-1].value == mine.base_fen == str(720_000 * YUAN)
    assert mine.price.derivation[-1].value == mine.price.score == "97.78"
    weighted, criteria, total = mine.total_derivation
    assert weighted.text == "价格得分 97.78 × 40 ÷ 100"
    assert Fraction(weighted.value) == Fraction("97.78") * 40 / 100
    assert Fraction(criteria.value) == sum(Fraction(one.points) for one in mine.criteria) == 40
    assert (total.value, mine.total, mine.rank) == ("79.11", "79.11", 2)
    assert msgspec.json.decode(mine.formula)["kind"] == "deviation"
    assert mine.ties == ("投标报价较低",)


def test_of_the_members_only_the_mean_is_shown() -> None:
    mine = own_result(awarded().lot, "a")
    assert [(one.title, one.max_points, one.members) for one in mine.criteria] == [
        ("施工组织设计", "40", 5),
        ("类似业绩", "20", 5),
    ]
    said = msgspec.json.encode(mine).decode()
    assert "方案完整" not in said
    assert "expert-" not in said


def test_a_rejected_bidder_reads_its_ground_and_an_unopened_one_nothing() -> None:
    at = awarded()
    fallen = own_result(at.lot, "d")
    assert fallen.rejected is not None
    assert (fallen.rejected.ground, fallen.price, fallen.rank) == (Ground.NOT_RESPONSIVE, None, 0)
    unopened = own_result(at.lot, "e")
    assert (unopened.rejected, unopened.total) == (None, "")


def test_deductions_are_among_the_steps_in_procurement() -> None:
    at = gp()
    at.give(a.DetermineWinner(bidder="a"), OWNER)
    at.give(a.IssueAwardNotice())
    mine = own_result(at.lot, "a")
    assert mine.price is not None
    assert mine.price.derivation[0].value == str(mine.price.price_fen)
    assert mine.total_derivation[0].text.endswith("× 40 ÷ 40")


def test_every_method_says_what_settles_ties() -> None:

    assert TIES.keys() == set(Method)
