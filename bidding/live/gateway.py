"""Connections in, events out.

``/live/lots/{lot}``: the folded state, then every event. ``?after=<position>``: no state, but every event after
that position, neither gap nor duplicate. With a session (cookie or bearer) a party also sees what only it may.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from http import HTTPStatus
from http.cookies import SimpleCookie
from urllib.parse import parse_qs, urlsplit

import structlog
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from bidding.application.platform import Platform, lot_stream
from bidding.application.ports import Recorded, Unavailable
from bidding.domain.lot import Phase
from bidding.domain.parties import Actor, Standing
from bidding.live.frames import event_text, framed, state_text, time_text
from bidding.live.hall import Hall, Listener

log = structlog.get_logger(__name__)

Authenticate = Callable[[str], Awaitable[Actor | None]]

COOKIE = "bidding-session"
#: Seconds between time frames: a countdown drifts less than its reader notices.
TICK = 15
_PATH = re.compile(r"^/live/lots/([0-9a-zA-Z-]{1,64})$")
_LOTS = lot_stream("")
#: Messages of clients are not expected: small ones are read and ignored.
CLIENT_MESSAGE = 1024


class Gateway:
    """One per process. ``authenticate``: session token → the party, or None."""

    def __init__(self, platform: Platform, authenticate: Authenticate, *, capacity: int = 20_000) -> None:
        self._platform, self._authenticate, self._capacity = platform, authenticate, capacity
        self._halls: dict[str, Hall] = {}
        self._loading: dict[str, asyncio.Lock] = {}
        self._connected = 0

    async def serve(self, host: str, port: int) -> Server:
        """Listen; the caller closes the server. Run ``follow`` beside it."""
        return await serve(
            self._hear,
            host,
            port,
            process_request=self._admit,
            compression=None,  # deflating for each connection would cost three quarters of the fan-out
            max_size=CLIENT_MESSAGE,
            max_queue=4,
            ping_interval=20,
            ping_timeout=20,
            close_timeout=5,
            server_header=None,
        )

    async def follow(self) -> None:
        """Carry new events into the halls, for ever. One subscription, whatever the number of halls."""
        after = 0
        while True:
            try:
                after = max(after, await self._platform.journal.position())
                for hall in list(self._halls.values()):
                    await self._catch_up(hall)
                async with aclosing(self._platform.journal.subscribe(after)) as events:  # type: ignore[type-var]  # a generator behind a protocol
                    async for one in events:
                        after = one.position
                        if one.stream.startswith(_LOTS):
                            await self._deliver(one)
            except Unavailable as error:
                log.warning("live.store-unavailable", retry_after=error.retry_after)
                await asyncio.sleep(error.retry_after)

    async def _deliver(self, one: Recorded) -> None:
        hall = self._halls.get(one.stream.removeprefix(_LOTS))
        if hall is None:
            return
        try:
            hall.take(one)
        except LookupError:
            await self._catch_up(hall)

    async def tick(self) -> None:
        """Send everybody the lot's instant every TICK seconds, for countdowns."""
        while True:
            await asyncio.sleep(TICK)
            for hall in list(self._halls.values()):
                frame = framed(time_text(self._platform.lot_now(hall.lot)))
                for listener in tuple(hall.listeners):
                    hall.write(listener, frame)

    async def _catch_up(self, hall: Hall) -> None:
        stream = lot_stream(hall.lot_id)
        for one in await self._platform.journal.load(stream, after=len(hall.recorded)):
            hall.take(one)

    async def _hall(self, lot_id: str) -> Hall | None:
        async with self._loading.setdefault(lot_id, asyncio.Lock()):
            hall = self._halls.get(lot_id)
            if hall is None:
                recorded = await self._platform.journal.load(lot_stream(lot_id))
                if not recorded:
                    self._loading.pop(lot_id, None)
                    return None
                hall = self._halls[lot_id] = Hall(lot_id, recorded)
                await self._catch_up(hall)
            return hall

    async def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        """Refuse before the handshake what cannot be served: HTTP answers are clearer than close codes."""
        path, query = _split(request.path)
        match = _PATH.match(path)
        if match is None:
            return connection.respond(HTTPStatus.NOT_FOUND, "no such page: /live/lots/{lot}\n")
        after = query.get("after", [None])[-1]
        if after is not None and not re.fullmatch(r"[0-9]{1,18}", after):
            return connection.respond(HTTPStatus.BAD_REQUEST, "after: the position of the last event seen\n")
        if self._connected >= self._capacity:
            return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "full: try again soon\n")
        try:
            actor = await self._actor(request)
            hall = await self._hall(match[1])
        except Unavailable:
            return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "try again soon\n")
        if hall is None or not _open_to(hall, actor):
            return connection.respond(HTTPStatus.NOT_FOUND, "no such lot\n")
        connection.hall = hall  # type: ignore[attr-defined]  # handed to _hear, as websockets documents
        connection.listener = Listener(connection, actor, int(after) if after is not None else -1)  # type: ignore[attr-defined]  # likewise
        return None

    async def _actor(self, request: Request) -> Actor | None:
        bearer = request.headers.get("Authorization", "")
        token = bearer.removeprefix("Bearer ") if bearer.startswith("Bearer ") else ""
        if not token:
            cookie = SimpleCookie(request.headers.get("Cookie", "")).get(COOKIE)
            token = cookie.value if cookie else ""
        return await self._authenticate(token) if token else None

    async def _hear(self, connection: ServerConnection) -> None:
        hall: Hall = connection.hall  # type: ignore[attr-defined]  # set in _admit
        listener: Listener = connection.listener  # type: ignore[attr-defined]  # set in _admit
        self._connected += 1
        try:
            if listener.sent < 0:
                listener.sent = hall.end(listener.actor)
                await connection.send(
                    state_text(
                        hall.view(listener.actor),
                        listener.sent,
                        self._platform.lot_now(hall.lot),
                        spectator=listener.spectator,
                    )
                )
            while missed := hall.visible_after(listener.actor, listener.sent):
                for position, one in missed:
                    await connection.send(event_text(one.event, position, one.recorded_at))
                    listener.sent = position
            hall.listeners.add(listener)  # no await since the last look: nothing can have come between
            async for _ in connection:
                pass
        except ConnectionClosed:
            pass
        finally:
            self._connected -= 1
            hall.listeners.discard(listener)


def _split(target: str) -> tuple[str, dict[str, list[str]]]:
    parts = urlsplit(target)
    return parts.path, parse_qs(parts.query)


def _open_to(hall: Hall, actor: Actor | None) -> bool:
    """Before the notice only the lot's own offices know that it exists."""
    if hall.lot.phase not in (Phase.DRAFT, Phase.SUBMITTED, Phase.ADMITTED):
        return True
    inside = {Standing.HOST, Standing.TENDERER, Standing.OPERATOR, Standing.SUPERVISOR}
    return not hall.standings(actor).isdisjoint(inside)
