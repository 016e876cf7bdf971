"""An open event log on a fresh database."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from storage.database import Connection, Database
from storage.events import EventLog, connect


@pytest.fixture
async def log(pg_dsn: str) -> AsyncIterator[EventLog]:
    async with connect(pg_dsn) as opened:
        yield opened


@pytest.fixture
async def database(pg_dsn: str) -> AsyncIterator[Database]:
    opened = Database(pg_dsn)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def admin(pg_dsn: str) -> AsyncIterator[Connection]:
    """The owner and superuser, who can also terminate the program's connections."""
    connection = await asyncpg.connect(pg_dsn, server_settings={"application_name": "admin"})
    yield connection
    await connection.close()


@pytest.fixture
def folder() -> Iterator[Path]:
    """For a server of the test's own. Not tmp_path: as root the server runs as another user, and every new
    pytest session takes the right to pass through away from all folders of tmp_path."""
    path = Path(tempfile.mkdtemp(prefix="bidding-pg-"))
    yield path / "数据 folder" / "pg"
    shutil.rmtree(path, ignore_errors=True)
