"""A recording piece by piece in the object store: what the host sends is written there once, and relays, replay and the
hash read it from there. So any number of processes relay it, and none has to hold it for another.

An object is a header and the piece's bytes. Piece 0 is the head of the WebM, each later one a cluster; they are
numbered without a gap, which lets a reader find the last by asking for sizes.
"""

import struct
from collections.abc import AsyncIterator

import msgspec

from bidding.application.ports import Missing, Objects
from bidding.application.shelves import Shelf
from bidding.application.webm import Cluster, Head
from bidding.domain.lot import Lot
from bidding.domain.opening.onair import Kind

#: Bytes of one piece: a second at the highest rate, and the key frame of a large screen.
MAX_PIECE = 1024 * 1024
#: Where the piece begins in the recording, milliseconds, key, track numbers of picture and sound.
_HEADER = struct.Struct(">QIBBB")


class Piece(msgspec.Struct, frozen=True):
    """``offset``: bytes of the recording before it; ``at``: milliseconds since it began; ``key``: players begin
    here."""

    number: int
    offset: int
    at: int
    key: bool
    head: Head
    data: bytes = b""

    @property
    def end(self) -> int:
        return self.offset + len(self.data)


class Pieces:
    """Those of one recording. Every method may raise ``Unavailable``."""

    def __init__(self, objects: Objects, mode: str, lot_id: str, kind: Kind, number: int) -> None:
        self._objects = objects
        self._folder = f"{Shelf.ON_AIR.named(mode, lot_id)}{kind}/{number}"

    @classmethod
    def of(cls, objects: Objects, lot: Lot, kind: Kind, number: int) -> "Pieces":
        return cls(objects, lot.admission.mode.value, lot.lot_id, kind, number)

    async def put(self, number: int, offset: int, found: Cluster, head: Head, data: bytes) -> None:
        """Raises ``NoRoom``."""
        header = _HEADER.pack(offset, found.at, found.key, head.video, head.audio)
        await self._objects.put(self._key(number), header + data)

    async def get(self, number: int) -> Piece | None:
        """None if it has not come."""
        try:
            stored = b"".join([chunk async for chunk in self._objects.get(self._key(number))])
        except Missing:
            return None
        offset, at, key, video, audio = _HEADER.unpack_from(stored)
        return Piece(number, offset, at, bool(key), Head(video, audio), stored[_HEADER.size :])

    async def last(self) -> int:
        """The number of the last piece, -1 if there is none: some thirty questions, however long it is."""
        there, beyond = -1, 0
        while await self._has(beyond):
            there, beyond = beyond, 2 * beyond + 1
        while beyond - there > 1:
            middle = (there + beyond) // 2
            there, beyond = (middle, beyond) if await self._has(middle) else (there, middle)
        return there

    async def all(self) -> AsyncIterator[Piece]:
        """From the first on, to the last that is there."""
        number = 0
        while (piece := await self.get(number)) is not None:
            yield piece
            number += 1

    async def whole(self) -> AsyncIterator[bytes]:
        """The recording as one file. Raises ``Missing`` if nothing of it is there."""
        found = False
        async for piece in self.all():
            found = True
            yield piece.data
        if not found:
            raise Missing(self._key(0))

    async def keep_index(self, index: bytes) -> None:
        await self._objects.put(f"{self._folder}/index", index)

    async def index(self) -> bytes:
        """Raises ``Missing`` before the recording is kept."""
        return b"".join([chunk async for chunk in self._objects.get(f"{self._folder}/index")])

    async def _has(self, number: int) -> bool:
        return await self._objects.size(self._key(number)) is not None

    def _key(self, number: int) -> str:
        return f"{self._folder}/{number:06d}"
