"""One broadcast to its viewers: read from the store once, held for a moment, taken by each at its own pace.

No viewer is waited for and none has a queue: each asks for the piece behind its last. Who is so slow that this is gone
goes on at the newest place where a player can begin. What waits for one viewer is one piece and its socket's buffer.
"""

import asyncio
from collections import deque
from collections.abc import Callable

import structlog

from bidding.application.pieces import Piece, Pieces
from bidding.application.ports import Unavailable
from bidding.domain.opening.onair import Kind
from bidding.live.listener import Listener

log = structlog.get_logger(__name__)

#: Seconds between two looks for the next piece; a third of what a piece holds.
PAUSE = 0.3
#: Bytes held at most, whatever the distance of key frames.
HELD = 8 * 1024 * 1024
#: Looks without a new piece after the end was told: the last one may still be on its way.
LAST_LOOKS = 10
#: Seconds after which it makes sense to ask again for a place.
FULL = 10


class Relay:
    """``over``: whether the broadcast has ended. ``viewers``: who is here, for nobody to count."""

    def __init__(self, pieces: Pieces, over: Callable[[], bool]) -> None:
        self._pieces, self.over = pieces, over
        self.viewers: set[Listener] = set()
        self._head: Piece | None = None
        self._held: deque[Piece] = deque()
        self._bytes = 0
        self._news = asyncio.Event()
        self._finished = False

    async def begin(self) -> Piece | None:
        """The head, as soon as it is there; None if there will be none."""
        while self._head is None and not self._finished:
            await self._news.wait()
        return self._head

    async def following(self, last: int | None) -> Piece | None:
        """The piece behind number ``last``; the newest that a player can begin at where there is none (any more).

        None when there will be none.
        """
        while (found := self._after(last)) is None and not self._finished:
            await self._news.wait()
        return found

    def _after(self, last: int | None) -> Piece | None:
        if last is not None:
            following = next((one for one in self._held if one.number == last + 1), None)
            if following is not None or not self._held or self._held[-1].number <= last:
                return following
        return next((one for one in reversed(self._held) if one.key), None)

    async def run(self) -> None:
        """Until the broadcast has ended and its last piece is out. What is wrong with one ends no other."""
        try:
            await self._run()
        except Exception as error:
            log.error("relay.failed", error=type(error).__name__)
        finally:
            self._finished = True
            self._tell()

    async def _run(self) -> None:
        number, idle = 0, 0
        while idle <= LAST_LOOKS:
            try:
                if number == 1 and not self._held:
                    number = await self._newest_key()
                piece = await self._pieces.get(number)
            except Unavailable as error:  # viewers see that the line is interrupted, and stay
                log.warning("relay.store-unavailable", retry_after=error.retry_after)
                await asyncio.sleep(error.retry_after)
                continue
            if piece is None:
                idle = idle + 1 if self.over() else 0
                await asyncio.sleep(PAUSE)
                continue
            number, idle = number + 1, 0
            self._take(piece)

    async def _newest_key(self) -> int:
        """Who comes late begins at the last key frame, not at the beginning."""
        number = await self._pieces.last()
        while number > 1:
            piece = await self._pieces.get(number)
            if piece is None or piece.key:
                break
            number -= 1
        return max(number, 1)

    def _take(self, piece: Piece) -> None:
        if piece.number == 0:
            self._head = piece
        else:
            self._hold(piece)
        self._tell()

    def _hold(self, piece: Piece) -> None:
        """What lies before the key frame before the last is of no use to anybody."""
        self._held.append(piece)
        self._bytes += len(piece.data)
        keys = [one.number for one in self._held if one.key]
        needed = keys[-2] if len(keys) > 1 else self._held[0].number
        while len(self._held) > 1 and (self._held[0].number < needed or self._bytes > HELD):
            self._bytes -= len(self._held.popleft().data)

    def _tell(self) -> None:
        news, self._news = self._news, asyncio.Event()
        news.set()


class Relays:
    """All relays of the process: one reads while it has viewers. ``most``: viewers of all together."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._running: dict[tuple[str, Kind, int], tuple[Relay, asyncio.Task[None]]] = {}

    def enter(self, listener: Listener, key: tuple[str, Kind, int], made: Callable[[], Relay]) -> Relay:
        """Raises ``Unavailable``: who finds no place follows the text."""
        if sum(len(relay.viewers) for relay, _ in self._running.values()) >= self._most:
            raise Unavailable("live", FULL)
        if key not in self._running:
            relay = made()
            self._running[key] = relay, asyncio.create_task(relay.run(), name="relay")
        relay, _ = self._running[key]
        relay.viewers.add(listener)
        return relay

    def leave(self, listener: Listener, key: tuple[str, Kind, int]) -> None:
        relay, task = self._running[key]
        relay.viewers.discard(listener)
        if not relay.viewers:
            task.cancel()
            del self._running[key]

    def parties(self) -> list[Listener]:
        """Those with a session."""
        return [one for relay, _ in self._running.values() for one in relay.viewers if one.actor is not None]
