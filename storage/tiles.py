"""The tree over the event log: commitments, hashes by level, checkpoints. Written by one sequencer, in batches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from storage.database import Database

_HEAD = "SELECT size, position, beat_at, note FROM log_head"
# The row's lock and its old size together: whoever lost the leadership without noticing adds nothing.
_ADVANCE = """
UPDATE log_head SET size = $2, position = $3, beat_at = $4, note = $5 WHERE size = $1 RETURNING true"""
_COMMITMENTS = "INSERT INTO log_commitments (first, hashes) SELECT * FROM unnest($1::bigint[], $2::bytea[])"
_RUNS = """
INSERT INTO log_runs (level, first, hashes) SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bytea[])"""
_PLACES = "INSERT INTO log_places (first, leaf, leaves) VALUES ($1, $2, $3)"
_CHECKPOINT = "INSERT INTO log_checkpoints (size, position, beat_at, note) VALUES ($1, $2, $3, $4)"
# By range of the primary key: a tile is the few runs that begin inside it.
_TILES = """
SELECT wanted.level, wanted.number, run.first, run.hashes
FROM unnest($1::smallint[], $2::bigint[]) AS wanted (level, number), LATERAL (
    SELECT c.first, c.hashes FROM log_commitments AS c
    WHERE wanted.level = 0 AND c.first >= wanted.number * 256 AND c.first < wanted.number * 256 + 256
    UNION ALL
    SELECT r.first, r.hashes FROM log_runs AS r
    WHERE r.level = wanted.level AND r.first >= wanted.number * 256 AND r.first < wanted.number * 256 + 256
) AS run
ORDER BY wanted.level, wanted.number, run.first"""
_WITNESSED = "SELECT note FROM log_witnessed"
# A later round may be overtaken by another process' newer one: then the newer one stands.
_KEEP_WITNESSED = "UPDATE log_witnessed SET size = $1, note = $2 WHERE size <= $1"
# Batches follow each other: the one that begins before the range may reach into it.
_BETWEEN = """
SELECT p.first + one.number - 1, one.leaf
FROM log_places AS p, unnest(p.leaves) WITH ORDINALITY AS one (leaf, number)
WHERE p.leaf >= coalesce((SELECT max(leaf) FROM log_places WHERE leaf <= $1), 0) AND p.leaf < $2
  AND one.leaf >= $1 AND one.leaf < $2
ORDER BY one.leaf"""
_COVERING = """
SELECT c.note
FROM (SELECT leaves[$1 - first + 1] AS leaf FROM log_places WHERE first <= $1 ORDER BY first DESC LIMIT 1) AS p,
    LATERAL (SELECT note FROM log_checkpoints WHERE size > p.leaf ORDER BY size LIMIT 1) AS c"""
_OF_STREAMS = """
SELECT e.position, p.leaves[e.position - p.first + 1] AS leaf
FROM events AS e, LATERAL (
    SELECT first, leaves FROM log_places WHERE first <= e.position ORDER BY first DESC LIMIT 1
) AS p
WHERE e.stream = ANY($1::text[]) AND p.leaves[e.position - p.first + 1] < $2 ORDER BY e.position"""


class TreeHead(msgspec.Struct, frozen=True, kw_only=True):
    """``size`` leaves, which hold the events up to ``position``; ``note``: the signed checkpoint, None before any."""

    size: int
    position: int
    beat_at: datetime | None
    note: bytes | None


class TreeBatch(msgspec.Struct, frozen=True, kw_only=True):
    """What one beat adds to a tree of ``before`` leaves.

    ``commitments``: (first leaf, 32 bytes each); ``runs``: (level from 1, first, 32 bytes each), none of them across
    a tile's end; ``leaves``: (position, leaf) of each event, one position after the other; ``head``: what then holds.
    """

    before: int
    head: TreeHead
    commitments: Sequence[tuple[int, bytes]]
    runs: Sequence[tuple[int, int, bytes]]
    leaves: Sequence[tuple[int, int]]


class TileStore:
    """Every method may raise StorageUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def head(self) -> TreeHead:
        row = await self._database.fetchrow(_HEAD)
        assert row is not None
        return TreeHead(size=row[0], position=row[1], beat_at=row[2], note=row[3])

    async def save(self, batch: TreeBatch) -> bool:
        """All of it in one transaction; False, and nothing, if the tree is not as large as ``before`` any more."""
        head = batch.head
        async with self._database.transaction() as connection:
            told = (batch.before, head.size, head.position, head.beat_at, head.note)
            if not await connection.fetchval(_ADVANCE, *told):
                return False
            await connection.execute(_COMMITMENTS, *_columns(batch.commitments, 2))
            if batch.runs:
                await connection.execute(_RUNS, *_columns(batch.runs, 3))
            if batch.leaves:
                positions, leaves = _columns(batch.leaves, 2)
                await connection.execute(_PLACES, positions[0], leaves[0], leaves)
                await connection.execute(_CHECKPOINT, head.size, head.position, head.beat_at, head.note)
        return True

    async def tiles(self, wanted: Sequence[tuple[int, int]]) -> dict[tuple[int, int], bytes]:
        """(level, number) → as many hashes as there are by now; of level 0 the commitments. Empty tiles are absent."""
        levels, numbers = [one[0] for one in wanted], [one[1] for one in wanted]
        found: dict[tuple[int, int], bytes] = {}
        for level, number, _, hashes in await self._database.fetch(_TILES, levels, numbers):
            found[level, number] = found.get((level, number), b"") + hashes
        return found

    async def leaves_between(self, first: int, end: int) -> list[tuple[int, int]]:
        """(position, leaf) of the events among the leaves ``first`` … ``end`` - 1, in order."""
        return [(row[0], row[1]) for row in await self._database.fetch(_BETWEEN, first, end)]

    async def leaves_of(self, streams: Sequence[str], size: int) -> dict[int, int]:
        """Position → leaf of the streams' events that are among the first ``size`` leaves."""
        rows = await self._database.fetch(_OF_STREAMS, list(streams), size)
        return {row[0]: row[1] for row in rows}

    async def witnessed(self) -> bytes | None:
        """The newest checkpoint that enough witnesses have cosigned, with their lines; None before any."""
        note: bytes | None = await self._database.fetchval(_WITNESSED)
        return note

    async def keep_witnessed(self, size: int, note: bytes) -> None:
        await self._database.execute(_KEEP_WITNESSED, size, note)

    async def covering(self, position: int) -> bytes | None:
        """The first checkpoint that covered the event at this position; None as long as none does."""
        note: bytes | None = await self._database.fetchval(_COVERING, position)
        return note

    async def checkpoint(self, size: int) -> bytes | None:
        """The checkpoint of that size, if it is one that took in events."""
        note: bytes | None = await self._database.fetchval(
            "SELECT note FROM log_checkpoints WHERE size = $1", size
        )
        return note


def _columns(rows: Sequence[tuple[object, ...]], width: int) -> list[list[object]]:
    return [[row[column] for row in rows] for column in range(width)]
