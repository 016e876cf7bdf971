"""One lot's hall: its events so far, and who is listening."""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from datetime import datetime
from os import write

import msgspec
from websockets.protocol import OPEN

from bidding.application.ports import Recorded
from bidding.domain.disclosure import SPECTATOR, sight, view, visible
from bidding.domain.lot import Lot, evolve, replay
from bidding.domain.parties import Actor, Standing
from bidding.live.frames import FEED, LOT, event_text, framed, state_text, time_text
from bidding.live.listener import BUFFER, FAILED, RESUME, TOO_SLOW, Listener

Standings = frozenset[Standing]


class Hall:
    """The events of one lot in order, and its listeners. Not shared between threads.

    ``lot_now``: the lot's own instant. ``visitors``: connections that hold on to the hall, joined or not yet.
    """

    def __init__(self, lot_id: str, recorded: Iterable[Recorded], lot_now: Callable[[Lot], datetime]) -> None:
        self.lot_id, self._lot_now = lot_id, lot_now
        self.recorded = list(recorded)
        self.lot: Lot = replay(lot_id, (one.event for one in self.recorded))
        self.spectators: set[Listener] = set()
        self.parties: set[Listener] = set()
        self.visitors = 0
        self._views: dict[Standings, msgspec.Raw] = {}
        #: (feed position, event) of what spectators may see, in order.
        self._public = [found for one in self.recorded if (found := _public(one)) is not None]

    # -- who may know what --------------------------------------------------------------------------

    def standings(self, actor: Actor | None, at: int | None = None) -> Standings:
        """Towards the lot as it is, or as it was at version ``at``."""
        if actor is None:
            return SPECTATOR
        if at is None:
            return sight(actor, self.lot)
        return sight(actor, replay(self.lot_id, (one.event for one in self.recorded[:at])))

    def state(self, mine: Standings, cursor: str) -> tuple[int, str]:
        """(position, text of the state frame): all that these standings may see, folded."""
        if mine not in self._views:
            known = view(self.lot_id, (one.event for one in self.recorded), mine)
            self._views[mine] = msgspec.Raw(msgspec.json.encode(known))
        end = self.end(mine, cursor)
        return end, state_text(self._views[mine], end, self._lot_now(self.lot), cursor)

    def missed(self, mine: Standings, cursor: str, after: int) -> list[tuple[int, Recorded]]:
        """(position, event) that ``mine`` may see beyond position ``after``, in order."""
        if cursor == FEED:
            return self._public[bisect_right(self._public, after, key=_position) :]
        # A stream's versions count its events from 1: a version is the place behind its event.
        return [(one.version, one) for one in self.recorded[after:] if visible(one.event, mine)]

    def end(self, mine: Standings, cursor: str) -> int:
        """The last position of this audience; 0 if it may see nothing yet."""
        if cursor == FEED:
            return self._public[-1][0] if self._public else 0
        return next((one.version for one in reversed(self.recorded) if visible(one.event, mine)), 0)

    # -- listening ----------------------------------------------------------------------------------

    def join(self, listener: Listener) -> None:
        """From now on it gets every event. Nothing may be awaited between its last look at ``missed`` and this."""
        (self.spectators if listener.actor is None else self.parties).add(listener)

    def leave(self, listener: Listener) -> None:
        self.spectators.discard(listener)
        self.parties.discard(listener)

    def take(self, one: Recorded) -> None:
        """The next event of the stream: fold it and write it to everybody who may see it.

        An event already known is passed over: the subscription and a load may overlap. ``LookupError`` for one
        that leaves a gap: load first.
        """
        if one.version <= len(self.recorded):
            return
        if one.version != len(self.recorded) + 1:
            raise LookupError(f"version {one.version} after {len(self.recorded)}")
        clock = self.lot.control.clock
        self.recorded.append(one)
        self.lot = evolve(self.lot, one.event)
        self._views.clear()
        self._publish(one)
        if self.lot.control.clock != clock:
            self.tell_time()

    def tell_time(self) -> None:
        """The lot's instant to everybody, for countdowns."""
        frame = framed(time_text(self._lot_now(self.lot)))
        write_all(self.spectators, frame)
        write_all(self.parties, frame)

    def close(self) -> None:
        """Nobody stays in a hall that is no longer fed."""
        for listener in (*self.spectators, *self.parties):
            listener.dismiss(FAILED, "internal error: resume with ?after=")

    def _publish(self, one: Recorded) -> None:
        found = _public(one)
        if found is not None:
            self._public.append(found)
            write_all(self.spectators, framed(event_text(one, found[0])))
        if self.parties:
            self._publish_to_parties(one)

    def _publish_to_parties(self, one: Recorded) -> None:
        frame = framed(event_text(one, one.version))
        for listener in self.parties:
            mine = self.standings(listener.actor)
            if mine != listener.standings:
                listener.standings = mine
                listener.put(framed(self.state(mine, LOT)[1]))
            elif visible(one.event, mine):
                listener.put(frame)


def write_all(listeners: Iterable[Listener], frame: bytes) -> None:
    """The same bytes to every listener. This loop is the fan-out: it is ``Listener.put`` spelled out.

    Where nothing waits in a transport the frame goes to the kernel at once, past the transport's queue, which
    would cost as much again as the system call; what the kernel does not take is left to the transport.
    """
    length = len(frame)
    for listener in listeners:
        transport = listener.transport
        if listener.protocol.state is not OPEN or transport.is_closing():
            continue
        waiting = transport.get_write_buffer_size()
        if waiting == 0 and listener.descriptor >= 0:
            try:
                sent = write(listener.descriptor, frame)
            except OSError:  # full, or broken: the transport finds out which
                sent = 0
            if sent != length:
                transport.write(frame[sent:])
        elif waiting > BUFFER:
            listener.dismiss(TOO_SLOW, RESUME)
        else:
            transport.write(frame)


def _public(one: Recorded) -> tuple[int, Recorded] | None:
    if one.feed_position is None or not visible(one.event, SPECTATOR):
        return None
    return one.feed_position, one


def _position(found: tuple[int, Recorded]) -> int:
    return found[0]
