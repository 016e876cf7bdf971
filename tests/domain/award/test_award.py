"""The winner and the notices (R-ENG-29, R-GP-14, R-GP-15, 招投法 45)."""

from datetime import UTC, datetime

import pytest

from bidding.domain.award import commands as c
from bidding.domain.award import events as e
from bidding.domain.disclosure import is_public, view
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, TooLate, Unknown
from bidding.domain.evaluation.events import CommitteeDisclosed
from bidding.domain.evaluation.sheets import Ground, RejectionVote
from bidding.domain.event import PARTICIPANTS
from bidding.domain.lot import Phase
from bidding.domain.parties import Standing
from bidding.domain.regime import Regime
from tests.domain.evaluation.tender import OWNER, YUAN, Desk, tender

FOUR = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN, "d": 730_000 * YUAN}
VOTE = RejectionVote(bidder="d", ground=Ground.NOT_RESPONSIVE, page="31", reason="工期超出要求")
AFTER_PUBLICITY = datetime(2026, 6, 8, 16, 0, tzinfo=UTC)


def eng(*, waived: bool = True) -> Desk:
    """Publicity over; ranking b, a, c; d rejected, e never opened."""
    at = Desk(tender(FOUR, unopened=("e",), waived=waived)).seat()
    at.mark(rejections=dict.fromkeys(at.members[:3], (VOTE,))).report()
    at.give(c.PubliciseCandidates())
    at.now = AFTER_PUBLICITY
    return at


def gp() -> Desk:
    """Reported on Wednesday 3 June 2026; ranking by price: a, b, d, c."""
    return Desk(tender(FOUR, regime=Regime.GP)).seat().mark().report()


def passed(bidder: str, ground: e.PassedOverGround = e.PassedOverGround.GAVE_UP) -> e.PassedOver:
    return e.PassedOver(bidder=bidder, ground=ground, evidence="放弃中标函 2026-06-09")


# R-ENG-29: rank one, unless a listed ground


def test_rank_one_wins() -> None:
    at = eng()
    (event,) = at.give(c.DetermineWinner(bidder="b"), OWNER)
    assert isinstance(event, e.WinnerDetermined)
    assert (event.bidder, event.rank, event.due) == ("b", 1, None)
    assert not is_public(event)
    assert at.lot.phase is Phase.DETERMINED


def test_rank_two_does_not_win_without_a_ground() -> None:
    with pytest.raises(Invalid) as refused:
        eng().give(c.DetermineWinner(bidder="a"), OWNER)
    assert (refused.value.code, refused.value.found) == ("higher-rank-first", {"passed_over": ["b"]})


@pytest.mark.parametrize("ground", list(e.PassedOverGround))
def test_rank_two_wins_on_each_listed_ground(ground: e.PassedOverGround) -> None:
    at = eng(waived=False)
    at.give(c.DetermineWinner(bidder="a", passed_over=(passed("b", ground),)), OWNER)
    assert at.lot.award.winner == "a"


def test_every_higher_rank_needs_its_own_ground() -> None:
    with pytest.raises(Invalid) as refused:
        eng().give(c.DetermineWinner(bidder="c", passed_over=(passed("b"),)), OWNER)
    assert refused.value.found == {"passed_over": ["a"]}


def test_nobody_is_passed_over_needlessly_or_without_evidence() -> None:
    with pytest.raises(Invalid) as needless:
        eng().give(c.DetermineWinner(bidder="b", passed_over=(passed("a"),)), OWNER)
    assert needless.value.code == "passed-over-needlessly"
    bare = e.PassedOver(bidder="b", ground=e.PassedOverGround.GAVE_UP, evidence=" ")
    with pytest.raises(Invalid) as without:
        eng().give(c.DetermineWinner(bidder="a", passed_over=(bare,)), OWNER)
    assert without.value.code == "passed-over-without-evidence"


def test_a_waived_bond_is_no_ground() -> None:
    ground = passed("b", e.PassedOverGround.NO_PERFORMANCE_BOND)
    with pytest.raises(Invalid) as refused:
        eng(waived=True).give(c.DetermineWinner(bidder="a", passed_over=(ground,)), OWNER)
    assert (refused.value.code, refused.value.rule) == ("bond-waived-no-ground", "R-WAIVE-05")


@pytest.mark.parametrize("bidder", ["d", "e", "stranger"])
def test_only_a_candidate_wins(bidder: str) -> None:
    with pytest.raises(Unknown):
        eng().give(c.DetermineWinner(bidder=bidder), OWNER)


def test_of_parallel_first_candidates_either_may_win() -> None:
    at = Desk(tender({"a": 700_000 * YUAN, "b": 700_000 * YUAN, "c": 740_000 * YUAN})).seat()
    at.mark().report().give(c.PubliciseCandidates())
    at.now = AFTER_PUBLICITY
    at.give(c.DetermineWinner(bidder="b"), OWNER)
    assert at.lot.award.winner == "b"


def test_a_winner_who_gives_up_is_followed_by_the_next() -> None:
    at = eng()
    at.give(c.DetermineWinner(bidder="b"), OWNER)
    with pytest.raises(Conflicting):
        at.give(c.DetermineWinner(bidder="b"), OWNER)
    at.give(c.IssueAwardNotice())
    at.give(c.DetermineWinner(bidder="a", passed_over=(passed("b"),)), OWNER)
    assert at.lot.phase is Phase.DETERMINED
    at.give(c.IssueAwardNotice())
    assert at.lot.award.number == "420902-2026-0007-001-ZB2"


# 招投法 45: the award notice and the notices to all others in one act


def test_winner_and_losers_are_told_in_one_commit() -> None:
    at = eng()
    at.give(c.DetermineWinner(bidder="b"), OWNER)
    notice, losers, disclosed = at.give(c.IssueAwardNotice())
    assert isinstance(notice, e.AwardNoticeIssued)
    assert isinstance(losers, e.LosersNotified)
    assert isinstance(disclosed, CommitteeDisclosed)
    assert (notice.winner, notice.price_fen, notice.duration_days) == ("b", 720_000 * YUAN, 120)
    assert notice.number == losers.number == "420902-2026-0007-001-ZB1"
    # R-ENG-24: thirty days from 9 June (Beijing) end on Thursday 9 July
    assert notice.contract_due == datetime(2026, 7, 9, 16, 0, tzinfo=UTC)


def test_every_other_bidder_learns_its_own_reason() -> None:
    at = eng()
    at.give(c.DetermineWinner(bidder="b"), OWNER)
    at.give(c.IssueAwardNotice())
    told = {one.bidder: one for one in at.lot.award.losers}
    assert sorted(told) == ["a", "c", "d", "e"]
    assert (told["a"].rank, told["a"].total) == (2, at.lot.evaluation.ranking[1].total)
    assert "（六）" in told["d"].reason
    assert told["e"].reason == "投标文件未开启：视为撤销"


def test_the_notice_needs_a_winner() -> None:
    with pytest.raises(OutOfOrder):
        eng().give(c.IssueAwardNotice())


def test_the_committee_is_named_with_the_result_and_not_before() -> None:
    at = eng()
    at.give(c.DetermineWinner(bidder="b"), OWNER)
    outside = PARTICIPANTS - {Standing.SUPERVISOR}
    assert view("lot1", at.events, outside).evaluation.committee == ()
    at.give(c.IssueAwardNotice())
    assert len(view("lot1", at.events, outside).evaluation.committee) == 5
    assert view("lot1", at.events, frozenset({Standing.ANYONE})).evaluation.committee == ()


# R-GP-14, R-GP-15, R-GP-23


def test_gp_is_determined_without_publicity_within_five_working_days() -> None:
    at = gp()
    at.now = datetime(2026, 6, 10, 15, 59, 59, tzinfo=UTC)  # Wednesday 24:00 is the end
    (event,) = at.give(c.DetermineWinner(bidder="a"), OWNER)
    assert isinstance(event, e.WinnerDetermined)
    assert event.due == datetime(2026, 6, 10, 16, 0, tzinfo=UTC)
    assert event.late_reason == ""


def test_gp_later_needs_a_reason_on_record() -> None:
    at = gp()
    at.now = datetime(2026, 6, 10, 16, 0, tzinfo=UTC)
    with pytest.raises(TooLate) as refused:
        at.give(c.DetermineWinner(bidder="a"), OWNER)
    assert (refused.value.code, refused.value.rule) == ("determination-late", "R-GP-14")
    (event,) = at.give(c.DetermineWinner(bidder="a", late_reason="采购人请示"), OWNER)
    assert isinstance(event, e.WinnerDetermined)
    assert event.late_reason == "采购人请示"


def test_gp_rank_one_wins_too() -> None:
    with pytest.raises(Invalid) as refused:
        gp().give(c.DetermineWinner(bidder="b"), OWNER)
    assert (refused.value.code, refused.value.rule) == ("higher-rank-first", "R-GP-14")


def test_gp_the_result_is_announced_with_the_notice_for_one_working_day() -> None:
    at = gp()
    at.give(c.DetermineWinner(bidder="a"), OWNER)
    at.now = datetime(2026, 6, 5, 2, 0, tzinfo=UTC)  # Friday
    announced = at.give(c.IssueAwardNotice())[-1]
    assert isinstance(announced, e.ResultAnnounced)
    assert is_public(announced)
    assert announced.until == datetime(2026, 6, 8, 16, 0, tzinfo=UTC)  # Monday
    assert announced.query_until == datetime(2026, 6, 17, 16, 0, tzinfo=UTC)  # + 7 working days
    assert not announced.late
    assert [one.name for one in announced.experts] == [one.name for one in at.lot.evaluation.committee]
    assert announced.document_sha256 == "ab" * 32


def test_gp_an_announcement_after_two_working_days_is_marked_late() -> None:
    at = gp()
    at.give(c.DetermineWinner(bidder="a"), OWNER)
    at.now = datetime(2026, 6, 5, 16, 0, tzinfo=UTC)
    announced = at.give(c.IssueAwardNotice())[-1]
    assert isinstance(announced, e.ResultAnnounced)
    assert announced.late


def test_eng_issues_no_result_announcement() -> None:
    at = eng()
    at.give(c.DetermineWinner(bidder="b"), OWNER)
    assert not any(isinstance(event, e.ResultAnnounced) for event in at.give(c.IssueAwardNotice()))


def test_a_determined_winner_is_passed_over_with_a_ground_even_by_an_equal() -> None:
    at = Desk(tender({"a": 700_000 * YUAN, "b": 700_000 * YUAN, "c": 740_000 * YUAN})).seat()
    at.mark().report().give(c.PubliciseCandidates())
    at.now = AFTER_PUBLICITY
    at.give(c.DetermineWinner(bidder="b"), OWNER)
    with pytest.raises(Invalid) as refused:
        at.give(c.DetermineWinner(bidder="a"), OWNER)
    assert refused.value.found == {"passed_over": ["b"]}
    at.give(c.DetermineWinner(bidder="a", passed_over=(passed("b"),)), OWNER)
    assert at.lot.award.winner == "a"
