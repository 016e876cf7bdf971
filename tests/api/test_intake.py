"""Bodies received straight into the taker's buffers, on both event loops; around them HTTP goes on as ever."""

import asyncio
import contextlib
import hashlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import uvicorn
import uvloop

from bidding.api.app import UVICORN
from bidding.api.intake import intake_of
from bidding.compose.settings import Settings
from bidding.compose.tls import server_context
from tests.storage.objects.test_contract import made

BODY = made(3_000_001)
DIGEST = hashlib.sha256(BODY).hexdigest()

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def echo(scope: Any, receive: Any, send: Any) -> None:
    """Answers with the digest of the body. ``/half`` answers early, ``/mixed`` reads the rest from ASGI, ``/silent``
    waits for a moment only."""
    intake = intake_of(scope)
    buffer, digest = memoryview(bytearray(1_000_000)), hashlib.sha256()
    status, patience = 200, 0.2 if scope["path"] == "/silent" else 60.0
    try:
        while intake is not None and intake.left:
            try:
                part = buffer[:5000] if scope["path"] == "/mixed" else buffer
                await intake.fill(part, idle_timeout=patience)
            finally:
                digest.update(buffer[: intake.arrived])
            if scope["path"] in ("/half", "/mixed"):
                break
    except TimeoutError:
        status = 408
    if intake is None or scope["path"] == "/mixed":
        more = True
        while more:
            message = await receive()
            digest.update(message.get("body", b""))
            more = message.get("more_body", False)
    text = digest.hexdigest().encode()
    headers = [(b"content-length", b"%d" % len(text))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})


@asynccontextmanager
async def serving(tls: ssl.SSLContext | None) -> AsyncIterator[int]:
    config = uvicorn.Config(
        echo,
        host="127.0.0.1",
        port=0,
        log_config=None,
        lifespan="off",
        ssl_context_factory=None if tls is None else lambda *_: tls,
        **UVICORN,
    )
    server = uvicorn.Server(config)
    listening = config.bind_socket()
    listening.listen()
    running = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        await running
        listening.close()


def head(path: str = "/", length: int = len(BODY), more: str = "") -> bytes:
    return f"PATCH {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n{more}\r\n".encode()


async def answered(reader: asyncio.StreamReader) -> tuple[int, str]:
    top = await reader.readuntil(b"\r\n\r\n")
    return int(top.split(b" ")[1]), (await reader.readexactly(64)).decode()


async def connected(talk: Talk, tls: Path | None) -> None:
    """``tls``: a folder for a certificate; None: plain HTTP."""
    server = client = None
    if tls is not None:
        server = server_context(Settings(data=tls, tls=True), datetime.now(UTC))
        client = ssl.create_default_context(cafile=tls / "tls" / "authority.pem")
    async with asyncio.timeout(60), serving(server) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client)
        try:
            await talk(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


@pytest.fixture(params=[asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Callable[[Coroutine[Any, Any, None]], None]:
    chosen: Callable[[Coroutine[Any, Any, None]], None] = request.param
    return chosen


@pytest.fixture(params=["http", "https"])
def talking(
    request: pytest.FixtureRequest, tmp_path: Path, run: Callable[[Coroutine[Any, Any, None]], None]
) -> Callable[[Talk], None]:
    def talked(talk: Talk) -> None:
        run(connected(talk, tmp_path if request.param == "https" else None))

    return talked


def test_every_body_arrives_whole_and_the_connection_is_used_again(talking: Callable[[Talk], None]) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for length in (1, 999_999, 1_000_000, 1_000_001, len(BODY), 2):
            writer.write(head(length=length) + BODY[:length])
            assert await answered(reader) == (200, hashlib.sha256(BODY[:length]).hexdigest())

    talking(talk)


def test_requests_sent_behind_one_another_are_all_answered(talking: Callable[[Talk], None]) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write((head() + BODY) * 3 + head(length=0))
        for _ in range(3):
            assert await answered(reader) == (200, DIGEST)
        assert await answered(reader) == (200, hashlib.sha256().hexdigest())

    talking(talk)


def test_a_body_in_drips_arrives_whole(talking: Callable[[Talk], None]) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head(length=300))
        for at in range(300):
            writer.write(BODY[at : at + 1])
            await asyncio.sleep(0)
        assert await answered(reader) == (200, hashlib.sha256(BODY[:300]).hexdigest())

    talking(talk)


def test_an_answer_before_the_bodys_end_leaves_the_rest_unread_and_the_connection_in_step(
    talking: Callable[[Talk], None],
) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            writer.write(head("/half") + BODY + head() + BODY)
            assert await answered(reader) == (200, hashlib.sha256(BODY[:1_000_000]).hexdigest())
            assert await answered(reader) == (200, DIGEST)

    talking(talk)


def test_what_is_left_may_be_read_the_usual_way(talking: Callable[[Talk], None]) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            writer.write(head("/mixed") + BODY)
            assert await answered(reader) == (200, DIGEST)

    talking(talk)


def test_a_client_that_waits_is_told_to_continue(talking: Callable[[Talk], None]) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head(more="Expect: 100-continue\r\n"))
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100 ")
        writer.write(BODY)
        assert await answered(reader) == (200, DIGEST)

    talking(talk)


def test_silence_ends_the_wait(talking: Callable[[Talk], None]) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(head("/silent") + BODY[:1000])
        assert await answered(reader) == (408, hashlib.sha256(BODY[:1000]).hexdigest())
        writer.write(BODY[1000:] + head() + BODY)  # had it gone on, the next request would be in step
        assert await answered(reader) == (200, DIGEST)

    talking(talk)


def test_a_chunked_body_goes_the_usual_way(talking: Callable[[Talk], None]) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"PATCH / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        for at in range(0, len(BODY), 500_000):
            piece = BODY[at : at + 500_000]
            writer.write(b"%x\r\n" % len(piece) + piece + b"\r\n")
        writer.write(b"0\r\n\r\n")
        assert await answered(reader) == (200, DIGEST)

    talking(talk)
