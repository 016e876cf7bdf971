"""Full tiles at their C2SP paths in the object store: a copy that anyone can serve and no database owner edits."""

import asyncio

import structlog

from bidding.application.log.ports import LogStore
from bidding.application.log.reader import LogReader
from bidding.application.ports import Objects, Unavailable
from bidding.crypto.log.tiles import HEIGHT, WIDTH, Tile, tile_path

log = structlog.get_logger(__name__)

#: Where tiles stand in the object store.
PREFIX = "log/tile/"
#: Leaves whose tiles are written before that is noted.
STEP = 64 * WIDTH


class TileExport:
    """Writes each tile once it is full. What was written and not yet noted is written again, the same."""

    def __init__(self, store: LogStore, reader: LogReader, objects: Objects) -> None:
        self._store, self._reader, self._objects = store, reader, objects
        self._size, self._woken = 0, asyncio.Event()

    def grown(self, size: int) -> None:
        """The tree has ``size`` leaves now."""
        if size // WIDTH > self._size // WIDTH:
            self._woken.set()
        self._size = size

    async def run(self) -> None:
        """For ever. A store that does not answer delays it, and loses nothing."""
        while True:
            await self._woken.wait()
            self._woken.clear()
            try:
                await self.export(self._size)
            except Unavailable as error:
                log.warning("log.export-delayed", retry_after=error.retry_after)
                await asyncio.sleep(error.retry_after)
                self._woken.set()

    async def export(self, size: int) -> None:
        """Write what became full up to ``size`` leaves. Raises ``Unavailable``."""
        done = await self._store.exported()
        while (until := min(size // WIDTH * WIDTH, done + STEP)) > done:
            for tile in full_tiles(done, until):
                data = await self._reader.tile(tile)
                assert data is not None, "a tile of the tree"
                await self._objects.put(PREFIX + tile_path(tile), data)
            await self._store.note_exported(until)
            done = until


def full_tiles(old: int, new: int) -> list[Tile]:
    """The tiles and bundles that became full when the tree grew from ``old`` to ``new`` leaves."""
    found = [Tile(None, number) for number in range(old // WIDTH, new // WIDTH)]
    level = 0
    while new >> (HEIGHT * level):
        first, end = (size >> (HEIGHT * (level + 1)) for size in (old, new))
        found += [Tile(level, number) for number in range(first, end)]
        level += 1
    return found
