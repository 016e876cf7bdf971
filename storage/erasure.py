"""Erasing what an event of the log says is erased: the one change of the log, by a role that may do nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from storage.database import Database
from storage.errors import DataError, ProgrammingError, translated_errors

ERASER_ROLE = "bidding_eraser"

_ERASE = "SELECT erase_personal_data($1, $2::bigint[], $3::bytea[], $4::bytea[])"
# A look through the whole log, in an act that happens a few times a year.
_NAMING = """
SELECT DISTINCT stream FROM events
WHERE stream >= 'lot-' AND stream < 'lot.' AND position(convert_to($1, 'UTF8') IN state) > 0 ORDER BY stream"""


class Eraser:
    """Every method may raise StorageUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def permitted(self) -> bool:
        """Whether the login may take the eraser's role."""
        try:
            connection = await self._database.connect_as(ERASER_ROLE)
        except (ProgrammingError, DataError):  # not ours to take; no such role
            return False
        await connection.close(timeout=5)
        return True

    async def erase(self, erasing: int, left: Sequence[tuple[int, bytes, bytes]]) -> bool:
        """Of each event at a position, state and metadata as they then stand, as the event at ``erasing`` says; and the
        stored answers about its stream. Again: without effect. False, and nothing: one of them is no leaf yet.

        Raises ProgrammingError where that event says something else.
        """
        connection = await self._database.connect_as(ERASER_ROLE)
        try:
            with translated_errors():
                columns = ([one[column] for one in left] for column in range(3))
                done: bool = await connection.fetchval(_ERASE, erasing, *columns)
                return done
        finally:
            await connection.close(timeout=5)

    async def lots_naming(self, text: str) -> list[str]:
        """Streams of lots that hold an event whose content has ``text`` in it."""
        return [row[0] for row in await self._database.fetch(_NAMING, text)]
