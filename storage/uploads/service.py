"""Resumable uploads: create, write, ask, end."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.database import Database
from storage.errors import StorageUnavailable
from storage.objects import ObjectError, ObjectMissing, ObjectStore
from storage.uploads import ending
from storage.uploads.buffers import PART, Buffers
from storage.uploads.errors import (
    LengthExceeded,
    OffsetMismatch,
    UploadFinished,
    UploadGone,
    UploadIncomplete,
    UploadLocked,
    UploadTaken,
    UploadUnknown,
)
from storage.uploads.rows import Upload, UploadRows
from storage.uploads.writer import SNIFFED, Sniff, UploadWriter, Workshop

MAX_LENGTH = 10_000 * PART
"""S3 takes 10,000 parts (bytes)."""


@dataclass(frozen=True, slots=True)
class CompletedUpload:
    """What arrived: SHA-256 of each part in order (32 bytes each), and when the last byte was durable."""

    id: str
    owner: str
    purpose: str
    subject: str
    object_key: str
    length: int
    part_hashes: tuple[bytes, ...]
    completed_at: datetime


#: How often, and after how many seconds, one asks again while another makes the object of the last bytes.
ASKED_AGAIN, AGAIN_AFTER = 40, 0.05


class Uploads:
    """One per process. `sniff` sees purpose and first 8 bytes and raises to refuse; `clock` gives aware instants.

    Every method may raise `StorageUnavailable` and the object store's errors besides what it names.
    Somebody else's upload is unknown, not forbidden.
    """

    def __init__(
        self,
        database: Database,
        store: ObjectStore,
        *,
        sniff: Sniff,
        clock: Callable[[], datetime],
        lease: timedelta = timedelta(seconds=30),
    ) -> None:
        self._rows = UploadRows(database, lease)
        self._store = store
        self._clock = clock
        self._shop = Workshop(
            self._rows,
            store,
            Buffers(),
            ThreadPoolExecutor(2, thread_name_prefix="hashing"),
            asyncio.Semaphore(4),
            sniff,
            clock,
        )

    async def create(
        self,
        *,
        owner: str,
        purpose: str,
        subject: str,
        length: int,
        expires_at: datetime,
        metadata: str = "",
        prefix: str = "uploads/",
        upload_id: str | None = None,
    ) -> Upload:
        """Open an upload of `length` bytes. `prefix` begins the object's key; `upload_id` was given out before.

        Repeating a call under one `upload_id` returns the upload as it stands. Raises `LengthExceeded`,
        `UploadTaken` if that id is of another upload, `UploadGone`.
        """
        if not 0 < length <= MAX_LENGTH:
            raise LengthExceeded(MAX_LENGTH)
        if upload_id is not None and (there := await self._rows.select(upload_id)) is not None:
            return self._same(there, owner, purpose, subject, length)
        upload_id = upload_id or secrets.token_urlsafe(24)
        key = prefix + upload_id
        token = await self._store.begin(key)
        upload = Upload(
            *(upload_id, owner, purpose, subject, metadata, key, token, length),
            received=0,
            state="open",
            expires_at=expires_at,
            completed_at=None,
        )
        recorded = False
        try:
            recorded = await self._rows.insert(upload)
        finally:
            if not recorded:
                with contextlib.suppress(ObjectError):
                    await self._store.abort(key, token)
        if recorded:
            return upload
        there = await self._rows.select(upload_id)
        if there is None:  # another upload's object key
            raise UploadTaken
        return self._same(there, owner, purpose, subject, length)

    async def find(self, owner: str, upload_id: str) -> Upload:
        """The upload as it stands. Raises `UploadUnknown`, `UploadGone`.

        Raises `UploadLocked` if all bytes are here but another one has not made the object of them for seconds:
        whoever is told the full length would hand in what is not there yet.
        """
        for _ in range(ASKED_AGAIN):
            upload = await self._owned(owner, upload_id)
            if upload.state != "open" or upload.received != upload.length:
                return upload
            # A crash between the last byte and the object: finish it here, the client will send nothing more.
            holder = secrets.token_hex(16)
            leased = await self._rows.lease(upload.id, holder)
            if leased is None:
                await asyncio.sleep(AGAIN_AFTER)
                continue
            try:
                await ending.complete(leased, holder, self._rows, self._store, self._clock)
            finally:
                await self._rows.release(upload.id, holder)
        raise UploadLocked(retry_after=1)

    async def completed(self, owner: str, upload_id: str) -> CompletedUpload:
        """The result. Raises `UploadUnknown`, `UploadGone`, `UploadIncomplete`, `UploadLocked`."""
        upload = await self.find(owner, upload_id)
        if upload.completed_at is None:
            raise UploadIncomplete(received=upload.received, length=upload.length)
        hashes = tuple(part.sha256 for part in await self._rows.parts(upload.id))
        return CompletedUpload(
            *(upload.id, upload.owner, upload.purpose, upload.subject, upload.object_key, upload.length),
            part_hashes=hashes,
            completed_at=upload.completed_at,
        )

    @contextlib.asynccontextmanager
    async def writing(
        self, owner: str, upload_id: str, *, offset: int, checksum: bytes | None = None
    ) -> AsyncIterator[UploadWriter]:
        """Write from `offset` on; what was fed stays even if the block is left by an exception.

        Raises `UploadUnknown`, `UploadGone`, `UploadFinished`, `OffsetMismatch`, `UploadLocked`.
        """
        writer = await self._writer(owner, upload_id, offset, checksum)
        try:
            yield writer
        except (UploadLocked, ObjectMissing) as error:
            if (await self._owned(owner, upload_id)).state == "complete":
                raise UploadFinished from None
            if isinstance(error, UploadLocked):
                raise
            if not await writer.holds():  # its successor has joined the fragments and removed them
                raise UploadLocked(retry_after=self._rows.lease_seconds) from None
            # The store forgot what it had acknowledged (a bucket's rule, a restart without memory). The row
            # stays until it expires, in case the store remembers again.
            raise UploadGone from error
        finally:
            # A cancelled request must still settle its steps before the lease goes to somebody else.
            await asyncio.shield(asyncio.ensure_future(writer.close()))

    async def abort(self, owner: str, upload_id: str) -> None:
        """End an unfinished upload and delete its bytes.

        Raises `UploadUnknown`, `UploadGone`, `UploadFinished`.
        """
        upload = await self._owned(owner, upload_id)
        if upload.state == "complete":
            raise UploadFinished
        await ending.drop(upload, self._rows, self._store)

    async def discard(self, upload_id: str) -> None:
        """Delete an upload in any state, object included; the application knows whether a bid needs it.

        While the object store is away it raises, and nobody reads the upload any more; `expire` deletes the rest.
        """
        upload = await self._rows.select(upload_id)
        if upload is not None:
            await self._rows.lapse(upload_id, self._clock())
            await ending.drop(upload, self._rows, self._store)
            await self._rows.delete(upload_id)

    async def expire(self) -> int:
        """Delete unfinished uploads whose time is over; how many. What fails is left for the next call."""
        gone = 0
        for upload in await self._rows.expired(self._clock()):
            with contextlib.suppress(ObjectError, StorageUnavailable):
                await ending.drop(upload, self._rows, self._store)
                await self._rows.delete(upload.id)
                gone += 1
        return gone

    async def close(self) -> None:
        """Release the hashing threads; the database and the object store are the caller's."""
        await asyncio.to_thread(self._shop.hashing.shutdown)

    def _same(self, there: Upload, owner: str, purpose: str, subject: str, length: int) -> Upload:
        """`there`, if it is what such a call has created before."""
        if (there.owner, there.purpose, there.subject, there.length) != (owner, purpose, subject, length):
            raise UploadTaken
        return self._living(there)

    async def _owned(self, owner: str, upload_id: str) -> Upload:
        upload = await self._rows.select(upload_id)
        if upload is None or upload.owner != owner:
            raise UploadUnknown
        return self._living(upload)

    def _living(self, upload: Upload) -> Upload:
        if upload.state == "aborted" or (upload.state == "open" and upload.expires_at <= self._clock()):
            raise UploadGone
        return upload

    async def _writer(self, owner: str, upload_id: str, offset: int, checksum: bytes | None) -> UploadWriter:
        upload = await self._owned(owner, upload_id)
        if upload.state == "complete":
            raise UploadFinished
        holder = secrets.token_hex(16)
        leased = await self._rows.lease(upload_id, holder)
        if leased is None:
            raise UploadLocked(retry_after=self._rows.lease_seconds)
        try:
            if offset != leased.received:
                raise OffsetMismatch(found=leased.received, offered=offset)
            fragments = await self._rows.fragments(upload_id) if offset % PART else ()
            head = None
            if offset < SNIFFED:
                head = b""
                for fragment in fragments:
                    async for chunk in self._store.get(fragment.object_key):
                        head += chunk
        except BaseException:
            await asyncio.shield(asyncio.ensure_future(self._rows.release(upload_id, holder)))
            raise
        return UploadWriter(self._shop, leased, holder, fragments, head=head, checksum=checksum)
