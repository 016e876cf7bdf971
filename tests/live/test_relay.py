"""A broadcast relayed: late joiners, slow viewers, an interrupted store, who may watch (R-ROOM-01, R-ROOM-05)."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed, InvalidStatus

from bidding.application.pieces import Pieces
from bidding.application.ports import Unavailable
from bidding.application.webm import Head, read_cluster
from bidding.compose.outside import StorageObjects
from bidding.domain.opening import commands as c
from bidding.domain.opening.onair import Kind
from bidding.domain.parties import Actor
from bidding.live import relay
from bidding.live.relay import HELD, Relay, Relays
from storage.objects.directory import DirectoryStore
from tests import webm
from tests.domain.opening.hall import HOST, bidder
from tests.domain.opening.test_broadcasting import CAMERA, signed_in
from tests.live.conftest import Stage, heard, left
from tests.live.test_admission import asks

BOTH = Head(video=1, audio=2)
HEAD = webm.head()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay, "PAUSE", 0.005)


class Sending:
    """A host's side: pieces written as the API writes them."""

    def __init__(self, objects: StorageObjects, kind: Kind = "broadcasts", number: int = 1) -> None:
        self.pieces = Pieces(objects, "live", "lot-1", kind, number)
        self._number = self._offset = 0

    async def head(self) -> None:
        await self._put(HEAD)

    async def cluster(self, at: int, *, key: bool = False, size: int = 5) -> bytes:
        data = webm.cluster(at, webm.block(key=key, frame=bytes(size)))
        await self._put(data)
        return data

    async def _put(self, data: bytes) -> None:
        found = read_cluster(webm.cluster(0, key=True) if data == HEAD else data, BOTH)
        await self.pieces.put(self._number, self._offset, found, BOTH, data)
        self._number += 1
        self._offset += len(data)


@pytest.fixture
async def objects(tmp_path: Path) -> AsyncIterator[StorageObjects]:
    store = DirectoryStore(tmp_path / "objects")
    yield StorageObjects(store)
    await store.close()


@pytest.fixture
async def sending(stage: Stage, objects: StorageObjects) -> Sending:
    """The host is on the air, "a" has the word."""
    hall = signed_in("a")
    hall.give(CAMERA, HOST)
    hall.give(c.GiveWord(bidder="a"), HOST)
    await stage.tell(*hall.events)
    stage.platform.objects = objects
    stage.sessions |= {"a": bidder("a"), "b": bidder("b"), "z": bidder("z"), "host": HOST}
    return Sending(objects)


async def seen(socket: ClientConnection, count: int) -> list[str | bytes]:
    async with asyncio.timeout(60):
        return [await socket.recv() for _ in range(count)]


async def test_a_viewer_gets_the_head_and_piece_after_piece(stage: Stage, sending: Sending) -> None:
    async with stage.listen(query="/broadcasts/1") as viewer:
        await sending.head()
        mime, head = await seen(viewer, 2)
        assert json.loads(mime) == {"mime": 'video/webm;codecs="vp8,opus"'}
        assert head == HEAD
        first = await sending.cluster(0, key=True)
        assert await seen(viewer, 1) == [first]
        second = await sending.cluster(900)
        assert await seen(viewer, 1) == [second]


async def test_a_late_joiner_begins_with_the_head_and_the_newest_key_frame(
    stage: Stage, sending: Sending
) -> None:
    await sending.head()
    for at in range(0, 9000, 900):
        await sending.cluster(at, key=at == 0)
    newest = [await sending.cluster(9000, key=True), await sending.cluster(9900)]
    async with stage.listen(query="/broadcasts/1") as viewer:
        assert (await seen(viewer, 4))[1:] == [HEAD, *newest]
    async with stage.listen(query="/broadcasts/1") as again:
        assert (await seen(again, 4))[1:] == [HEAD, *newest]


async def test_the_end_is_told_when_the_last_piece_is_out(
    stage: Stage, sending: Sending, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "LAST_LOOKS", 10**9)  # however long this machine takes for it
    await sending.head()
    async with stage.listen(query="/broadcasts/1") as viewer:
        await seen(viewer, 2)
        hall = signed_in("a")
        hall.give(CAMERA, HOST)
        await stage.tell(*hall.give(c.EndBroadcast(), HOST))
        last = await sending.cluster(0, key=True)
        assert await seen(viewer, 1) == [last]
        monkeypatch.setattr(relay, "LAST_LOOKS", 3)
        with pytest.raises(ConnectionClosed) as closed:
            await seen(viewer, 1)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1000


async def test_a_hall_that_is_lost_says_nothing_of_the_end(stage: Stage, sending: Sending) -> None:
    """Who watches comes again, for the broadcast may go on."""
    await sending.head()
    async with stage.listen(query="/broadcasts/1") as viewer:
        await seen(viewer, 2)
        stage.gateway.halls._halls.clear()
        with pytest.raises(ConnectionClosed) as closed:
            await seen(viewer, 1)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1011


@pytest.mark.usefixtures("sending")
async def test_words_are_heard_by_those_inside_and_by_no_guest(stage: Stage, objects: StorageObjects) -> None:
    await Sending(objects, "words").head()
    for token in ("", "z"):
        with pytest.raises(InvalidStatus) as refused:
            async with stage.listen(query="/words/1", token=token):
                pass
        assert refused.value.response.status_code == 404
    async with stage.listen(query="/words/1", token="a") as inside:
        assert (await seen(inside, 2))[1] == HEAD


@pytest.mark.parametrize("path", ["/broadcasts/2", "/broadcasts/0", "/pictures/1", "/broadcasts/1/2"])
async def test_what_is_not_on_the_air_is_not_found(stage: Stage, sending: Sending, path: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with stage.listen(query=path):
            pass
    assert refused.value.response.status_code == 404


async def test_a_session_that_ends_ends_the_hearing(stage: Stage, sending: Sending) -> None:
    async with stage.listen(query="/words/1", token="a") as inside:
        del stage.sessions["a"]
        await stage.gateway._look_again(stage.gateway.relays.parties())
        with pytest.raises(ConnectionClosed) as closed:
            await seen(inside, 1)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 4001


async def test_who_leaves_makes_place_and_the_last_ends_the_reading(stage: Stage, sending: Sending) -> None:
    stage.gateway.relays = Relays(1)
    async with stage.listen(query="/broadcasts/1"):
        with pytest.raises(InvalidStatus) as refused:
            async with stage.listen(query="/broadcasts/1"):
                pass
        assert refused.value.response.status_code == 503
    async with asyncio.timeout(60):
        while stage.gateway.relays._running:  # noqa: ASYNC110 - the gateway tells nobody
            await asyncio.sleep(0)
    async with stage.listen(query="/broadcasts/1"):
        pass


async def test_who_is_gone_before_it_is_let_in_takes_no_place(stage: Stage, sending: Sending) -> None:
    """The handshake goes on without its connection, and nothing would ever take the viewer out again."""
    async with stage.listen() as socket:
        await heard(socket, 1)
        (hall,) = stage.gateway.halls.all()
    await left(hall)
    asked, answer = asyncio.Event(), asyncio.Event()

    async def slow(token: str) -> Actor | None:
        asked.set()
        await answer.wait()
        return None

    stage.gateway._authenticate = slow
    host, _, port = stage.url.removeprefix("ws://").partition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(asks("/live/lots/lot-1/broadcasts/1", "Cookie: bidding-session=old"))
    await asked.wait()
    writer.close()
    await writer.wait_closed()
    async with asyncio.timeout(60):
        while stage.gateway._seated:  # noqa: ASYNC110 - the gateway tells nobody
            await asyncio.sleep(0)
    answer.set()
    for _ in range(5):  # nothing is awaited from here to the end of the handshake
        await asyncio.sleep(0)
    assert (stage.gateway.relays._running, hall.visitors) == ({}, 0)


# -- the relay alone --------------------------------------------------------------------------------------


@asynccontextmanager
async def relayed(sending: Sending) -> AsyncIterator[Relay]:
    """At work; whatever becomes of the test, it ends with it."""
    made = Relay(sending.pieces, lambda: False)
    running = asyncio.create_task(made.run())
    try:
        yield made
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def until(made: Relay, number: int) -> None:
    async with asyncio.timeout(60):
        while not made._held or made._held[-1].number < number:  # noqa: ASYNC110 - whatever viewers would see
            await asyncio.sleep(0.001)


async def test_a_slow_viewer_skips_to_the_newest_key_frame_and_slows_nobody(objects: StorageObjects) -> None:
    sending = Sending(objects)
    await sending.head()
    async with relayed(sending) as made:
        await sending.cluster(0, key=True)
        slow = await made.following(None)
        assert slow is not None
        for at in range(1, 40):
            await sending.cluster(at * 900, key=at % 10 == 0)
        await until(made, 40)
        following = await made.following(slow.number)
        assert following is not None
        assert (following.key, following.at) == (True, 30 * 900)
        after = await made.following(following.number)
        assert after is not None
        assert after.number == following.number + 1


async def test_what_is_held_is_bounded_whatever_comes(objects: StorageObjects) -> None:
    sending = Sending(objects)
    await sending.head()
    async with relayed(sending) as made:
        await sending.cluster(0, key=True, size=1_000_000)
        for at in range(1, 14):
            await sending.cluster(at, size=1_000_000)
        await until(made, 14)
        assert sum(len(one.data) for one in made._held) <= HELD
        waiting = asyncio.create_task(made.following(None))  # nothing to begin with: the next key frame
        await sending.cluster(15, key=True)
        found = await asyncio.wait_for(waiting, 60)
        assert found is not None
        assert found.at == 15


async def test_a_store_that_is_away_interrupts_and_ends_nothing(
    objects: StorageObjects, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending = Sending(objects)
    away = iter([Unavailable("object store", 0)] * 3)
    get = Pieces.get

    async def failing(self: Pieces, number: int) -> object:
        if (error := next(away, None)) is not None:
            raise error
        return await get(self, number)

    monkeypatch.setattr(Pieces, "get", failing)
    await sending.head()
    async with relayed(sending) as made:
        assert await asyncio.wait_for(made.begin(), 60) is not None
        assert list(away) == []


async def test_a_piece_that_cannot_be_read_ends_its_relay_for_all_who_wait(objects: StorageObjects) -> None:
    sending = Sending(objects)
    await objects.put("onair/lot-1/broadcasts/1/000000", b"short")
    async with relayed(sending) as made:
        assert await asyncio.wait_for(made.begin(), 60) is None
