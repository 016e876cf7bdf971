"""Candidate publicity and objections to the result (R-ENG-20…22, 招投条例 54)."""

from datetime import UTC, datetime, timedelta

import pytest

from bidding.domain.award import commands as c
from bidding.domain.award import events as e
from bidding.domain.disclosure import is_public, visible
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, TooEarly, TooLate, Unknown
from bidding.domain.evaluation.sheets import Ground, RejectionVote
from bidding.domain.lot import Phase
from bidding.domain.parties import Standing
from bidding.domain.regime import Regime
from tests.domain.evaluation.tender import OWNER, YUAN, Desk, tender

FOUR = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN, "d": 730_000 * YUAN}
VOTE = RejectionVote(bidder="d", ground=Ground.NOT_RESPONSIVE, page="31", reason="工期超出要求")


def shanghai_midnight_after(month: int, day: int) -> datetime:
    """24:00 in Beijing of the day is 16:00 UTC."""
    return datetime(2026, month, day, 16, 0, tzinfo=UTC)


@pytest.fixture
def reported() -> Desk:
    """Reported on Wednesday 3 June 2026, 10:00 in Beijing."""
    at = Desk(tender(FOUR)).seat()
    return at.mark(rejections=dict.fromkeys(at.members[:3], (VOTE,))).report()


@pytest.fixture
def publicised(reported: Desk) -> Desk:
    reported.give(c.PubliciseCandidates())
    return reported


# R-ENG-21, R-TIME-06: at least three days, the start day not counted, rolling past days off


def test_publicity_lasts_three_whole_days_after_its_first(reported: Desk) -> None:
    (event,) = reported.give(c.PubliciseCandidates())
    assert isinstance(event, e.CandidatesPublicised)
    # Wednesday + 3 = Saturday: rolls to Monday 8 June, 24:00
    assert event.until == shanghai_midnight_after(6, 8)
    assert reported.lot.phase is Phase.PUBLICISED


def test_publicity_rolls_past_a_festival() -> None:
    at = Desk(tender(FOUR))
    at.now = datetime(2026, 9, 22, 2, 0, tzinfo=UTC)  # Tuesday; 25 September 2026 is 中秋节
    at.seat().mark().report()
    (event,) = at.give(c.PubliciseCandidates())
    assert isinstance(event, e.CandidatesPublicised)
    assert event.until == shanghai_midnight_after(9, 28)


def test_a_shorter_publicity_is_refused_with_the_earliest_end(reported: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        reported.give(c.PubliciseCandidates(until=shanghai_midnight_after(6, 5)))
    assert (refused.value.code, refused.value.rule) == ("publicity-too-short", "R-ENG-21")
    assert refused.value.found["earliest"] == shanghai_midnight_after(6, 8)


def test_a_longer_publicity_is_lawful(reported: Desk) -> None:
    until = shanghai_midnight_after(6, 12)
    reported.give(c.PubliciseCandidates(until=until))
    assert reported.lot.award.until == until


# R-ENG-20: begins within three days of the report


def test_the_last_instant_to_begin_is_the_end_of_the_third_day(reported: Desk) -> None:
    reported.now = shanghai_midnight_after(6, 8) - timedelta(milliseconds=1)
    (event,) = reported.give(c.PubliciseCandidates())
    assert isinstance(event, e.CandidatesPublicised)
    assert event.late_reason == ""


def test_a_late_beginning_needs_its_reason_and_publishes_it(reported: Desk) -> None:
    reported.now = shanghai_midnight_after(6, 8)
    with pytest.raises(TooLate) as refused:
        reported.give(c.PubliciseCandidates())
    assert refused.value.found["due"] == shanghai_midnight_after(6, 8)
    (event,) = reported.give(c.PubliciseCandidates(late_reason="系统升级"))
    assert isinstance(event, e.CandidatesPublicised)
    assert event.late_reason == "系统升级"


def test_the_public_sees_candidates_in_order_and_who_was_rejected_why(reported: Desk) -> None:
    (event,) = reported.give(c.PubliciseCandidates())
    assert isinstance(event, e.CandidatesPublicised)
    assert is_public(event)
    assert [(one.name, one.rank) for one in event.candidates] == [("b公司", 1), ("a公司", 2), ("c公司", 3)]
    assert event.candidates[0].project_lead == "b公司经理"
    assert [one.name for one in event.rejected] == ["d公司"]
    assert event.rejected[0].ground.startswith("（六）")


def test_gp_has_no_candidate_publicity() -> None:
    at = Desk(tender(FOUR, regime=Regime.GP)).seat().mark().report()
    with pytest.raises(OutOfOrder) as refused:
        at.give(c.PubliciseCandidates())
    assert (refused.value.code, refused.value.rule) == ("publicity-is-eng", "R-GEN-02")


# R-ENG-22: objections during publicity, answered before the award


def test_an_objection_is_seen_by_the_offices_and_not_by_rivals(publicised: Desk) -> None:
    (raised,) = publicised.give(c.ObjectToResult(text="业绩材料不实"), "a")
    assert isinstance(raised, e.ResultObjectionRaised)
    assert raised.number == 1
    assert raised.due == shanghai_midnight_after(6, 8)
    assert visible(raised, frozenset({Standing.HOST}))
    assert not visible(raised, frozenset({Standing.PARTICIPANT, Standing.BIDDER, Standing.MEMBER}))


def test_the_award_waits_while_an_objection_is_open(publicised: Desk) -> None:
    publicised.give(c.ObjectToResult(text="业绩材料不实"), "a")
    publicised.now = shanghai_midnight_after(6, 8)
    with pytest.raises(OutOfOrder) as refused:
        publicised.give(c.DetermineWinner(bidder="b"), OWNER)
    assert (refused.value.code, refused.value.found) == ("result-objections-open", {"numbers": (1,)})
    publicised.give(c.AnswerResultObjection(number=1, answer="经核实，材料属实"))
    publicised.give(c.DetermineWinner(bidder="b"), OWNER)
    assert publicised.lot.award.winner == "b"


def test_the_answer_is_public_without_the_name(publicised: Desk) -> None:
    publicised.give(c.ObjectToResult(text="业绩材料不实"), "a")
    (answered,) = publicised.give(c.AnswerResultObjection(number=1, answer="属实"))
    assert isinstance(answered, e.ResultObjectionAnswered)
    assert is_public(answered)
    assert (answered.question, answered.late) == ("业绩材料不实", False)
    assert not hasattr(answered, "by")


def test_a_late_answer_is_marked(publicised: Desk) -> None:
    publicised.give(c.ObjectToResult(text="业绩材料不实"), "a")
    publicised.now = shanghai_midnight_after(6, 8)
    (answered,) = publicised.give(c.AnswerResultObjection(number=1, answer="属实"))
    assert isinstance(answered, e.ResultObjectionAnswered)
    assert answered.late


def test_objections_end_with_the_publicity(publicised: Desk) -> None:
    publicised.now = shanghai_midnight_after(6, 8) - timedelta(milliseconds=1)
    publicised.give(c.ObjectToResult(text="业绩材料不实"), "a")
    publicised.now = shanghai_midnight_after(6, 8)
    with pytest.raises(TooLate) as refused:
        publicised.give(c.ObjectToResult(text="再次异议"), "a")
    assert refused.value.code == "publicity-over"


def test_there_is_nothing_to_object_to_before_the_publicity(reported: Desk) -> None:
    with pytest.raises(OutOfOrder):
        reported.give(c.ObjectToResult(text="业绩材料不实"), "a")


def test_an_objection_is_answered_once_and_must_exist(publicised: Desk) -> None:
    publicised.give(c.ObjectToResult(text="业绩材料不实"), "a")
    publicised.give(c.AnswerResultObjection(number=1, answer="属实"))
    with pytest.raises(Conflicting):
        publicised.give(c.AnswerResultObjection(number=1, answer="不实"))
    with pytest.raises(Unknown):
        publicised.give(c.AnswerResultObjection(number=2, answer="属实"))


def test_objections_do_not_stop_for_a_suspension() -> None:
    assert not c.ObjectToResult.FORWARD
    assert not c.AnswerResultObjection.FORWARD
    assert c.DetermineWinner.FORWARD


def test_nobody_wins_during_the_publicity(publicised: Desk) -> None:
    with pytest.raises(TooEarly) as refused:
        publicised.give(c.DetermineWinner(bidder="b"), OWNER)
    assert refused.value.found == {"until": shanghai_midnight_after(6, 8)}
