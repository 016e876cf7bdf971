"""评定分离: unranked candidates, and a recorded decision by the published method (R-DRAW-04, F-57; R-DRAW-03)."""

from collections import Counter

import msgspec
import pytest

from bidding.domain.award import commands as c
from bidding.domain.award import events as e
from bidding.domain.disclosure import visible
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, TooEarly, Unknown
from bidding.domain.evaluation.events import EvaluationReported
from bidding.domain.lot import Phase
from bidding.domain.notice.terms import DecisionMethod, SeparateDecision
from bidding.domain.parties import Standing
from tests.domain.award.test_award import AFTER_PUBLICITY, passed
from tests.domain.evaluation.tender import OWNER, YUAN, Desk, tender

FOUR = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN, "d": 760_000 * YUAN}


def separate(method: DecisionMethod = DecisionMethod.VOTE) -> SeparateDecision:
    return SeparateDecision(method=method, local_rule="黄建规〔2024〕3号", members=5)


def reported(method: DecisionMethod = DecisionMethod.VOTE) -> Desk:
    at = Desk(tender(FOUR, decision=separate(method))).seat()
    return at.mark({"c": ("39", "10"), "b": ("31", "10")}).report()


def publicised(method: DecisionMethod = DecisionMethod.VOTE) -> Desk:
    at = reported(method)
    at.give(c.PubliciseCandidates())
    at.now = AFTER_PUBLICITY
    return at


def meeting(chosen: str = "a", votes: str = "aaabc") -> c.HoldDecisionMeeting:
    return c.HoldDecisionMeeting(
        chosen=chosen,
        votes=tuple(
            e.DecisionVote(member=f"成员{place}", bidder=bidder, reason="履约评价优")
            for place, bidder in enumerate(votes)
        ),
        reason="票决",
    )


# Unranked, with reasons


def test_candidates_come_without_ranks_or_totals_in_the_order_of_the_opening() -> None:
    at = reported()
    found = at.lot.evaluation.candidates
    assert [(one.bidder, one.rank, one.total) for one in found] == [("a", 0, ""), ("b", 0, ""), ("c", 0, "")]
    assert {one.rank for one in at.lot.evaluation.ranking} == {0}
    assert [one.bidder for one in at.lot.evaluation.ranking] == ["a", "b", "c", "d"]
    (report,) = [event for event in at.events if isinstance(event, EvaluationReported)]
    assert "定标候选人（不排序）" in report.report
    assert "第1名" not in report.report
    assert "c公司：通过评审，响应招标文件的实质性要求；施工组织设计" in report.report


def test_at_most_as_many_as_declared_and_the_best_of_them() -> None:
    at = Desk(tender(FOUR, decision=separate(), candidates=2)).seat().mark().report()
    # the base is 730 000: b loses 1.10, c 1.64, a 3.29 of 100 points
    assert [one.bidder for one in at.lot.evaluation.candidates] == ["b", "c"]


def test_without_it_candidates_are_ranked_and_no_meeting_is_held() -> None:
    at = Desk(tender(FOUR)).seat().mark().report()
    assert [one.rank for one in at.lot.evaluation.candidates] == [1, 2, 3]
    assert {one.reason for one in at.lot.evaluation.candidates} == {""}
    at.give(c.PubliciseCandidates())
    at.now = AFTER_PUBLICITY
    with pytest.raises(OutOfOrder) as refused:
        at.give(meeting(), OWNER)
    assert refused.value.code == "no-separate-decision"


# The meeting


def test_the_meeting_decides_and_then_its_choice_wins() -> None:
    at = publicised()
    with pytest.raises(OutOfOrder) as early:
        at.give(c.DetermineWinner(bidder="a"), OWNER)
    assert early.value.code == "decision-meeting-missing"
    (held,) = at.give(meeting(), OWNER)
    assert isinstance(held, e.DecisionMeetingHeld)
    assert Counter(vote.bidder for vote in held.votes) == {"a": 3, "b": 1, "c": 1}
    with pytest.raises(OutOfOrder):
        at.give(c.DetermineWinner(bidder="b"), OWNER)
    at.give(c.DetermineWinner(bidder="a"), OWNER)
    notice, losers, _ = at.give(c.IssueAwardNotice())
    assert isinstance(notice, e.AwardNoticeIssued)
    assert (notice.winner, notice.rank) == ("a", 0)
    assert isinstance(losers, e.LosersNotified)
    assert {one.reason for one in losers.notices} == {"候选人不排序，经定标未确定为中标人"}
    assert at.lot.phase is Phase.AWARDED


def test_supervision_reads_the_record_and_no_bidder_does() -> None:
    (held,) = publicised().give(meeting(), OWNER)
    seeing = {one for one in Standing if visible(held, frozenset({one}))}
    assert seeing == {Standing.HOST, Standing.TENDERER, Standing.OPERATOR, Standing.SUPERVISOR}


def test_it_waits_for_the_publicity_and_for_objections() -> None:
    at = reported()
    with pytest.raises(OutOfOrder):
        at.give(meeting(), OWNER)
    at.give(c.PubliciseCandidates())
    with pytest.raises(TooEarly):
        at.give(meeting(), OWNER)
    at.give(c.ObjectToResult(text="候选人业绩不实"), "d")
    at.now = AFTER_PUBLICITY
    with pytest.raises(OutOfOrder) as refused:
        at.give(meeting(), OWNER)
    assert refused.value.code == "result-objections-open"


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (meeting(votes="aabbc"), "decision-without-majority"),
        (meeting(votes="aaab"), "decision-members-differ"),
        (meeting(votes="aaabca"), "decision-members-differ"),
        (
            msgspec.structs.replace(
                meeting(),
                votes=(*meeting().votes[:4], e.DecisionVote(member="成员0", bidder="a", reason="优")),
            ),
            "decision-members-differ",
        ),
        (
            msgspec.structs.replace(
                meeting(),
                votes=(*meeting().votes[:4], e.DecisionVote(member="成员9", bidder="a", reason=" ")),
            ),
            "decision-vote-without-reason",
        ),
    ],
)
def test_every_member_votes_once_with_a_reason_and_more_than_half_agree(
    command: c.HoldDecisionMeeting, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        publicised().give(command, OWNER)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "command", [meeting(chosen="d", votes="ddddd"), meeting(votes="aaabd"), meeting("z", "zzzzz")]
)
def test_only_candidates_are_voted_for(command: c.HoldDecisionMeeting) -> None:
    with pytest.raises(Unknown):
        publicised().give(command, OWNER)


def test_by_price_the_lowest_candidate_is_chosen() -> None:
    at = publicised(DecisionMethod.PRICE)
    with pytest.raises(Invalid) as refused:
        at.give(meeting("b", "bbbbb"), OWNER)
    assert refused.value.code == "decision-not-lowest"
    at.give(meeting("a", "bbbbb"), OWNER)


def test_by_deliberation_the_head_decides_on_the_recorded_views() -> None:
    publicised(DecisionMethod.DELIBERATION).give(meeting("c", "aabbc"), OWNER)


def test_it_is_held_once_and_anew_only_when_the_winner_falls_away() -> None:
    at = publicised()
    at.give(meeting(), OWNER)
    with pytest.raises(Conflicting) as refused:
        at.give(meeting("b", "bbbbb"), OWNER)
    assert refused.value.code == "decision-meeting-held"
    at.give(c.DetermineWinner(bidder="a"), OWNER)
    with pytest.raises(Conflicting):
        at.give(meeting(), OWNER)
    at.give(meeting("b", "bbbbc"), OWNER)
    with pytest.raises(Invalid):
        at.give(
            c.DetermineWinner(bidder="b"), OWNER
        )  # the one passed over needs a listed ground all the same
    at.give(c.DetermineWinner(bidder="b", passed_over=(passed("a"),)), OWNER)
    assert at.lot.award.winner == "b"
