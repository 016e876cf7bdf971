"""One lot's hall: its events so far, and who is listening."""

from collections.abc import Iterable

from websockets.asyncio.server import ServerConnection
from websockets.protocol import State

from bidding.application.ports import Recorded
from bidding.domain.disclosure import SPECTATOR, view, visible
from bidding.domain.lot import Lot, evolve, replay
from bidding.domain.parties import Actor, Standing
from bidding.domain.permissions import standings
from bidding.live.frames import event_text, framed, position_of

#: Bytes that may wait for one reader; beyond them it is closed and resumes where it was.
BUFFER = 1024 * 1024
#: Close code for a reader that cannot keep up: reconnect with ?after= the last position received.
TOO_SLOW = 4008


class Listener:
    """One connection. ``actor`` None: a spectator. ``sent``: the last position written to it."""

    __slots__ = ("actor", "connection", "sent")

    def __init__(self, connection: ServerConnection, actor: Actor | None, sent: int) -> None:
        self.connection, self.actor, self.sent = connection, actor, sent

    @property
    def spectator(self) -> bool:
        return self.actor is None


class Hall:
    """The events of one lot in order, and its listeners. Not shared between threads."""

    def __init__(self, lot_id: str, recorded: Iterable[Recorded]) -> None:
        self.lot_id = lot_id
        self.recorded = list(recorded)
        self.lot: Lot = replay(lot_id, (one.event for one in self.recorded))
        self.listeners: set[Listener] = set()

    def standings(self, actor: Actor | None) -> frozenset[Standing]:
        return SPECTATOR if actor is None else standings(actor, self.lot)

    def view(self, actor: Actor | None) -> Lot:
        return view(self.lot_id, (one.event for one in self.recorded), self.standings(actor))

    def visible_after(self, actor: Actor | None, after: int) -> list[tuple[int, Recorded]]:
        """(position, event) that ``actor`` may see beyond position ``after``, in order."""
        mine = self.standings(actor)
        found = []
        for one in self.recorded:
            position = position_of(one, spectator=actor is None)
            if position is not None and position > after and visible(one.event, mine):
                found.append((position, one))
        return found

    def end(self, actor: Actor | None) -> int:
        """The last position of this audience; 0 if it may see nothing yet."""
        seen = self.visible_after(actor, 0)
        return seen[-1][0] if seen else 0

    def take(self, one: Recorded) -> None:
        """The next event of the stream: fold it and write it to everybody who may see it.

        An event already known is passed over: the subscription and the first load may overlap.
        """
        if one.version <= len(self.recorded):
            return
        if one.version != len(self.recorded) + 1:
            raise LookupError(f"version {one.version} after {len(self.recorded)}")
        self.recorded.append(one)
        self.lot = evolve(self.lot, one.event)
        self._publish(one)

    def _publish(self, one: Recorded) -> None:
        frames: dict[int, bytes] = {}
        for listener in tuple(self.listeners):
            if not visible(one.event, self.standings(listener.actor)):
                continue
            position = position_of(one, spectator=listener.spectator)
            if position is None or position <= listener.sent:
                continue
            if position not in frames:
                frames[position] = framed(event_text(one.event, position, one.recorded_at))
            listener.sent = position
            self.write(listener, frames[position])

    def write(self, listener: Listener, frame: bytes) -> None:
        """Put a ready frame into the connection's buffer, or drop a listener that does not drain it.

        Writing to the transport directly is legal between messages, and nobody else sends on a listener.
        """
        connection = listener.connection
        if connection.state is not State.OPEN:
            self.listeners.discard(listener)
            return
        if connection.transport.get_write_buffer_size() > BUFFER:
            self.listeners.discard(listener)
            connection.protocol.send_close(TOO_SLOW, "too slow: resume with ?after=")
            for data in connection.protocol.data_to_send():
                connection.transport.write(data)
            # The close frame queues behind the backlog; who drains nothing is cut off shortly after.
            connection.loop.call_later(5, connection.transport.abort)
            return
        connection.transport.write(frame)
