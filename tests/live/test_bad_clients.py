"""Clients that read too slowly, or speak: closed, and nobody else notices."""

import asyncio
import os
from collections.abc import Callable

import pytest
from websockets.frames import Frame, Opcode

from bidding.domain.event import Event
from bidding.domain.opening.events import WindowExtended
from bidding.live import listener
from bidding.live.listener import HEARD, TOO_LOUD, TOO_SLOW
from tests.domain.opening.hall import T0, Hall
from tests.live.conftest import Stage, heard, until_closed

STORY = Hall().events
TEXT = "延" * 100_000


def large() -> Event:
    """A public event of 300 kB: more than sockets hold is soon written."""
    return WindowExtended(window="release", reason="host", text=TEXT, until=T0, minutes=1, at=T0)


async def test_a_reader_too_slow_is_closed_and_resumes_without_a_gap(stage: Stage) -> None:
    await stage.tell(*STORY)
    count = 60
    async with stage.listen(max_queue=1) as slow, stage.listen() as quick:
        (state,) = await heard(slow, 1)
        await heard(quick, 1)
        reading = asyncio.create_task(heard(quick, count))
        for _ in range(count):
            await stage.tell(large())
        received = await reading
        assert [frame["position"] for frame in received] == [
            state["position"] + n for n in range(1, count + 1)
        ]
        frames, code = await until_closed(slow)
        assert code == TOO_SLOW
    assert 0 < len(frames) < count
    async with stage.listen(query=f"?after={frames[-1]['position']}") as again:
        frames += await heard(again, count - len(frames))
    assert frames == received


async def test_a_reader_that_drains_nothing_is_cut_off(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "CUT", 0.05)
    await stage.tell(*STORY)
    async with stage.listen(max_queue=1) as slow, stage.listen() as quick:
        await heard(slow, 1)
        await heard(quick, 1)
        (hall,) = stage.gateway.halls.all()
        (stuck,) = [one for one in hall.spectators if one.remote_address == slow.local_address]
        gone = stuck.connection_lost_waiter
        reading = asyncio.create_task(heard(quick, 60))
        for _ in range(60):
            await stage.tell(large())
        await reading
        await asyncio.wait_for(asyncio.shield(gone), 60)
        assert hall.visitors == 1
        slow.transport.abort()


def message(n: int) -> bytes:
    return Frame(Opcode.TEXT, b"%04d" % (n % 10_000)).serialize(mask=True)


def ping(n: int) -> bytes:
    return Frame(Opcode.PING, b"%0125d" % n).serialize(mask=True)


@pytest.mark.parametrize("speech", [message, ping])
async def test_a_client_that_floods_is_closed(stage: Stage, speech: Callable[[int], bytes]) -> None:
    await stage.tell(*STORY)
    async with stage.listen() as loud, stage.listen() as calm:
        await heard(loud, 1)
        await heard(calm, 1)
        sent = 0
        while sent < 2 * HEARD:
            data = speech(sent)
            loud.transport.write(data)
            sent += len(data)
        assert await until_closed(loud) == ([], TOO_LOUD)
        await stage.tell(STORY[-1])
        assert (await heard(calm, 1))[0]["type"] == "event"


async def test_a_few_messages_are_read_and_ignored(stage: Stage) -> None:
    await stage.tell(*STORY)
    async with stage.listen() as socket:
        await heard(socket, 1)
        for _ in range(20):
            await socket.send("hello?")
        await (await socket.ping())
        await stage.tell(STORY[-1])
        assert (await heard(socket, 1))[0]["type"] == "event"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff" * 64, 1002),  # reserved bits, no such opcode
        (b"\x81\x05hello", 1002),  # not masked
        (Frame(Opcode.TEXT, b"\xc3\x28").serialize(mask=True), 1007),  # not UTF-8
        (Frame(Opcode.BINARY, os.urandom(2000)).serialize(mask=True), 1009),  # larger than anyone needs
    ],
)
async def test_garbage_closes_the_connection_that_sent_it(stage: Stage, data: bytes, code: int) -> None:
    await stage.tell(*STORY)
    async with stage.listen() as bad, stage.listen() as good:
        await heard(bad, 1)
        await heard(good, 1)
        bad.transport.write(data)
        assert await until_closed(bad) == ([], code)
        await stage.tell(STORY[-1])
        assert (await heard(good, 1))[0]["type"] == "event"
