"""One connection: whom it stands for, and what it may cost."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from websockets.asyncio.server import ServerConnection
from websockets.protocol import State

from bidding.domain.disclosure import SPECTATOR
from bidding.domain.parties import Actor, Standing
from bidding.live.frames import FEED, LOT

if TYPE_CHECKING:
    from bidding.live.hall import Hall
    from bidding.live.relay import Relay

#: Bytes that may wait for one reader; beyond them it is closed and resumes where it was.
BUFFER = 512 * 1024
#: Bytes that a client may send at once, and per second later on: it answers pings and has nothing else to say.
HEARD, HEARD_PER_SECOND = 16 * 1024, 256
#: Seconds that a dismissed reader has to take what is on its way before it is cut off.
CUT = 5.0

#: Close codes (RFC 6455 §7.4.2, private use): reconnect with ?after= the last position received.
TOO_SLOW = 4008
RESUME = "too slow: resume with ?after="
#: The party's session is over: log in again, or reconnect without it as a spectator.
SESSION_ENDED = 4001
#: RFC 6455 §7.4.1, policy violation.
TOO_LOUD = 1008
#: RFC 6455 §7.4.1, internal error.
FAILED = 1011


class Listener(ServerConnection):
    """``actor`` None: a spectator. ``after``: the position behind which the client resumes, if it does."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.actor: Actor | None = None
        self.hall: Hall | None = None
        #: What it watches; None for one that follows events.
        self.relay: Relay | None = None
        self.standings: frozenset[Standing] = SPECTATOR
        self.token = ""
        self.after: int | None = None
        #: The connection has been lost, perhaps before its request was answered.
        self.gone = False
        #: Called once when the connection is gone, however far it had come.
        self.on_gone: Callable[[], None] = _nothing
        #: Of the socket, -1 where bytes may not pass the transport by (TLS).
        self.descriptor = -1
        self._heard = 0
        self._since = self.loop.time()

    @property
    def cursor(self) -> str:
        return FEED if self.actor is None else LOT

    def put(self, frame: bytes) -> None:
        """Put a ready frame into the connection's buffer, or dismiss a reader that does not drain it.

        Writing to the transport directly is legal between messages: nobody else sends to a listener in a hall.
        """
        if self.protocol.state is not State.OPEN:
            return
        if self.transport.get_write_buffer_size() > BUFFER:
            self.dismiss(TOO_SLOW, RESUME)
        else:
            self.transport.write(frame)

    def dismiss(self, code: int, reason: str) -> None:
        """Close without waiting. The close frame queues behind the backlog; who drains nothing is cut off."""
        if self.protocol.state is State.OPEN:
            self.protocol.send_close(code, reason)
            self.send_data()
            self.loop.call_later(CUT, self.transport.abort)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if transport.get_extra_info("sslcontext") is None:
            self.descriptor = transport.get_extra_info("socket").fileno()

    def data_received(self, data: bytes) -> None:
        """Bounds messages, pings (whose pongs would fill the buffer of a client that reads nothing) and all."""
        self._heard += len(data)
        if self._heard > HEARD + HEARD_PER_SECOND * (self.loop.time() - self._since):
            self.dismiss(TOO_LOUD, "a listener need not speak")
        super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self.gone = True
        told, self.on_gone = self.on_gone, _nothing
        told()
        super().connection_lost(exc)


def _nothing() -> None:
    pass
