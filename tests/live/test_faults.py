"""Lost connections to the database and the end of the process lose no listener an event."""

import asyncio

import asyncpg
import pytest

from bidding.application.ports import Recorded, Unavailable
from tests.domain.opening.hall import HOST, Hall
from tests.live.conftest import Stage, heard, public, staged, topics, until_closed

KILL = """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE application_name = 'bidding subscription' AND datname = current_database()"""


async def test_a_killed_subscription_loses_nothing(stage: Stage, pg_dsn: str) -> None:
    hall = Hall()
    hall.announce("a", "b", "c")
    events, known = hall.events, 4
    await stage.tell(*events[:known])
    killer = await asyncpg.connect(pg_dsn)
    try:
        async with stage.listen() as socket:
            await heard(socket, 1)
            killed = 0
            for event in events[known:]:
                killed += await killer.fetchval(KILL)
                await stage.tell(event)
            frames = await heard(socket, len(public(events[known:])))
        assert killed > 0
    finally:
        await killer.close()
    assert topics(frames) == [event.TOPIC for event in public(events[known:])]
    assert len({frame["position"] for frame in frames}) == len(frames)


async def test_a_database_that_was_away_is_caught_up_with(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The subscription itself fails: what was missed comes from the stream, once."""
    hall = Hall()
    hall.announce("a", "b", "c")
    events = hall.events
    await stage.tell(*events[:4])
    async with stage.listen() as socket:
        await heard(socket, 1)
        (found,) = stage.gateway.halls.all()
        load, asked = stage.platform.journal.load, 0

        async def away_once(stream: str, *, after: int = 0) -> list[Recorded]:
            nonlocal asked
            asked += 1
            if asked == 1:
                raise Unavailable("database", 0)
            return await load(stream, after=after)

        monkeypatch.setattr(stage.platform.journal, "load", away_once)
        # An event that the subscription did not bring makes the next one a gap, which is loaded.
        take, lost = found.take, events[4]

        def forgetful(one: Recorded) -> None:
            nonlocal lost
            if one.event == lost and asked == 0:
                return
            take(one)

        monkeypatch.setattr(found, "take", forgetful)
        await stage.tell_all([("lot-lot-1", event) for event in events[4:]])
        frames = await heard(socket, len(public(events[4:])))
    assert asked >= 2
    assert topics(frames) == [event.TOPIC for event in public(events[4:])]


async def test_what_is_wrong_with_one_lot_closes_its_hall_and_no_other(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = Hall().events
    await stage.tell(*events)
    await stage.tell(*events, stream="lot-lot-2")
    async with stage.listen("lot-1") as one, stage.listen("lot-2") as two:
        await heard(one, 1)
        await heard(two, 1)
        (broken,) = [hall for hall in stage.gateway.halls.all() if hall.lot_id == "lot-1"]

        def fails(one: Recorded) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(broken, "take", fails)
        await stage.tell(events[-1])
        await stage.tell(events[-1], stream="lot-lot-2")
        assert await until_closed(one) == ([], 1011)
        assert topics(await heard(two, 1)) == [events[-1].TOPIC]
    async with stage.listen("lot-1", query=f"?after={len(public(events))}") as again:
        assert topics(await heard(again, 1)) == [events[-1].TOPIC]


async def test_a_graceful_end_tells_everybody_it_is_going_away(pg_dsn: str) -> None:
    async with staged(pg_dsn) as stage:
        stage.sessions["t"] = HOST
        await stage.tell(*Hall().events)
        async with stage.listen() as spectator, stage.listen(token="t") as party:
            await heard(spectator, 1)
            await heard(party, 1)
            stage.server.close()
            for socket in (spectator, party):
                assert await until_closed(socket) == ([], 1001)
            await asyncio.wait_for(stage.server.wait_closed(), 60)
        with pytest.raises(OSError, match="Connect call failed"):
            await stage.listen()
