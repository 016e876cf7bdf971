"""One request's bytes into an upload: receive a part while the one before is hashed and stored.

Steps (a whole part, or the fragment that a request leaves behind) run as tasks: hashing and storing overlap.
Recording is in order, and whatever became ready while one transaction ran shares the next: on a disk busy with
parts a commit is slow. The recorded offset only grows, and every byte below it is durable.
"""

import asyncio
import contextlib
import hashlib
import secrets
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

from storage.errors import StorageUnavailable
from storage.objects import ObjectError, ObjectStore, PartBytes
from storage.uploads import ending
from storage.uploads.buffers import PART, Buffers
from storage.uploads.errors import (
    ChecksumMismatch,
    LengthExceeded,
    UploadError,
    UploadGone,
    UploadLocked,
    UploadRefused,
)
from storage.uploads.rows import Advance, Fragment, Part, Upload, UploadRows

SNIFFED = 8
"""How many first bytes `sniff` is shown (fewer only if the upload is shorter)."""

_IN_FLIGHT = 8  # parts on their way: fewer leave the disk idle between two syncs
_MOST_FRAGMENTS = 64

Sniff = Callable[[str, bytes], None]


@dataclass(frozen=True, slots=True)
class Workshop:
    """What every writer of a process shares."""

    rows: UploadRows
    store: ObjectStore
    buffers: Buffers
    hashing: ThreadPoolExecutor
    joining: asyncio.Semaphore
    sniff: Sniff
    clock: Callable[[], datetime]


class UploadWriter:
    """Holds the lease of one upload. `feed` the body, then `finish`; `close` in every case.

    With a `checksum` (SHA-256 of this request's body) nothing is recorded before `finish` has verified it.
    """

    def __init__(
        self,
        shop: Workshop,
        upload: Upload,
        holder: str,
        fragments: Sequence[Fragment],
        *,
        head: bytes | None,
        checksum: bytes | None,
    ) -> None:
        self._shop = shop
        self._upload = upload
        self._holder = holder
        self._fragments = list(fragments)
        self._head = head
        self._checksum = checksum
        self._digest = hashlib.sha256()
        self._staged: list[Advance] = []
        self._buffer: memoryview | None = None
        self._begin = upload.received
        self._fill = 0
        self._steps: deque[asyncio.Task[None]] = deque()
        self._ready: dict[int, Advance] = {}
        self._recording = asyncio.Lock()
        self._ended: UploadError | None = None
        self._failed = False
        self._beating = asyncio.create_task(self._keep_lease())
        self.received = upload.received

    async def feed(self, chunk: bytes) -> None:
        """Take the next bytes; waits while too many parts are in flight.

        Raises `LengthExceeded`, `UploadRefused`, `UploadLocked`, `UploadGone` and the stores' errors.
        """
        if self._ended is not None:
            raise self._ended
        if self._begin + self._fill + len(chunk) > self._upload.length:
            raise LengthExceeded(self._upload.length)
        rest = memoryview(chunk)
        while rest:
            room = await self.room()
            taken = rest[: len(room)]
            room[: len(taken)] = taken
            await self.took(len(taken))
            rest = rest[len(taken) :]

    async def room(self) -> memoryview:
        """Where the next bytes are received, at least one; tell `took` how many came. Raises as `feed` does."""
        if self._ended is not None:
            raise self._ended
        stop = min(self._begin // PART * PART + PART, self._upload.length)
        if self._begin + self._fill >= self._upload.length:
            raise LengthExceeded(self._upload.length)
        if self._buffer is None:
            self._buffer = self._shop.buffers.take(stop - self._begin)
        end = min(len(self._buffer), stop - self._begin)
        if self._head is not None:  # nothing more is taken before the first bytes are known
            end = min(end, self._fill + SNIFFED - len(self._head))
        return self._buffer[self._fill : end]

    async def took(self, count: int) -> None:
        """`count` bytes are in the `room` given last; waits while too many parts are in flight."""
        if not count or self._buffer is None:
            return
        if self._head is not None:
            await self._look_at(self._buffer[self._fill : self._fill + count])
        self._fill += count
        stop = min(self._begin // PART * PART + PART, self._upload.length)
        if self._fill == min(len(self._buffer), stop - self._begin):
            await self._flush()

    async def finish(self) -> int:
        """Make everything durable, and the object if these were the last bytes; the offset reached.

        Raises `ChecksumMismatch` besides what `feed` raises.
        """
        await self._flush()
        await self._settle()
        if self._checksum is not None:
            if not compare_digest(self._digest.digest(), self._checksum):
                raise ChecksumMismatch
            await self._record(self._staged)
            self._staged = []
        if self.received == self._upload.length:
            shop = self._shop
            await ending.complete(self._upload, self._holder, shop.rows, shop.store, shop.clock)
        return self.received

    async def holds(self) -> bool:
        """Whether the lease is still this writer's."""
        return await self._shop.rows.renew(self._upload.id, self._holder)

    async def close(self) -> None:
        """Keep what arrived (unless a checksum was to cover it), then give up the lease. Raises nothing."""
        # What goes wrong here was raised to the request before, or nobody listens any more.
        with contextlib.suppress(Exception):
            await self._settle()
            if self._checksum is None and self._ended is None and not self._failed:
                await self._flush()
                await self._settle()
        await asyncio.gather(*self._steps, return_exceptions=True)
        self._beating.cancel()
        await asyncio.gather(self._beating, return_exceptions=True)
        for step in (*self._staged, *self._ready.values()):  # stored, but never to be recorded
            if step.fragment is not None:
                await self._forget((step.fragment,))
        if self._buffer is not None:
            self._shop.buffers.give_back(self._buffer)
            self._buffer = None
        with contextlib.suppress(Exception):  # then the lease runs out by itself
            await self._shop.rows.release(self._upload.id, self._holder)

    async def _look_at(self, chunk: memoryview) -> None:
        head = (self._head or b"") + bytes(chunk)
        if len(head) < min(SNIFFED, self._upload.length):
            self._head = head
            return
        self._head = None
        try:
            self._shop.sniff(self._upload.purpose, head)
        except Exception as reason:
            self._ended = UploadRefused(reason)
            await ending.drop(self._upload, self._shop.rows, self._shop.store)
            raise self._ended from reason

    async def _flush(self) -> None:
        """Send the buffer on its way: as the rest of a part, or as a fragment if the part is not whole."""
        if not self._fill or self._buffer is None:
            return
        begin, buffer, fill = self._begin, self._buffer, self._fill
        self._begin, self._buffer, self._fill = begin + fill, None, 0
        whole = self._begin % PART == 0 or self._begin == self._upload.length
        joined: tuple[Fragment, ...] = ()
        if whole or len(self._fragments) >= _MOST_FRAGMENTS:
            joined = tuple(self._fragments)
            self._fragments = []
        fragment = None
        if not whole:
            start = joined[0].start if joined else begin
            name = f"{ending.tail_prefix(self._upload)}{start:015d}-{secrets.token_hex(8)}"
            fragment = Fragment(start, self._begin - start, name)
            self._fragments.append(fragment)
        previous = self._steps[-1] if self._steps else None
        self._steps.append(asyncio.create_task(self._step(previous, begin, buffer, fill, fragment, joined)))
        while len(self._steps) > _IN_FLIGHT:
            await self._first_step()

    async def _settle(self) -> None:
        while self._steps:
            await self._first_step()

    async def _first_step(self) -> None:
        # `wait`, because awaiting a task would cancel it with us, half-way through.
        step = self._steps[0]
        await asyncio.wait((step,))
        self._steps.popleft()
        self._failed |= step.cancelled() or step.exception() is not None
        step.result()

    async def _step(
        self,
        previous: asyncio.Task[None] | None,
        begin: int,
        buffer: memoryview,
        fill: int,
        fragment: Fragment | None,
        joined: tuple[Fragment, ...],
    ) -> None:
        loop = asyncio.get_running_loop()
        fresh = buffer[:fill]
        part: Part | None = None
        try:
            if joined and previous is not None:
                await asyncio.wait((previous,))
                previous.result()
            async with self._shop.joining if joined else contextlib.nullcontext():
                data: PartBytes = await self._joined(joined, fresh) if joined else fresh
                if fragment is None:
                    part = await self._store_part(begin // PART + 1, data)
                else:
                    await self._shop.store.put(fragment.object_key, data)
            advance = Advance(begin, begin + fill, part, fragment, joined)
            if self._checksum is None:
                self._ready[begin] = advance
                await self._record_ready()
                return
            if previous is not None:
                await asyncio.wait((previous,))
                previous.result()
            await loop.run_in_executor(self._shop.hashing, self._digest.update, fresh)
            self._staged.append(advance)
        finally:
            self._shop.buffers.give_back(buffer)

    async def _store_part(self, number: int, data: PartBytes) -> Part:
        loop = asyncio.get_running_loop()
        hashed = loop.run_in_executor(self._shop.hashing, _sha256, data)
        try:
            store = self._shop.store
            tag = await store.put_part(self._upload.object_key, self._upload.token, number, data)
        finally:
            # Also when storing failed: the buffer goes back and must no longer be read.
            digest = await hashed
        return Part(number, digest, tag)

    async def _joined(self, fragments: Sequence[Fragment], fresh: memoryview) -> bytearray:
        data = bytearray()
        for fragment in fragments:
            async for chunk in self._shop.store.get(fragment.object_key):
                data += chunk
        data += fresh
        return data

    async def _record_ready(self) -> None:
        """Record what is stored without a gap behind the offset; the step that fills a gap records the rest."""
        async with self._recording:
            batch: list[Advance] = []
            at = self.received
            while at in self._ready:
                batch.append(self._ready.pop(at))
                at = batch[-1].to
            await self._record(batch)

    async def _record(self, steps: Sequence[Advance]) -> None:
        if not steps:
            return
        try:
            await self._shop.rows.advance(self._upload.id, self._holder, steps)
        except UploadLocked:
            await self._forget([step.fragment for step in steps if step.fragment is not None])
            raise
        self.received = steps[-1].to
        for step in steps:
            await self._forget(step.replaced)

    async def _forget(self, fragments: Sequence[Fragment]) -> None:
        # What cannot be deleted now is deleted with the upload's end, by its prefix.
        with contextlib.suppress(ObjectError):
            for fragment in fragments:
                await self._shop.store.delete(fragment.object_key)

    async def _keep_lease(self) -> None:
        """Renew three times per lease; end the writing when the lease or the upload's time is over."""
        while self._ended is None:
            await asyncio.sleep(self._shop.rows.lease_seconds / 3)
            with contextlib.suppress(StorageUnavailable):
                if not await self._shop.rows.renew(self._upload.id, self._holder):
                    self._ended = UploadLocked(retry_after=self._shop.rows.lease_seconds)
                elif self._shop.clock() >= self._upload.expires_at:
                    self._ended = UploadGone()


def _sha256(data: PartBytes) -> bytes:
    return hashlib.sha256(data).digest()
