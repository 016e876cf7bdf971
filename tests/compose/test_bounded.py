"""Of somebody else's answer no more is read than it may hold, and none is waited for without end."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest

from bidding.compose.bounded import Answered, NoAnswerError, asked


def client(answer: AsyncIterator[bytes], seconds: float = 5.0) -> httpx2.AsyncClient:
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, content=answer))
    return httpx2.AsyncClient(transport=transport, timeout=seconds)


async def dripping() -> AsyncIterator[bytes]:
    """Never silent for as long as a client waits for the next part, and never done."""
    while True:
        yield b" "
        await asyncio.sleep(0.001)


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield bytes(1000)


async def test_an_answer_that_drips_for_ever_is_none_after_the_seconds_that_one_answer_has() -> None:
    with pytest.raises(NoAnswerError, match="TimeoutError"):
        await asked(client(dripping(), 0.05), "GET", "https://other.example", largest=10**9)


async def test_an_answer_without_end_is_none() -> None:
    with pytest.raises(NoAnswerError, match="without end"):
        await asked(client(endless()), "GET", "https://other.example", largest=5000)


@pytest.mark.parametrize("body", [b"{", b"[1]", '{"a":"字"}'.encode("gbk"), b'{"b":' + b"[" * 20_000])
def test_what_is_not_the_json_that_was_agreed_is_none(body: bytes) -> None:
    with pytest.raises(NoAnswerError, match="cannot be read"):
        Answered(200, body).read(dict[str, str])


@pytest.mark.parametrize(
    ("status", "succeeded", "never"),
    [(200, True, False), (204, True, False), (302, False, False), (404, False, False), (422, False, True),
     (429, False, False), (500, False, False)],
)  # fmt: skip
def test_what_a_status_means(status: int, succeeded: bool, never: bool) -> None:
    answer = Answered(status, b"")
    assert (answer.succeeded, answer.never) == (succeeded, never)
