"""Lists of subjects that do not hang on one lot: one row of each and period, written by a projection."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from storage.database import AnyConnection, Database

_UPSERT = """
INSERT INTO list_entries (list, subject, period, place, owner, tags, text, doc)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (list, subject, period) DO UPDATE
SET owner = excluded.owner, tags = excluded.tags, text = excluded.text, doc = excluded.doc"""
#: The row of each subject that stood at the end of a period: its latest until then.
_PAGE = """
SELECT list, subject, period, place, owner, tags, text, doc FROM list_entries AS entry
WHERE list = $1 AND period <= $2
  AND NOT EXISTS (
    SELECT FROM list_entries AS later
    WHERE later.list = entry.list AND later.subject = entry.subject
      AND later.period > entry.period AND later.period <= $2)
  AND ($3::text IS NULL OR tags @> ARRAY[$3::text])
  AND ($4::text = '' OR strpos(text, $4) > 0)
  AND ($5::text[] IS NULL OR owner = ANY($5))
  AND ($6::bigint IS NULL OR place < $6)
ORDER BY place DESC, subject DESC LIMIT $7"""
_OWNERS = """
SELECT DISTINCT owner FROM list_entries
WHERE list = $1 AND owner <> '' AND ($2::text IS NULL OR owner > $2) ORDER BY owner LIMIT $3"""
#: As many as a page may hold; a period after all others.
MOST, LAST = 1000, 2**31 - 1


class ListEntry(msgspec.Struct, frozen=True, kw_only=True):
    """``place``: position of the subject's first event, which orders the list; ``period``: the year that the row is
    of, 0 where a list has none; ``text``: what a search looks through."""

    list: str
    subject: str
    period: int = 0
    place: int
    owner: str = ""
    tags: tuple[str, ...] = ()
    text: str = ""
    doc: bytes


async def upsert_entry(connection: AnyConnection, entry: ListEntry) -> None:
    await connection.execute(
        _UPSERT,
        entry.list,
        entry.subject,
        entry.period,
        entry.place,
        entry.owner,
        list(entry.tags),
        entry.text,
        entry.doc,
    )


class Lists:
    """Reads; every method may raise StorageUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self,
        name: str,
        *,
        tag: str | None = None,
        text: str = "",
        owners: Sequence[str] | None = None,
        until: int | None = None,
        after: int | None = None,
        limit: int = 50,
    ) -> list[ListEntry]:
        """At most ``limit`` (1 to 1000) subjects of the list, newest first, each as it stood when period ``until``
        ended (None: now); those placed before ``after``."""
        rows = await self._database.fetch(
            _PAGE,
            name,
            LAST if until is None else until,
            tag,
            text,
            None if owners is None else list(owners),
            after,
            max(1, min(limit, MOST)),
        )
        return [ListEntry(**{**dict(row), "tags": tuple(row["tags"])}) for row in rows]

    async def owners(self, name: str, *, after: str | None = None, limit: int = 50) -> list[str]:
        """Owners of the list's subjects in the order of their names, those after ``after``."""
        rows = await self._database.fetch(_OWNERS, name, after, max(1, min(limit, MOST)))
        return [row["owner"] for row in rows]
