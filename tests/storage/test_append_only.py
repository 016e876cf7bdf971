"""The log cannot be changed: not by the program, not by the owner of its tables."""

from __future__ import annotations

import asyncpg
import pytest

from storage.database import Connection, Database
from storage.errors import ProgrammingError, StorageUnavailable
from storage.events import EventLog, connect
from storage.migrate import migrate
from tests.storage.samples import commit, event

CHANGES = [
    "UPDATE events SET state = '' WHERE position = 1",
    "UPDATE events SET state = '' WHERE false",
    "DELETE FROM events",
    "TRUNCATE events",
    "TRUNCATE events CASCADE",
    "UPDATE idempotency SET answer = ''",
    "DELETE FROM idempotency",
    "TRUNCATE idempotency",
    "DELETE FROM events_head",
    "TRUNCATE events_head",
    "UPDATE events_head SET position = position - 1",
    "UPDATE events_head SET feed_position = 0",
    "UPDATE events_head SET recorded_at = '-infinity'",
]


@pytest.fixture
async def filled(log: EventLog) -> EventLog:
    await log.append(commit(event("a", 1, public=True), key="k"))
    return log


@pytest.mark.parametrize("statement", CHANGES)
async def test_the_program_may_not_change_the_log(filled: EventLog, statement: str) -> None:
    assert await filled.database.fetchval("SELECT current_user") == "bidding_app"
    with pytest.raises(ProgrammingError):
        await filled.database.execute(statement)
    assert len(await filled.select_events("a")) == 1


@pytest.mark.parametrize("statement", CHANGES)
@pytest.mark.parametrize("replication_role", ["origin", "replica"])
async def test_nor_may_the_owner_and_superuser(
    filled: EventLog, pg_dsn: str, statement: str, replication_role: str
) -> None:
    owner = await asyncpg.connect(pg_dsn, server_settings={"session_replication_role": replication_role})
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await owner.execute(statement)
    finally:
        await owner.close()
    assert len(await filled.select_events("a")) == 1


async def test_the_program_keeps_its_role_when_a_connection_is_reset(database: Database) -> None:
    async with database.acquire() as connection:
        await connection.execute("RESET ALL")
        await connection.execute("RESET ROLE")
        assert await connection.fetchval("SELECT current_user") == "bidding_app"


async def test_an_owner_that_is_no_superuser_can_migrate_and_run(pg_dsn: str, admin: Connection) -> None:
    """The login of a hosted database: it may create no roles and is no member of bidding_app."""
    database: str = await admin.fetchval("SELECT current_database()")
    owner, own = f"owner_{database[5:13]}", f"{database}_own"
    try:
        await admin.execute(f"CREATE ROLE {owner} LOGIN")
        await admin.execute(f'CREATE DATABASE "{own}" OWNER {owner}')
        dsn = pg_dsn.replace("postgres@", f"{owner}@").replace(database, own)
        assert 1 in await migrate(dsn)
        async with connect(dsn) as log:
            assert (await log.append(commit(event("a", 1)))).positions == [1]
            with pytest.raises(ProgrammingError):
                await log.database.execute("DELETE FROM events")
    finally:
        await admin.execute(f'DROP DATABASE IF EXISTS "{own}" WITH (FORCE)')
        await admin.execute(f"DROP OWNED BY {owner}")
        await admin.execute(f"DROP ROLE {owner}")


async def test_a_closed_database_says_so(database: Database) -> None:
    await database.close()
    with pytest.raises(StorageUnavailable):
        await database.fetchval("SELECT 1")
