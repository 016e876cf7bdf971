"""Connections to one PostgreSQL database, in the application's role.

The DSN may be the owner's (embedded default) or that of a login which is a member of ``bidding_app``; either
way connections start with ``role=bidding_app`` when the login may take it, so the program cannot change the
log even by mistake. ``role`` is a start-up parameter, hence also what RESET ROLE returns to. Connect directly
or through a pooler in session mode: LISTEN and advisory locks need a server connection of their own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

from storage.errors import StorageUnavailable, UnsupportedServer, translated_errors

APP_ROLE = "bidding_app"
OLDEST, NEWEST = 15, 18  # major versions of PostgreSQL

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
AnyConnection: TypeAlias = "Connection | PoolConnectionProxy[asyncpg.Record]"

CONNECT_TIMEOUT = 10.0
# A peer that vanished without a word (power, network) is noticed by the server after 10 + 3 × 5 s.
_KEEPALIVE = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}


def require_supported(version: int) -> None:
    """Check ``server_version_num``. Raises UnsupportedServer."""
    major, minor = divmod(version, 10_000)
    if not OLDEST <= major <= NEWEST:
        raise UnsupportedServer(f"{major}.{minor}", OLDEST, NEWEST)


async def connect_once(
    dsn: str, *, role: str | None = None, settings: Mapping[str, str] | None = None, timeout: float = 30.0
) -> Connection:
    """A connection of its own, not pooled. ``timeout``: seconds for one statement."""
    wanted = {"application_name": "bidding", "timezone": "UTC", **_KEEPALIVE, **(settings or {})}
    if role is not None:
        wanted["role"] = role
    with translated_errors():
        return await asyncpg.connect(
            dsn, timeout=CONNECT_TIMEOUT, command_timeout=timeout, server_settings=wanted
        )


class Database:
    """A pool and a way to single connections. ``await open()`` first, ``await close()`` last."""

    def __init__(self, dsn: str, *, min_size: int = 1, max_size: int = 8, timeout: float = 30.0) -> None:
        self._dsn, self._min_size, self._max_size, self._timeout = dsn, min_size, max_size, timeout
        self._pool: asyncpg.Pool[asyncpg.Record] | None = None
        self._role: str | None = None

    def __repr__(self) -> str:  # a DSN may hold a password
        return f"<Database role={self._role!r} {'open' if self._pool else 'closed'}>"

    async def open(self) -> None:
        """Check the server's version, find the role, fill the pool.

        Raises UnsupportedServer, StorageUnavailable, or OperationalError if the login is refused.
        """
        if self._pool is not None:
            return
        probe = await connect_once(self._dsn)
        try:
            with translated_errors():
                require_supported(int(await probe.fetchval("SHOW server_version_num")))
                try:
                    await probe.execute(f"SET ROLE {APP_ROLE}")
                    self._role = APP_ROLE
                except (
                    asyncpg.InvalidParameterValueError,
                    asyncpg.UndefinedObjectError,
                    asyncpg.InsufficientPrivilegeError,
                ):
                    self._role = None  # no such role, or not ours to take: the triggers still protect the log
        finally:
            await probe.close(timeout=5)
        settings = {"application_name": "bidding", "timezone": "UTC", **_KEEPALIVE}
        if self._role is not None:
            settings["role"] = self._role
        with translated_errors():
            self._pool = await asyncpg.create_pool(
                self._dsn,
                min_size=self._min_size,
                max_size=self._max_size,
                timeout=CONNECT_TIMEOUT,
                command_timeout=self._timeout,
                server_settings=settings,
            )

    async def close(self) -> None:
        """Close the pool; what is still in use gets 5 seconds."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        try:
            await asyncio.wait_for(pool.close(), 5)
        except (TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            pool.terminate()

    async def connect_as(self, role: str) -> Connection:
        """A single connection in another role than the application's. The caller closes it.

        Raises ProgrammingError where the login may not take it.
        """
        return await connect_once(self._dsn, role=role, timeout=self._timeout)

    async def connect(self, **settings: str) -> Connection:
        """A single connection in the application's role, with server ``settings``. The caller closes it."""
        return await connect_once(self._dsn, role=self._role, settings=settings, timeout=self._timeout)

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[AnyConnection]:
        """A pooled connection; errors raised inside come out translated. Waits 10 s at most for one."""
        if self._pool is None:
            raise StorageUnavailable("the database connection is not open")
        with translated_errors():
            async with self._pool.acquire(timeout=CONNECT_TIMEOUT) as connection:
                yield connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AnyConnection]:
        """As ``acquire``, inside a READ COMMITTED transaction."""
        async with self.acquire() as connection, connection.transaction():
            yield connection

    async def fetch(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        async with self.acquire() as connection:
            return await connection.fetch(query, *arguments)

    async def fetchrow(self, query: str, *arguments: Any) -> asyncpg.Record | None:
        async with self.acquire() as connection:
            return await connection.fetchrow(query, *arguments)

    async def fetchval(self, query: str, *arguments: Any) -> Any:
        async with self.acquire() as connection:
            return await connection.fetchval(query, *arguments)

    async def execute(self, query: str, *arguments: Any) -> str:
        """Returns the command tag, as in "DELETE 3"."""
        async with self.acquire() as connection:
            return await connection.execute(query, *arguments)
