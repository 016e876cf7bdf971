"""An outage extends every window by at least its length, and nobody is revoked for it (R-INC-01, F-51)."""

from datetime import datetime, timedelta

import pytest

from bidding.domain.control import commands as k
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, Suspended, TooLate
from bidding.domain.event import Event
from bidding.domain.notice.events import DeadlineMoved
from bidding.domain.opening import commands as c
from bidding.domain.opening.decide import due
from bidding.domain.opening.events import WindowExtended
from bidding.domain.opening.parts import Window
from tests.domain.opening.hall import CENTRE, HOST, MINUTE, OFFICER, T0, Hall

NAMES = ("a", "b", "c")


def running() -> Hall:
    hall = Hall()
    hall.order(*NAMES)
    return hall


def window(hall: Hall) -> Window:
    found = hall.lot.opening.release_window
    assert found is not None
    return found


def until(events: list[Event]) -> datetime:
    (extended,) = [event for event in events if isinstance(event, WindowExtended)]
    return extended.until


def test_an_outage_inside_the_window_extends_it_by_its_length() -> None:  # F-51
    hall = running()
    ends = window(hall).ends
    hall.now += 2 * MINUTE
    number = hall.incident()
    hall.now += 3 * MINUTE
    assert until(hall.recover(number)) == ends + 3 * MINUTE
    assert window(hall).ends == ends + 3 * MINUTE


def test_an_outage_open_at_the_planned_end_keeps_the_window_open() -> None:  # R-PAIN-08
    hall = running()
    ends = window(hall).ends
    hall.now = ends - MINUTE
    number = hall.incident()
    hall.now = ends + 4 * MINUTE
    assert due(hall.lot) == []
    with pytest.raises(OutOfOrder, match="incident-open"):
        hall.give(c.EndWindow())
    hall.release("a")
    assert until(hall.recover(number)) == ends + 5 * MINUTE
    assert due(hall.lot) == [("opening/end-window", ends + 5 * MINUTE)]
    hall.release("b", "c")


def test_an_outage_that_began_before_the_window_extends_it_by_its_whole_length() -> None:  # F-51
    hall = Hall()
    hall.close(*NAMES)
    number = hall.incident()
    hall.now += 7 * MINUTE
    hall.give(c.PublishRoll(), HOST)
    hall.office_keys(HOST)
    hall.office_keys(OFFICER)
    hall.give(c.OrderRelease(), HOST)
    ends = window(hall).ends
    hall.now += MINUTE
    assert until(hall.recover(number)) == ends + 8 * MINUTE


def test_an_outage_over_before_the_window_changes_nothing() -> None:
    hall = Hall()
    hall.close(*NAMES)
    number = hall.incident()
    hall.now += MINUTE
    assert len(hall.recover(number)) == 1
    assert hall.lot.opening.release_window is None


def test_an_outage_after_the_end_does_not_hold_the_window() -> None:
    hall = running()
    hall.now = window(hall).ends
    hall.incident()
    hall.give(c.EndWindow())
    assert window(hall).ended == hall.now


def test_one_outage_reported_twice_is_given_back_once() -> None:
    hall = running()
    ends = window(hall).ends
    first = hall.incident()
    hall.now += MINUTE
    second = hall.incident(minutes_ago=1)
    hall.now += 2 * MINUTE
    hall.recover(first)
    assert window(hall).ends == ends + 3 * MINUTE
    hall.now += MINUTE
    hall.recover(second)
    assert window(hall).ends == ends + 4 * MINUTE


def test_an_outage_found_after_the_window_ended_opens_it_again() -> None:  # R-PAIN-08: reopen
    hall = running()
    hall.release("a", "b")
    hall.end_window()
    ended = hall.now
    hall.fault("c", "BIDDER")
    hall.now += 5 * MINUTE
    number = hall.incident(minutes_ago=7)
    events = hall.recover(number, ended=ended - MINUTE)
    assert until(events) == hall.now + MINUTE
    assert window(hall).ended is None
    assert hall.lot.opening.faults == ()
    hall.release("c")
    hall.end_window()
    assert len(hall.lot.opening.released) == 3


def test_while_an_outage_touches_the_window_nobody_is_found_at_fault() -> None:  # R-INC-01
    hall = running()
    hall.release("a", "b")
    hall.end_window()
    hall.incident(minutes_ago=3)
    with pytest.raises(Invalid, match="fault-during-incident"):
        hall.fault("c", "BIDDER")
    hall.fault("c", "OTHER")
    assert hall.lot.opening.faults[0].term == "视为撤回"


def test_after_an_outage_was_given_back_a_bidder_may_be_at_fault() -> None:  # R-BID-08
    hall = running()
    number = hall.incident()
    hall.now += 2 * MINUTE
    hall.recover(number)
    hall.release("a", "b")
    hall.end_window()
    hall.fault("c", "BIDDER")
    assert hall.lot.opening.faults[0].term == "视为撤销"


def test_an_outage_extends_confirmation_too() -> None:  # F-51: all windows
    hall = Hall()
    hall.announce(*NAMES)
    confirmation = hall.lot.opening.confirmation_window
    assert confirmation is not None
    number = hall.incident()
    hall.now += 6 * MINUTE
    events = hall.recover(number)
    (extended,) = [event for event in events if isinstance(event, WindowExtended)]
    assert (extended.window, extended.until) == ("confirmation", confirmation.ends + 6 * MINUTE)


def test_an_outage_at_the_deadline_moves_the_deadline() -> None:  # Poland 2022; F-51
    hall = Hall()
    hall.now = T0 - 2 * MINUTE
    number = hall.incident()
    hall.now = T0 + MINUTE
    assert due(hall.lot) == []
    hall.submit("a")  # not late: T0 will lie behind the outage
    events = hall.recover(number)
    (moved,) = [event for event in events if isinstance(event, DeadlineMoved)]
    assert moved.deadline == T0 + 3 * MINUTE
    assert hall.bid("a").effective is not None
    hall.submit("b")
    hall.submit("c")
    hall.now = moved.deadline
    hall.give(c.Close())
    assert hall.lot.opening.received == 3


def test_a_deadline_moved_over_midnight_falls_on_a_working_day() -> None:  # R-SVC-04
    hall = Hall()
    hall.now = T0 - MINUTE
    number = hall.incident()
    hall.now = T0 + timedelta(days=4)  # a Saturday
    (moved,) = [event for event in hall.recover(number) if isinstance(event, DeadlineMoved)]
    assert moved.deadline.date().isoformat() == "2026-06-15"
    assert moved.deadline - T0 >= timedelta(days=4)


def test_a_suspension_stops_all_forward_acts_and_is_given_back() -> None:  # F-34, R-TIME-07
    hall = running()
    ends = window(hall).ends
    hall.now += 4 * MINUTE
    hall.give(k.Suspend(reason="举报核查", order="监督〔2026〕1号"), OFFICER)
    with pytest.raises(Suspended):
        hall.release("a")
    hall.now = ends + 30 * MINUTE
    assert due(hall.lot) == []
    events = hall.give(k.Lift(reason="核查完毕"), OFFICER)
    assert until(events) == ends + 36 * MINUTE
    hall.release(*NAMES)


def test_incidents_have_a_beginning_and_an_end_in_the_past() -> None:
    hall = running()
    with pytest.raises(Invalid, match="incident-in-the-future"):
        hall.incident(minutes_ago=-1)
    number = hall.incident()
    with pytest.raises(Invalid, match="incident-end-impossible"):
        hall.recover(number, ended=hall.now - MINUTE)
    hall.recover(number)
    with pytest.raises(Conflicting, match="incident-already-closed"):
        hall.recover(number)


def test_when_the_form_keys_are_out_no_window_opens_again() -> None:
    hall = running()
    hall.release(*NAMES)
    hall.end_window()
    hall.form_keys()
    number = hall.incident(minutes_ago=5)
    assert len(hall.recover(number)) == 1
    with pytest.raises(TooLate):
        hall.release("a")


def test_incidents_are_the_centres_and_the_supervisors_to_record() -> None:  # R-INC-01
    assert c.OpenIncident.BY == c.CloseIncident.BY == {"supervisor", "operator"}
    hall = running()
    hall.give(c.OpenIncident(kind="attack", cause="x"), OFFICER)
    hall.give(c.OpenIncident(kind="other", cause="x"), CENTRE)
    assert [one.number for one in hall.lot.opening.incidents] == [1, 2]
