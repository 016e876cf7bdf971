"""The list of lots: rows for lists and filters, paged by an opaque keyset cursor."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from storage.database import AnyConnection

_MOST = 200  # rows of one page
_COLUMNS = (
    "lot_id, project_id, title, category, regime, mode, phase, region, deadline, opening_at, noticed_at, "
    "tenderer, agency, updated_feed_position, doc"
)
_UPSERT = """
INSERT INTO lots (lot_id, project_id, title, category, regime, mode, phase, region, deadline, opening_at,
                  noticed_at, tenderer, agency, updated_feed_position, doc)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
ON CONFLICT (lot_id) DO UPDATE SET
    (project_id, title, category, regime, mode, phase, region, deadline, opening_at, noticed_at, tenderer,
     agency, updated_feed_position, doc)
  = (excluded.project_id, excluded.title, excluded.category, excluded.regime, excluded.mode, excluded.phase,
     excluded.region, excluded.deadline, excluded.opening_at, excluded.noticed_at, excluded.tenderer,
     excluded.agency, excluded.updated_feed_position, excluded.doc)"""


class LotRow(msgspec.Struct, frozen=True, kw_only=True):
    """One lot in lists. ``doc``: JSON. ``updated_feed_position``: of the last public event that it shows."""

    lot_id: str
    project_id: str
    title: str
    category: str
    regime: str
    mode: str
    phase: str
    region: str
    deadline: datetime | None
    opening_at: datetime | None
    noticed_at: datetime | None
    tenderer: str
    agency: str | None
    updated_feed_position: int
    doc: bytes


class LotFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What is None does not restrict. ``mode`` is 'live' unless asked for otherwise: test lots never show up
    by accident. ``region`` is a prefix of the division code, ``text`` a part of the title."""

    mode: str | None = "live"
    category: str | None = None
    regime: str | None = None
    phases: Sequence[str] | None = None
    region: str | None = None
    project_id: str | None = None
    tenderer: str | None = None
    agency: str | None = None
    text: str | None = None
    noticed: bool | None = None
    deadline_after: datetime | None = None
    deadline_before: datetime | None = None


class LotPage(msgspec.Struct, frozen=True, kw_only=True):
    """``after``: cursor of the next page, None at the end."""

    rows: list[LotRow]
    after: str | None


async def upsert_lot(connection: AnyConnection, row: LotRow) -> None:
    await connection.execute(_UPSERT, *msgspec.structs.astuple(row))


async def get_lot(connection: AnyConnection, lot_id: str) -> LotRow | None:
    found = await connection.fetchrow(f"SELECT {_COLUMNS} FROM lots WHERE lot_id = $1", lot_id)  # noqa: S608  constant columns
    return None if found is None else LotRow(**dict(found))


async def list_lots(connection: AnyConnection, wanted: LotFilter, after: str | None, limit: int) -> LotPage:
    """Newest notice first, lots without one before them. Raises ValueError for a cursor that is not ours."""
    limit = max(1, min(limit, _MOST))
    conditions, arguments = _conditions(wanted)
    if after is not None:
        at, lot_id = _opened(after)
        arguments += [at, lot_id]
        conditions.append(
            f"(listed_at, lot_id) < (${len(arguments) - 1}::text::timestamptz, ${len(arguments)})"
        )
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    arguments.append(limit + 1)
    rows = await connection.fetch(
        f"SELECT {_COLUMNS}, listed_at::text AS listed FROM lots {where} "  # noqa: S608  values are arguments
        f"ORDER BY listed_at DESC, lot_id DESC LIMIT ${len(arguments)}",
        *arguments,
    )
    more = len(rows) > limit
    found = [{key: value for key, value in row.items() if key != "listed"} for row in rows[:limit]]
    last = rows[limit - 1] if more else None
    cursor = None if last is None else _sealed(last["listed"], last["lot_id"])
    return LotPage(rows=[LotRow(**row) for row in found], after=cursor)


def _conditions(wanted: LotFilter) -> tuple[list[str], list[Any]]:
    pattern = None if wanted.text is None else f"%{_literal(wanted.text)}%"
    region = None if wanted.region is None else f"{_literal(wanted.region)}%"
    restrictions: list[tuple[str, Any]] = [
        ("mode = {}", wanted.mode),
        ("category = {}", wanted.category),
        ("regime = {}", wanted.regime),
        ("phase = ANY({}::text[])", None if wanted.phases is None else list(wanted.phases)),
        ("region LIKE {}", region),
        ("project_id = {}", wanted.project_id),
        ("tenderer = {}", wanted.tenderer),
        ("agency = {}", wanted.agency),
        ("title ILIKE {}", pattern),
        ("(noticed_at IS NOT NULL) = {}", wanted.noticed),
        ("deadline > {}", wanted.deadline_after),
        ("deadline <= {}", wanted.deadline_before),
    ]
    given = [(condition, value) for condition, value in restrictions if value is not None]
    conditions = [condition.format(f"${number}") for number, (condition, _) in enumerate(given, start=1)]
    return conditions, [value for _, value in given]


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _sealed(listed: str, lot_id: str) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode([listed, lot_id])).decode().rstrip("=")


def _opened(cursor: str) -> tuple[str, str]:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        listed, lot_id = msgspec.json.decode(raw, type=tuple[str, str])
        if listed != "infinity":
            datetime.fromisoformat(listed)
    except (binascii.Error, msgspec.MsgspecError, ValueError) as error:
        raise ValueError("this cursor was not issued by this list") from error
    return listed, lot_id
