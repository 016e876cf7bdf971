"""Takes in what is on the air, and makes the record of it when it has ended (R-ROOM-01)."""

import hashlib
from datetime import timedelta

import msgspec

from bidding.application.pieces import Piece, Pieces
from bidding.application.platform import Platform
from bidding.application.ports import NoRoom
from bidding.application.webm import Cluster, NotWebM, read_cluster, read_head
from bidding.domain.disclosure import sight, view
from bidding.domain.errors import Conflicting, Invalid, TooEarly
from bidding.domain.lot import Lot
from bidding.domain.opening.broadcasting import found_on_air, require_on_air, unkept
from bidding.domain.opening.commands import KeepRecording
from bidding.domain.opening.onair import Broadcast, Kind, Word
from bidding.domain.parties import Actor

#: Bytes beyond the rate: key frames come in bursts, and what a lost line held back comes at once.
BURST = 4 * 1024 * 1024
#: Pieces a second, and beyond: a screen that changes all over has a key frame now and then.
PACE, FIRST = 3, 30


class Index(msgspec.Struct, frozen=True, kw_only=True):
    """What a player needs to find its place: of each piece the milliseconds since the recording began, and which ones
    it can begin at; piece 0 is the head. ``mime``: of the whole."""

    mime: str
    at: tuple[int, ...]
    keys: tuple[int, ...]


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """``rate``: bytes a second of one recording; ``reserve``: free bytes of the store that are kept for bids."""

    rate: int = 250_000
    reserve: int = 5 * 1024**3


class BroadcastDesk:
    def __init__(self, platform: Platform, limits: Limits) -> None:
        self._platform, self._limits = platform, limits

    def pieces(self, lot: Lot, kind: Kind, number: int) -> Pieces:
        return Pieces.of(self._platform.objects, lot, kind, number)

    async def take(self, lot_id: str, actor: Actor, kind: Kind, number: int, piece: int, data: bytes) -> None:
        """Piece ``piece`` of what the actor has on the air; the same again is harmless, as after a lost answer.

        Raises ``Refusal``, ``NoRoom`` and ``Unavailable``: the sender keeps the piece and asks again.
        """
        _, lot = await self._platform.recorded(lot_id, actor)
        now = self._platform.lot_now(lot)
        passed = now - require_on_air(lot, kind, number, actor, now).at
        pieces = self.pieces(lot, kind, number)
        known = await pieces.get(piece)
        if known is not None:
            if known.data != data:
                raise Conflicting("piece-taken", rule="R-ROOM-01", piece=piece)
            return
        before = None if piece == 0 else await pieces.get(piece - 1)
        if piece and before is None:
            raise Conflicting("piece-out-of-order", rule="R-ROOM-01", piece=piece)
        offset = 0 if before is None else before.end
        self._require_pace(passed, piece, offset + len(data))
        await self._require_room(len(data))
        try:
            head = read_head(data) if before is None else before.head
            found = Cluster(at=0, key=True) if before is None else read_cluster(data, head)
        except NotWebM as error:
            raise Invalid("piece-unreadable", rule="R-ROOM-01", reason=error.reason) from error
        await pieces.put(piece, offset, found, head, data)

    def _require_pace(self, passed: timedelta, piece: int, total: int) -> None:
        span = passed.total_seconds()
        if total > BURST + span * self._limits.rate or piece > FIRST + span * PACE:
            raise TooEarly("broadcast-too-fast", rule="R-ROOM-01", kilobits=self._limits.rate * 8 // 1000)

    async def _require_room(self, length: int) -> None:
        """A picture is never worth a bid that finds no room any more (R-INC-01)."""
        free = await self._platform.objects.free()
        if free is not None and free - length < self._limits.reserve:
            raise NoRoom("object store", 60)

    async def shown(
        self, lot_id: str, actor: Actor | None, kind: Kind, number: int
    ) -> tuple[Broadcast | Word, Pieces]:
        """For whoever may know of it: a guest knows of no word (R-ROOM-05). Raises ``Unknown``."""
        recorded, lot = await self._platform.recorded(lot_id, actor)
        known = view(lot_id, (one.event for one in recorded), sight(actor, lot))
        return found_on_air(known, kind, number), self.pieces(lot, kind, number)

    async def keep(self, lot_id: str) -> None:
        """A reaction: the hash of each recording that has ended, into the log, and its index beside it."""
        lot = await self._platform.load(lot_id)
        for kind, number in unkept(lot):
            pieces, digest, length = self.pieces(lot, kind, number), hashlib.sha256(), 0
            found: list[Piece] = []
            async for piece in pieces.all():
                digest.update(piece.data)
                found.append(msgspec.structs.replace(piece, data=b""))
                length = piece.end
            await pieces.keep_index(msgspec.json.encode(_index(found)))
            kept = KeepRecording(
                kind=kind,
                number=number,
                sha256=digest.hexdigest(),
                length=length,
                pieces=len(found),
            )
            await self._platform.act(lot_id, kept)


def _index(found: list[Piece]) -> Index:
    return Index(
        mime=found[0].head.mime if found else "",
        at=tuple(one.at for one in found),
        keys=tuple(one.number for one in found[1:] if one.key),
    )
