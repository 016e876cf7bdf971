"""R-EVAL-05, R-EVAL-06, R-EVAL-09, R-ENG-30: committees and consortia."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.domain.committee import CommitteeReason, check_committee, must_extend
from bidding.domain.consortium import JointBid, Member, check_consortia
from bidding.domain.ruleset import CommitteeRules
from tests.domain.rules.rulesets import ENG, GP


@pytest.mark.parametrize(("size", "experts"), [(5, 4), (7, 5), (9, 6), (11, 8), (13, 9), (15, 10)])
def test_two_thirds_of_experts(size: int, experts: int) -> None:  # R-ENG-15, 招投法 37
    assert check_committee(ENG.committee, members=size, experts=experts).ok
    short = check_committee(ENG.committee, members=size, experts=experts - 1)
    assert short.reasons == (CommitteeReason.EXPERTS_LT_TWO_THIRDS,)


@given(st.integers(0, 30), st.sampled_from([ENG.committee, GP.committee]))
def test_the_least_number_of_experts_is_the_least(members: int, rules: CommitteeRules) -> None:
    least = check_committee(rules, members=members, experts=members).min_experts_for_size
    assert least - 1 < Fraction(2 * members, 3) <= least


@pytest.mark.parametrize("importance", ["technically_complex", "high_social_impact"])
def test_gp_needs_seven_for_complex_or_socially_important_purchases(importance: str) -> None:  # R-GP-11
    kind = {importance: True}
    found = check_committee(GP.committee, members=5, experts=5, **kind)
    assert found.reasons == (CommitteeReason.SIZE_LT_7,)
    assert check_committee(GP.committee, members=7, experts=5, **kind).ok
    assert check_committee(ENG.committee, members=5, experts=4, **kind).ok, "the rule is GP's alone"


def test_no_more_experts_than_members() -> None:
    with pytest.raises(ValueError, match="6 experts among 5 members"):
        check_committee(ENG.committee, members=5, experts=6)


def test_more_than_a_third_extends_the_time_and_only_in_eng() -> None:
    assert not must_extend(ENG.committee, members=9, say_too_short=3)
    assert must_extend(ENG.committee, members=9, say_too_short=4)
    assert not must_extend(GP.committee, members=5, say_too_short=5), "招投条例 48 does not govern GP"
    with pytest.raises(ValueError, match="6 voices"):
        must_extend(ENG.committee, members=5, say_too_short=6)


def test_one_party_makes_all_bids_concerned_invalid() -> None:
    def bid(name: str, *parties: str) -> JointBid:
        return JointBid(bid=name, members=tuple(Member(party=p, trade="施工", grade=1) for p in parties))

    found = check_consortia([bid("A", "P"), bid("B", "P", "Q"), bid("C", "Q", "R"), bid("D", "S")])
    assert found.invalid == ("A", "B", "C")
