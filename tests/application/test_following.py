"""A follower of the log: an event on which it fails is not passed over, and holds up nothing else."""

import asyncio

import pytest
from structlog.testing import capture_logs

from bidding.application.following import Follower
from bidding.application.ports import Recorded
from tests.application.house import House
from tests.domain.opening.hall import Hall


class Clumsy(Follower):
    """Fails on one event, ``left`` times."""

    name = "clumsy"

    def __init__(self, house: House, left: int) -> None:
        super().__init__(house.platform)
        self.left, self.taken, self.done = left, list[int](), asyncio.Event()

    async def take(self, one: Recorded) -> bool:
        if len(self.taken) == 2 and self.left:
            self.left -= 1
            raise KeyError("personal data")
        self.taken.append(one.position)
        if len(self.taken) == 4:
            self.done.set()
        return True


async def test_an_event_on_which_it_fails_is_tried_until_it_succeeds_and_the_rest_follow(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bidding.application.following.RETRY", 0)
    clumsy = Clumsy(house, left=3)
    await clumsy.start()
    events = Hall().log[:4]
    await house.plant(events)
    with capture_logs() as lines:
        running = asyncio.create_task(clumsy.run())
        async with asyncio.timeout(60):
            await clumsy.done.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert clumsy.taken == sorted(set(clumsy.taken))
    failed = [line for line in lines if line["event"] == "following.failed"]
    assert [(line["name"], line["topic"], line["error"]) for line in failed] == [
        ("clumsy", events[2][1].TOPIC, "KeyError")
    ] * 3
    assert "personal data" not in str(lines)
