"""Answers of others over HTTP, of which no more is read than they may hold."""

from collections.abc import Mapping
from typing import NamedTuple

import httpx2


class NoAnswerError(Exception):
    """Nobody answered, or without end; the text says how, for a log."""


class Answered(NamedTuple):
    status: int
    body: bytes


async def asked(
    client: httpx2.AsyncClient,
    method: str,
    place: str,
    *,
    largest: int,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answered:
    """What is at ``place``; at most ``largest`` bytes are read. Raises ``NoAnswerError``."""
    body = bytearray()
    try:
        async with client.stream(method, place, content=content, headers=headers) as found:
            async for chunk in found.aiter_bytes():
                body += chunk
                if len(body) > largest:
                    raise NoAnswerError("an answer without end")
            return Answered(found.status_code, bytes(body))
    except httpx2.HTTPError as error:
        raise NoAnswerError(type(error).__name__) from error
