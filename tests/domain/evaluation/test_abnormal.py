"""畸高畸低: R-SCORE-05, 87号令 64 [M]."""

import pytest
from msgspec.structs import replace

from bidding.application.reactions import COMPILE, pending
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, Unknown
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation.abnormal import abnormal_scores
from bidding.domain.notice.lawful import check_terms
from tests.domain.evaluation.tender import YUAN, Desk, sheet, tender
from tests.domain.lots import terms
from tests.domain.notice.test_terms import ENG

PRICES = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN}


def marked(last: str, others: str = "20", *, share: str = "0.3") -> Desk:
    """The plan of a is marked ``others`` by four members and ``last`` by the fifth; its maximum is 40."""
    at = Desk(tender(PRICES, abnormal_share=share)).seat()
    for number, member in enumerate(at.members):
        plan = last if number == 4 else others
        at.give(sheet({"a": (plan, "10"), "b": ("30", "10"), "c": ("30", "10")}), member)
    return at


def confirm(reason: str = "方案明显更好", bidder: str = "a", criterion: str = "plan") -> c.ConfirmScore:
    return c.ConfirmScore(bidder=bidder, criterion=criterion, reason=reason)


@pytest.mark.parametrize(
    ("last", "abnormal"), [("32", False), ("32.0001", True), ("8", False), ("7.9999", True)]
)
def test_more_than_the_declared_share_from_the_others_mean_is_abnormal(last: str, abnormal: bool) -> None:
    """Three tenths of forty points, up or down; the boundary is not beyond."""
    at = marked(last)
    found = abnormal_scores(at.lot, at.lot.evaluation.sheets)
    assert [(one.member, one.bidder, one.criterion, one.others) for one in found] == (
        [(at.members[4], "a", "plan", "20")] if abnormal else []
    )


def test_without_a_declared_share_nothing_is() -> None:
    assert marked("40", "0", share="").give(c.Compile())


def test_objective_points_are_no_matter_of_this() -> None:
    at = Desk(tender(PRICES, abnormal_share="0.01")).seat().mark({"a": ("20", "10"), "b": ("20", "0")})
    assert abnormal_scores(at.lot, at.lot.evaluation.sheets) == []


def test_nothing_is_added_up_before_the_member_has_confirmed_or_corrected() -> None:
    at = marked("39")
    seat = next(one.seat for one in at.lot.evaluation.committee if one.party == at.members[4])
    with pytest.raises(OutOfOrder, match="abnormal-scores-open") as caught:
        at.give(c.Compile())
    assert caught.value.found == {"scores": [{"seat": seat, "bidder": "a", "criterion": "plan"}]}
    at.give(confirm(), at.members[4])
    assert COMPILE in pending(at.lot)
    at.give(c.Compile())
    said = f"复核：评委{seat} a公司 施工组织设计 维持39分（其他成员平均20分），方案明显更好"
    assert said in at.lot.evaluation.draft


def test_the_member_may_correct_that_score_and_no_other() -> None:
    at = marked("39")
    right = {"a": ("25", "10"), "b": ("30", "10"), "c": ("30", "10")}
    with pytest.raises(Invalid, match="points-final"):
        at.give(sheet({**right, "b": ("31", "10")}), at.members[4])
    with pytest.raises(Invalid, match="points-final"):
        at.give(sheet(right), at.members[0])
    at.give(sheet(right), at.members[4])
    at.give(c.Compile())
    (corrected,) = at.lot.evaluation.corrected
    assert (corrected.was, corrected.now, corrected.criterion) == ("39", "25", "plan")
    assert "由39分更正为25分" in at.lot.evaluation.draft


def test_what_was_confirmed_is_final() -> None:
    at = marked("39")
    at.give(confirm(), at.members[4])
    with pytest.raises(Conflicting, match="score-confirmed"):
        at.give(confirm(), at.members[4])
    with pytest.raises(Invalid, match="points-final"):
        at.give(sheet({"a": ("25", "10"), "b": ("30", "10"), "c": ("30", "10")}), at.members[4])


@pytest.mark.parametrize(
    ("command", "member"),
    [(confirm(), 0), (confirm(bidder="b"), 4), (confirm(criterion="record"), 4)],
)
def test_only_an_abnormal_score_of_ones_own_is_confirmed(command: c.ConfirmScore, member: int) -> None:
    at = marked("39")
    with pytest.raises(Unknown, match="score-not-abnormal"):
        at.give(command, at.members[member])


def test_before_all_have_been_seen_and_after_the_ranking_there_is_nothing_to_confirm() -> None:
    fresh = Desk(tender(PRICES, abnormal_share="0.3")).seat()
    ranked = marked("20")
    ranked.give(c.Compile())
    for at in (fresh, ranked):
        with pytest.raises(OutOfOrder, match="scores-not-under-review"):
            at.give(confirm(), at.members[4])


@pytest.mark.parametrize(("share", "lawful"), [("", True), ("0.3", True), ("0", False), ("1", False)])
def test_the_share_lies_between_nothing_and_all(share: str, lawful: bool) -> None:
    declared = replace(terms(), document_says_no_deposit=False, abnormal_share=share)
    if lawful:
        check_terms(declared, ENG)
        return
    with pytest.raises(Invalid, match="abnormal-share-unlawful"):
        check_terms(declared, ENG)
