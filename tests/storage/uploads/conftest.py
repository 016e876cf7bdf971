"""Uploads on a real database and on each object store."""

import contextlib
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from storage.database import Database
from storage.objects import ObjectStore
from storage.uploads import Upload, Uploads
from tests.storage.objects.conftest import directory_store, root, s3_settings, s3_store, store
from tests.storage.objects.test_contract import read

__all__ = ["directory_store", "root", "s3_settings", "s3_store", "store"]

OWNER = "party-1"
MAGIC = b"SEALED"


class Plaintext(Exception):
    pass


def sniff(purpose: str, first: bytes) -> None:
    if not first.startswith(MAGIC[: len(first)]):
        raise Plaintext


class Clock:
    """Stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Desk:
    """The uploads of one process, and what stands around them."""

    uploads: Uploads
    store: ObjectStore
    database: Database
    clock: Clock

    async def create(self, length: int, **more: Any) -> Upload:
        about: dict[str, Any] = {
            "owner": OWNER,
            "purpose": "bid",
            "subject": "lot-1/price",
            "expires_at": self.clock() + timedelta(days=1),
        }
        return await self.uploads.create(length=length, **(about | more))

    async def send(self, upload: Upload, data: bytes, offset: int = 0, step: int = 1 << 18) -> int:
        """One request: ``data`` in chunks of ``step`` bytes, then the end."""
        async with self.uploads.writing(OWNER, upload.id, offset=offset) as writer:
            for chunk in pieces(data, step):
                await writer.feed(chunk)
            return await writer.finish()

    async def cut(self, upload: Upload, data: bytes, offset: int = 0, step: int = 1 << 18) -> None:
        """One request whose connection breaks after ``data``."""
        with contextlib.suppress(ConnectionResetError):
            async with self.uploads.writing(OWNER, upload.id, offset=offset) as writer:
                for chunk in pieces(data, step):
                    await writer.feed(chunk)
                raise ConnectionResetError

    async def stands_at(self, upload: Upload) -> int:
        return (await self.uploads.find(OWNER, upload.id)).received

    async def content(self, upload: Upload) -> bytes:
        return await read(self.store, upload.object_key)

    async def left_below(self, upload: Upload) -> list[str]:
        """Every object whose key begins with the upload's."""
        return [key async for key in self.store.list(upload.object_key.rpartition("/")[0] + "/")]


def pieces(data: bytes, step: int) -> Iterable[bytes]:
    return (data[at : at + step] for at in range(0, len(data), step))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@asynccontextmanager
async def opened(store: ObjectStore, database: Database, clock: Clock, **more: Any) -> AsyncIterator[Desk]:
    uploads = Uploads(database, store, sniff=sniff, clock=clock, **more)
    try:
        yield Desk(uploads, store, database, clock)
    finally:
        await uploads.close()


@pytest.fixture
async def desk(store: ObjectStore, database: Database, clock: Clock) -> AsyncIterator[Desk]:
    """On both stores, in turn."""
    async with opened(store, database, clock) as made:
        yield made


@pytest.fixture
async def local(directory_store: ObjectStore, database: Database, clock: Clock) -> AsyncIterator[Desk]:
    """On the directory store: for what does not depend on the store."""
    async with opened(directory_store, database, clock) as made:
        yield made
