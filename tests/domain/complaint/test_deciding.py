"""Decisions and what they do: R-ENG-28, R-GP-22; 招投条例 61, 62, 采购法 56, 57, 94号令 29…32."""

from datetime import UTC, date, timedelta

import pytest
from msgspec.structs import replace

from bidding.domain.award import commands as a
from bidding.domain.award.events import RemedyDecided, RemedyKind
from bidding.domain.complaint import commands as c
from bidding.domain.complaint import events as e
from bidding.domain.complaint.events import DismissalGround, Outcome, StopCause
from bidding.domain.complaint.state import Complaints
from bidding.domain.control import commands as k
from bidding.domain.control.decide import due
from bidding.domain.control.events import LotSuspended
from bidding.domain.disclosure import is_public, visible
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, TooEarly, Unknown
from bidding.domain.lot import Phase
from bidding.domain.parties import Standing
from bidding.domain.periods import end_of_day
from bidding.domain.regime import Regime
from bidding.domain.timeline import State, Step
from tests.domain.complaint.cases import OFFICER, accepted, complaint
from tests.domain.evaluation.tender import Desk
from tests.rules.nodes import node

DAY = timedelta(days=1)
LAW = "招标投标法实施条例第六十一条"


def dismissal(ground: DismissalGround = DismissalGround.UNFOUNDED) -> c.Decide:
    return c.Decide(number=1, outcome=Outcome.DISMISSED, ground=ground, findings="缺乏事实依据", law=LAW)


def upheld(remedy: RemedyKind, *barred: str) -> c.Decide:
    return c.Decide(
        number=1, outcome=Outcome.UPHELD, remedy=remedy, barred=barred, findings="查证属实", law=LAW
    )


# Thirty working days, without tests and expertise


@pytest.mark.parametrize(("regime", "rule"), [(Regime.ENG, "R-ENG-28"), (Regime.GP, "R-GP-22")])
def test_a_decision_is_due_in_thirty_working_days(regime: Regime, rule: str) -> None:
    """From Wednesday 3 June 2026; 19 June is 端午节."""
    at = accepted(regime)
    last = date(2026, 7, 16)
    found = node(at.lot, Step.COMPLAINT_DECISION, at.now)
    assert (found.last_day, found.rule) == (last, rule)
    for now, late in ((end_of_day(last) - timedelta(milliseconds=1), False), (end_of_day(last), True)):
        at = accepted(regime)
        at.now = now.astimezone(UTC)
        decided, *_ = at.give(dismissal(), OFFICER)
        assert isinstance(decided, e.ComplaintDecided)
        assert decided.late is late


def test_eng_counts_from_the_acceptance_and_gp_from_the_receipt() -> None:
    for regime, last in ((Regime.ENG, date(2026, 7, 20)), (Regime.GP, date(2026, 7, 16))):
        at = accepted(regime)
        at.lot = replace(at.lot, complaints=Complaints())
        at.give(complaint(), "a" if regime is Regime.ENG else "b")
        at.now += 2 * DAY
        (event,) = at.give(c.Accept(number=1), OFFICER)
        assert isinstance(event, e.ComplaintAccepted)
        assert event.due == end_of_day(last).astimezone(UTC)


def test_the_time_of_an_expertise_does_not_count() -> None:
    at = accepted()
    at.give(c.StopClock(number=1, cause=StopCause.EXPERTISE, reason="鉴定印章"), OFFICER)
    with pytest.raises(Conflicting, match="complaint-clock-stopped"):
        at.give(c.StopClock(number=1, cause=StopCause.TEST, reason="再次"), OFFICER)
    with pytest.raises(OutOfOrder, match="complaint-clock-stopped"):
        at.give(dismissal(), OFFICER)
    assert node(at.lot, Step.COMPLAINT_DECISION, at.now + 90 * DAY).stands_still
    at.now += 7 * DAY
    at.give(c.ResumeClock(number=1, result="一致"), OFFICER)
    found = node(at.lot, Step.COMPLAINT_DECISION, at.now)
    assert (found.last_day, found.stopped_days) == (date(2026, 7, 23), 5)
    with pytest.raises(OutOfOrder, match="complaint-clock-running"):
        at.give(c.ResumeClock(number=1, result="一致"), OFFICER)


def test_gp_the_authors_correction_does_not_count_either() -> None:  # 采购条例 58
    at = accepted(Regime.GP)
    at.give(c.Withdraw(number=1), "b")
    at.give(complaint(), "b")
    at.give(c.AskCorrection(number=2, missing="缺委托书", until=at.now + 9 * DAY), OFFICER)
    at.now += 7 * DAY
    at.give(c.Correct(number=2, request="取消资格", facts="附件"), "b")
    at.give(c.Accept(number=2), OFFICER)
    assert node(at.lot, Step.COMPLAINT_DECISION, at.now, "2").last_day == date(2026, 7, 23)


def test_the_authoritys_clock_runs_on_in_a_suspended_lot() -> None:
    at = accepted()
    at.give(k.Suspend(reason="投诉", order="1号"), OFFICER)
    at.now += 10 * DAY
    assert node(at.lot, Step.COMPLAINT_DECISION, at.now).last_day == date(2026, 7, 16)


# What is decided


def test_a_dismissal_is_public_without_a_name_and_changes_nothing() -> None:
    at = accepted()
    phase = at.lot.phase
    (decided,) = at.give(dismissal(), OFFICER)
    assert is_public(decided)
    assert not hasattr(decided, "by")
    assert at.lot.phase is phase
    assert node(at.lot, Step.COMPLAINT_DECISION, at.now).state is State.DONE
    with pytest.raises(OutOfOrder, match="complaint-status"):
        at.give(dismissal(), OFFICER)


@pytest.mark.parametrize(
    "command",
    [
        c.Decide(number=1, outcome=Outcome.DISMISSED, findings="x", law="y"),
        c.Decide(number=1, outcome=Outcome.UPHELD, findings="x", law="y"),
        c.Decide(
            number=1,
            outcome=Outcome.UPHELD,
            findings="x",
            law="y",
            remedy=RemedyKind.RETENDER,
            ground=DismissalGround.UNFOUNDED,
        ),
        c.Decide(
            number=1,
            outcome=Outcome.DISMISSED,
            findings="x",
            law="y",
            remedy=RemedyKind.RETENDER,
            ground=DismissalGround.UNFOUNDED,
        ),
    ],
)
def test_a_dismissal_has_its_ground_and_an_upheld_complaint_its_remedy(command: c.Decide) -> None:
    with pytest.raises(Invalid, match="complaint-outcome-unclear"):
        accepted().give(command, OFFICER)


def test_there_must_be_such_a_complaint_and_it_must_be_accepted() -> None:
    at = accepted()
    with pytest.raises(Unknown, match="no-such-complaint"):
        at.give(c.Accept(number=7), OFFICER)
    at.give(c.Withdraw(number=1), "a")
    at.give(complaint(), "a")
    with pytest.raises(OutOfOrder, match="complaint-status"):
        at.give(
            c.Decide(number=2, outcome=Outcome.UPHELD, remedy=RemedyKind.RETENDER, findings="x", law="y"),
            OFFICER,
        )


def test_an_upheld_complaint_is_remedied_in_the_same_commit() -> None:  # 招投条例 55
    at = accepted()
    first, second, *_ = (one.bidder for one in at.lot.evaluation.candidates)
    _, remedy, _ = at.give(upheld(RemedyKind.NEXT_CANDIDATE, first), OFFICER)
    assert isinstance(remedy, RemedyDecided)
    assert (remedy.basis.value, remedy.numbers, remedy.by) == ("COMPLAINT", (1,), OFFICER)
    assert at.lot.phase is Phase.EVALUATED
    at.give(a.PubliciseCandidates())
    assert at.lot.award.candidates[0].bidder == second


@pytest.mark.parametrize(
    ("remedy", "phase"),
    [
        (RemedyKind.REEVALUATE, Phase.EVALUATING),
        (RemedyKind.NEW_COMMITTEE, Phase.OPENED),
        (RemedyKind.RETENDER, Phase.FAILED),
        (RemedyKind.NO_EFFECT, Phase.AWARDED),
    ],
)
def test_each_remedy_leads_to_its_phase(remedy: RemedyKind, phase: Phase) -> None:
    at = accepted(Regime.GP)
    at.give(upheld(remedy), OFFICER)
    assert at.lot.phase is phase


@pytest.mark.parametrize("ground", list(DismissalGround))
def test_what_was_invented_goes_on_record_against_its_author(ground: DismissalGround) -> None:
    """招投条例 61, 采购条例 73; a complaint that was merely wrong does not."""
    at = accepted()
    _, *abuse = at.give(dismissal(ground), OFFICER)
    abusive = ground in {
        DismissalGround.FABRICATED,
        DismissalGround.FALSE_PAPERS,
        DismissalGround.ILLEGAL_EVIDENCE,
    }
    assert bool(abuse) is abusive
    for one in abuse:
        assert isinstance(one, e.AbuseRecorded)
        assert one.party == "a"
        assert not visible(one, frozenset(Standing) - {Standing.SUPERVISOR})


# The stop during a complaint (招投条例 62; 采购法 57: at most thirty days)


def stop(at: Desk, number: int = 1) -> LotSuspended:
    (event,) = [
        one
        for one in at.give(k.Suspend(reason="投诉", order="1号", complaint=number), OFFICER)
        if isinstance(one, LotSuspended)
    ]
    return event


def test_gp_a_stop_ends_by_itself_after_thirty_days() -> None:
    at = accepted(Regime.GP)
    stopped = stop(at)
    assert stopped.ends == end_of_day(date(2026, 7, 3)).astimezone(UTC)
    assert due(at.lot) == [("control/expire-suspension", stopped.ends)]
    at.now = stopped.ends - timedelta(milliseconds=1)
    with pytest.raises(TooEarly, match="suspension-not-over"):
        at.give(k.ExpireSuspension())
    at.now = stopped.ends
    at.give(k.ExpireSuspension())
    assert at.lot.control.suspended is None
    assert due(at.lot) == []
    with pytest.raises(OutOfOrder, match="not-suspended"):
        at.give(k.ExpireSuspension())
    with pytest.raises(Invalid, match="complaint-suspension-used-up"):
        stop(at)


def test_gp_stops_for_one_complaint_share_the_thirty_days() -> None:
    at = accepted(Regime.GP)
    stop(at)
    at.now += 10 * DAY
    at.give(k.Lift(reason="补充调查"), OFFICER)
    assert stop(at).ends == end_of_day(date(2026, 7, 3)).astimezone(UTC)


def test_eng_names_no_longest_stop() -> None:
    assert stop(accepted()).ends is None


def test_a_stop_for_a_complaint_needs_one_that_runs() -> None:
    at = accepted(Regime.GP)
    at.give(dismissal(), OFFICER)
    with pytest.raises(Unknown, match="no-complaint-to-suspend-for"):
        stop(at)
