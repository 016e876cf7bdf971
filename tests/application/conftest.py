"""One house per test, on a database and an object folder of its own."""

import secrets
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bidding.application.keyring import Keyring
from bidding.compose.outside import StorageGate
from bidding.crypto.authority import EnrolmentCA
from bidding.crypto.workers import CryptoWorkers
from storage.events import connect
from storage.gate import Gate
from storage.objects.directory import DirectoryStore
from tests.application.house import House
from tests.domain.opening.hall import NOTICED


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    return Keyring.create(EnrolmentCA.create("测试注册中心", NOTICED), secrets.token_bytes)


@pytest.fixture
async def house(pg_dsn: str, tmp_path: Path, keyring: Keyring) -> AsyncIterator[House]:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    store = DirectoryStore(tmp_path / "objects")
    async with connect(pg_dsn) as log, CryptoWorkers(1) as workers:
        locks = Gate(log.database)
        yield House(log, log.database, store, keyring, scratch, workers, StorageGate(locks))
        await locks.close()
    await store.close()
