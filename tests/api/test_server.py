"""A real uvicorn on a free port: what the ASGI transport cannot show."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any, cast

import httpx2
import pytest
import uvicorn

from bidding.api.app import UVICORN, create_app
from bidding.api.limits import MAX_BODY
from bidding.api.services import Services
from bidding.client.session import LIMITS


@pytest.fixture
async def address() -> AsyncIterator[tuple[str, int]]:
    absent = cast(Any, None)  # every request here ends before anybody is asked
    app = create_app(Services(platform=absent, identity=absent, login=absent, scans=absent))
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", **UVICORN))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    yield listening.getsockname()
    server.should_exit = True
    await serving


@contextlib.asynccontextmanager
async def connected(
    address: tuple[str, int],
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(*address)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def exchange(address: tuple[str, int], request: bytes) -> bytes:
    async with connected(address) as (reader, writer):
        writer.write(request)
        await writer.drain()
        return (await reader.readuntil(b"\r\n\r\n")).lower()


async def test_no_banner_tells_what_serves(address: tuple[str, int]) -> None:
    async with httpx2.AsyncClient(base_url=f"http://{address[0]}:{address[1]}", timeout=60) as http:
        answer = await http.get("/healthz")
    assert answer.status_code == 200
    assert "server" not in answer.headers
    assert "uvicorn" not in str(answer.headers).lower()


async def test_a_connection_outlives_the_patience_of_clients(address: tuple[str, int]) -> None:
    """It is they who close: a server that does resets the request which was just under way."""
    assert LIMITS.keepalive_expiry is not None
    async with connected(address) as (reader, writer):
        for pause in (0.0, LIMITS.keepalive_expiry + 0.5):
            await asyncio.sleep(pause)
            writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200")
            [length] = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length: ")]
            await reader.readexactly(int(length.partition(b": ")[2]))


async def test_an_announced_oversized_body_is_a_problem_before_a_byte_of_it_is_read(
    address: tuple[str, int],
) -> None:
    head = f"POST /sessions HTTP/1.1\r\nHost: x\r\nContent-Length: {MAX_BODY + 1}\r\n\r\n".encode()
    answer = await exchange(address, head)
    assert answer.startswith(b"http/1.1 413")
    assert b"application/problem+json" in answer


async def test_a_chunked_body_is_cut_off_at_the_limit(address: tuple[str, int]) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(MAX_BODY // 65536 + 1):
            yield b" " * 65536

    async with httpx2.AsyncClient(base_url=f"http://{address[0]}:{address[1]}", timeout=60) as http:
        headers = {"Content-Type": "application/json"}
        answer = await http.post("/sessions", content=endless(), headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
