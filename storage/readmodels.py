"""Read models: timers, the list of lots, values that name one party. Written by projections only.

A projection writes what an event means and how far it has come in one transaction, so an event is never
applied twice nor lost; a projection is changed by ``reset`` and a replay of the log.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import msgspec

from storage.batch import TRACK
from storage.database import AnyConnection, Database
from storage.errors import AlreadyClaimed, StaleTracking
from storage.lists import ListEntry, Lists, upsert_entry
from storage.lots import LotFilter, LotPage, LotRow, get_lot, list_lots, upsert_lot
from storage.offices import all_lots, lots_of, set_offices
from storage.records import Tracking

__all__ = ["ListEntry", "LotFilter", "LotPage", "LotRow", "Projection", "ReadModels", "Timer"]

_SET_TIMER = """
INSERT INTO timers (subject, kind, due_at, payload) VALUES ($1, $2, $3, $4)
ON CONFLICT (subject, kind) DO UPDATE SET due_at = excluded.due_at, payload = excluded.payload"""
_DUE = """
SELECT subject, kind, due_at, payload FROM timers
WHERE due_at <= $1 ORDER BY due_at, subject, kind LIMIT $2"""


class Timer(msgspec.Struct, frozen=True, kw_only=True):
    subject: str
    kind: str
    due_at: datetime
    payload: bytes


class Projection:
    """Writes of one transaction; valid inside ``ReadModels.transaction`` only."""

    def __init__(self, connection: AnyConnection) -> None:
        self._connection = connection

    async def set_timer(self, subject: str, kind: str, due_at: datetime, payload: bytes = b"") -> None:
        """One timer per subject and kind: setting it again moves it."""
        await self._connection.execute(_SET_TIMER, subject, kind, due_at, payload)

    async def clear_timer(self, subject: str, kind: str | None = None) -> None:
        """Remove a timer, or all of the subject. Harmless if there is none."""
        await self._connection.execute(
            "DELETE FROM timers WHERE subject = $1 AND kind = coalesce($2, kind)", subject, kind
        )

    async def upsert_lot(self, row: LotRow) -> None:
        await upsert_lot(self._connection, row)

    async def set_offices(self, lot_id: str, parties: Sequence[str], filed_at: datetime) -> None:
        await set_offices(self._connection, lot_id, parties, filed_at)

    async def upsert_entry(self, entry: ListEntry) -> None:
        await upsert_entry(self._connection, entry)

    async def get_lot(self, lot_id: str) -> LotRow | None:
        return await get_lot(self._connection, lot_id)

    async def claim(self, kind: str, value: str, party: str) -> None:
        """``value`` (a USCC, a credential id) names ``party`` from now on. Harmless if it does already.

        Raises AlreadyClaimed, with nothing written, if it names another; a concurrent claim is waited for.
        """
        await self._connection.execute(
            "INSERT INTO party_claims (kind, value, party) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            *(kind, value, party),
        )
        holder = await self._connection.fetchval(
            "SELECT party FROM party_claims WHERE kind = $1 AND value = $2", kind, value
        )
        if holder != party:
            raise AlreadyClaimed(kind, value, str(holder))

    async def release(self, kind: str, value: str) -> None:
        """The value names nobody any more (a revoked credential). Harmless if it did not."""
        await self._connection.execute("DELETE FROM party_claims WHERE kind = $1 AND value = $2", kind, value)


class ReadModels:
    """Reads see what projections have committed; every method may raise StorageUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.lists = Lists(database)

    @asynccontextmanager
    async def transaction(self, tracking: Tracking | None = None) -> AsyncIterator[Projection]:
        """All writes inside and the checkpoint, or none. Raises StaleTracking at once if the projection has
        already come to this position; a concurrent one at the same position is waited for."""
        async with self._database.transaction() as connection:
            if tracking is not None:
                name, position = tracking.application_name, tracking.notification_id
                if not await connection.fetchval(TRACK, name, position):
                    raise StaleTracking(name, position)
            yield Projection(connection)

    async def tracked(self, name: str) -> int:
        """The position that projection ``name`` has come to; 0 if it never ran."""
        found = await self._database.fetchval("SELECT position FROM tracking WHERE name = $1", name)
        return int(found or 0)

    async def reset(self, *names: str) -> None:
        """Empty all read models and forget the checkpoints ``names``: replay the log afterwards."""
        async with self._database.transaction() as connection:
            await connection.execute("DELETE FROM tracking WHERE name = ANY($1::text[])", list(names))
            await connection.execute("DELETE FROM timers")
            await connection.execute("DELETE FROM lots")
            await connection.execute("DELETE FROM lot_offices")
            await connection.execute("DELETE FROM party_claims")
            await connection.execute("DELETE FROM list_entries")

    async def due(self, now: datetime, limit: int = 100) -> list[Timer]:
        """Timers due at ``now``, the longest overdue first."""
        return [Timer(**dict(row)) for row in await self._database.fetch(_DUE, now, limit)]

    async def next_due(self, after: datetime | None = None) -> datetime | None:
        """When the next timer (later than ``after``, if given) is due; None if there is none."""
        found: datetime | None = await self._database.fetchval(
            "SELECT min(due_at) FROM timers WHERE due_at > coalesce($1, '-infinity'::timestamptz)", after
        )
        return found

    async def fired(self, timer: Timer) -> None:
        """Remove a timer that has done its work, unless it was set to another instant meanwhile."""
        await self._database.execute(
            "DELETE FROM timers WHERE subject = $1 AND kind = $2 AND due_at = $3",
            *(timer.subject, timer.kind, timer.due_at),
        )

    async def get_lot(self, lot_id: str) -> LotRow | None:
        async with self._database.acquire() as connection:
            return await get_lot(connection, lot_id)

    async def lots_of(self, party: str, *, after: str | None = None, limit: int = 50) -> list[str]:
        """Ids of the lots that the party hosts or tenders, newest file first, those after ``after``."""
        async with self._database.acquire() as connection:
            return await lots_of(connection, party, after, limit)

    async def all_lots(self, *, after: str | None = None, limit: int = 50) -> list[str]:
        """Ids of all lots, unpublished ones too, newest file first, those after ``after``."""
        async with self._database.acquire() as connection:
            return await all_lots(connection, after, limit)

    async def list_lots(
        self, wanted: LotFilter | None = None, *, after: str | None = None, limit: int = 50
    ) -> LotPage:
        """A page of at most ``limit`` (1 to 200) lots, newest notice first; ``after``: a page's cursor.

        Raises ValueError for a cursor that this list did not issue.
        """
        async with self._database.acquire() as connection:
            return await list_lots(connection, wanted or LotFilter(), after, limit)

    async def holder(self, kind: str, value: str) -> str | None:
        """The party that ``value`` names."""
        found: str | None = await self._database.fetchval(
            "SELECT party FROM party_claims WHERE kind = $1 AND value = $2", kind, value
        )
        return found

    async def claims(self, party: str) -> Sequence[tuple[str, str]]:
        """(kind, value) of all that names ``party``."""
        rows = await self._database.fetch(
            "SELECT kind, value FROM party_claims WHERE party = $1 ORDER BY kind, value", party
        )
        return [(row[0], row[1]) for row in rows]
