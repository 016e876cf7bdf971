"""A gateway on a real log, and the means to tell it events and to listen."""

import asyncio
import json
import os
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, cast
from uuid import uuid4

import psycopg
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import Server
from websockets.exceptions import ConnectionClosed

from bidding.application.platform import Platform
from bidding.application.ports import Meta, Recorded, Write
from bidding.compose.journal import EventJournal
from bidding.domain.bid.events import UploadStarted
from bidding.domain.calendar import StateCouncilCalendar
from bidding.domain.disclosure import is_public
from bidding.domain.event import Event
from bidding.domain.parties import Actor
from bidding.live.gateway import Gateway
from bidding.live.hall import Hall
from storage.events import EventLog
from storage.events import connect as open_log
from storage.server import EmbeddedServer
from tests.domain.sampling import sample

NOW = datetime(2026, 6, 8, 1, 30, tzinfo=UTC)
META = Meta(actor="agency")
Frame = dict[str, Any]


class Clock:
    def __init__(self) -> None:
        self.instant = NOW

    def now(self) -> datetime:
        return self.instant


class Journal(EventJournal):
    """``subscribed``: the gateway has its first event. One cancelled while it still connects leaves a socket."""

    def __init__(self, log: EventLog) -> None:
        super().__init__(log, os.urandom)
        self.subscribed = asyncio.Event()

    async def subscribe(self, after: int, topics: Sequence[str] = ()) -> AsyncGenerator[Recorded, None]:
        async with aclosing(super().subscribe(after, topics)) as events:
            async for one in events:
                self.subscribed.set()
                yield one


@dataclass
class Stage:
    """``sessions``: token → party."""

    log: EventLog
    platform: Platform
    clock: Clock
    gateway: Gateway
    server: Server
    url: str
    sessions: dict[str, Actor] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)

    async def tell(self, *events: Event, stream: str = "lot-lot-1") -> None:
        """Append to a stream, as one commit."""
        expected = self.versions.get(stream, 0)
        write = Write(stream=stream, expected=expected, events=events)
        await self.platform.journal.append([write], meta=META)
        self.versions[stream] = expected + len(events)

    async def tell_all(self, log: Sequence[tuple[str, Event]]) -> None:
        """A domain story, each event a commit."""
        for stream, event in log:
            await self.tell(event, stream=stream)

    def listen(self, lot: str = "lot-1", query: str = "", token: str = "", **settings: Any) -> connect:
        headers = {"Authorization": f"Bearer {token}"} if token else None
        address = f"{self.url}/live/lots/{lot}{query}"
        return connect(address, additional_headers=headers, max_size=None, **settings)


@asynccontextmanager
async def staged(dsn: str, **settings: Any) -> AsyncIterator[Stage]:
    async with open_log(dsn) as log:
        clock = Clock()
        journal = Journal(log)
        absent = cast(Any, None)  # the gateway reads the journal and the clock
        platform = Platform(
            journal=journal,
            clock=clock,
            gate=absent,
            objects=absent,
            uploads=absent,
            readmodels=absent,
            calendar=StateCouncilCalendar(),
            rulesets=(),
            random=os.urandom,
        )
        sessions: dict[str, Actor] = {}

        async def authenticate(token: str) -> Actor | None:
            return sessions.get(token)

        gateway = Gateway(platform, authenticate, **settings)
        server = await gateway.serve("127.0.0.1", 0)
        port = next(iter(server.sockets)).getsockname()[1]
        following = asyncio.create_task(gateway.follow())
        stage = Stage(log, platform, clock, gateway, server, f"ws://127.0.0.1:{port}", sessions)
        while not journal.subscribed.is_set():  # events before the subscription are none of its
            await stage.tell(sample(UploadStarted), stream="bid-0-0")
            await asyncio.wait([following], timeout=0.01)
        try:
            yield stage
        finally:
            following.cancel()
            with suppress(asyncio.CancelledError):
                await following
            server.close()
            await server.wait_closed()


@pytest.fixture
async def stage(pg_dsn: str) -> AsyncIterator[Stage]:
    async with staged(pg_dsn) as found:
        yield found


@pytest.fixture
def other_dsn(pg_server: EmbeddedServer, _pg_admin: psycopg.Connection) -> Iterator[str]:
    """A second fresh database, as ``pg_dsn`` gives the first."""
    name = f"test_{uuid4().hex}"
    _pg_admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "bidding_template" STRATEGY FILE_COPY')
    yield pg_server.dsn(name)
    _pg_admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


async def heard(socket: ClientConnection, count: int) -> list[Frame]:
    """The next ``count`` frames."""
    async with asyncio.timeout(60):
        return [json.loads(await socket.recv()) for _ in range(count)]


async def until_closed(socket: ClientConnection) -> tuple[list[Frame], int | None]:
    """The frames up to the close, and its code."""
    frames: list[Frame] = []
    try:
        async with asyncio.timeout(60):
            while True:
                frames.append(json.loads(await socket.recv()))
    except ConnectionClosed as closed:
        return frames, None if closed.rcvd is None else closed.rcvd.code


async def left(hall: Hall) -> None:
    """Until the last connection is gone from the hall."""
    async with asyncio.timeout(60):
        while hall.visitors:  # noqa: ASYNC110 - the gateway tells nobody
            await asyncio.sleep(0)


def topics(frames: Sequence[Frame]) -> list[str]:
    return [frame["event"]["type"] for frame in frames if frame["type"] == "event"]


def public(story: Sequence[Event]) -> list[Event]:
    return [event for event in story if is_public(event)]
