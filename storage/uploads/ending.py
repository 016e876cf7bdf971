"""The two ways an upload ends: its object exists, or nothing of it does."""

import contextlib
from collections.abc import Callable
from datetime import datetime

from storage.objects import ObjectError, ObjectMissing, ObjectStore, ObjectStoreUnavailable
from storage.uploads.errors import UploadGone, UploadLocked
from storage.uploads.rows import Upload, UploadRows


def tail_prefix(upload: Upload) -> str:
    """Where the fragments of the unfinished part lie."""
    return f"{upload.object_key}.tail/"


async def complete(
    upload: Upload, holder: str, rows: UploadRows, store: ObjectStore, clock: Callable[[], datetime]
) -> None:
    """Make the object of an upload whose bytes are all there; safe to repeat after a crash at any line.

    Completion is dated by the moment its last byte was durable. Raises `UploadGone` if that was too late, or
    if the store has lost the parts.
    """
    at = clock()
    if at >= upload.expires_at:
        await drop(upload, rows, store)
        raise UploadGone
    parts = await rows.parts(upload.id)
    try:
        await store.complete(upload.object_key, upload.token, [(part.number, part.tag) for part in parts])
    except ObjectMissing:
        # Completed before, its answer lost: then the object is there.
        try:
            await store.stat(upload.object_key)
        except ObjectMissing as lost:
            raise UploadGone from lost
    if await store.stat(upload.object_key) != upload.length:
        raise ObjectStoreUnavailable("the completed object has another size than its parts")
    try:
        await rows.complete(upload.id, holder, at)
    except UploadLocked:
        # Aborted meanwhile: whoever did it may have looked for the object before it was there.
        now = await rows.select(upload.id)
        if now is None or now.state == "aborted":
            await store.delete(upload.object_key)
            raise UploadGone from None
        raise
    await _drop_tail(upload, store)


async def drop(upload: Upload, rows: UploadRows, store: ObjectStore) -> None:
    """Abort an upload and delete every byte of it. Its row stays, aborted, until `UploadRows.delete`."""
    await rows.abort(upload.id)
    await store.abort(upload.object_key, upload.token)
    await store.delete(upload.object_key)
    async for key in store.list(tail_prefix(upload)):
        await store.delete(key)


async def _drop_tail(upload: Upload, store: ObjectStore) -> None:
    # The upload is complete whatever happens here; what is left behind goes with the object.
    with contextlib.suppress(ObjectError):
        async for key in store.list(tail_prefix(upload)):
            await store.delete(key)
