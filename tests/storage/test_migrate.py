"""Migrations: applied once, in order, never changed, safe to start everywhere at once."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import asyncpg
import pytest

from storage.errors import MigrationError
from storage.events import connect
from storage.migrate import FOLDER, migrate, migrations
from storage.server import EmbeddedServer
from tests.storage.samples import commit, event


@pytest.fixture
async def empty_dsn(pg_dsn: str, pg_server: EmbeddedServer) -> str:
    """A database without any migration."""
    connection = await asyncpg.connect(pg_dsn)
    name: str = await connection.fetchval("SELECT current_database()")
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    await connection.close()
    return pg_server.dsn(name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "0001_first.sql").write_text("CREATE TABLE first (n int); INSERT INTO first VALUES (1);")
    (tmp_path / "0002_second.sql").write_text("CREATE TABLE second (n int);")
    return tmp_path


async def test_processes_that_start_together_migrate_once(empty_dsn: str) -> None:
    applied = await asyncio.gather(*(migrate(empty_dsn) for _ in range(6)))
    assert sorted(applied, key=len)[:-1] == [[]] * 5
    assert [n for numbers in applied for n in numbers] == [m.number for m in migrations()]


async def test_a_changed_file_is_refused(empty_dsn: str, folder: Path) -> None:
    assert await migrate(empty_dsn, folder) == [1, 2]
    (folder / "0001_first.sql").write_text("CREATE TABLE first (n bigint)")
    with pytest.raises(MigrationError, match=r"0001.*changed"):
        await migrate(empty_dsn, folder)


async def test_a_database_of_a_newer_version_is_refused(empty_dsn: str, folder: Path) -> None:
    await migrate(empty_dsn, folder)
    (folder / "0002_second.sql").unlink()
    with pytest.raises(MigrationError, match=r"0002.*newer"):
        await migrate(empty_dsn, folder)


async def test_a_failing_file_leaves_nothing_behind_and_the_ones_before_it_stand(
    empty_dsn: str, folder: Path
) -> None:
    (folder / "0003_third.sql").write_text("CREATE TABLE third (n int); SELECT no_such_function();")
    with pytest.raises(MigrationError, match=r"0003.*no_such_function"):
        await migrate(empty_dsn, folder)
    (folder / "0003_third.sql").write_text("CREATE TABLE third (n int)")
    assert await migrate(empty_dsn, folder) == [3]


async def test_a_file_of_another_range_may_come_later_with_a_lower_number(
    empty_dsn: str, folder: Path
) -> None:
    (folder / "0020_lists.sql").write_text("CREATE TABLE lists (n int)")
    await migrate(empty_dsn, folder)
    (folder / "0010_uploads.sql").write_text("CREATE TABLE uploads (n int)")
    assert await migrate(empty_dsn, folder) == [10]


@pytest.mark.parametrize("name", ["1_first.sql", "0001-first.sql", "0001_First.sql", "0002_again.sql"])
def test_bad_names_and_numbers_used_twice_are_refused(folder: Path, name: str) -> None:
    (folder / name).write_text("SELECT 1")
    with pytest.raises(MigrationError):
        migrations(folder)


async def test_answers_of_an_earlier_version_are_replayed(empty_dsn: str, tmp_path: Path) -> None:
    """0004 keeps where a request's events are in another form."""
    for number in ("0001", "0002", "0003"):
        [path] = FOLDER.glob(f"{number}_*")
        shutil.copy(path, tmp_path)
    await migrate(empty_dsn, tmp_path)
    connection = await asyncpg.connect(empty_dsn)
    try:
        await connection.execute("""
            UPDATE events_head SET position = 3, feed_position = 1;
            INSERT INTO events SELECT n, CASE n WHEN 2 THEN 1 END, gen_random_uuid(), 'a', n, 't', '', '', now(), ''
            FROM generate_series(1, 3) AS n;
            INSERT INTO idempotency VALUES ('test', 'k', 'hash', 'answer', '{2,3}', '{1,NULL}', now()),
                                           ('test', 'none', 'hash', 'answer', '{}', '{}', now());""")
    finally:
        await connection.close()
    await migrate(empty_dsn)
    async with connect(empty_dsn) as log:
        again = await log.append(commit(event("a", 2), key="k"))
        assert (again.replayed, again.positions, again.feed_positions) == (True, [2, 3], [1, None])
        assert (await log.append(commit(key="none"))).positions == []
        assert (await log.append(commit(event("a", 4)))).positions == [4]


def test_the_projects_own_files_are_in_order(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "copy")
    numbers = [m.number for m in migrations(tmp_path / "copy")]
    assert numbers == sorted(numbers)
    assert numbers[:3] == [1, 2, 3]
