"""Who is let in: refusals come as HTTP answers before the handshake."""

import asyncio

import pytest
from websockets.exceptions import InvalidStatus

from bidding.application.ports import Recorded, Unavailable
from tests.domain.opening.hall import HOST, Hall, bidder
from tests.live.conftest import Stage, heard, left, staged

STORY = Hall().events


async def refusal(stage: Stage, lot: str = "lot-1", query: str = "", token: str = "") -> int:
    with pytest.raises(InvalidStatus) as refused:
        await stage.listen(lot, query, token)
    return refused.value.response.status_code


async def raw(stage: Stage, request: bytes) -> bytes:
    """The status line that answers these bytes."""
    host, _, port = stage.url.removeprefix("ws://").partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(request)
        return await asyncio.wait_for(reader.readline(), 60)
    finally:
        writer.close()
        await writer.wait_closed()


def asks(target: str, *headers: str) -> bytes:
    lines = [
        f"GET {target} HTTP/1.1",
        "Host: x",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Version: 13",
        *headers,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def test_an_unknown_lot_is_not_found(stage: Stage) -> None:
    assert await refusal(stage, "no-such-lot") == 404
    assert await refusal(stage, "../lots") == 404
    assert len(stage.gateway.halls) == 0


async def test_a_lot_before_its_notice_is_as_unknown_as_one_that_does_not_exist(stage: Stage) -> None:
    stage.sessions |= {"host": HOST, "bidder": bidder("a")}
    await stage.tell(*STORY[:2])
    assert await refusal(stage) == await refusal(stage, token="bidder") == 404
    async with stage.listen(token="host") as socket:
        (state,) = await heard(socket, 1)
    assert state["lot"]["phase"] == "admitted"


@pytest.mark.parametrize(
    "query", ["?after=", "?after=-1", "?after=x", "?after=٣", "?after=1e3", "?cursor=all"]
)
async def test_a_cursor_that_is_none_is_refused(stage: Stage, query: str) -> None:
    await stage.tell(*STORY)
    assert await refusal(stage, query=query) == 400


async def test_a_position_that_does_not_exist_yet_is_refused(stage: Stage) -> None:
    """Its listener would wait for ever and never learn why."""
    stage.sessions["host"] = HOST
    await stage.tell(*STORY)
    await stage.tell(*STORY, stream="lot-lot-2")
    end = await stage.platform.journal.feed_end()
    async with stage.listen(query=f"?after={end}") as socket:  # the feed's end, as GET /feed gives it
        await stage.tell(STORY[-1])
        assert (await heard(socket, 1))[0]["position"] == end + 1
    assert await refusal(stage, query=f"?after={end + 2}") == 400
    assert await refusal(stage, query=f"?after={len(STORY) + 2}", token="host") == 400


async def test_a_stale_bearer_token_is_refused_and_a_stale_cookie_is_a_spectators(stage: Stage) -> None:
    await stage.tell(*STORY)
    assert await refusal(stage, token="old") == 401
    assert b" 101 " in await raw(stage, asks("/live/lots/lot-1", "Cookie: bidding-session=old"))


async def test_the_session_cookie_is_found_among_others(stage: Stage) -> None:
    stage.sessions["t"] = HOST
    await stage.tell(*STORY[:2])
    cookies = "Cookie: (strange)=1; bidding-session=t; last=2"
    assert b" 101 " in await raw(stage, asks("/live/lots/lot-1", cookies))
    assert b" 404 " in await raw(stage, asks("/live/lots/lot-1", "Cookie: (strange)=1; last=t"))


@pytest.mark.parametrize(
    ("target", "headers", "status"),
    [
        ("//[::1/live", (), b"400"),
        ("/live/lots/lot-1?" + "&".join(f"x{n}=1" for n in range(99)), (), b"400"),
        ("/live/lots/%6cot-1", (), b"404"),
        ("/live/lots/lot-1", ("Cookie: (a)=1; ;=; bidding-session", "Cookie: ]["), b"101"),
        ("/live/lots/lot-1", ("Authorization: Bearer", "Authorization: Basic x"), b"101"),
    ],
)
async def test_what_clients_write_into_requests_breaks_nothing(
    stage: Stage, target: str, headers: tuple[str, ...], status: bytes
) -> None:
    await stage.tell(*STORY)
    assert (await raw(stage, asks(target, *headers))).split()[1] == status


async def test_a_plain_request_is_told_to_upgrade_and_holds_no_seat(pg_dsn: str) -> None:
    async with staged(pg_dsn, capacity=1) as stage:
        await stage.tell(*STORY)
        for _ in range(3):
            line = await raw(stage, b"GET /live/lots/lot-1 HTTP/1.1\r\nHost: x\r\n\r\n")
            assert line.split()[1] == b"426"
        async with stage.listen() as socket:
            await heard(socket, 1)


async def test_a_full_gateway_says_so_and_has_room_again_later(pg_dsn: str) -> None:
    async with staged(pg_dsn, capacity=2) as stage:
        await stage.tell(*STORY)
        async with stage.listen() as one:
            async with stage.listen() as two:
                await heard(one, 1)
                await heard(two, 1)
                assert await refusal(stage) == 503
            async with stage.listen() as three:
                await heard(three, 1)
        assert await refusal(stage, "unknown") == 404
        assert await refusal(stage, "unknown") == 404
        async with stage.listen() as four:
            await heard(four, 1)


async def test_without_the_database_it_asks_to_come_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(stream: str, *, after: int = 0) -> list[Recorded]:
        raise Unavailable("database", 7)

    await stage.tell(*STORY)
    monkeypatch.setattr(stage.platform.journal, "load", away)
    with pytest.raises(InvalidStatus) as refused:
        await stage.listen()
    assert refused.value.response.status_code == 503
    assert refused.value.response.headers["Retry-After"] == "7"
    monkeypatch.undo()
    async with stage.listen() as socket:
        await heard(socket, 1)


# -- halls ---------------------------------------------------------------------------------------------


async def test_spectators_who_come_together_load_the_lot_once(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await stage.tell(*STORY)
    loads: list[int] = []
    load = stage.platform.journal.load

    async def counted(stream: str, *, after: int = 0) -> list[Recorded]:
        loads.append(after)
        return await load(stream, after=after)

    monkeypatch.setattr(stage.platform.journal, "load", counted)

    async def come() -> None:
        async with stage.listen() as socket:
            await heard(socket, 1)

    await asyncio.gather(*(come() for _ in range(30)))
    assert loads == [0, len(STORY)]


async def test_a_hall_is_forgotten_when_nobody_is_in_it(stage: Stage) -> None:
    await stage.tell(*STORY)
    async with stage.listen() as socket:
        await heard(socket, 1)
        stage.gateway.halls.sweep()
        assert len(stage.gateway.halls) == 1
        (hall,) = stage.gateway.halls.all()
    await left(hall)
    stage.gateway.halls.sweep()
    assert len(stage.gateway.halls) == 0
    async with stage.listen() as socket:
        (state,) = await heard(socket, 1)
    assert state["position"] == await stage.platform.journal.feed_end()


async def test_visits_to_many_lots_do_not_fill_the_memory(stage: Stage) -> None:
    """Halls are bounded between two sweeps too."""
    stage.gateway.halls._idle = 3
    for n in range(8):
        await stage.tell(*STORY, stream=f"lot-{n}")
    for n in range(8):
        async with stage.listen(str(n)) as socket:
            await heard(socket, 1)
            (hall,) = [one for one in stage.gateway.halls.all() if one.lot_id == str(n)]
        await left(hall)
        assert len(stage.gateway.halls) <= 3
