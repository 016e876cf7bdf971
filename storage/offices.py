"""Which lots an office has a part in: a read model beside the public list, told to nobody but that office."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from storage.database import AnyConnection

_LEFT = "DELETE FROM lot_offices WHERE lot_id = $1 AND party <> ALL($2::text[])"
_KEPT = """
INSERT INTO lot_offices (party, lot_id, filed_at)
SELECT party, $1, $3 FROM unnest($2::text[]) AS party ON CONFLICT DO NOTHING"""
_LOTS = """
SELECT lot_id FROM lot_offices WHERE party = $1 AND ($2::text IS NULL OR (filed_at, lot_id) <
    (SELECT last.filed_at, last.lot_id FROM lot_offices AS last WHERE last.party = $1 AND last.lot_id = $2))
ORDER BY filed_at DESC, lot_id DESC LIMIT $3"""
_ALL = """
SELECT lot_id FROM lot_offices GROUP BY lot_id
HAVING $1::text IS NULL OR (min(filed_at), lot_id) <
    (SELECT min(last.filed_at), $1 FROM lot_offices AS last WHERE last.lot_id = $1)
ORDER BY min(filed_at) DESC, lot_id DESC LIMIT $2"""


async def set_offices(
    connection: AnyConnection, lot_id: str, parties: Sequence[str], filed_at: datetime
) -> None:
    """The lot's offices are these and no others (a file handed in anew may name another tenderer)."""
    await connection.execute(_LEFT, lot_id, list(parties))
    await connection.execute(_KEPT, lot_id, list(parties), filed_at)


async def lots_of(connection: AnyConnection, party: str, after: str | None, limit: int) -> list[str]:
    """At most ``limit`` lot ids, newest file first, from the one after ``after`` on."""
    rows = await connection.fetch(_LOTS, party, after, limit)
    return [row["lot_id"] for row in rows]


async def all_lots(connection: AnyConnection, after: str | None, limit: int) -> list[str]:
    """At most ``limit`` ids of any lots, newest file first, from the one after ``after`` on."""
    rows = await connection.fetch(_ALL, after, limit)
    return [row["lot_id"] for row in rows]
