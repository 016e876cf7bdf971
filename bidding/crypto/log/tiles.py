"""c2sp.org/tlog-tiles: the tree cut into tiles of 256 hashes, and every proof made from a few of them.

Tile N of level L holds the hashes of complete subtrees of 256^L leaves, number 256·N and on, 32 bytes each. A tile at
the right edge is partial: it has a width below 256, and is not hashed into the level above.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from bidding.crypto.errors import LogError
from bidding.crypto.log.tree import (
    Range,
    complete_subtrees,
    consistency_ranges,
    folded,
    inclusion_ranges,
    paired,
)
from bidding.crypto.parts import DIGEST_SIZE

WIDTH = 256
HEIGHT = 8
MAX_LEVEL = 63
MAX_ENTRY = 0xFFFF

_PATH = re.compile(
    r"(?P<level>entries|0|[1-5][0-9]?|6[0-3]?|[7-9])/(?P<number>(?:x[0-9]{3}/)*[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?\Z"
)
_LONGEST = 40


class Tile(NamedTuple):
    """``level`` None: the bundle of the entries beneath tile ``number`` of level 0. ``width``: 1 to 256."""

    level: int | None
    number: int
    width: int = WIDTH

    @property
    def first(self) -> int:
        """The number of its first hash (or entry) on its level."""
        return self.number * WIDTH


class EdgeTile(NamedTuple):
    """A partial tile of hashes at the right edge."""

    level: int
    number: int
    width: int


def tile_path(tile: Tile) -> str:
    """As under ``<prefix>/tile/``: ``0/x001/x234/067.p/5``, ``entries/000``."""
    digits = f"{tile.number:d}"
    digits = digits.zfill(-(-len(digits) // 3) * 3)
    groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
    number = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    level = "entries" if tile.level is None else str(tile.level)
    return f"{level}/{number}" + ("" if tile.width == WIDTH else f".p/{tile.width}")


def parse_tile_path(path: str) -> Tile:
    """The tile of a path under ``<prefix>/tile/``. LogError for any other spelling."""
    found = _PATH.match(path) if len(path) <= _LONGEST else None
    if found is not None:
        level = None if found["level"] == "entries" else int(found["level"])
        number = int(found["number"].replace("x", "").replace("/", ""))
        tile = Tile(level, number, int(found["width"] or WIDTH))
        if tile_path(tile) == path:
            return tile
    raise LogError(what="not the path of a tile")


def partial_width(level: int, number: int, size: int) -> int:
    """How many hashes tile ``number`` of ``level`` has in a tree of ``size`` leaves: 0 to 256."""
    return max(0, min(WIDTH, (size >> (HEIGHT * level)) - number * WIDTH))


def encode_bundle(entries: Iterable[bytes]) -> bytes:
    """Entries of at most 65,535 bytes, each after its length (two bytes, big-endian)."""
    pieces = []
    for entry in entries:
        if len(entry) > MAX_ENTRY:
            raise LogError(what="an entry longer than 65535 bytes")
        pieces += [len(entry).to_bytes(2, "big"), entry]
    return b"".join(pieces)


def decode_bundle(bundle: bytes) -> list[bytes]:
    """The entries. LogError for a bundle that ends inside one."""
    entries, at = [], 0
    while at < len(bundle):
        begin = at + 2
        at = begin + int.from_bytes(bundle[at:begin], "big")
        if begin > len(bundle) or at > len(bundle):
            raise LogError(what="an entry bundle that is cut off")
        entries.append(bundle[begin:at])
    return entries


def tiles_of(ranges: Iterable[Range], size: int) -> list[Tile]:
    """The tiles of a tree of ``size`` leaves from which the ranges' hashes are made, each once."""
    found = {
        (level, (node.number << node.height % HEIGHT) // WIDTH)
        for one in ranges
        for node in complete_subtrees(one)
        for level in (node.height // HEIGHT,)
    }
    return [Tile(level, number, partial_width(level, number, size)) for level, number in sorted(found)]


def range_hash(leaves: Range, tiles: Mapping[tuple[int, int], bytes]) -> bytes:
    """MTH of the range from tiles by (level, number). LogError if a tile is missing or too short."""
    hashes = []
    for height, index in complete_subtrees(leaves):
        level, spare = divmod(height, HEIGHT)
        number, place = divmod(index << spare, WIDTH)
        begin = place * DIGEST_SIZE
        piece = tiles.get((level, number), b"")[begin : begin + (DIGEST_SIZE << spare)]
        if len(piece) != DIGEST_SIZE << spare:
            raise LogError(what=f"tile {tile_path(Tile(level, number))} is missing or too short")
        hashes.append(paired([piece[at : at + DIGEST_SIZE] for at in range(0, len(piece), DIGEST_SIZE)]))
    return folded(hashes)


def inclusion_tiles(index: int, size: int) -> list[Tile]:
    """The tiles that ``inclusion_path`` reads."""
    return tiles_of(inclusion_ranges(index, size), size)


def inclusion_path(index: int, size: int, tiles: Mapping[tuple[int, int], bytes]) -> list[bytes]:
    """The proof that leaf ``index`` is in the tree of ``size``: RFC 6962's audit path, leaf side first."""
    return [range_hash(one, tiles) for one in inclusion_ranges(index, size)]


def consistency_tiles(old: int, new: int) -> list[Tile]:
    """The tiles of the newer tree that ``consistency_path`` reads."""
    return tiles_of(consistency_ranges(old, new), new)


def consistency_path(old: int, new: int, tiles: Mapping[tuple[int, int], bytes]) -> list[bytes]:
    """The proof that the tree of size ``old`` is the beginning of the one of size ``new`` (RFC 6962, 2.1.2)."""
    return [range_hash(one, tiles) for one in consistency_ranges(old, new)]


def root_tiles(size: int) -> list[Tile]:
    """The tiles that ``root_hash`` reads: the right edge."""
    return tiles_of([Range(0, size)], size)


def root_hash(size: int, tiles: Mapping[tuple[int, int], bytes]) -> bytes:
    """The root of the tree of ``size`` > 0 leaves."""
    return range_hash(Range(0, size), tiles)


def edge_tiles(size: int) -> list[EdgeTile]:
    """The partial tiles of a tree of ``size`` leaves: all that it needs to grow on."""
    found, level = [], 0
    while size >> (HEIGHT * level):
        number = (size >> (HEIGHT * level)) // WIDTH
        if width := partial_width(level, number, size):
            found.append(EdgeTile(level, number, width))
        level += 1
    return found
