"""Orders that the platform itself carries out, on a real log; alerts as timers (R-PLAT-11, F-47; R-NB-ZX-02, F-55)."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from bidding.application.ports import Timer
from bidding.application.projections import LotsProjection
from bidding.domain.alert.commands import RaiseAlerts
from bidding.domain.control.commands import Acknowledge, IssueOrder, Produce, Suspend
from bidding.domain.control.events import Addressee, OrderKind
from bidding.domain.errors import Forbidden, TooEarly
from bidding.domain.opening.commands import PublishRoll
from bidding.domain.parties import PLATFORM
from tests.application.house import LOT, House
from tests.domain.opening.hall import HOST, MINUTE, OFFICER, Hall

FAR = datetime(2100, 1, 1, tzinfo=UTC)
STOP = Suspend(reason="投诉核查", order="监督〔2026〕3号")


def ask(*topics: str) -> IssueOrder:
    return IssueOrder(kind=OrderKind.PRODUCE, addressee=Addressee.PLATFORM, text="调取记录", wanted=topics)


async def test_what_is_handed_over_is_in_the_answer_and_in_the_audit(house: House) -> None:
    hall = Hall()
    hall.close("a", "b", "c")
    hall.now += MINUTE
    hall.give(PublishRoll(), HOST)
    await house.plant(hall.log)
    house.clock.instant = hall.now
    await house.give(ask("bid.received.v1", "lot.noticed.v1"), OFFICER)
    answer = msgspec.json.decode((await house.give(Produce(number=1), OFFICER)).answer)
    types = [one["type"] for one in answer["produced"]]
    assert types == ["lot.noticed.v1", *["bid.received.v1"] * 3]
    (audit,) = answer["events"]
    assert audit["type"] == "lot.events-produced.v1"
    assert [(one["stream"], one["version"]) for one in audit["produced"]] == [
        (one["stream"], one["version"]) for one in answer["produced"]
    ]


async def test_before_the_roll_an_order_for_bids_is_refused_alike_with_bids_and_without(house: House) -> None:
    hall = Hall()
    hall.submit("a")
    await house.plant(hall.log)
    house.clock.instant = hall.now
    await house.give(ask("bid.received.v1"), OFFICER)
    with pytest.raises(Forbidden, match="order-asks-for-sealed"):
        await house.give(Produce(number=1), OFFICER)
    assert "lot.events-produced.v1" not in await house.topics()


async def test_an_unacknowledged_order_is_a_timer_and_then_an_alert(house: House) -> None:
    """The stop itself stops none of it; fired again, nothing happens twice."""
    hall = Hall()
    await house.plant(hall.log)
    house.clock.instant = hall.now
    await house.give(STOP, OFFICER)
    await house.give(Acknowledge(number=1), HOST)
    last = (await house.platform.journal.load(f"lot-{LOT}"))[-1]
    await LotsProjection(house.platform, asyncio.Event()).project(last)
    due = hall.now + timedelta(hours=24)
    waits = [one for one in await house.platform.readmodels.due(FAR, 100) if one.kind == RaiseAlerts.NAME]
    assert waits == [Timer(subject=LOT, kind="alert/raise", due_at=max(due, last.recorded_at))]
    with pytest.raises(TooEarly):
        await house.platform.act(LOT, RaiseAlerts())
    house.clock.instant = due
    await house.platform.act(LOT, RaiseAlerts())
    with pytest.raises(TooEarly):
        await house.platform.act(LOT, RaiseAlerts())
    alerts = (await house.platform.load(LOT)).alerts.all
    assert [(one.step, one.who, one.due) for one in alerts] == [("order-acknowledged", ("tenderer",), due)]
    assert PLATFORM.party == "platform"
