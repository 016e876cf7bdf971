"""Storage, fitted to what the application asks for in ``bidding.application.ports``."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from datetime import datetime
from pathlib import Path

import msgspec
from eventsourcing.persistence import Tracking

from bidding.application.ports import (
    ListEntry,
    LotRow,
    Missing,
    NoRoom,
    Offices,
    Rows,
    Timer,
    Unavailable,
    UploadFacts,
)
from bidding.compose.journal import named_by_the_application
from bidding.crypto.body import PREFIX_SIZE
from storage import gate, readmodels
from storage.erasure import Eraser
from storage.errors import StaleTracking
from storage.lots import LotFilter
from storage.lots import LotRow as StoredLot
from storage.objects import ObjectMissing, ObjectStore, ObjectStoreFull, ObjectStoreUnavailable
from storage.uploads import PART, UploadGone, UploadIncomplete, UploadLocked, Uploads, UploadUnknown

#: Seconds between two attempts to become the leader.
STANDBY = 2.0


class StoragePass:
    def __init__(self, held: gate.Held) -> None:
        self._held = held

    def ensure(self) -> None:
        with named_by_the_application():
            self._held.ensure()


class StorageGate:
    def __init__(self, locks: gate.Gate) -> None:
        self._locks = locks

    @asynccontextmanager
    async def shared(self, key: str) -> AsyncIterator[StoragePass]:
        with named_by_the_application():
            async with self._locks.shared(key) as held:
                yield StoragePass(held)

    @asynccontextmanager
    async def exclusive(self, key: str) -> AsyncIterator[StoragePass]:
        with named_by_the_application():
            async with self._locks.exclusive(key) as held:
                yield StoragePass(held)

    @asynccontextmanager
    async def leader(self, name: str) -> AsyncIterator[None]:
        """The block is cancelled and ``Unavailable`` raised when the leadership is lost; stopping it works then too."""
        with named_by_the_application():
            leader = await self._locks.try_leader(name)
            while leader is None:
                await asyncio.sleep(STANDBY)
                leader = await self._locks.try_leader(name)
        block = asyncio.current_task()
        assert block is not None
        lost, before = False, block.cancelling()

        async def watch() -> None:
            nonlocal lost
            await leader.lost.wait()
            lost = True
            block.cancel()

        watching = asyncio.create_task(watch(), name="leadership")
        try:
            yield
        except asyncio.CancelledError:
            if not lost or block.uncancel() > before:
                raise
            raise Unavailable("leadership") from None
        finally:
            watching.cancel()
            await leader.resign()


class StorageReadModels:
    def __init__(self, models: readmodels.ReadModels) -> None:
        self._models = models

    async def save_lot(
        self,
        name: str,
        position: int,
        row: LotRow | None,
        subject: str,
        timers: Sequence[Timer],
        offices: Offices | None = None,
    ) -> None:
        with named_by_the_application():
            try:
                async with self._models.transaction(Tracking(name, position)) as tx:
                    await tx.clear_timer(subject)
                    for timer in timers:
                        await tx.set_timer(timer.subject, timer.kind, timer.due_at)
                    if row is not None:
                        await tx.upsert_lot(_stored(row))
                    if offices is not None:
                        await tx.set_offices(subject, offices.parties, offices.filed_at)
            except StaleTracking:
                return

    async def save_entries(self, name: str, position: int, entries: Sequence[ListEntry]) -> None:
        stored = [readmodels.ListEntry(**msgspec.structs.asdict(entry)) for entry in entries]
        with named_by_the_application(), suppress(StaleTracking):
            async with self._models.transaction(Tracking(name, position)) as tx:
                for entry in stored:
                    await tx.upsert_entry(entry)

    async def entries(self, name: str, wanted: Rows) -> list[ListEntry]:
        with named_by_the_application():
            rows = await self._models.lists.page(name, **msgspec.structs.asdict(wanted))
        return [ListEntry(**msgspec.structs.asdict(row)) for row in rows]

    async def owners(self, name: str, *, after: str | None = None, limit: int = 50) -> list[str]:
        with named_by_the_application():
            return await self._models.lists.owners(name, after=after, limit=limit)

    async def passed(self, name: str, position: int) -> None:
        with named_by_the_application(), suppress(StaleTracking):
            async with self._models.transaction(Tracking(name, position)):
                pass

    async def lots(
        self,
        *,
        mode: str,
        phases: Sequence[str] | None = None,
        category: str | None = None,
        text: str | None = None,
        closing: tuple[datetime, datetime] | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> tuple[list[LotRow], str | None]:
        opens, ends = closing or (None, None)
        wanted = LotFilter(
            mode=mode,
            phases=phases,
            category=category,
            text=text,
            noticed=True,
            deadline_after=opens,
            deadline_before=ends,
        )
        with named_by_the_application():
            page = await self._models.list_lots(wanted, after=after, limit=limit)
        return [_listed(row) for row in page.rows], page.after

    async def lots_of(self, party: str, *, after: str | None = None, limit: int = 50) -> list[str]:
        with named_by_the_application():
            return await self._models.lots_of(party, after=after, limit=limit)

    async def all_lots(self, *, after: str | None = None, limit: int = 50) -> list[str]:
        with named_by_the_application():
            return await self._models.all_lots(after=after, limit=limit)

    async def due(self, now: datetime, limit: int) -> list[Timer]:
        with named_by_the_application():
            return [
                Timer(subject=timer.subject, kind=timer.kind, due_at=timer.due_at)
                for timer in await self._models.due(now, limit)
            ]

    async def next_due(self, after: datetime) -> datetime | None:
        with named_by_the_application():
            return await self._models.next_due(after)

    async def clear_timer(self, timer: Timer) -> None:
        with named_by_the_application():
            await self._models.fired(
                readmodels.Timer(subject=timer.subject, kind=timer.kind, due_at=timer.due_at, payload=b"")
            )


def _stored(row: LotRow) -> StoredLot:
    return StoredLot(
        lot_id=row.lot_id,
        project_id=row.project_code,
        title=row.title,
        category=row.category,
        regime=row.regime,
        mode=row.mode,
        phase=row.phase,
        region=row.region,
        deadline=row.deadline,
        opening_at=row.deadline,
        noticed_at=row.noticed_at,
        tenderer=row.tenderer,
        agency=row.agency or None,
        updated_feed_position=row.feed_position,
        doc=row.doc,
    )


def _listed(row: StoredLot) -> LotRow:
    return LotRow(
        lot_id=row.lot_id,
        project_code=row.project_id,
        title=row.title,
        category=row.category,
        regime=row.regime,
        region=row.region,
        mode=row.mode,
        phase=row.phase,
        deadline=row.deadline,
        noticed_at=row.noticed_at,
        tenderer=row.tenderer,
        agency=row.agency or "",
        feed_position=row.updated_feed_position,
        doc=row.doc,
    )


class StorageEraser:
    """``Eraser`` over the database's role for it."""

    def __init__(self, eraser: Eraser) -> None:
        self._eraser = eraser

    async def permitted(self) -> bool:
        with named_by_the_application():
            return await self._eraser.permitted()

    async def erase(self, erasing: int, left: Sequence[tuple[int, bytes, bytes]]) -> bool:
        with named_by_the_application():
            return await self._eraser.erase(erasing, left)

    async def lots_naming(self, text: str) -> list[str]:
        with named_by_the_application():
            return await self._eraser.lots_naming(text)


@contextmanager
def _objects_named() -> Iterator[None]:
    """The object stores' errors as the application knows them."""
    try:
        yield
    except ObjectMissing as error:
        raise Missing(error.key) from error
    except ObjectStoreFull as error:
        raise NoRoom("object store", 60) from error
    except ObjectStoreUnavailable as error:
        raise Unavailable("object store", error.retry_after) from error


class StorageObjects:
    """``Objects`` over either store."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    async def put(self, key: str, data: bytes) -> None:
        with _objects_named():
            await self._store.put(key, data)

    async def put_file(self, key: str, path: Path) -> None:
        with _objects_named():
            token = await self._store.begin(key)
            try:
                parts: list[tuple[int, str]] = []
                with await asyncio.to_thread(path.open, "rb") as file:
                    while data := await asyncio.to_thread(file.read, PART):
                        number = len(parts) + 1
                        parts.append((number, await self._store.put_part(key, token, number, data)))
                await self._store.complete(key, token, parts)
            except BaseException:
                await self._store.abort(key, token)
                raise

    async def get(self, key: str, offset: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        with _objects_named():
            async for chunk in self._store.get(key, offset, length):
                yield chunk

    async def size(self, key: str) -> int | None:
        with _objects_named():
            try:
                return await self._store.stat(key)
            except ObjectMissing:
                return None

    async def delete(self, key: str) -> None:
        with _objects_named():
            await self._store.delete(key)

    async def keys(self, prefix: str) -> AsyncIterator[str]:
        with _objects_named():
            async for key in self._store.list(prefix):
                yield key

    async def free(self) -> int | None:
        with _objects_named():
            return await self._store.free()

    async def health(self) -> None:
        with _objects_named():
            await self._store.health()


class StorageUploads:
    """``Uploads`` over the store's resumable uploads and the objects that they became."""

    def __init__(self, uploads: Uploads, store: ObjectStore) -> None:
        self._uploads, self._store = uploads, store

    async def facts(self, upload: str, owner: str) -> UploadFacts | None:
        with named_by_the_application(), _objects_named():
            try:
                done = await self._uploads.completed(owner, upload)
                head = b"".join([c async for c in self._store.get(done.object_key, 0, PREFIX_SIZE)])
            except (UploadUnknown, UploadGone, UploadIncomplete, ObjectMissing):
                return None
            except UploadLocked as error:  # all bytes are here, the object is being made: no refusal to sign
                raise Unavailable("object store", error.retry_after) from error
        return UploadFacts(
            upload=done.id,
            owner=done.owner,
            purpose=done.purpose,
            subject=done.subject,
            key=done.object_key,
            length=done.length,
            part_hashes=done.part_hashes,
            head=head,
            completed_at=done.completed_at,
        )

    async def discard(self, upload: str) -> None:
        with named_by_the_application(), _objects_named():
            await self._uploads.discard(upload)
