"""The opening's nodes: R-OPEN-23…30, R-BID-08, R-INC-01, R-PLAT-11."""

from datetime import timedelta

import pytest

from bidding.domain.control.commands import Lift, Suspend, Terminate
from bidding.domain.opening import commands as c
from bidding.domain.regime import Regime
from bidding.domain.scoring import Source
from bidding.domain.timeline import Light, State, Step, Who
from tests.domain.opening.drawhall import REVEAL, DrawHall
from tests.domain.opening.hall import HOST, MINUTE, OFFICER, T0, WINDOW, Hall
from tests.rules.nodes import node, nodes, steps

THREE = ("a", "b", "c")


@pytest.fixture
def hall() -> Hall:
    """``Hall`` writes the notice down; its rule set pins itself there."""
    return Hall()


# R-OPEN-01, R-OPEN-09, R-OPEN-23


def test_after_the_close_the_roll_is_the_hosts(hall: Hall) -> None:
    hall.close(*THREE)
    closed, roll = node(hall.lot, Step.DEADLINE, hall.now), node(hall.lot, Step.ROLL, hall.now)
    assert (closed.state, closed.done_at, closed.rule) == (State.DONE, T0, "R-OPEN-01")
    assert (roll.state, roll.who, roll.opens) == (State.OPEN, (Who.HOST,), T0)


def test_of_a_failed_lot_only_what_happened_is_left(hall: Hall) -> None:
    hall.close("a", "b")
    failed = node(hall.lot, Step.FAILURE, hall.now)
    assert (failed.rule, failed.about) == ("R-OPEN-09", "NO_OPENING_RETENDER")
    left = nodes(hall.lot, hall.now + timedelta(days=400))
    assert {one.state for one in left} == {State.DONE}
    assert not {Step.ROLL, Step.CONTRACT, Step.REPORT} & {one.step for one in left}


# R-OPEN-24, R-OPEN-25: the release window, its extension and its light


def test_the_release_window_runs_to_its_end_and_past_an_extension(hall: Hall) -> None:
    hall.order(*THREE)
    opened = hall.now
    ordered = node(hall.lot, Step.RELEASE, opened)
    assert (ordered.opens, ordered.due) == (opened, opened + WINDOW * MINUTE)
    assert (ordered.state, ordered.light, ordered.last_day) == (State.OPEN, Light.GREEN, None)
    assert node(hall.lot, Step.RELEASE, opened + 8 * MINUTE).light is Light.YELLOW
    hall.now += MINUTE
    hall.give(c.ExtendWindow(minutes=5, reason="网络拥堵"), HOST)
    assert node(hall.lot, Step.RELEASE, hall.now).due == opened + 15 * MINUTE


def test_an_incident_holds_the_window_open(hall: Hall) -> None:  # R-INC-01
    hall.order(*THREE)
    number = hall.incident()
    during = node(hall.lot, Step.RELEASE, hall.now + timedelta(hours=1))
    assert (during.stands_still, during.state) == (True, State.OPEN)
    assert node(hall.lot, Step.INCIDENT, hall.now).state is State.OPEN
    hall.now += MINUTE
    hall.recover(number)
    assert node(hall.lot, Step.INCIDENT, hall.now).state is State.DONE


# R-BID-08: every unopened bid waits for a finding, by the supervisor


def test_each_missing_key_asks_for_a_finding(hall: Hall) -> None:
    hall.order(*THREE, "d")
    hall.release("a", "b", "c")
    assert Step.FAULTS not in steps(hall.lot, hall.now)
    hall.end_window()
    asked = node(hall.lot, Step.FAULTS, hall.now, about="d")
    assert (asked.rule, asked.who, asked.state) == ("R-BID-08", (Who.SUPERVISOR,), State.OPEN)
    hall.fault("d", "BIDDER")
    assert node(hall.lot, Step.FAULTS, hall.now, about="d").state is State.DONE


def test_a_bid_that_does_not_open_asks_for_one_too(hall: Hall) -> None:
    hall.order(*THREE)
    hall.release(*THREE)
    hall.end_window()
    hall.form_keys()
    hall.bring_in(broken=[("b", "aead")])
    assert node(hall.lot, Step.FAULTS, hall.now).about == "b"


# R-OPEN-28, R-OPEN-03, R-OPEN-30: confirmation, objections, record


def test_from_the_announcement_to_the_record(hall: Hall) -> None:
    hall.announce(*THREE)
    announced = hall.now
    assert node(hall.lot, Step.ANNOUNCEMENT, hall.now).done_at == announced
    assert node(hall.lot, Step.CONFIRMATION, hall.now).state is State.OPEN
    hall.confirm("a", "b")
    hall.object("c")
    answer = node(hall.lot, Step.OPENING_ANSWER, hall.now)
    assert (answer.rule, answer.state, answer.due) == ("R-OPEN-03", State.OPEN, None)
    hall.give(c.AnswerObjection(number=1, answer="已核对"), HOST)
    assert node(hall.lot, Step.OPENING_ANSWER, hall.now).state is State.DONE
    hall.close_confirmation()
    record = node(hall.lot, Step.OPENING_RECORD, hall.now)
    assert (record.rule, record.who, record.state) == ("R-OPEN-30", (Who.HOST, Who.SUPERVISOR), State.OPEN)
    hall.sign(HOST)
    hall.sign(OFFICER)
    assert node(hall.lot, Step.OPENING_RECORD, hall.now).done_at == hall.now
    assert node(hall.lot, Step.REPORT, hall.now).opens == hall.now


# R-PLAT-11, R-NB-ZX-03: only causes stop the clock, and they stand on the timeline


def test_a_suspension_is_a_node_and_stops_what_runs(hall: Hall) -> None:
    hall.order(*THREE)
    hall.give(Suspend(reason="核查投诉", order="监〔2026〕1号"), OFFICER)
    assert node(hall.lot, Step.RELEASE, hall.now + timedelta(hours=2)).stands_still
    standing = node(hall.lot, Step.SUSPENSION, hall.now)
    assert (standing.state, standing.rule, standing.about) == (State.OPEN, "R-PLAT-11", "核查投诉")
    hall.now += MINUTE
    hall.give(Lift(reason="核查完毕"), OFFICER)
    assert node(hall.lot, Step.SUSPENSION, hall.now).done_at == hall.now


def test_a_terminated_lot_expects_nothing_more(hall: Hall) -> None:  # R-ENG-33
    hall.close(*THREE)
    hall.give(Terminate(reason="项目取消"), HOST)
    assert node(hall.lot, Step.TERMINATION, hall.now).about == "项目取消"
    assert {one.state for one in nodes(hall.lot, hall.now)} == {State.DONE}


def test_both_regimes_open_alike() -> None:  # R-OPEN-01
    shown = []
    for regime in Regime:
        hall = Hall(regime=regime)
        hall.announce(*THREE)
        opening = (Step.ROLL, Step.RELEASE, Step.ANNOUNCEMENT, Step.CONFIRMATION)
        shown.append([(node(hall.lot, step, hall.now).state, step) for step in opening])
    assert shown[0] == shown[1]


# R-OPEN-27, R-DRAW-02: the draw


def test_the_draw_waits_for_each_office_in_its_turn() -> None:
    hall = DrawHall()
    promised = [one for one in nodes(hall.lot, hall.now) if one.step is Step.DRAW_COMMITMENT]
    assert [(one.who, one.state, one.due) for one in promised] == [
        ((Who.SUPERVISOR,), State.OPEN, T0),
        ((Who.HOST,), State.OPEN, T0),
    ]
    hall.freeze(*THREE)
    promised = [one for one in nodes(hall.lot, hall.now) if one.step is Step.DRAW_COMMITMENT]
    assert {one.state for one in promised} == {State.DONE}
    for source, who in (
        (Source.SUPERVISOR, Who.SUPERVISOR),
        (Source.AGENCY, Who.HOST),
        (Source.BEACON, Who.SUPERVISOR),
    ):
        waiting = node(hall.lot, Step.DRAW, hall.now)
        assert (waiting.who, waiting.about, waiting.state) == ((who,), source.value, State.OPEN)
        assert waiting.due == hall.now + REVEAL * MINUTE
        hall.reveal(source)
    assert node(hall.lot, Step.DRAW, hall.now).who == (Who.PLATFORM,)
    hall.give(c.DrawCoefficients())
    assert node(hall.lot, Step.DRAW, hall.now).state is State.DONE


def test_a_lot_without_a_draw_has_no_node_of_one(hall: Hall) -> None:
    assert not {Step.DRAW, Step.DRAW_COMMITMENT} & steps(hall.lot, hall.now)
