"""The object stores under test: a directory, and S3 (``BIDDING_TEST_S3_*`` name another server than rclone)."""

import os
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from storage.objects import ObjectStore
from storage.objects.directory import DirectoryStore
from storage.objects.s3 import S3Settings, S3Store
from tests.storage.objects.rclone import ACCESS_KEY, BUCKET, SECRET_KEY, RcloneServer


@pytest.fixture(scope="session")
def s3_settings() -> Iterator[S3Settings]:
    """A running S3 server. The environment's endpoint may begin with http:// or https:// (the default)."""
    endpoint = os.environ.get("BIDDING_TEST_S3_ENDPOINT")
    if endpoint is not None:
        scheme, _, host = endpoint.rpartition("://")
        yield S3Settings(
            endpoint=host,
            bucket=os.environ.get("BIDDING_TEST_S3_BUCKET", BUCKET),
            access_key=os.environ["BIDDING_TEST_S3_ACCESS_KEY"],
            secret_key=os.environ["BIDDING_TEST_S3_SECRET_KEY"],
            secure=scheme != "http",
        )
        return
    server = RcloneServer()
    try:
        server.start()
        yield settings_of(server)
    finally:
        server.stop()


def settings_of(
    server: RcloneServer, *, endpoint: str | None = None, read_timeout: float = 10.0
) -> S3Settings:
    return S3Settings(
        endpoint or server.endpoint, BUCKET, ACCESS_KEY, SECRET_KEY, secure=False, read_timeout=read_timeout
    )


@pytest.fixture
async def s3_store(s3_settings: S3Settings) -> AsyncIterator[S3Store]:
    store = S3Store(s3_settings)
    await store.prepare()
    yield store
    await store.close()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "对象 store"


@pytest.fixture
async def directory_store(root: Path) -> AsyncIterator[DirectoryStore]:
    store = DirectoryStore(root)
    yield store
    await store.close()


@pytest.fixture(params=["directory", "s3"])
def store(request: pytest.FixtureRequest) -> ObjectStore:
    """Every test that takes this runs on both."""
    found: ObjectStore = request.getfixturevalue(f"{request.param}_store")
    return found


@pytest.fixture
async def prefix(store: ObjectStore) -> AsyncIterator[str]:
    """A prefix that nobody else uses; what is below it is deleted at the end."""
    mine = f"t{secrets.token_hex(8)}/"
    yield mine
    async for key in store.list(mine):
        await store.delete(key)
