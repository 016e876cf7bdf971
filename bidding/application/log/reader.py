"""Checkpoint, tiles and proofs, read from the store: any process may serve them."""

from collections.abc import Iterable, Sequence

from bidding.application.log.ports import LogStore, Tiles
from bidding.application.ports import Unavailable
from bidding.crypto.errors import LogError
from bidding.crypto.log.checkpoint import Checkpoint, parse_checkpoint
from bidding.crypto.log.leaf import entry
from bidding.crypto.log.note import NoteKey, parse_note
from bidding.crypto.log.policy import LogPolicy
from bidding.crypto.log.proof import LogProof
from bidding.crypto.log.tiles import (
    MAX_LEVEL,
    WIDTH,
    Tile,
    consistency_path,
    consistency_tiles,
    encode_bundle,
    partial_width,
    range_hash,
    tiles_of,
)
from bidding.crypto.log.tree import Range, inclusion_ranges
from bidding.crypto.parts import DIGEST_SIZE, leaf_hash

#: Hashes of a tile's leaves or more that are kept between proofs, at most about.
KEPT = 20_000


class LogReader:
    """``key``: the log's, under its name; ``policy``: whose cosignatures a published checkpoint has.

    Every method may raise ``Unavailable``.
    """

    def __init__(self, store: LogStore, key: NoteKey, policy: LogPolicy | None = None) -> None:
        self._store, self.key = store, key
        self.policy = policy or LogPolicy(log=key.vkey)
        self._kept: dict[Range, bytes] = {}

    async def checkpoint(self) -> bytes | None:
        """The newest published checkpoint: where there are witnesses, cosigned by a quorum; None before the first."""
        if self.policy.quorum:
            return await self._store.witnessed()
        return (await self._store.head()).note

    async def tile(self, tile: Tile) -> bytes | None:
        """The tile's or bundle's bytes, of the width asked for; None if the tree does not reach so far."""
        level = tile.level or 0
        size = (await self._store.head()).size
        if level > MAX_LEVEL or partial_width(level, tile.number, size) < tile.width:
            return None
        stored = (await self._store.tiles([(level, tile.number)]))[level, tile.number]
        stored = stored[: tile.width * DIGEST_SIZE]
        if tile.level is None:
            return encode_bundle(entries(stored))
        return _leaf_hashes(stored) if level == 0 else stored

    async def newest(self) -> tuple[bytes, Checkpoint]:
        """The newest checkpoint, signed and read. ``Unavailable`` before the first beat."""
        note = await self.checkpoint()
        if note is None:
            raise Unavailable("log")
        return note, parse_checkpoint(parse_note(note).text)

    async def covering(self, position: int) -> bytes | None:
        """The checkpoint that first covered the event at this position, once one as large is published: where
        there are witnesses, they have seen it by then. None until then."""
        note, published = await self._store.covering(position), await self.checkpoint()
        if note is None or published is None:
            return None
        sizes = [parse_checkpoint(parse_note(one).text).size for one in (note, published)]
        return note if sizes[0] <= sizes[1] else None

    async def proofs(self, leaves: Sequence[int], note: bytes | None = None) -> list[LogProof]:
        """The proofs of these leaves under the checkpoint ``note``, else the newest. LogError: one is beyond it."""
        if note is None:
            note, _ = await self.newest()
        checkpoint = parse_checkpoint(parse_note(note).text)
        if any(leaf >= checkpoint.size for leaf in leaves):
            raise LogError(what="a leaf that no checkpoint covers yet")
        size = checkpoint.size
        paths = {leaf: inclusion_ranges(leaf, size) for leaf in leaves}
        hashes = await self._hashes({one for path in paths.values() for one in path}, size)
        return [LogProof(leaf, tuple(hashes[one] for one in paths[leaf]), note) for leaf in leaves]

    async def consistency(self, old: int, new: int) -> list[bytes]:
        """The proof that the tree of ``new`` leaves continues the one of ``old``. LogError: it is not so large."""
        if new > (await self._store.head()).size:
            raise LogError(what="no tree of this size")
        return consistency_path(old, new, await self._tiles(consistency_tiles(old, new)))

    async def _hashes(self, ranges: set[Range], size: int) -> dict[Range, bytes]:
        """Those of a tree of ``size`` leaves. What stands over given leaves never changes: the upper ones are kept."""
        found = {one: self._kept[one] for one in ranges if one in self._kept}
        missing = ranges - found.keys()
        if missing:
            tiles = await self._tiles(tiles_of(missing, size))
            made = {one: range_hash(one, tiles) for one in missing}
            found |= made
            if len(self._kept) > KEPT:
                self._kept.clear()
            self._kept |= {one: data for one, data in made.items() if one.end - one.first >= WIDTH}
        return found

    async def _tiles(self, wanted: Iterable[Tile]) -> Tiles:
        places = sorted({(one.level or 0, one.number) for one in wanted})
        stored = await self._store.tiles(places)
        return {place: _leaf_hashes(data) if place[0] == 0 else data for place, data in stored.items()}


def entries(commitments: bytes) -> list[bytes]:
    """The leaves that commit to these."""
    return [entry(commitments[at : at + DIGEST_SIZE]) for at in range(0, len(commitments), DIGEST_SIZE)]


def _leaf_hashes(commitments: bytes) -> bytes:
    return b"".join([leaf_hash(one) for one in entries(commitments)])
