"""Connections in, events out.

``/live/lots/{lot}``: the folded state, then every event. ``?after=<position>``: no state, but every event after
that position, neither gap nor duplicate. With a session (cookie or bearer) a party also sees what only it may;
``&cursor=feed`` or ``lot`` says what ``after`` counts, for a client whose session came or went meanwhile.

``/live/lots/{lot}/broadcasts/{number}``: picture and sound (``bidding.live.relay``): ``{"mime":…}``, then binary
messages, the head of the WebM and cluster after cluster; ``…/words/{number}``: a bidder's voice, for those
inside (R-ROOM-05).
"""

import asyncio
import re
import ssl
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from http import HTTPStatus
from typing import cast
from urllib.parse import parse_qs, urlsplit

import msgspec
import structlog
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from bidding.application.pieces import Pieces
from bidding.application.platform import Platform, require_known
from bidding.application.ports import Unavailable
from bidding.domain.errors import Unknown
from bidding.domain.opening.broadcasting import found_on_air
from bidding.domain.opening.onair import Kind, WordGiven
from bidding.domain.parties import Actor
from bidding.live.frames import FEED, LOT, event_text, mime_text
from bidding.live.hall import Hall
from bidding.live.halls import Halls
from bidding.live.listener import FAILED, SESSION_ENDED, Listener
from bidding.live.relay import Relay, Relays

log = structlog.get_logger(__name__)

Authenticate = Callable[[str], Awaitable[Actor | None]]

COOKIE = "bidding-session"
#: Seconds between time frames: a countdown drifts less than its reader notices.
TICK = 15
#: Bytes; clients have nothing to say.
CLIENT_MESSAGE = 1024
_PATH = re.compile(r"/live/lots/([0-9a-zA-Z-]{1,64})(?:/(broadcasts|words)/([1-9][0-9]{0,4}))?", re.ASCII)
_AFTER = re.compile(r"[0-9]{1,18}", re.ASCII)


class Refused(Exception):
    """Answered before the handshake: an HTTP answer is clearer than a close code."""

    def __init__(self, status: HTTPStatus, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


class Asked(msgspec.Struct, frozen=True):
    """What the request names. ``cursor`` None: as the session has it; ``air``: the broadcast or word to be watched."""

    lot_id: str
    after: int | None
    cursor: str | None
    air: tuple[Kind, int] | None = None


class Gateway:
    """One per process. ``authenticate``: session token → the party, or None. ``capacity``: connections;
    ``viewers``: how many of them may watch."""

    def __init__(
        self,
        platform: Platform,
        authenticate: Authenticate,
        *,
        capacity: int = 20_000,
        viewers: int = 1000,
        tick: float = TICK,
    ) -> None:
        self._platform, self._authenticate, self._capacity = platform, authenticate, capacity
        self._tick = tick
        self.halls = Halls(platform)
        self.relays = Relays(viewers)
        self._seated = 0

    async def serve(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> Server:
        """Listen; the caller closes the server (its listeners get 1001). Run ``follow`` and ``tick`` beside it."""
        return await serve(
            self._hear,
            host,
            port,
            ssl=tls,
            create_connection=Listener,
            process_request=self._admit,
            compression=None,  # deflating for each connection would cost three quarters of the fan-out
            max_size=CLIENT_MESSAGE,
            max_queue=4,
            ping_interval=20,
            ping_timeout=20,
            close_timeout=5,
            server_header=None,
            backlog=1024,
        )

    async def follow(self) -> None:
        """Carry new events to the listeners, for ever."""
        await self.halls.follow()

    async def tick(self) -> None:
        """Every TICK seconds: the lot's instant to everybody, sessions looked at again, empty halls forgotten."""
        while True:
            await asyncio.sleep(self._tick)
            for hall in self.halls.all():
                with self.halls.contained(hall):
                    hall.tell_time()
                with suppress(Unavailable):  # nobody is put out because the database is away
                    await self._look_again(hall.parties)
            with suppress(Unavailable):
                await self._look_again(self.relays.parties())
            self.halls.sweep()

    async def _look_again(self, parties: Iterable[Listener]) -> None:
        for listener in tuple(parties):
            if await self._authenticate(listener.token) != listener.actor:
                listener.dismiss(SESSION_ENDED, "session ended")

    # -- admission ----------------------------------------------------------------------------------

    async def _admit(self, connection: ServerConnection, request: Request) -> Response | None:
        listener = cast(Listener, connection)
        try:
            await self._seat(listener, request)
        except Refused as refused:
            return connection.respond(refused.status, refused.text + "\n")
        except Unavailable as error:
            response = connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, "try again soon\n")
            response.headers["Retry-After"] = str(error.retry_after)
            return response
        return None

    async def _seat(self, listener: Listener, request: Request) -> None:
        asked = _asked(request.path)
        if self._seated >= self._capacity:
            raise Unavailable("live")
        self._seated += 1
        listener.on_gone = self._one_less
        await self._identify(listener, request, asked)
        hall = await self.halls.find(asked.lot_id)
        try:
            if hall is None:
                raise Unknown("no-such-lot")
            require_known(hall.lot, listener.actor)
        except Unknown:
            raise Refused(HTTPStatus.NOT_FOUND, "no such lot") from None
        if listener.gone:  # while it was looked up: nobody would ever take it out again
            raise Refused(HTTPStatus.REQUEST_TIMEOUT, "gone")
        self._enter(listener, hall)
        if asked.air is not None:
            self._take_place(listener, hall, *asked.air)
            return
        await self._require_past(asked.after, hall, listener)
        listener.after = asked.after

    def _one_less(self) -> None:
        self._seated -= 1

    def _enter(self, listener: Listener, hall: Hall) -> None:
        hall.visitors += 1
        listener.hall = hall

        def gone() -> None:
            hall.visitors -= 1
            hall.leave(listener)
            self._one_less()

        listener.on_gone = gone

    def _take_place(self, listener: Listener, hall: Hall, kind: Kind, number: int) -> None:
        """Among the viewers. A word is none of a guest's, not even that there is one (R-ROOM-05)."""
        hidden = kind == "words" and hall.standings(listener.actor).isdisjoint(WordGiven.AUDIENCE)
        try:
            if hidden:
                raise Unknown("no-such-broadcast")
            found_on_air(hall.lot, kind, number)
        except Unknown:
            raise Refused(HTTPStatus.NOT_FOUND, "no such broadcast") from None
        key = hall.lot_id, kind, number
        listener.relay = self.relays.enter(listener, key, lambda: self._relay(hall, kind, number))
        left_hall = listener.on_gone

        def gone() -> None:
            self.relays.leave(listener, key)
            left_hall()

        listener.on_gone = gone

    def _relay(self, hall: Hall, kind: Kind, number: int) -> Relay:
        def over() -> bool:
            ended = found_on_air(hall.lot, kind, number).ended_at is not None
            return ended or not self.halls.holds(hall)

        mode = hall.lot.admission.mode.value
        return Relay(Pieces(self._platform.objects, mode, hall.lot_id, kind, number), over)

    async def _identify(self, listener: Listener, request: Request, asked: Asked) -> None:
        """A stale cookie is a spectator's, as over HTTP; a stale bearer token, or one to resume with, is refused."""
        bearer = _bearer(request)
        token = bearer or _cookie(request)
        actor = await self._authenticate(token) if token and asked.cursor != FEED else None
        if actor is None and (asked.cursor == LOT or (bearer and asked.cursor is None)):
            raise Refused(HTTPStatus.UNAUTHORIZED, "session ended: log in again")
        listener.actor, listener.token = actor, token if actor is not None else ""

    async def _require_past(self, after: int | None, hall: Hall, listener: Listener) -> None:
        """A position that nothing has yet would keep the listener waiting for ever."""
        if after is None or after <= hall.end(hall.standings(listener.actor), listener.cursor):
            return
        if listener.cursor == FEED:
            end = await self._platform.journal.feed_end()
        else:
            await self.halls.catch_up(hall)  # it was told by somebody faster than the subscription
            end = len(hall.recorded)
        if after > end:
            raise Refused(HTTPStatus.BAD_REQUEST, "after: no such position yet")

    # -- a listener's visit ---------------------------------------------------------------------------

    async def _hear(self, connection: ServerConnection) -> None:
        listener = cast(Listener, connection)
        hall = listener.hall
        assert hall is not None, "seated in _admit"
        if listener.relay is not None:
            await self._watch(listener, hall, listener.relay)
            return
        with suppress(ConnectionClosed):
            await self._bring_up(listener, hall)
            hall.join(listener)
            async for _ in listener:  # read and dropped; too many end the connection
                pass
        hall.leave(listener)

    async def _watch(self, listener: Listener, hall: Hall, relay: Relay) -> None:
        """Until there is no more, or the viewer is gone, who may have been waiting for what never came."""
        showing = asyncio.create_task(self._show(listener, hall, relay), name="viewer")
        gone = asyncio.create_task(listener.wait_closed(), name="viewer gone")
        try:
            await asyncio.wait((showing, gone), return_when=asyncio.FIRST_COMPLETED)
            if showing.done():
                showing.result()
        finally:
            showing.cancel()
            gone.cancel()

    async def _show(self, listener: Listener, hall: Hall, relay: Relay) -> None:
        """At the viewer's own pace: ``send`` waits for its socket, and meanwhile nothing is kept for it."""
        with suppress(ConnectionClosed):
            if (head := await relay.begin()) is not None:
                await listener.send(mime_text(head.head.mime))
                await listener.send(head.data)
                last: int | None = None
                while (piece := await relay.following(last)) is not None:
                    await listener.send(piece.data)
                    last = piece.number
            ended = self.halls.holds(hall) and relay.over()  # what became of it in a lost hall is not known
            await listener.close(*((1000, "over") if ended else (FAILED, "internal error")))

    async def _bring_up(self, listener: Listener, hall: Hall) -> None:
        """Everything up to now, at the listener's own pace; returns without an await after the last look."""
        sent = listener.after or 0
        cursor = listener.cursor
        known = None if listener.after is None else hall.standings(listener.actor, listener.after)
        while True:
            mine = hall.standings(listener.actor)
            listener.standings = mine
            if mine != known:
                known = mine
                sent, text = hall.state(mine, cursor)
                await listener.send(text)
            missed = hall.missed(mine, cursor, sent)
            if not missed and mine == hall.standings(listener.actor):
                return
            for position, one in missed:
                await listener.send(event_text(one, position))
                sent = position


def _asked(target: str) -> Asked:
    """Raises ``Refused``."""
    try:
        parts = urlsplit(target)
        query = parse_qs(parts.query, keep_blank_values=True, max_num_fields=8)
    except ValueError:
        raise Refused(HTTPStatus.BAD_REQUEST, "unreadable address") from None
    match = _PATH.fullmatch(parts.path)
    if match is None:
        raise Refused(HTTPStatus.NOT_FOUND, "no such page: /live/lots/{lot}")
    after, cursor = (query.get(name, [None])[-1] for name in ("after", "cursor"))
    if after is not None and not _AFTER.fullmatch(after):
        raise Refused(HTTPStatus.BAD_REQUEST, "after: the position of the last event seen")
    if cursor not in (None, FEED, LOT):
        raise Refused(HTTPStatus.BAD_REQUEST, "cursor: feed or lot")
    air = (cast(Kind, match[2]), int(match[3])) if match[2] else None
    return Asked(lot_id=match[1], after=int(after) if after is not None else None, cursor=cursor, air=air)


def _bearer(request: Request) -> str:
    for said in request.headers.get_all("Authorization"):
        scheme, _, token = said.partition(" ")
        if scheme.lower() == "bearer":
            return token.strip()
    return ""


def _cookie(request: Request) -> str:
    """Read by hand: a strange cookie of another application must not hide ours."""
    for said in request.headers.get_all("Cookie"):
        for pair in said.split(";"):
            name, _, value = pair.strip().partition("=")
            if name == COOKIE:
                return value
    return ""
