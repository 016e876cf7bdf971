"""One request at a time: leases, offsets, first bytes, checksums, and clients that send little."""

import asyncio
import dataclasses
import hashlib
import random
from datetime import timedelta

import pytest

from storage.database import Connection, Database
from storage.objects import ObjectStore
from storage.uploads import (
    PART,
    ChecksumMismatch,
    LengthExceeded,
    OffsetMismatch,
    UploadGone,
    UploadLocked,
    UploadRefused,
)
from storage.uploads.buffers import Buffers
from tests.storage.objects.test_contract import made
from tests.storage.uploads.conftest import MAGIC, OWNER, Clock, Desk, opened, pieces

SMALL = MAGIC + made(4000)


async def lease_over(admin: Connection) -> None:
    """As if the holder had been silent for the whole lease."""
    await admin.execute("UPDATE uploads SET lease_until = clock_timestamp() WHERE lease_until IS NOT NULL")


# Leases


async def test_a_second_writer_is_told_to_wait(local: Desk) -> None:
    upload = await local.create(len(SMALL))
    async with local.uploads.writing(OWNER, upload.id, offset=0) as first:
        await first.feed(SMALL[:10])
        with pytest.raises(UploadLocked) as locked:
            await local.send(upload, SMALL)
        assert locked.value.retry_after == 30  # a dead writer's lease has run out by then
        await first.finish()
    await local.send(upload, SMALL[10:], 10)
    assert await local.content(upload) == SMALL


async def test_of_many_writers_at_once_one_writes(desk: Desk) -> None:
    upload = await desk.create(len(SMALL))
    answers = await asyncio.gather(
        *(desk.send(upload, SMALL, step=100) for _ in range(6)), return_exceptions=True
    )
    assert answers.count(len(SMALL)) == 1
    assert await desk.content(upload) == SMALL


async def test_a_dead_writers_lease_runs_out(local: Desk, admin: Connection) -> None:
    upload = await local.create(len(SMALL))
    await admin.execute(
        "UPDATE uploads SET lease_holder = 'dead', lease_until = clock_timestamp() + interval '1 hour'"
    )
    with pytest.raises(UploadLocked):
        await local.send(upload, SMALL)
    assert await local.stands_at(upload) == 0  # asking needs no lease
    await lease_over(admin)
    await local.send(upload, SMALL)
    assert await local.content(upload) == SMALL


async def test_a_writer_that_was_thought_dead_changes_nothing(desk: Desk, admin: Connection) -> None:
    data = MAGIC + made(PART + 100)
    upload = await desk.create(len(data))

    async def request() -> None:
        async with desk.uploads.writing(OWNER, upload.id, offset=0) as slow:
            await slow.feed(data[:1000])
            await lease_over(admin)
            await desk.cut(upload, data[: PART + 7])
            await slow.feed(b"other bytes" * 20)
            await slow.finish()

    with pytest.raises(UploadLocked):
        await request()
    assert await desk.stands_at(upload) == PART + 7
    await desk.send(upload, data[PART + 7 :], PART + 7)
    assert await desk.content(upload) == data
    result = await desk.uploads.completed(OWNER, upload.id)
    assert result.part_hashes[0] == hashlib.sha256(data[:PART]).digest()


async def test_a_writer_overtaken_by_the_end_hears_of_it(local: Desk, admin: Connection) -> None:
    upload = await local.create(len(SMALL))
    async with local.uploads.writing(OWNER, upload.id, offset=0) as slow:
        await slow.feed(SMALL[:10])
        await lease_over(admin)
        await local.send(upload, SMALL)
        with pytest.raises(UploadLocked):
            await slow.finish()
    assert await local.content(upload) == SMALL


async def test_a_long_request_keeps_its_lease(
    directory_store: ObjectStore, database: Database, clock: Clock, admin: Connection
) -> None:
    async with opened(directory_store, database, clock, lease=timedelta(seconds=1)) as desk:
        upload = await desk.create(len(SMALL))
        async with desk.uploads.writing(OWNER, upload.id, offset=0) as writer:
            await writer.feed(SMALL[:10])
            first = await admin.fetchval("SELECT lease_until FROM uploads")
            while await admin.fetchval("SELECT lease_until, pg_sleep(0.05) FROM uploads") == first:
                pass
            await writer.feed(SMALL[10:])
            assert await writer.finish() == len(SMALL)


async def test_an_upload_that_expires_while_bytes_trickle_in_is_gone(
    directory_store: ObjectStore, database: Database, clock: Clock
) -> None:
    async with opened(directory_store, database, clock, lease=timedelta(milliseconds=300)) as desk:
        upload = await desk.create(PART)

        async def request() -> None:
            async with desk.uploads.writing(OWNER, upload.id, offset=0) as writer:
                await writer.feed(MAGIC)
                clock.now += timedelta(days=1)
                for _ in range(1000):
                    await asyncio.sleep(0.02)
                    await writer.feed(b"")

        with pytest.raises(UploadGone):
            await request()


# Offsets


async def test_bytes_are_taken_only_where_the_upload_stands(local: Desk) -> None:
    upload = await local.create(len(SMALL))
    await local.send(upload, SMALL[:100])
    for offset in (0, 99, 101, len(SMALL), PART):
        with pytest.raises(OffsetMismatch) as wrong:
            await local.send(upload, b"x", offset)
        assert (wrong.value.found, wrong.value.offered) == (100, offset)
    await local.send(upload, SMALL[100:], 100)
    assert await local.content(upload) == SMALL


async def test_the_offset_never_goes_back(local: Desk) -> None:
    data = MAGIC + made(PART + 5000)
    upload = await local.create(len(data))
    seen = [0]
    rng = random.Random(1)
    while seen[-1] < len(data):
        at = seen[-1]
        sent = data[at : at + rng.choice([1, 500, PART // 3, PART])]
        await rng.choice([local.cut, local.send])(upload, sent, at)
        seen.append(await local.stands_at(upload))
        assert seen[-1] == at + len(sent)
    assert await local.content(upload) == data


async def test_a_request_without_bytes_changes_nothing(local: Desk) -> None:
    upload = await local.create(len(SMALL))
    assert await local.send(upload, b"") == 0
    await local.send(upload, SMALL[:10])
    assert await local.send(upload, b"", 10) == 10


@pytest.mark.parametrize("step", [100, 1 << 20])
async def test_more_bytes_than_declared_are_refused(local: Desk, step: int) -> None:
    upload = await local.create(len(SMALL))
    with pytest.raises(LengthExceeded):
        await local.send(upload, SMALL + b"x", step=step)
    at = await local.stands_at(upload)
    assert at <= len(SMALL)
    await local.send(upload, SMALL[at:], at)
    assert await local.content(upload) == SMALL


# First bytes


@pytest.mark.parametrize("first", [b"%PDF-1.7", b"PK\x03\x04....", b"%", b"SEALE!", b"\x00" * 100])
@pytest.mark.parametrize("step", [1, 8, 1000])
async def test_plaintext_is_refused_and_nothing_of_it_kept(local: Desk, first: bytes, step: int) -> None:
    upload = await local.create(len(first))
    with pytest.raises(UploadRefused):
        await local.send(upload, first, step=step)
    with pytest.raises(UploadGone):
        await local.uploads.find(OWNER, upload.id)
    assert await local.left_below(upload) == []


async def test_plaintext_is_refused_even_byte_by_byte_over_many_requests(desk: Desk) -> None:
    upload = await desk.create(100)
    for offset in range(7):
        assert await desk.send(upload, b"%PDF-1.7"[offset : offset + 1], offset) == offset + 1
    with pytest.raises(UploadRefused):  # eight bytes are looked at, the eighth decides
        await desk.send(upload, b"7", 7)
    assert not [key for key in await desk.left_below(upload) if key.startswith(upload.object_key)]


# Checksums


async def checked(desk: Desk, upload_id: str, data: bytes, digest: bytes, offset: int = 0) -> int:
    async with desk.uploads.writing(OWNER, upload_id, offset=offset, checksum=digest) as writer:
        for chunk in pieces(data, 1 << 20):
            await writer.feed(chunk)
        return await writer.finish()


SIZES = [50, PART, PART + 50, 2 * PART + 50]


@pytest.mark.parametrize("size", SIZES)
async def test_a_wrong_checksum_discards_the_request_and_no_more(desk: Desk, size: int) -> None:
    data = MAGIC + made(30 + size)
    upload = await desk.create(len(data))
    await desk.send(upload, data[:36])
    with pytest.raises(ChecksumMismatch):
        await checked(desk, upload.id, data[36:], hashlib.sha256(b"something else").digest(), 36)
    assert await desk.stands_at(upload) == 36
    assert await checked(desk, upload.id, data[36:], hashlib.sha256(data[36:]).digest(), 36) == len(data)
    assert await desk.content(upload) == data


@pytest.mark.parametrize("size", SIZES)
async def test_bytes_damaged_on_the_way_are_replaced_by_the_right_ones(local: Desk, size: int) -> None:
    data = MAGIC + made(30 + size)
    upload = await local.create(len(data))
    await local.send(upload, data[:36])
    damaged = bytearray(data[36:])
    damaged[-1] ^= 1
    with pytest.raises(ChecksumMismatch):
        await checked(local, upload.id, bytes(damaged), hashlib.sha256(data[36:]).digest(), 36)
    assert await checked(local, upload.id, data[36:], hashlib.sha256(data[36:]).digest(), 36) == len(data)
    assert await local.content(upload) == data
    result = await local.uploads.completed(OWNER, upload.id)
    assert result.part_hashes[-1] == hashlib.sha256(data[len(data) // PART * PART :]).digest()


async def test_a_cut_request_with_a_checksum_keeps_nothing(local: Desk) -> None:
    upload = await local.create(2 * PART)

    async def request() -> None:
        async with local.uploads.writing(OWNER, upload.id, offset=0, checksum=bytes(32)) as writer:
            await writer.feed(MAGIC + made(PART))
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await request()
    assert await local.stands_at(upload) == 0
    assert await local.left_below(upload) == []


# Small chunks


async def test_a_client_that_sends_little_gets_there(desk: Desk) -> None:
    data = MAGIC + made(150)
    upload = await desk.create(len(data))
    for offset in range(0, len(data), 2):  # more requests than fragments are kept of one part
        await desk.cut(upload, data[offset : offset + 2], offset, step=1)
    assert (await desk.uploads.completed(OWNER, upload.id)).part_hashes == (hashlib.sha256(data).digest(),)
    assert await desk.content(upload) == data
    assert [key for key in await desk.left_below(upload) if key.startswith(upload.object_key)] == [
        upload.object_key
    ]


async def test_a_crowd_gets_there_when_whole_buffers_run_out(local: Desk) -> None:
    local.uploads._shop = dataclasses.replace(local.uploads._shop, buffers=Buffers(whole=2, kept=1))
    data = MAGIC + made(PART + 999)
    crowd = [await local.create(len(data)) for _ in range(5)]
    await asyncio.gather(*(local.send(upload, data) for upload in crowd))
    for upload in crowd:
        assert await local.content(upload) == data


async def test_a_cancelled_request_keeps_what_came_and_gives_up_the_lease(local: Desk) -> None:
    upload = await local.create(len(SMALL))
    fed = asyncio.Event()

    async def request() -> None:
        async with local.uploads.writing(OWNER, upload.id, offset=0) as writer:
            await writer.feed(SMALL[:1000])
            fed.set()
            await asyncio.Event().wait()

    running = asyncio.create_task(request())
    await fed.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert await local.stands_at(upload) == 1000
    await local.send(upload, SMALL[1000:], 1000)
    assert await local.content(upload) == SMALL
