"""Time-stamp authorities of a service, over HTTP (RFC 3161, 3.4), and stampers for each."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.client import OK
from pathlib import Path
from typing import Self

import httpx2
from cryptography.x509 import Certificate

from bidding.application.platform import Platform
from bidding.application.timestamps import Checkpoints, CheckpointStamper, NoAnswer, Stamper
from bidding.compose.bounded import NoAnswerError, asked
from bidding.compose.settings import Settings
from bidding.crypto.errors import TimestampError
from bidding.crypto.timestamp import LARGEST, read_roots

#: Seconds for one token.
TIMEOUT = 20.0


class HttpAuthority:
    """``POST`` of the query; redirects are not followed."""

    def __init__(self, name: str, address: str, client: httpx2.AsyncClient) -> None:
        self.name = name
        self._address, self._client = address, client

    @classmethod
    def of(cls, name: str, address: str) -> Self:
        return cls(name, address, httpx2.AsyncClient(timeout=TIMEOUT, follow_redirects=False))

    async def close(self) -> None:
        await self._client.aclose()

    async def ask(self, query: bytes) -> bytes:
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        try:
            answer = await asked(
                self._client, "POST", self._address, largest=LARGEST, content=query, headers=headers
            )
        except NoAnswerError as error:
            raise NoAnswer(str(error)) from error
        if answer.status != OK:
            raise NoAnswer(f"HTTP {answer.status}")
        return answer.body


class NoRoots(Exception):
    """Authorities are named, and nothing tells which tokens of theirs to believe."""


@asynccontextmanager
async def stamping(settings: Settings, platform: Platform, log: Checkpoints) -> AsyncIterator[list[Stamper]]:
    """Two stampers for each of ``settings.time_authorities``, of events and of checkpoints; their connections are
    closed at the end.

    Raises ``NoRoots``, and ``TimestampError`` for roots that cannot be read.
    """
    if settings.time_authorities and settings.time_roots is None:
        raise NoRoots("BIDDING_TIME_AUTHORITIES needs BIDDING_TIME_ROOTS: PEM certificates that you trust")
    roots = _roots(settings.time_roots) if settings.time_roots is not None else []
    authorities = [HttpAuthority.of(name, place) for name, place in settings.time_authorities.items()]
    try:
        yield [
            *(Stamper(platform, one, roots) for one in authorities),
            *(CheckpointStamper(platform, one, roots, log) for one in authorities),
        ]
    finally:
        for one in authorities:
            await one.close()


def _roots(file: Path) -> list[Certificate]:
    try:
        return read_roots(file.read_bytes())
    except OSError as error:
        raise TimestampError(reason=f"{file}: {type(error).__name__}") from error


def stamping_tasks(stampers: list[Stamper]) -> list[asyncio.Task[None]]:
    """Started; they go on for ever."""
    return [asyncio.create_task(one.run(), name=one.name) for one in stampers]
