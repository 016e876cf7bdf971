"""The outbox of public records: numbered items, how far each target has taken them, what their echoes showed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from storage.batch import TRACK
from storage.database import AnyConnection, Database

_INSERT = """
INSERT INTO exchange_items (number, channel, lot_id, kind, key, stamp, hash, body)
SELECT (SELECT coalesce(max(number), 0) + 1 FROM exchange_items), $1, $2, $3, $4, $5, $6, $7
ON CONFLICT (channel, key, stamp) DO NOTHING"""
_AFTER = """
SELECT number, channel, lot_id, kind, key, stamp, hash, body FROM exchange_items
WHERE channel = $1 AND number > $2 ORDER BY number LIMIT $3"""
_ECHOES = """
SELECT i.number, channel, lot_id, kind, key, stamp, hash, body, shown
FROM exchange_echoes AS e JOIN exchange_items AS i USING (number)
WHERE target = $1 AND due_at <= $2 ORDER BY due_at, number LIMIT $3"""
_SERIAL = """
INSERT INTO exchange_serials (lot_id, day, serial)
SELECT $1, $2, (SELECT coalesce(max(serial), 0) + 1 FROM exchange_serials WHERE day = $2)
ON CONFLICT (lot_id) DO NOTHING"""
_LOOKED = """
INSERT INTO exchange_echoes (target, number, due_at, shown) VALUES ($1, $2, $3, $4)
ON CONFLICT (target, number) DO UPDATE SET due_at = excluded.due_at, shown = excluded.shown"""


class OutboxItem(msgspec.Struct, frozen=True, kw_only=True):
    """``number`` 0 before it is stored; ``key`` with ``stamp`` is sent once; ``hash``: hex SHA-256."""

    number: int = 0
    channel: str
    lot_id: str
    kind: str
    key: str
    stamp: str
    hash: str
    body: bytes


class Outbox:
    """Every method may raise StorageUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def serial(self, lot_id: str, day: date) -> int:
        """The lot's serial of its day, given at the first call. For one writer at a time: the projection."""
        async with self._database.transaction() as connection:
            await connection.execute(_SERIAL, lot_id, day)
            found = await connection.fetchval("SELECT serial FROM exchange_serials WHERE lot_id = $1", lot_id)
        return int(found)

    async def save(self, name: str, position: int, items: Sequence[OutboxItem]) -> bool:
        """The items and the checkpoint of projection ``name``, or, at a position it has come to, nothing: False."""
        async with self._database.transaction() as connection:
            if not await connection.fetchval(TRACK, name, position):
                return False
            for item in items:
                await self._insert(connection, item)
        return True

    async def _insert(self, connection: AnyConnection, item: OutboxItem) -> None:
        await connection.execute(
            _INSERT,
            *(item.channel, item.lot_id, item.kind, item.key, item.stamp, item.hash, item.body),
        )

    async def items(self, channel: str, after: int, limit: int) -> list[OutboxItem]:
        return [OutboxItem(**dict(row)) for row in await self._database.fetch(_AFTER, channel, after, limit)]

    async def taken(
        self,
        target: str,
        number: int,
        *,
        echo_at: datetime | None = None,
        refused: tuple[str, datetime] | None = None,
    ) -> None:
        """``target`` has item ``number``, or refuses it for good; ``echo_at``: when to look what it shows."""
        async with self._database.transaction() as connection:
            await connection.fetchval(TRACK, target, number)
            if refused is not None:
                await connection.execute(
                    "INSERT INTO exchange_refusals (target, number, reason, at) VALUES ($1, $2, $3, $4) "
                    "ON CONFLICT DO NOTHING",
                    *(target, number, *refused),
                )
            if echo_at is not None:
                await connection.execute(_LOOKED, target, number, echo_at, "")

    async def reached(self, target: str) -> int:
        found = await self._database.fetchval("SELECT position FROM tracking WHERE name = $1", target)
        return int(found or 0)

    async def refused(self, target: str) -> list[tuple[int, str]]:
        """(number, reason) of what ``target`` refused for good."""
        rows = await self._database.fetch(
            "SELECT number, reason FROM exchange_refusals WHERE target = $1 ORDER BY number", target
        )
        return [(row["number"], row["reason"]) for row in rows]

    async def echoes(self, target: str, now: datetime, limit: int) -> list[tuple[OutboxItem, str]]:
        """Items whose echo is to be looked at, with the hash that was shown last."""
        rows = [dict(row) for row in await self._database.fetch(_ECHOES, target, now, limit)]
        return [(OutboxItem(**{k: v for k, v in row.items() if k != "shown"}), row["shown"]) for row in rows]

    async def looked(self, target: str, number: int, shown: str, due_at: datetime | None) -> None:
        """``shown``: the hash found; ``due_at``: when to look again, None: not any more."""
        if due_at is None:
            await self._database.execute(
                "DELETE FROM exchange_echoes WHERE target = $1 AND number = $2", target, number
            )
        else:
            await self._database.execute(_LOOKED, target, number, due_at, shown)
