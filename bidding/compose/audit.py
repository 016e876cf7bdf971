"""What an audit of the log reads: the database as it is and the log's own secret. Nothing is started but an embedded
database, nothing migrated, nothing written."""

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from bidding.application.log.sequencer import LogIdentity
from bidding.compose.clock import SystemClock
from bidding.compose.keyring import FILE, load_keyring
from bidding.compose.log import StorageLog, log_identity
from bidding.compose.settings import Settings
from storage.database import Database
from storage.events import EventLog
from storage.server import EmbeddedServer


class NoLog(Exception):
    """There are no keys of a platform in the folder of the settings."""


@asynccontextmanager
async def auditing(settings: Settings) -> AsyncIterator[tuple[StorageLog, LogIdentity]]:
    """The log's store and identity; beside a running platform too. Raises ``NoLog``, ``StorageUnavailable``."""
    if not (settings.keys_folder / FILE).is_file():
        raise NoLog
    keyring = load_keyring(settings.keys_folder, SystemClock().now(), secrets.token_bytes)
    async with AsyncExitStack() as stack:
        if settings.database_url is not None:
            dsn = settings.database_url.get_secret_value()
        else:
            server = EmbeddedServer(Path(settings.postgres_folder))
            await asyncio.to_thread(server.start)
            stack.push_async_callback(asyncio.to_thread, server.stop)
            dsn = await asyncio.to_thread(server.create_database)
        log = EventLog(Database(dsn, min_size=1, max_size=2))
        await log.open()
        stack.push_async_callback(log.close)
        yield StorageLog(log), log_identity(settings, keyring)
