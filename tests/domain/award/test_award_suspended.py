"""The award's terms after a suspension: R-TIME-07 in R-ENG-20, R-ENG-22, R-GP-14."""

from datetime import UTC, datetime, timedelta

import pytest

from bidding.domain.award import commands as c
from bidding.domain.award import events as e
from bidding.domain.errors import TooLate
from bidding.domain.regime import Regime
from tests.domain.evaluation.tender import OWNER, YUAN, Desk, tender
from tests.domain.suspending import resumed

THREE = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN}


def end_of_june(day: int) -> datetime:
    """24:00 in Beijing of the day is 16:00 UTC."""
    return datetime(2026, 6, day, 16, 0, tzinfo=UTC)


def reported(regime: Regime = Regime.ENG) -> Desk:
    """Reported on Wednesday 3 June 2026, 10:00 in Beijing."""
    return Desk(tender(THREE, regime=regime)).seat().mark().report()


def suspend(at: Desk, days: int) -> None:
    """Stopped now, lifted ``days`` days later."""
    since = at.now
    at.now += timedelta(days=days)
    at.lot = resumed(at.lot, since, at.now)


# R-ENG-20: publicity begins within three days of the report, Monday 8 June without a suspension


def test_publicity_after_a_suspension_needs_no_reason_while_the_longer_term_runs() -> None:
    at = reported()
    suspend(at, 4)
    at.now = end_of_june(10) - timedelta(milliseconds=1)
    (begun,) = at.give(c.PubliciseCandidates(late_reason="not needed"))
    assert isinstance(begun, e.CandidatesPublicised)
    assert (begun.due, begun.late_reason) == (end_of_june(10), "")


def test_publicity_after_the_longer_term_needs_its_reason() -> None:
    at = reported()
    suspend(at, 4)
    at.now = end_of_june(10)
    with pytest.raises(TooLate) as refused:
        at.give(c.PubliciseCandidates())
    assert (refused.value.code, refused.value.found) == ("publicity-late", {"due": end_of_june(10)})


def test_a_suspension_after_the_term_does_not_excuse() -> None:
    at = reported()
    at.now = end_of_june(9)
    suspend(at, 4)
    with pytest.raises(TooLate) as refused:
        at.give(c.PubliciseCandidates())
    assert refused.value.found == {"due": end_of_june(8)}


# R-ENG-22: objections to the result are answered during a suspension too, so that term runs on


def test_the_answer_to_an_objection_to_the_result_is_owed_during_a_suspension() -> None:
    at = reported()
    at.give(c.PubliciseCandidates())
    at.give(c.ObjectToResult(text="业绩不实"), "c")
    suspend(at, 6)
    (answered,) = at.give(c.AnswerResultObjection(number=1, answer="属实"))
    assert isinstance(answered, e.ResultObjectionAnswered)
    assert answered.late


# R-GP-14: the winner within five working days of the report, Wednesday 10 June without a suspension


def test_a_determination_after_a_suspension_needs_no_reason_while_the_longer_term_runs() -> None:
    at = reported(Regime.GP)
    suspend(at, 5)  # Wednesday to Monday: three of them are worked
    at.now = end_of_june(15) - timedelta(milliseconds=1)
    (chosen,) = at.give(c.DetermineWinner(bidder="a"), OWNER)
    assert isinstance(chosen, e.WinnerDetermined)
    assert (chosen.due, chosen.late_reason) == (end_of_june(15), "")


def test_a_determination_after_the_longer_term_needs_its_reason() -> None:
    at = reported(Regime.GP)
    suspend(at, 5)
    at.now = end_of_june(15)
    with pytest.raises(TooLate) as refused:
        at.give(c.DetermineWinner(bidder="a"), OWNER)
    assert (refused.value.code, refused.value.found) == ("determination-late", {"due": end_of_june(15)})


# R-GP-14: the announcement within two working days of the determination, Friday 5 June without a suspension


@pytest.mark.parametrize(
    ("now", "late"), [(end_of_june(10) - timedelta(milliseconds=1), False), (end_of_june(10), True)]
)
def test_an_announcement_is_late_after_the_longer_term(now: datetime, late: bool) -> None:
    at = reported(Regime.GP)
    at.give(c.DetermineWinner(bidder="a"), OWNER)
    suspend(at, 5)
    at.now = now
    (announced,) = [one for one in at.give(c.IssueAwardNotice()) if isinstance(one, e.ResultAnnounced)]
    assert announced.late is late
