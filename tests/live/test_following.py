"""State first, then events: nothing twice, nothing missing, whenever one comes (R-OPEN-01; decision 0002)."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest
from websockets.exceptions import InvalidStatus

from bidding.domain.control.events import TestClockSet
from bidding.domain.disclosure import SPECTATOR, view
from bidding.domain.event import Event
from bidding.domain.parties import Actor, Role
from bidding.domain.permissions import standings
from bidding.domain.testclock import TestClock
from bidding.live.listener import SESSION_ENDED
from tests.domain.opening.hall import HOST, OFFICER, Hall, bidder
from tests.live.conftest import NOW, Stage, heard, public, staged, topics, until_closed

NAMES = ("a", "b", "c")


@pytest.fixture(scope="module")
def story() -> list[Event]:
    """Admission to the signed record of the opening."""
    hall = Hall()
    hall.announce(*NAMES)
    hall.confirm(*NAMES)
    hall.close_confirmation()
    hall.sign(HOST)
    hall.sign(OFFICER)
    return hall.events


def seen(events: list[Event]) -> Any:
    """What a spectator's state must be after ``events``."""
    return json.loads(msgspec.json.encode(view("lot-1", events, SPECTATOR)))


async def test_a_spectator_gets_the_state_and_then_every_public_event(
    stage: Stage, story: list[Event]
) -> None:
    await stage.tell(*story[:4])
    async with stage.listen() as socket:
        (state,) = await heard(socket, 1)
        await stage.tell_all([("lot-lot-1", event) for event in story[4:]])
        frames = await heard(socket, len(public(story[4:])))
    assert (state["type"], state["cursor"], state["position"]) == ("state", "feed", len(public(story[:4])))
    assert state["lot"] == seen(story[:4])
    assert topics(frames) == [event.TOPIC for event in public(story[4:])]
    assert [frame["position"] for frame in frames] == [
        state["position"] + n for n in range(1, len(frames) + 1)
    ]


async def test_a_late_joiner_sees_the_whole(stage: Stage, story: list[Event]) -> None:
    await stage.tell(*story)
    async with stage.listen() as socket:
        (state,) = await heard(socket, 1)
    assert state["lot"] == seen(story)
    assert len(state["lot"]["opening"]["announcement"]["table"]) == len(NAMES)


async def test_every_point_of_resumption_gives_exactly_the_rest(stage: Stage, story: list[Event]) -> None:
    await stage.tell(*story[:-1])
    expected = [event.TOPIC for event in public(story)]
    for after in range(len(expected)):
        async with stage.listen(query=f"?after={after}") as socket:
            rest = await heard(socket, len(expected) - 1 - after)
        assert topics(rest) == expected[after:-1]
        assert [frame["position"] for frame in rest] == list(range(after + 1, len(expected)))


async def test_joining_while_events_arrive_loses_and_repeats_nothing(
    stage: Stage, story: list[Event]
) -> None:
    await stage.tell(*story[:3])
    whole = len(public(story))

    async def join(after: int) -> list[int]:
        async with stage.listen(query=f"?after={after}") as socket:
            return [frame["position"] for frame in await heard(socket, whole - after)]

    async def tell() -> None:
        for event in story[3:]:
            await stage.tell(event)

    *joined, _ = await asyncio.gather(*(join(n % 2) for n in range(40)), tell())
    assert joined == [list(range(n % 2 + 1, whole + 1)) for n in range(40)]


async def test_a_dropped_spectator_resumes_behind_what_it_had(stage: Stage, story: list[Event]) -> None:
    await stage.tell(*story[:4])
    async with stage.listen() as socket:
        (state,) = await heard(socket, 1)
        await stage.tell(*story[4:7])
        first = await heard(socket, len(public(story[4:7])))
        socket.transport.abort()
    await stage.tell(*story[7:])
    async with stage.listen(query=f"?after={first[-1]['position']}&cursor=feed") as socket:
        second = await heard(socket, len(public(story[7:])))
    assert state["position"] + len(first) + len(second) == len(public(story))
    assert topics(first + second) == [event.TOPIC for event in public(story[4:])]


async def test_other_lots_leave_gaps_in_no_listeners_events(stage: Stage, story: list[Event]) -> None:
    """The feed is of all lots: its positions order a lot's events, they do not count them."""
    await stage.tell(*story[:4])
    async with stage.listen() as socket:
        await heard(socket, 1)
        await stage.tell(*story[:4], stream="lot-lot-2")
        await stage.tell(*story[4:8])
        frames = await heard(socket, len(public(story[4:8])))
    assert topics(frames) == [event.TOPIC for event in public(story[4:8])]
    positions = [frame["position"] for frame in frames]
    async with stage.listen(query=f"?after={positions[0]}") as socket:
        assert await heard(socket, len(positions) - 1) == frames[1:]


@asynccontextmanager
async def ticking(stage: Stage) -> AsyncIterator[None]:
    task = asyncio.create_task(stage.gateway.tick())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_time_frames_give_the_lots_instant(pg_dsn: str, story: list[Event]) -> None:
    async with staged(pg_dsn, tick=0.02) as stage:
        await stage.tell(*story[:4])
        async with stage.listen() as socket:
            (state,) = await heard(socket, 1)
            async with ticking(stage):
                (frame,) = await heard(socket, 1)
    assert state["now"] == "2026-06-08T01:30:00Z"
    assert frame == {"type": "time", "now": "2026-06-08T01:30:00Z"}


async def test_a_clock_that_is_set_is_told_at_once(stage: Stage, story: list[Event]) -> None:
    await stage.tell(*story[:4])
    later = NOW.replace(day=9)
    async with stage.listen() as socket:
        await heard(socket, 1)
        await stage.tell(TestClockSet(clock=TestClock(real=NOW, virtual=later)))
        event, time = await heard(socket, 2)
    assert topics([event]) == ["lot.test-clock-set.v1"]
    assert time == {"type": "time", "now": "2026-06-09T01:30:00Z"}


# -- parties -------------------------------------------------------------------------------------------


async def test_a_party_follows_the_lots_own_version_and_sees_what_only_it_may(
    stage: Stage, story: list[Event]
) -> None:
    stage.sessions["t"] = HOST
    await stage.tell(story[0])
    async with stage.listen(token="t") as socket:
        (state,) = await heard(socket, 1)
        await stage.tell(*story[1:])
        frames = await heard(socket, len(story) - 1)
    assert (state["cursor"], state["position"]) == ("lot", 1)
    assert [frame["position"] for frame in frames] == list(range(2, len(story) + 1))
    assert topics(frames) == [event.TOPIC for event in story[1:]]
    assert frames[0]["event"]["type"] == "lot.admitted.v1"


async def test_a_party_whose_standing_changes_gets_the_state_anew(stage: Stage, story: list[Event]) -> None:
    """What it may know of the past has changed with it: single events would leave a gap."""
    stage.sessions["t"] = bidder("a")
    roll = next(n for n, event in enumerate(story, start=1) if event.TOPIC == "lot.roll-published.v1")
    await stage.tell(*story[: roll - 1])
    async with stage.listen(token="t") as socket:
        await heard(socket, 1)
        await stage.tell(*story[roll - 1 : roll + 1])
        state, event = await heard(socket, 2)
    assert (state["type"], state["position"]) == ("state", roll)
    assert {entry["bidder"] for entry in state["lot"]["opening"]["roll"]} == set(NAMES)
    assert (event["type"], event["position"]) == ("event", roll + 1)
    async with stage.listen(query=f"?after={roll - 1}", token="t") as socket:
        (again,) = await heard(socket, 1)
    assert (again["type"], again["position"]) == ("state", roll + 1)
    async with stage.listen(query=f"?after={roll}", token="t") as socket:
        assert await heard(socket, 1) == [event]


async def test_a_session_that_ends_ends_the_partys_connection(pg_dsn: str, story: list[Event]) -> None:
    async with staged(pg_dsn, tick=0.02) as stage:
        stage.sessions["t"] = HOST
        await stage.tell(*story[:4])
        async with stage.listen(token="t") as party, stage.listen() as spectator:
            await heard(party, 1)
            await heard(spectator, 1)
            del stage.sessions["t"]
            async with ticking(stage):
                frames, code = await until_closed(party)
            assert {frame["type"] for frame in frames} <= {"time"}
            assert code == SESSION_ENDED
            assert (await heard(spectator, 1))[0]["type"] == "time"


async def test_who_logged_in_meanwhile_resumes_the_feed_as_a_spectator(
    stage: Stage, story: list[Event]
) -> None:
    """A feed position is no version of the lot: taken for one it would skip or repeat events."""
    stage.sessions["t"] = HOST
    await stage.tell(*story[:6])
    async with stage.listen(query="?after=1&cursor=feed", token="t") as socket:
        frames = await heard(socket, len(public(story[:6])) - 1)
    assert topics(frames) == [event.TOPIC for event in public(story[:6])][1:]
    with pytest.raises(InvalidStatus) as refused:
        await stage.listen(query="?after=1&cursor=lot")
    assert refused.value.response.status_code == 401


async def test_an_experts_and_a_spectators_views_are_their_own(stage: Stage, story: list[Event]) -> None:
    """The folded state is kept for each set of standings, never shared between two."""
    expert = Actor(party="expert", roles=frozenset({Role.EXPERT}))
    stage.sessions |= {"host": HOST, "expert": expert}
    await stage.tell(*story[:6])
    found = {}
    for token in ("host", "expert", "", "host"):
        async with stage.listen(token=token) as socket:
            found[token] = json.loads(await socket.recv())["lot"]
    assert found["host"]["admission"]["host"] == "agency"
    assert found["expert"] == found[""]
    assert found[""]["admission"]["host"] == ""
    assert standings(expert, await stage.platform.load("lot-1")) != SPECTATOR
