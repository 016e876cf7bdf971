"""From creation to an end: open, complete, aborted; who may do what in which state."""

import asyncio
import hashlib
import secrets
from datetime import timedelta
from pathlib import Path

import pytest

from storage.objects import BadKey, ObjectMissing
from storage.uploads import (
    MAX_LENGTH,
    PART,
    LengthExceeded,
    UploadFinished,
    UploadGone,
    UploadIncomplete,
    UploadTaken,
    UploadUnknown,
)
from tests.storage.objects.test_contract import made
from tests.storage.objects.test_directory import files
from tests.storage.uploads.conftest import MAGIC, OWNER, Desk

SMALL = MAGIC + b" and a little more"


async def test_a_whole_upload_is_an_object_with_its_part_hashes(desk: Desk) -> None:
    data = MAGIC + made(2 * PART + 54_321)
    upload = await desk.create(len(data), metadata="lot MQ==")
    assert (upload.state, upload.received) == ("open", 0)
    assert await desk.send(upload, data) == len(data)

    found = await desk.uploads.find(OWNER, upload.id)
    assert (found.state, found.received, found.metadata) == ("complete", len(data), "lot MQ==")
    result = await desk.uploads.completed(OWNER, upload.id)
    assert result.part_hashes == tuple(
        hashlib.sha256(data[at : at + PART]).digest() for at in range(0, len(data), PART)
    )
    assert (result.length, result.completed_at) == (len(data), desk.clock())
    assert (result.owner, result.purpose, result.subject) == (OWNER, "bid", "lot-1/price")
    assert result.object_key == upload.object_key
    assert await desk.content(upload) == data


@pytest.mark.parametrize("length", [1, len(MAGIC), PART - 1, PART, PART + 1, 2 * PART])
async def test_the_last_part_may_have_any_length(desk: Desk, length: int) -> None:
    data = (MAGIC + made(length))[:length]
    upload = await desk.create(length)
    await desk.send(upload, data)
    result = await desk.uploads.completed(OWNER, upload.id)
    assert result.part_hashes == tuple(
        hashlib.sha256(data[at : at + PART]).digest() for at in range(0, length, PART)
    )
    assert await desk.content(upload) == data


@pytest.mark.parametrize("length", [-1, 0, MAX_LENGTH + 1])
async def test_no_upload_has_no_bytes_or_more_than_ten_thousand_parts(local: Desk, length: int) -> None:
    with pytest.raises(LengthExceeded):
        await local.create(length)


# The id


async def test_ids_are_unguessable_and_name_the_object(local: Desk) -> None:
    ids = {(await local.create(10, prefix="test/uploads/")).id for _ in range(3)}
    assert len(ids) == 3
    assert all(len(one) >= 32 for one in ids)
    assert (await local.create(10, prefix="test/uploads/")).object_key.startswith("test/uploads/")


async def test_an_id_given_out_before_is_the_uploads_id(desk: Desk) -> None:
    issued = secrets.token_urlsafe(24)
    upload = await desk.create(len(SMALL), upload_id=issued)
    assert upload.id == issued
    assert upload.object_key == f"uploads/{issued}"
    await desk.send(upload, SMALL[:3])

    again = await desk.create(len(SMALL), upload_id=issued)  # the first answer was lost
    assert (again.id, again.received, again.token) == (issued, 3, upload.token)
    await desk.send(again, SMALL[3:], 3)
    assert await desk.content(upload) == SMALL
    assert (await desk.create(len(SMALL), upload_id=issued)).state == "complete"


async def test_an_id_in_use_is_not_given_to_another_upload(local: Desk) -> None:
    issued = secrets.token_urlsafe(24)
    await local.create(10, upload_id=issued)
    for other in ({"owner": "party-2"}, {"purpose": "document"}, {"subject": "lot-2/price"}):
        with pytest.raises(UploadTaken):
            await local.create(10, upload_id=issued, **other)
    with pytest.raises(UploadTaken):
        await local.create(11, upload_id=issued)
    await local.uploads.abort(OWNER, issued)
    with pytest.raises(UploadGone):
        await local.create(10, upload_id=issued)


async def test_creations_under_one_id_at_once_make_one_upload(local: Desk, root: Path) -> None:
    issued = secrets.token_urlsafe(24)
    made_uploads = await asyncio.gather(*(local.create(len(SMALL), upload_id=issued) for _ in range(6)))
    assert len({upload.token for upload in made_uploads}) == 1
    assert len(list((root / "parts").iterdir())) == 1  # the others' tokens were given back
    await local.send(made_uploads[-1], SMALL)
    assert await local.content(made_uploads[0]) == SMALL


async def test_an_id_that_is_no_key_is_refused_before_anything_is_kept(local: Desk) -> None:
    with pytest.raises(BadKey):
        await local.create(10, upload_id="../../etc")
    with pytest.raises(UploadUnknown):
        await local.uploads.find(OWNER, "../../etc")


# Whose it is


async def test_somebody_elses_upload_is_unknown_in_every_state(local: Desk) -> None:
    unfinished, finished, ended = [await local.create(len(SMALL)) for _ in range(3)]
    await local.send(finished, SMALL)
    await local.uploads.abort(OWNER, ended.id)
    texts = set()
    for name in (unfinished.id, finished.id, ended.id, "never-issued", ""):
        for call in (local.uploads.find, local.uploads.abort, local.uploads.completed):
            with pytest.raises(UploadUnknown) as unknown:
                await call("party-2", name)
            texts.add(str(unknown.value))
        with pytest.raises(UploadUnknown):
            async with local.uploads.writing("party-2", name, offset=0):
                pass
    assert len(texts) == 1
    assert (await local.uploads.find(OWNER, unfinished.id)).state == "open"


# Ends


async def test_the_result_is_there_only_at_the_end(local: Desk) -> None:
    upload = await local.create(len(SMALL))
    await local.send(upload, SMALL[:4])
    with pytest.raises(UploadIncomplete) as asked:
        await local.uploads.completed(OWNER, upload.id)
    assert (asked.value.received, asked.value.length) == (4, len(SMALL))
    with pytest.raises(ObjectMissing):
        await local.content(upload)


async def test_a_complete_upload_is_neither_written_nor_ended_by_its_owner(desk: Desk) -> None:
    upload = await desk.create(len(SMALL))
    await desk.send(upload, SMALL)
    for offset in (0, len(SMALL)):
        with pytest.raises(UploadFinished):
            await desk.send(upload, b"x", offset)
    with pytest.raises(UploadFinished):
        await desk.uploads.abort(OWNER, upload.id)
    desk.clock.now += timedelta(days=400)  # nor by time
    assert await desk.uploads.expire() == 0
    assert await desk.content(upload) == SMALL


async def test_an_aborted_upload_is_gone_with_every_byte(desk: Desk, root: Path) -> None:
    data = MAGIC + made(PART + 4321)
    upload = await desk.create(len(data) + 1)
    await desk.cut(upload, data)
    await desk.uploads.abort(OWNER, upload.id)
    for call in (desk.uploads.find, desk.uploads.abort, desk.uploads.completed):
        with pytest.raises(UploadGone):
            await call(OWNER, upload.id)
    with pytest.raises(UploadGone):
        await desk.send(upload, b"x", len(data))
    assert not [key for key in await desk.left_below(upload) if key.startswith(upload.object_key)]
    assert files(root) == []


async def test_an_upload_aborted_while_it_is_written_keeps_nothing(local: Desk, root: Path) -> None:
    upload = await local.create(3 * PART)

    async def request() -> None:
        async with local.uploads.writing(OWNER, upload.id, offset=0) as writer:
            await writer.feed(MAGIC + made(PART))
            await local.uploads.abort(OWNER, upload.id)
            await writer.feed(made(2 * PART - len(MAGIC)))
            await writer.finish()

    with pytest.raises(UploadGone):
        await request()
    await local.uploads.discard(upload.id)
    assert files(root) == []


async def test_an_unfinished_upload_ends_at_its_time(desk: Desk, root: Path) -> None:
    late, later = await desk.create(100), await desk.create(100, expires_at=desk.clock() + timedelta(days=3))
    await desk.send(late, MAGIC)
    assert await desk.uploads.expire() == 0
    desk.clock.now += timedelta(days=1)
    with pytest.raises(UploadGone):
        await desk.send(late, b"x", len(MAGIC))
    assert await desk.uploads.expire() == 1
    with pytest.raises(UploadUnknown):
        await desk.uploads.find(OWNER, late.id)
    assert not [key for key in await desk.left_below(late) if key.startswith(late.object_key)]
    assert (await desk.uploads.find(OWNER, later.id)).state == "open"


async def test_a_last_byte_that_comes_too_late_completes_nothing(desk: Desk) -> None:
    upload = await desk.create(len(SMALL))

    async def request() -> None:
        async with desk.uploads.writing(OWNER, upload.id, offset=0) as writer:
            await writer.feed(SMALL)
            desk.clock.now += timedelta(days=1)
            await writer.finish()

    with pytest.raises(UploadGone):
        await request()
    with pytest.raises(ObjectMissing):
        await desk.content(upload)


@pytest.mark.parametrize("state", ["fresh", "partial", "complete", "aborted"])
async def test_the_application_discards_an_upload_in_any_state(desk: Desk, state: str) -> None:
    upload = await desk.create(len(SMALL))
    if state == "partial":
        await desk.send(upload, SMALL[:7])
    elif state == "complete":
        await desk.send(upload, SMALL)
    elif state == "aborted":
        await desk.uploads.abort(OWNER, upload.id)
    await desk.uploads.discard(upload.id)
    await desk.uploads.discard(upload.id)
    with pytest.raises(UploadUnknown):
        await desk.uploads.find(OWNER, upload.id)
    assert not [key for key in await desk.left_below(upload) if key.startswith(upload.object_key)]
