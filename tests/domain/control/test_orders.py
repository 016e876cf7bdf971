"""监督指令: R-PLAT-11, R-PLAT-01, R-GEN-04; 20号令 46–51; F-47."""

from datetime import timedelta
from typing import Any

import pytest

from bidding.domain.control import commands as k
from bidding.domain.control import events as e
from bidding.domain.control.events import Addressee, OrderKind
from bidding.domain.control.orders import produce
from bidding.domain.disclosure import is_public, visible
from bidding.domain.errors import Conflicting, Forbidden, Invalid, OutOfOrder, Unknown
from bidding.domain.event import Event
from bidding.domain.opening.commands import PublishRoll
from bidding.domain.parties import Actor, Standing
from bidding.domain.timeline import State, Step
from tests.domain.complaint.cases import PAPER
from tests.domain.evaluation.tender import Desk
from tests.domain.opening.hall import CENTRE, HOST, MINUTE, OFFICER, Hall, bidder
from tests.rules.nodes import node, nodes

STOP = k.Suspend(reason="投诉核查", order="监督〔2026〕3号")
OWNER = Actor(party="owner")


def ask(addressee: Addressee = Addressee.HOST, **changes: Any) -> k.IssueOrder:
    fields: dict[str, Any] = {
        "kind": OrderKind.PRODUCE,
        "text": "调取评标录像",
        "wanted": ("评标录像",),
        **changes,
    }
    return k.IssueOrder(addressee=addressee, **fields)


# A stop is an order too, and takes effect with it


def test_a_stop_takes_effect_in_its_own_commit_and_its_addressees_must_acknowledge_it() -> None:  # F-47
    hall = Hall()
    issued, stopped = hall.give(STOP, OFFICER)
    assert isinstance(issued, e.SupervisionOrderIssued)
    assert isinstance(stopped, e.LotSuspended)
    assert issued.at == stopped.at == hall.now
    assert (issued.kind, issued.reference) == (OrderKind.SUSPEND, "监督〔2026〕3号")
    assert issued.addressees == (Addressee.HOST, Addressee.TENDERER)
    assert hall.lot.control.suspended is not None
    assert is_public(stopped)
    assert not is_public(issued)


def test_a_resumption_is_one_as_well() -> None:
    hall = Hall()
    hall.give(STOP, OFFICER)
    issued, *_ = hall.give(k.Lift(reason="核查完毕"), OFFICER)
    assert isinstance(issued, e.SupervisionOrderIssued)
    assert (issued.number, issued.kind) == (2, OrderKind.RESUME)


def test_each_addressee_acknowledges_for_itself_within_a_day_even_while_the_lot_stands_still() -> None:
    hall = Hall()
    hall.give(STOP, OFFICER)
    hall.give(k.Acknowledge(number=1), HOST)
    hall.now += timedelta(hours=24)
    waiting = [one for one in nodes(hall.lot, hall.now) if one.step is Step.ORDER_ACKNOWLEDGED]
    assert [(one.who[0].value, one.state) for one in waiting] == [
        ("host", State.DONE),
        ("tenderer", State.LATE),
    ]
    (late,) = hall.give(k.Acknowledge(number=1), OWNER)
    assert isinstance(late, e.OrderAcknowledged)
    assert late.late
    waiting = [one for one in nodes(hall.lot, hall.now) if one.step is Step.ORDER_ACKNOWLEDGED]
    assert [one.state for one in waiting] == [State.DONE, State.LATE]


def test_an_order_is_acknowledged_once_by_who_it_is_addressed_to() -> None:
    hall = Hall()
    hall.give(STOP, OFFICER)
    hall.give(k.Acknowledge(number=1), HOST)
    with pytest.raises(Conflicting, match="order-acknowledged"):
        hall.give(k.Acknowledge(number=1), HOST)
    with pytest.raises(Forbidden, match="order-for-others"):
        hall.give(k.Acknowledge(number=1), CENTRE)
    with pytest.raises(Unknown, match="no-such-order"):
        hall.give(k.Acknowledge(number=9), HOST)
    with pytest.raises(Forbidden, match="not-permitted"):
        hall.give(k.Acknowledge(number=1), bidder("a"))


# produce and correct


def test_papers_are_produced_with_their_digests_and_in_time() -> None:
    hall = Hall()
    due = hall.now + timedelta(days=2)
    hall.give(ask(due=due), OFFICER)
    with pytest.raises(Invalid, match="order-papers-missing"):
        hall.give(k.Fulfil(number=1, report="已调取"), HOST)
    acknowledged, fulfilled = hall.give(k.Fulfil(number=1, report="已调取", papers=(PAPER,)), HOST)
    assert isinstance(acknowledged, e.OrderAcknowledged)
    assert isinstance(fulfilled, e.OrderFulfilled)
    assert not fulfilled.late
    with pytest.raises(Conflicting, match="order-fulfilled"):
        hall.give(k.Fulfil(number=1, report="再次", papers=(PAPER,)), HOST)
    assert node(hall.lot, Step.ORDER_FULFILLED, hall.now).state is State.DONE


def test_what_is_to_be_put_right_is_reported_and_marked_when_late() -> None:
    hall = Hall()
    due = hall.now + timedelta(days=2)
    hall.give(ask(Addressee.OPERATOR, kind=OrderKind.CORRECT, due=due), OFFICER)
    hall.now = due
    assert node(hall.lot, Step.ORDER_FULFILLED, hall.now).state is State.LATE
    *_, fulfilled = hall.give(k.Fulfil(number=1, report="已改正"), CENTRE)
    assert isinstance(fulfilled, e.OrderFulfilled)
    assert fulfilled.late


def test_a_stop_is_not_fulfilled_but_carried_out() -> None:
    hall = Hall()
    hall.give(STOP, OFFICER)
    with pytest.raises(OutOfOrder, match="order-fulfils-itself"):
        hall.give(k.Fulfil(number=1, report="已停"), HOST)


@pytest.mark.parametrize("kind", [OrderKind.SUSPEND, OrderKind.RESUME])
def test_stops_and_resumptions_have_their_own_commands(kind: OrderKind) -> None:
    with pytest.raises(Invalid, match="order-has-its-command"):
        Hall().give(ask(kind=kind), OFFICER)


def test_an_order_leaves_time_and_asks_the_platform_for_events_only() -> None:
    hall = Hall()
    with pytest.raises(Invalid, match="order-due-past"):
        hall.give(ask(due=hall.now), OFFICER)
    with pytest.raises(Invalid, match="order-not-for-platform"):
        hall.give(ask(Addressee.PLATFORM, kind=OrderKind.CORRECT), OFFICER)
    for wanted in (("lot.nothing.v1",), ()):
        with pytest.raises(Invalid, match="order-topic-unknown"):
            hall.give(ask(Addressee.PLATFORM, wanted=wanted), OFFICER)


# What the platform hands over, and the audit of it


def delivered(hall: Hall, *topics: str) -> tuple[e.EventsProduced, list[tuple[str, int, Event]]]:
    hall.give(ask(Addressee.PLATFORM, wanted=topics), OFFICER)
    stored = [(stream, place, event) for place, (stream, event) in enumerate(hall.log, 1)]
    desk = Desk(hall.lot)
    desk.now = hall.now
    (audit,), handed = produce(
        hall.lot, k.Produce(number=len(hall.lot.control.orders)), desk.facts(OFFICER), stored=stored
    )
    assert isinstance(audit, e.EventsProduced)
    hall.store(audit)
    return audit, handed


def test_every_event_handed_over_stands_in_the_audit_with_its_digest() -> None:  # F-47
    hall = Hall()
    audit, handed = delivered(hall, "lot.noticed.v1", "lot.admitted.v1")
    assert [one.topic for one in audit.produced] == ["lot.admitted.v1", "lot.noticed.v1"]
    assert [event.TOPIC for _, _, event in handed] == ["lot.admitted.v1", "lot.noticed.v1"]
    assert all(len(one.sha256) == 64 for one in audit.produced)
    assert audit.by == OFFICER.party
    assert not visible(audit, frozenset(Standing) - {Standing.SUPERVISOR})
    assert node(hall.lot, Step.ORDER_FULFILLED, hall.now).state is State.DONE


def test_what_is_sealed_until_the_opening_is_sealed_from_the_supervisor_too() -> None:  # R-GEN-04
    """With bids and without: not even that there is one is told."""
    refusals = []
    for names in ((), ("a", "b", "c")):
        hall = Hall()
        for name in names:
            hall.submit(name)
        with pytest.raises(Forbidden) as refused:
            delivered(hall, "bid.received.v1")
        refusals.append((refused.value.code, refused.value.found))
    assert refusals == [("order-asks-for-sealed", {"topics": ["bid.received.v1"]})] * 2


def test_after_the_roll_a_bids_own_record_is_handed_over() -> None:
    hall = Hall()
    hall.close("a", "b", "c")
    hall.now += MINUTE
    hall.give(PublishRoll(), HOST)
    _, handed = delivered(hall, "bid.received.v1")
    assert len(handed) == 3


def test_only_an_order_to_the_platform_opens_its_log() -> None:
    hall = Hall()
    hall.give(ask(), OFFICER)
    desk = Desk(hall.lot)
    with pytest.raises(OutOfOrder, match="order-not-for-platform"):
        produce(hall.lot, k.Produce(number=1), desk.facts(OFFICER), stored=[])
