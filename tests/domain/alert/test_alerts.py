"""Red events at the due instant, and their way up: R-NB-ZX-02; F-55."""

from datetime import UTC, date, timedelta

import pytest

from bidding.domain.alert import commands as c
from bidding.domain.alert import events as e
from bidding.domain.alert.decide import next_alert
from bidding.domain.award import commands as a
from bidding.domain.calendar import STATE_COUNCIL
from bidding.domain.control import commands as k
from bidding.domain.disclosure import visible
from bidding.domain.errors import Conflicting, TooEarly, Unknown
from bidding.domain.event import OFFICES
from bidding.domain.parties import PLATFORM, Standing
from bidding.domain.periods import end_of_day
from bidding.domain.ruleset import by_version
from tests.domain.complaint.cases import FOUR, OFFICER, complaint, eng
from tests.domain.evaluation.tender import Desk, tender
from tests.domain.lots import RULESETS

DAY = timedelta(days=1)
MS = timedelta(milliseconds=1)
#: The publicity must begin within three days of 3 June 2026, which is a Wednesday (R-ENG-20).
DUE = end_of_day(date(2026, 6, 8)).astimezone(UTC)


@pytest.fixture
def reported() -> Desk:
    return Desk(tender(FOUR)).seat().mark().report()


def awaited(at: Desk) -> object:
    return next_alert(at.lot, by_version(RULESETS, at.lot.notice.ruleset), STATE_COUNCIL, at.now)


def test_the_clock_is_told_the_instant_at_which_a_duty_turns_red(reported: Desk) -> None:
    assert awaited(reported) == DUE


def test_an_alert_is_raised_at_that_instant_and_not_before(reported: Desk) -> None:
    reported.now = DUE - MS
    with pytest.raises(TooEarly) as refused:
        reported.give(c.RaiseAlerts(), PLATFORM)
    assert refused.value.found == {"at": DUE}
    reported.now = DUE
    (raised,) = reported.give(c.RaiseAlerts(), PLATFORM)
    assert isinstance(raised, e.AlertRaised)
    assert (raised.step, raised.rule, raised.who) == ("publicity-start", "R-ENG-20", ("host",))
    assert (raised.due, raised.at) == (DUE, DUE)
    assert raised.AUDIENCE == OFFICES


def test_asking_twice_raises_nothing_twice(reported: Desk) -> None:
    reported.now = DUE
    reported.give(c.RaiseAlerts(), PLATFORM)
    with pytest.raises(TooEarly):
        reported.give(c.RaiseAlerts(), PLATFORM)
    assert len(reported.lot.alerts.all) == 1


def test_unacknowledged_it_goes_to_the_units_head_and_then_to_the_supervisor(reported: Desk) -> None:
    reported.now = DUE
    reported.give(c.RaiseAlerts(), PLATFORM)
    levels = []
    for day in (1, 2):
        assert awaited(reported) == DUE + day * DAY
        reported.now = DUE + day * DAY
        (further,) = reported.give(c.RaiseAlerts(), PLATFORM)
        assert isinstance(further, e.AlertEscalated)
        levels.append(further.level)
    assert levels == [e.Level.UNIT_HEAD, e.Level.SUPERVISOR]
    assert awaited(reported) is None
    assert reported.give(c.RaiseAlerts(), PLATFORM) == []


def test_acknowledged_it_goes_no_further(reported: Desk) -> None:
    reported.now = DUE
    reported.give(c.RaiseAlerts(), PLATFORM)
    reported.give(c.AcknowledgeAlert(number=1, note="今日发布"))
    assert awaited(reported) is None
    with pytest.raises(Conflicting, match="alert-acknowledged"):
        reported.give(c.AcknowledgeAlert(number=1, note="再次"))
    with pytest.raises(Unknown, match="no-such-alert"):
        reported.give(c.AcknowledgeAlert(number=2, note="x"))


def test_done_it_goes_no_further_either(reported: Desk) -> None:
    reported.now = DUE
    reported.give(c.RaiseAlerts(), PLATFORM)
    reported.give(a.PubliciseCandidates(late_reason="系统升级"))
    assert awaited(reported) is None


def test_what_is_done_in_time_raises_nothing(reported: Desk) -> None:
    reported.give(a.PubliciseCandidates())
    assert awaited(reported) is None


def test_a_suspension_stops_the_lots_clocks_and_not_the_orders(reported: Desk) -> None:  # R-NB-ZX-03, F-47
    reported.give(k.Suspend(reason="核查", order="1号"), OFFICER)
    assert awaited(reported) == reported.now + DAY
    reported.now += DAY
    raised = reported.give(c.RaiseAlerts(), PLATFORM)
    assert [(one.step, one.who) for one in raised if isinstance(one, e.AlertRaised)] == [
        ("order-acknowledged", ("host",)),
        ("order-acknowledged", ("tenderer",)),
    ]


def test_that_a_complaint_lies_unread_is_told_to_the_supervisor_alone() -> None:
    at = eng()
    at.give(complaint(), "a")
    at.now = end_of_day(date(2026, 6, 8)).astimezone(UTC)
    raised = [one for one in at.give(c.RaiseAlerts(), PLATFORM) if getattr(one, "about", "") == "1"]
    assert [type(one) for one in raised] == [e.SupervisionAlertRaised]
    assert not visible(raised[0], frozenset(Standing) - {Standing.SUPERVISOR})


def test_alerts_are_no_forward_acts() -> None:
    assert not c.RaiseAlerts.FORWARD
    assert not c.AcknowledgeAlert.FORWARD
