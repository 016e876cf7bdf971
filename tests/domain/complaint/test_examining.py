"""Intake, correction, refusal: R-ENG-28, R-GP-24; 招投条例 61, 94号令 21."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bidding.domain.complaint import commands as c
from bidding.domain.complaint import events as e
from bidding.domain.complaint.events import RefusalGround, Status
from bidding.domain.disclosure import visible
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, TooLate, Unknown
from bidding.domain.parties import Standing
from bidding.domain.periods import end_of_day
from bidding.domain.regime import Regime
from bidding.domain.timeline import Kind, State, Step
from tests.domain.complaint.cases import OFFICER, PAPER, accepted, complaint, eng, gp
from tests.domain.evaluation.tender import Desk
from tests.rules.nodes import node, nodes

DAY = timedelta(days=1)
MORE = c.Correct(number=1, request="取消资格", facts="附件二", papers=(PAPER,))


def lodged(regime: Regime) -> Desk:
    at = eng() if regime is Regime.ENG else gp()
    at.give(complaint(), "a" if regime is Regime.ENG else "b")
    return at


def ask(at: Desk, days: int = 7) -> c.AskCorrection:
    return c.AskCorrection(number=1, missing="缺少质疑答复复印件", until=at.now + days * DAY)


@pytest.mark.parametrize(
    ("regime", "last", "rule"),
    [(Regime.ENG, date(2026, 6, 8), "R-ENG-28"), (Regime.GP, date(2026, 6, 10), "R-GP-24")],
)
def test_intake_is_decided_in_three_working_days_and_in_gp_five(
    regime: Regime, last: date, rule: str
) -> None:
    at = lodged(regime)
    intake = node(at.lot, Step.COMPLAINT_INTAKE, at.now)
    assert (intake.last_day, intake.rule, intake.kind) == (last, rule, Kind.DUTY)
    for now, late in ((end_of_day(last) - timedelta(milliseconds=1), False), (end_of_day(last), True)):
        at = lodged(regime)
        at.now = now.astimezone(UTC)
        (event,) = at.give(c.Accept(number=1), OFFICER)
        assert isinstance(event, e.ComplaintAccepted)
        assert event.late is late
        assert node(at.lot, Step.COMPLAINT_INTAKE, at.now).state is (State.LATE if late else State.DONE)


def test_with_the_acceptance_those_complained_about_read_the_matters_without_a_name() -> None:
    at = lodged(Regime.GP)
    (event,) = at.give(c.Accept(number=1), OFFICER)
    assert visible(event, frozenset({Standing.HOST}))
    assert not hasattr(event, "by")
    copied = node(at.lot, Step.COMPLAINT_FORWARDED, at.now)
    assert (copied.rule, copied.last_day, copied.state) == ("R-GP-24", date(2026, 6, 15), State.DONE)


def test_gp_correction_once_with_its_clock_stopped() -> None:
    at = lodged(Regime.GP)
    at.give(ask(at), OFFICER)
    assert node(at.lot, Step.COMPLAINT_INTAKE, at.now + 9 * DAY).stands_still
    with pytest.raises(OutOfOrder, match="complaint-status"):
        at.give(c.Accept(number=1), OFFICER)
    at.now += 5 * DAY
    at.give(MORE, "b")
    assert at.lot.complaints.all[0].papers == (PAPER, PAPER)
    # asked on Wednesday 3 June, corrected on Monday 8 June: three working days do not count
    assert node(at.lot, Step.COMPLAINT_INTAKE, at.now).last_day == date(2026, 6, 15)
    with pytest.raises(Conflicting, match="complaint-corrected-once"):
        at.give(ask(at), OFFICER)
    at.give(c.Accept(number=1), OFFICER)


def test_the_notice_to_correct_is_due_within_five_working_days() -> None:
    for now, late in (
        (datetime(2026, 6, 10, 15, 59, tzinfo=UTC), False),
        (datetime(2026, 6, 10, 16, tzinfo=UTC), True),
    ):
        at = lodged(Regime.GP)
        at.now = now
        (event,) = at.give(ask(at), OFFICER)
        assert isinstance(event, e.ComplaintCorrectionAsked)
        assert event.late is late


def test_a_correction_needs_time_to_be_made() -> None:
    at = lodged(Regime.GP)
    with pytest.raises(Invalid, match="complaint-correction-past"):
        at.give(ask(at, 0), OFFICER)


def test_who_lets_the_time_pass_is_refused_for_it_and_for_nothing_else() -> None:
    at = lodged(Regime.GP)
    at.give(ask(at), OFFICER)
    refuse = c.Refuse(number=1, ground=RefusalGround.NOT_CORRECTED, reason="逾期未补正")
    with pytest.raises(OutOfOrder, match="complaint-still-corrected"):
        at.give(refuse, OFFICER)
    at.now += 7 * DAY
    with pytest.raises(TooLate, match="complaint-correction-late"):
        at.give(MORE, "b")
    with pytest.raises(OutOfOrder, match="complaint-still-corrected"):
        at.give(c.Refuse(number=1, ground=RefusalGround.NO_FACTS, reason="x"), OFFICER)
    at.give(refuse, OFFICER)
    assert at.lot.complaints.all[0].status is Status.REFUSED


def test_eng_knows_no_correction() -> None:  # R-GEN-02
    at = lodged(Regime.ENG)
    with pytest.raises(OutOfOrder, match="complaint-correction-is-gp"):
        at.give(ask(at), OFFICER)


@pytest.mark.parametrize(("regime", "last"), [(Regime.ENG, date(2026, 6, 8)), (Regime.GP, date(2026, 6, 15))])
def test_a_refusal_is_told_in_time(regime: Regime, last: date) -> None:
    """GP: three working days after the five of the examination (94号令 21)."""
    for now, late in ((end_of_day(last) - timedelta(milliseconds=1), False), (end_of_day(last), True)):
        at = lodged(regime)
        at.now = now.astimezone(UTC)
        (event,) = at.give(c.Refuse(number=1, ground=RefusalGround.NO_INTEREST, reason="无利害关系"), OFFICER)
        assert isinstance(event, e.ComplaintRefused)
        assert event.late is late


def test_a_refused_complaint_may_be_made_again_within_the_term() -> None:
    at = lodged(Regime.ENG)
    at.give(c.Refuse(number=1, ground=RefusalGround.NO_FACTS, reason="无证明材料"), OFFICER)
    with pytest.raises(OutOfOrder, match="complaint-status"):
        at.give(c.Accept(number=1), OFFICER)
    at.give(complaint(), "a")


def test_only_the_author_corrects_and_withdraws() -> None:
    at = lodged(Regime.GP)
    at.give(ask(at), OFFICER)
    for command in (MORE, c.Withdraw(number=1), c.Withdraw(number=2)):
        with pytest.raises(Unknown, match="no-such-complaint"):
            at.give(command, "c")


def test_a_withdrawn_complaint_is_over_for_everybody() -> None:  # 94号令 30
    at = accepted(Regime.GP)
    at.give(c.Withdraw(number=1), "b")
    assert at.lot.complaints.running == ()
    assert node(at.lot, Step.COMPLAINT_DECISION, at.now).state is State.DONE
    for command in (c.Withdraw(number=1), c.StopClock(number=1, cause=e.StopCause.TEST, reason="x")):
        with pytest.raises(OutOfOrder, match="complaint-status"):
            at.give(command, "b")


def test_the_offices_timeline_begins_with_the_acceptance() -> None:
    at = lodged(Regime.ENG)
    assert not [one for one in nodes(at.lot, at.now) if one.step is Step.COMPLAINT_DECISION]
    at.give(c.Accept(number=1), OFFICER)
    assert node(at.lot, Step.COMPLAINT_DECISION, at.now).about == "1"
