"""Bring a database to this version's schema: numbered SQL files, each applied once and never changed after.

Runs as the owner of the tables. Any number of processes may call it at once: one migrates, the others wait.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import asyncpg

from storage.database import Connection, connect_once, require_supported
from storage.errors import MigrationError, StorageUnavailable, translated_errors

FOLDER = Path(__file__).parent / "migrations"
_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
_LOCK = 0x6269_6464_696E_6701  # "bidding" and 1: apart from the keys of storage.gate, which are hashes
_TIMEOUT = 600.0  # seconds for one migration, waiting for another process included

_APPLIED = """
CREATE TABLE IF NOT EXISTS schema_migrations (
    number integer PRIMARY KEY,
    name text NOT NULL,
    sha256 text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now()
)"""


class Migration(NamedTuple):
    number: int
    name: str
    sql: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


def migrations(folder: Path = FOLDER) -> list[Migration]:
    """The files of ``folder`` by number. Raises MigrationError for a bad name or a number used twice."""
    found: dict[int, Migration] = {}
    for path in sorted(folder.glob("*.sql")):
        match = _NAME.fullmatch(path.name)
        if match is None:
            raise MigrationError(0, f"{path.name} is not named NNNN_what_it_does.sql")
        number = int(match[1])
        if number in found:
            raise MigrationError(number, f"used by {found[number].name} and {path.name}")
        found[number] = Migration(number, path.name, path.read_text(encoding="utf-8"))
    return list(found.values())


async def migrate(dsn: str, folder: Path = FOLDER) -> list[int]:
    """Apply what is missing; returns its numbers. Each file is one transaction.

    Raises MigrationError when an applied file was changed or is unknown to this version, or when one fails;
    UnsupportedServer; StorageUnavailable.
    """
    wanted = migrations(folder)
    connection = await connect_once(dsn, timeout=_TIMEOUT)
    try:
        with translated_errors():
            require_supported(int(await connection.fetchval("SHOW server_version_num")))
            await connection.execute("SELECT pg_advisory_lock($1)", _LOCK)
            await connection.execute(_APPLIED)
            rows = await connection.fetch("SELECT number, name, sha256 FROM schema_migrations")
        applied = {row["number"]: (row["name"], row["sha256"]) for row in rows}
        _require_unchanged(wanted, applied)
        missing = [migration for migration in wanted if migration.number not in applied]
        for migration in missing:
            await _apply(connection, migration)
        return [migration.number for migration in missing]
    finally:
        await connection.close(timeout=5)  # and with it the lock


def _require_unchanged(wanted: Sequence[Migration], applied: dict[int, tuple[str, str]]) -> None:
    known = {migration.number: migration for migration in wanted}
    for number, (name, sha256) in sorted(applied.items()):
        if number not in known:
            raise MigrationError(
                number, f"{name} was applied by a newer version of the program: upgrade first"
            )
        if known[number].sha256 != sha256:
            raise MigrationError(
                number, f"{name} was changed after it had been applied: restore it, add a new one"
            )


async def _apply(connection: Connection, migration: Migration) -> None:
    try:
        with translated_errors():
            async with connection.transaction():
                await connection.execute(migration.sql)
                await connection.execute(
                    "INSERT INTO schema_migrations (number, name, sha256) VALUES ($1, $2, $3)",
                    migration.number,
                    migration.name,
                    migration.sha256,
                )
    except StorageUnavailable:
        raise
    except Exception as error:
        reason = error.__cause__ if isinstance(error.__cause__, asyncpg.PostgresError) else error
        raise MigrationError(migration.number, f"{migration.name} failed: {reason}") from error
