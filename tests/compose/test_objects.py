"""Objects and uploads as the application sees them, on the directory store and a real database."""

import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bidding.application.ports import Missing, Unavailable
from bidding.compose.outside import StorageObjects, StorageUploads
from storage.database import Database
from storage.objects.directory import DirectoryStore
from storage.uploads import PART, UploadLocked, Uploads

NOW = datetime(2026, 5, 11, 1, tzinfo=UTC)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[DirectoryStore]:
    opened = DirectoryStore(tmp_path / "objects")
    yield opened
    await opened.close()


@pytest.fixture
def objects(store: DirectoryStore) -> StorageObjects:
    return StorageObjects(store)


async def read(objects: StorageObjects, key: str) -> bytes:
    return b"".join([chunk async for chunk in objects.get(key)])


@pytest.mark.parametrize("length", [0, 1, PART, PART + 1, 2 * PART])
async def test_a_file_of_any_size_is_stored_whole(
    objects: StorageObjects, tmp_path: Path, length: int
) -> None:
    file = tmp_path / "archive.zip"
    file.write_bytes(hashlib.shake_256(b"archive").digest(length))
    await objects.put_file("evaluation/lot/a/technical.zip", file)
    assert await objects.size("evaluation/lot/a/technical.zip") == length
    assert await read(objects, "evaluation/lot/a/technical.zip") == file.read_bytes()


async def test_a_file_stored_again_replaces(objects: StorageObjects, tmp_path: Path) -> None:
    file = tmp_path / "archive.zip"
    for content in (b"first", b"second"):
        file.write_bytes(content)
        await objects.put_file("evaluation/x.zip", file)
    assert await read(objects, "evaluation/x.zip") == b"second"


async def test_a_file_that_cannot_be_read_leaves_nothing(
    objects: StorageObjects, tmp_path: Path, store: DirectoryStore
) -> None:
    with pytest.raises(FileNotFoundError):
        await objects.put_file("evaluation/x.zip", tmp_path / "none.zip")
    assert await objects.size("evaluation/x.zip") is None
    assert [key async for key in store.list("")] == []


async def test_a_missing_object_is_missing(objects: StorageObjects) -> None:
    with pytest.raises(Missing):
        await read(objects, "documents/none")
    assert await objects.size("documents/none") is None
    await objects.delete("documents/none")
    await objects.health()


async def test_the_keys_under_a_prefix_are_those_of_one_lot(objects: StorageObjects) -> None:
    for key in ("documents/lot-1/a", "documents/lot-1/b/c", "documents/lot-10/a", "test/documents/lot-1/a"):
        await objects.put(key, b"x")
    assert [key async for key in objects.keys("documents/lot-1/")] == [
        "documents/lot-1/a",
        "documents/lot-1/b/c",
    ]


# Uploads


@pytest.fixture
async def uploads(pg_dsn: str, store: DirectoryStore) -> AsyncIterator[Uploads]:
    database = Database(pg_dsn)
    await database.open()
    opened = Uploads(database, store, sniff=lambda purpose, first: None, clock=lambda: NOW)
    yield opened
    await opened.close()
    await database.close()


async def received(uploads: Uploads, data: bytes, length: int | None = None) -> str:
    made = await uploads.create(
        owner="a",
        purpose="bid",
        subject="lot-1/form",
        length=length or len(data),
        expires_at=NOW + timedelta(days=1),
    )
    async with uploads.writing("a", made.id, offset=0) as writer:
        await writer.feed(data)
    return made.id


async def test_a_finished_upload_tells_what_arrived(uploads: Uploads, store: DirectoryStore) -> None:
    data = hashlib.shake_256(b"sealed").digest(PART + 100)
    facts = await StorageUploads(uploads, store).facts(await received(uploads, data), "a")
    assert facts is not None
    assert (facts.owner, facts.purpose, facts.subject, facts.length) == ("a", "bid", "lot-1/form", len(data))
    assert facts.part_hashes == tuple(hashlib.sha256(p).digest() for p in (data[:PART], data[PART:]))
    assert data.startswith(facts.head)
    assert len(facts.head) == 64


async def test_what_is_unfinished_anothers_unknown_or_gone_is_no_upload(
    uploads: Uploads, store: DirectoryStore
) -> None:
    port = StorageUploads(uploads, store)
    assert await port.facts(await received(uploads, b"half", 8), "a") is None
    done = await received(uploads, b"whole")
    assert await port.facts(done, "b") is None
    assert await port.facts("unknown", "a") is None
    await port.discard(done)
    assert await port.facts(done, "a") is None


async def test_an_upload_whose_object_is_being_made_is_asked_for_again_not_refused(
    uploads: Uploads, store: DirectoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def locked(owner: str, upload: str) -> None:
        raise UploadLocked(retry_after=1)

    monkeypatch.setattr(uploads, "completed", locked)
    with pytest.raises(Unavailable) as answer:
        await StorageUploads(uploads, store).facts("made", "a")
    assert answer.value.retry_after == 1


async def test_an_upload_whose_object_is_lost_counts_as_not_there(
    uploads: Uploads, store: DirectoryStore
) -> None:
    done = await received(uploads, b"whole")
    await store.delete((await uploads.completed("a", done)).object_key)
    assert await StorageUploads(uploads, store).facts(done, "a") is None
