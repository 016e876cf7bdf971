"""Suspension, termination and the clock of a test lot (F-34, R-PLAT-11, R-ENG-33, R-TIME-07)."""

from datetime import UTC, datetime, timedelta

import pytest

from bidding.domain.admission.filing import Mode
from bidding.domain.control import commands as k
from bidding.domain.errors import Conflicting, Forbidden, Invalid, OutOfOrder, Suspended
from bidding.domain.notice.events import DeadlineMoved
from bidding.domain.opening import commands as c
from bidding.domain.regime import Regime
from bidding.domain.registry import COMMANDS
from tests.domain.opening.hall import CENTRE, HOST, MINUTE, OFFICER, T0, Hall, bidder

STOP = k.Suspend(reason="投诉核查", order="监督〔2026〕3号")
GO = k.Lift(reason="核查完毕")
REAL = datetime(2026, 11, 23, tzinfo=UTC)


def test_a_suspended_lot_takes_no_forward_command_and_says_why() -> None:  # F-34, R-PLAT-11
    hall = Hall()
    hall.give(STOP, OFFICER)
    assert hall.lot.control.suspended is not None
    assert hall.lot.control.suspended.order == "监督〔2026〕3号"
    with pytest.raises(Suspended):
        hall.submit("a")
    with pytest.raises(Conflicting, match="already-suspended"):
        hall.give(STOP, OFFICER)
    hall.give(GO, OFFICER)
    hall.submit("a")
    with pytest.raises(OutOfOrder, match="not-suspended"):
        hall.give(GO, OFFICER)


def test_only_what_records_or_returns_goes_through_a_suspension() -> None:  # F-34
    through = {
        name
        for name, command in COMMANDS.items()
        if not command.FORWARD and name.partition("/")[0] in {"bid", "opening", "control"}
    }
    assert through == {
        "bid/return-deposit",
        "opening/open-incident",
        "opening/close-incident",
        "opening/make-announcement",  # that it is suspended, for one
        "opening/say",
        "opening/answer-help",
        "opening/start-broadcast",
        "opening/end-broadcast",
        "opening/give-word",
        "opening/end-word",
        "opening/keep-recording",
        "control/suspend",
        "control/lift",
        "control/order",
        "control/acknowledge",
        "control/fulfil",
        "control/produce",
        "control/expire-suspension",
        "control/terminate",
        "control/set-test-clock",
    }


def test_suspending_is_the_supervisors_alone() -> None:  # R-PLAT-01
    hall = Hall()
    for actor in (HOST, CENTRE, bidder("a")):
        with pytest.raises(Forbidden):
            hall.give(STOP, actor)


def test_days_of_suspension_are_given_back_to_the_deadline_as_whole_days() -> None:  # R-TIME-07
    hall = Hall()
    hall.now = T0 - timedelta(days=10)
    hall.give(STOP, OFFICER)
    hall.now += timedelta(days=2, hours=5)
    (moved,) = [event for event in hall.give(GO, OFFICER) if isinstance(event, DeadlineMoved)]
    assert moved.deadline == T0 + timedelta(days=2)


def test_a_deadline_inside_the_suspension_leaves_as_much_time_as_was_taken() -> None:  # R-TIME-07
    hall = Hall()
    hall.now = T0 - timedelta(hours=3)
    hall.give(STOP, OFFICER)
    hall.now = T0 + timedelta(days=1, hours=6)
    (moved,) = [event for event in hall.give(GO, OFFICER) if isinstance(event, DeadlineMoved)]
    assert moved.deadline == hall.now + timedelta(hours=3)


def test_hours_of_suspension_are_given_back_as_they_are() -> None:  # R-TIME-07
    hall = Hall()
    hall.give(STOP, OFFICER)
    hall.now += 90 * MINUTE
    (moved,) = [event for event in hall.give(GO, OFFICER) if isinstance(event, DeadlineMoved)]
    assert moved.deadline == T0 + 90 * MINUTE


def test_termination_ends_everything() -> None:  # R-ENG-33
    hall = Hall()
    hall.submit("a")
    hall.give(STOP, OFFICER)
    hall.give(k.Terminate(reason="项目取消"), HOST)
    assert hall.lot.phase == "terminated"
    assert hall.lot.control.suspended is None
    assert hall.give(c.Close()) == []
    with pytest.raises(OutOfOrder, match="wrong-phase"):
        hall.submit("b")
    with pytest.raises(OutOfOrder, match="wrong-phase"):
        hall.give(k.Terminate(reason="again"), OFFICER)


def clock(hall: Hall, at: datetime | None = None, until: datetime | None = None) -> None:
    hall.give(k.SetTestClock(rate=3600, at=at, until=until), HOST, real=REAL)


def test_a_live_lot_never_has_a_test_clock() -> None:
    with pytest.raises(Forbidden, match="not-a-test-lot"):
        clock(Hall())


def test_a_test_lots_time_may_begin_anywhere_before_the_notice_and_never_runs_back() -> None:
    hall = Hall(mode=Mode.TEST)
    hall.now = REAL
    begins = datetime(2026, 5, 11, 1, 0, tzinfo=UTC)
    clock(hall, at=begins)
    running = hall.lot.control.clock
    assert running is not None
    assert hall.lot.control.mode == "test"
    assert running.at(REAL + timedelta(seconds=2)) == begins + timedelta(hours=2)
    hall.now = begins + timedelta(hours=2)
    with pytest.raises(Invalid, match="test-clock-backwards"):
        clock(hall, at=begins)
    clock(hall)
    assert hall.lot.control.clock is not None
    assert hall.lot.control.clock.virtual == hall.now


def test_after_the_notice_a_first_clock_runs_forward_only() -> None:
    hall = Hall(mode=Mode.TEST)
    hall.notice(Regime.ENG, waived=True, silence=True)
    with pytest.raises(Invalid, match="test-clock-backwards"):
        clock(hall, at=hall.now - MINUTE)
    with pytest.raises(Invalid, match="test-clock-until-past"):
        clock(hall, until=hall.now - MINUTE)
    clock(hall, at=hall.now, until=hall.now + MINUTE)
