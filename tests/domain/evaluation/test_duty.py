"""What a member is told to do next follows the order of the evaluation (R-EVAL-01, R-EVAL-07, R-SCORE-05)."""

import pytest

from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation.duty import Duty, duty_of, to_confirm, to_correct
from bidding.domain.evaluation.sheets import Ground, RejectionVote
from bidding.domain.parties import PLATFORM
from bidding.domain.regime import Regime
from tests.domain.evaluation.tender import YUAN, Desk, sheet, tender
from tests.domain.evaluation.test_compiling import questioned

THREE = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN}
SAME = {"a": ("30", "10"), "b": ("30", "10"), "c": ("30", "10")}


@pytest.fixture
def seated() -> Desk:
    return Desk(tender(THREE)).seat()


def duties(at: Desk) -> list[Duty]:
    return [duty_of(at.lot, member) for member in at.members]


def test_a_member_scores_then_waits_for_the_other_sheets(seated: Desk) -> None:
    assert duties(seated) == [Duty.SCORE] * 5
    seated.give(sheet(SAME), seated.members[0])
    assert duties(seated) == [Duty.WAIT_SHEETS, *[Duty.SCORE] * 4]


def test_when_objective_points_differ_all_are_asked_to_settle_them(seated: Desk) -> None:
    for number, member in enumerate(seated.members):
        seated.give(sheet({**SAME, "a": ("30", "9" if number == 2 else "10")}), member)
    assert duties(seated) == [Duty.CORRECT] * 5
    assert to_correct(seated.lot, seated.members[0]) == (("a", "record"),)
    seated.give(sheet(SAME), seated.members[2])
    assert duties(seated) == [Duty.COMPILE] * 5


def test_whose_points_are_far_from_the_others_corrects_them_or_stands_by_them() -> None:
    """R-SCORE-05, 87号令 64: until then nobody can compile, and the others wait."""
    at = Desk(tender(THREE, abnormal_share="0.3")).seat()
    last = at.members[-1]
    for member in at.members:
        at.give(sheet({**SAME, "a": ("10" if member == last else "30", "10")}), member)
    assert [duty_of(at.lot, member) for member in at.members] == [*[Duty.WAIT_SHEETS] * 4, Duty.CORRECT]
    (found,) = to_confirm(at.lot, last)
    assert (found.bidder, found.criterion, found.points, found.others) == ("a", "plan", "10", "30")
    at.give(c.ConfirmScore(bidder="a", criterion="plan", reason="工期安排与现场不符"), last)
    assert duties(at) == [Duty.COMPILE] * 5
    assert to_confirm(at.lot, last) == ()


def test_who_voted_alone_to_reject_is_asked_for_the_points(seated: Desk) -> None:
    vote = RejectionVote(bidder="a", ground=Ground.NOT_RESPONSIVE, page="3", reason="工期")
    alone = {bid: points for bid, points in SAME.items() if bid != "a"}
    first, *others = seated.members
    seated.give(c.SubmitScores(sheet=sheet(alone).sheet, rejections=(vote,)), first)
    for member in others:
        seated.give(sheet(SAME), member)
    assert duty_of(seated.lot, first) is Duty.CORRECT
    assert to_correct(seated.lot, first) == (("a", ""),)
    assert {duty_of(seated.lot, member) for member in others} == {Duty.WAIT_SHEETS}


def test_the_report_is_signed_by_each_and_nothing_is_left_when_all_have(seated: Desk) -> None:
    for member in seated.members:
        seated.give(sheet(SAME), member)
    seated.give(c.Compile(), PLATFORM)
    assert duties(seated) == [Duty.SIGN] * 5
    for member in seated.members:
        seated.give(c.SignReport(report_hash=seated.lot.evaluation.draft_hash), member)
        if member != seated.members[-1]:
            assert duty_of(seated.lot, member) is Duty.WAIT_SIGNATURES
    assert duties(seated) == [Duty.DONE] * 5


def test_before_the_sheets_each_waits_for_seats_envelopes_and_qualification() -> (
    None
):  # R-EVAL-05, R-ROOM-06, R-GP-10
    at = Desk(tender(THREE, regime=Regime.GP))
    at.give(c.DrawCommittee(representatives=("delegate",)))
    assert duties(at) == [Duty.SIGN_IN] * 5
    first, *others = at.members
    at.give(c.SignIn(), first)
    assert duties(at) == [Duty.WAIT_MEMBERS, *[Duty.SIGN_IN] * 4]
    for member in others:
        at.give(c.SignIn(), member)
    assert duties(at) == [Duty.WAIT_ENVELOPES] * 5
    at.open_envelopes()
    assert duties(at) == [Duty.WAIT_QUALIFICATION] * 5
    at.qualify()
    assert duties(at) == [Duty.SCORE] * 5


def test_whether_they_compete_is_stated_by_each() -> None:  # 12号令 27, R-EVAL-11
    at = questioned()
    first, *others = at.members
    assert duties(at) == [Duty.STATE_COMPETITION] * 5
    at.give(c.StateCompetition(lacking=False, reason="充分"), first)
    assert duties(at) == [Duty.WAIT_STATEMENTS, *[Duty.STATE_COMPETITION] * len(others)]


def test_a_bid_that_most_reject_is_nobodys_to_score(seated: Desk) -> None:  # R-EVAL-02
    vote = RejectionVote(bidder="a", ground=Ground.NOT_RESPONSIVE, page="3", reason="工期")
    alone = {bid: points for bid, points in SAME.items() if bid != "a"}
    for place, member in enumerate(seated.members):
        given = c.SubmitScores(sheet=sheet(alone).sheet, rejections=(vote,)) if place < 3 else sheet(SAME)
        seated.give(given, member)
    assert duties(seated) == [Duty.COMPILE] * 5
    assert {to_correct(seated.lot, member) for member in seated.members} == {()}
