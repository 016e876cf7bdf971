"""Stores that are down, full, or lose an answer; a crash between the last byte and the object."""

import asyncio
import contextlib
import hashlib
import resource
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from storage.database import Database
from storage.errors import StorageUnavailable
from storage.objects import ObjectStoreFull, ObjectStoreUnavailable
from storage.objects.directory import DirectoryStore
from storage.objects.s3 import S3Store
from storage.uploads import PART, UploadGone, UploadLocked
from storage.uploads.rows import UploadRows
from tests.storage.objects.conftest import settings_of
from tests.storage.objects.rclone import RcloneServer
from tests.storage.objects.test_contract import made
from tests.storage.objects.test_directory import files
from tests.storage.objects.test_s3 import HANG, server
from tests.storage.objects.wire import Wire
from tests.storage.uploads.conftest import MAGIC, OWNER, Clock, Desk, opened

__all__ = ["server"]

DATA = MAGIC + made(3 * PART + 4321)


# The object store goes away


@pytest.fixture
async def wire(server: RcloneServer) -> AsyncIterator[Wire]:
    async with Wire.to("127.0.0.1", server.port) as between:
        yield between


@pytest.fixture
async def remote(server: RcloneServer, wire: Wire, database: Database, clock: Clock) -> AsyncIterator[Desk]:
    """Uploads into S3 behind a wire that can be cut."""
    store = S3Store(settings_of(server, endpoint=f"127.0.0.1:{wire.port}"))
    await store.prepare()
    async with opened(store, database, clock) as desk:
        yield desk
    await store.close()


@pytest.mark.parametrize("after", [100_000, PART + 100_000, 2 * PART + PART // 2])
async def test_an_s3_server_lost_in_the_middle_of_a_part_and_back_the_upload_goes_on(
    remote: Desk, wire: Wire, after: int
) -> None:
    upload = await remote.create(len(DATA))
    wire.cut_after(after)
    async with asyncio.timeout(HANG):
        with pytest.raises(ObjectStoreUnavailable) as down:
            await remote.send(upload, DATA)
    assert down.value.retry_after > 0
    wire.mend()
    at = await remote.stands_at(upload)
    assert at <= after
    assert at % PART == 0
    await remote.send(upload, DATA[at:], at)
    result = await remote.uploads.completed(OWNER, upload.id)
    assert result.part_hashes[0] == hashlib.sha256(DATA[:PART]).digest()
    assert await remote.content(upload) == DATA


async def test_what_is_discarded_while_the_store_is_away_goes_with_the_next_sweep(
    remote: Desk, wire: Wire
) -> None:
    upload = await remote.create(len(DATA))
    await remote.send(upload, DATA)
    wire.cut()
    async with asyncio.timeout(HANG):
        with pytest.raises(ObjectStoreUnavailable):
            await remote.uploads.discard(upload.id)
    with pytest.raises(UploadGone):
        await remote.uploads.completed(OWNER, upload.id)
    wire.mend()
    assert await remote.uploads.expire() == 1, "without waiting for the end of its time"
    assert not [key for key in await remote.left_below(upload) if key.startswith(upload.object_key)]


async def test_parts_that_the_s3_server_forgot_end_the_upload_and_a_new_one_succeeds(
    remote: Desk, server: RcloneServer
) -> None:
    upload = await remote.create(len(DATA))
    await remote.send(upload, DATA[:PART])
    server.kill()  # rclone has open multipart uploads in memory only
    async with asyncio.timeout(HANG):
        with pytest.raises(ObjectStoreUnavailable):
            await remote.send(upload, DATA[PART : 2 * PART], PART)
    await asyncio.to_thread(server.start)
    with pytest.raises(UploadGone):
        await remote.send(upload, DATA[PART:], PART)
    again = await remote.create(len(DATA))
    await remote.send(again, DATA)
    assert await remote.content(again) == DATA
    await remote.uploads.discard(upload.id)


# The disk is full


@contextlib.contextmanager
def no_file_beyond(size: int) -> Iterator[None]:
    """A limit of the kernel's on every file this process writes: stands for a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_a_full_disk_is_named_and_what_was_acknowledged_stays(local: Desk) -> None:
    upload = await local.create(len(DATA))
    await local.send(upload, DATA[: PART + 500])
    before = await local.left_below(upload)
    with no_file_beyond(PART // 2), pytest.raises(ObjectStoreFull):
        await local.send(upload, DATA[PART + 500 :], PART + 500)
    assert await local.stands_at(upload) == PART + 500
    assert await local.left_below(upload) == before
    await local.send(upload, DATA[PART + 500 :], PART + 500)
    assert await local.content(upload) == DATA


# The database goes away


async def test_a_database_that_is_down_is_named_and_nothing_is_half_done(local: Desk) -> None:
    upload = await local.create(len(DATA))
    await local.send(upload, DATA[:PART])

    async def request() -> None:
        async with local.uploads.writing(OWNER, upload.id, offset=PART) as writer:
            await writer.feed(DATA[PART : 2 * PART - 1])
            await local.database.close()
            await writer.feed(DATA[2 * PART - 1 :])
            await writer.finish()

    with pytest.raises(StorageUnavailable):
        await request()
    with pytest.raises(StorageUnavailable):
        await local.uploads.find(OWNER, upload.id)
    await local.database.open()
    assert await local.stands_at(upload) == PART
    await local.database.execute(
        "UPDATE uploads SET lease_until = clock_timestamp()"
    )  # it could not be given up
    await local.send(upload, DATA[PART:], PART)
    assert await local.content(upload) == DATA


async def test_a_creation_that_is_not_recorded_leaves_no_parts_folder(local: Desk, root: Path) -> None:
    await local.database.close()
    with pytest.raises(StorageUnavailable):
        await local.create(len(DATA))
    await local.database.open()
    assert await local.uploads.expire() == 0


# Between the last byte and the object


class FailingOnce(DirectoryStore):
    """A directory whose next completion fails, ``before`` or after it took place."""

    before: bool | None = None

    async def complete(self, key: str, token: str, parts: Sequence[tuple[int, str]]) -> None:
        before, self.before = self.before, None
        if before is True:
            raise ObjectStoreUnavailable("the power went")
        await super().complete(key, token, parts)
        if before is False:
            raise ObjectStoreUnavailable("the answer was lost")


@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("asks", ["find", "completed", "write"])
async def test_all_bytes_there_and_no_object_yet_is_finished_by_whoever_asks(
    root: Path, database: Database, clock: Clock, before: bool, asks: str
) -> None:
    store = FailingOnce(root)
    async with opened(store, database, clock) as desk:
        upload = await desk.create(len(DATA))
        store.before = before
        with pytest.raises(ObjectStoreUnavailable):
            await desk.send(upload, DATA)
        if asks == "find":
            assert (await desk.uploads.find(OWNER, upload.id)).state == "complete"
        elif asks == "completed":
            assert (await desk.uploads.completed(OWNER, upload.id)).length == len(DATA)
        else:  # a client that repeats its last, empty request
            assert await desk.send(upload, b"", len(DATA)) == len(DATA)
        assert await desk.content(upload) == DATA
    await store.close()


async def test_one_who_asks_while_another_completes_sees_no_half_state(local: Desk) -> None:
    upload = await local.create(len(DATA))
    await local.cut(upload, DATA)
    found = await asyncio.gather(*(local.uploads.find(OWNER, upload.id) for _ in range(5)))
    assert {view.received for view in found} == {len(DATA)}
    assert (await local.uploads.completed(OWNER, upload.id)).length == len(DATA)
    assert await local.content(upload) == DATA


async def test_nobody_is_told_the_full_length_while_the_object_is_being_made(local: Desk) -> None:
    """A client told so would hand in at once, and the answer would be a signed refusal (R-BID-03)."""
    upload = await local.create(len(DATA))
    await local.cut(upload, DATA)
    rows = UploadRows(local.database, timedelta(seconds=30))
    assert await rows.lease(upload.id, "a process that completes it") is not None
    with pytest.raises(UploadLocked) as locked:
        await local.uploads.find(OWNER, upload.id)
    assert locked.value.retry_after == 1
    asking = asyncio.create_task(local.uploads.completed(OWNER, upload.id))
    await asyncio.sleep(0)
    await rows.release(upload.id, "a process that completes it")
    assert (await asking).length == len(DATA)


async def test_what_a_sweep_cannot_delete_is_deleted_by_the_next(
    root: Path, database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = FailingOnce(root)

    async def fails(key: str, token: str) -> None:
        raise ObjectStoreUnavailable("down")

    async with opened(store, database, clock) as desk:
        upload = await desk.create(100)
        await desk.send(upload, MAGIC)
        clock.now = upload.expires_at
        with monkeypatch.context() as broken:
            broken.setattr(store, "abort", fails)
            assert await desk.uploads.expire() == 0
        assert await desk.uploads.expire() == 1
        assert files(root) == []
    await store.close()
