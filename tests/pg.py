"""One embedded PostgreSQL for the whole test session; each test gets a database of its own.

Fixtures ``pg_server`` (the server) and ``pg_dsn`` (the owner's DSN of a fresh, migrated database).
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from storage.migrate import migrate
from storage.server import EmbeddedServer

_TEMPLATE = "bidding_template"
# The tests kill processes and connections, not the machine: fsync would prove nothing here.
_FAST = {"fsync": "off", "full_page_writes": "off", "max_connections": "200", "shared_buffers": "32MB"}


@pytest.fixture(scope="session")
def pg_server() -> Iterator[EmbeddedServer]:
    """A server in a temporary folder, with a migrated template database."""
    folder = Path(tempfile.mkdtemp(prefix="bidding-pg-"))
    try:
        with EmbeddedServer(folder, settings=_FAST) as server:
            dsn = server.create_database(_TEMPLATE)
            with ThreadPoolExecutor(1) as thread:  # a loop of its own, apart from the tests' loops
                thread.submit(asyncio.run, migrate(dsn)).result()
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def _pg_admin(pg_server: EmbeddedServer) -> Iterator[psycopg.Connection]:
    with psycopg.connect(pg_server.dsn("postgres"), autocommit=True) as connection:
        yield connection


@pytest.fixture
def pg_dsn(pg_server: EmbeddedServer, _pg_admin: psycopg.Connection) -> Iterator[str]:
    """A database with all migrations applied, dropped after the test."""
    name = f"test_{uuid4().hex}"
    _pg_admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{_TEMPLATE}" STRATEGY FILE_COPY')
    yield pg_server.dsn(name)
    _pg_admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
