"""The verifiable log of a service: its store, its identity, its sequencer."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC

from eventsourcing.persistence import Tracking

from bidding.application.deliveries import reader_stream
from bidding.application.keyring import Keyring
from bidding.application.log.export import TileExport
from bidding.application.log.history import Historian
from bidding.application.log.ports import Batch, Head, RawEvent, Tiles
from bidding.application.log.reader import LogReader
from bidding.application.log.receipts import LogReceipts
from bidding.application.log.sequencer import LogIdentity, Sequencer
from bidding.application.log.witnessing import Witness, Witnessing
from bidding.application.platform import Platform
from bidding.compose.journal import named_by_the_application
from bidding.compose.settings import Settings
from bidding.compose.witnesses import witnesses
from storage.events import EventLog
from storage.records import Commit, RecordedEvent
from storage.tiles import TileStore, TreeBatch, TreeHead

_EXPORTED = "log-tiles"


class StorageLog:
    """``LogStore`` over ``storage.tiles`` and the event log."""

    def __init__(self, log: EventLog) -> None:
        self._log, self._tiles = log, TileStore(log.database)

    async def head(self) -> Head:
        with named_by_the_application():
            found = await self._tiles.head()
        return Head(size=found.size, position=found.position, beat_at=found.beat_at, note=found.note)

    async def events(self, after: int, limit: int) -> list[RawEvent]:
        with named_by_the_application():
            rows = await self._log.select_notifications(after, limit, inclusive_of_start=False)
        return [_raw(row) for row in rows]

    async def events_of(self, stream: str) -> list[RawEvent]:
        with named_by_the_application():
            return [_raw(row) for row in await self._log.select_events(stream)]

    async def save(self, batch: Batch) -> bool:
        head = batch.head
        stored = TreeBatch(
            before=batch.before,
            head=TreeHead(size=head.size, position=head.position, beat_at=head.beat_at, note=head.note),
            commitments=batch.commitments,
            runs=batch.runs,
            leaves=batch.leaves,
        )
        with named_by_the_application():
            return await self._tiles.save(stored)

    async def tiles(self, wanted: Sequence[tuple[int, int]]) -> Tiles:
        with named_by_the_application():
            return await self._tiles.tiles(wanted)

    async def leaves_between(self, first: int, end: int) -> list[tuple[int, int]]:
        with named_by_the_application():
            return await self._tiles.leaves_between(first, end)

    async def leaves_of(self, streams: Sequence[str], size: int) -> dict[int, int]:
        with named_by_the_application():
            return await self._tiles.leaves_of(streams, size)

    async def witnessed(self) -> bytes | None:
        with named_by_the_application():
            return await self._tiles.witnessed()

    async def keep_witnessed(self, size: int, note: bytes) -> None:
        with named_by_the_application():
            await self._tiles.keep_witnessed(size, note)

    async def checkpoint(self, size: int) -> bytes | None:
        with named_by_the_application():
            return await self._tiles.checkpoint(size)

    async def covering(self, position: int) -> bytes | None:
        with named_by_the_application():
            return await self._tiles.covering(position)

    async def exported(self) -> int:
        with named_by_the_application():
            return await self._log.max_tracking_id(_EXPORTED) or 0

    async def note_exported(self, size: int) -> None:
        with named_by_the_application():
            await self._log.append(Commit(tracking=Tracking(_EXPORTED, size)))


def _raw(row: RecordedEvent) -> RawEvent:
    return RawEvent(
        position=row.position,
        stream=row.stream,
        version=row.version,
        topic=row.topic,
        state=row.state,
        metadata=row.metadata,
        event_id=str(row.event_id),
        salt=row.salt,
        recorded_at=row.recorded_at.astimezone(UTC),
    )


@dataclass(frozen=True)
class Verifiable:
    """The log's parts in one process; sequencer and historian run in the clock's."""

    store: StorageLog
    identity: LogIdentity
    reader: LogReader
    receipts: LogReceipts
    sequencer: Sequencer
    historian: Historian
    witnessing: Witnessing
    witnesses: tuple[Witness, ...]

    async def close(self) -> None:
        """The connections to witnesses."""
        for one in self.witnesses:
            await one.close()


def witnessing_tasks(log: Verifiable) -> list[asyncio.Task[None]]:
    """Started, and going on for ever; none where no witness is named."""
    return [asyncio.create_task(log.witnessing.run(), name="log witnesses")] if log.witnesses else []


def log_identity(settings: Settings, keyring: Keyring) -> LogIdentity:
    key = keyring.log_key
    return LogIdentity(settings.log_name, key.public, key, keyring.log_secret)


def verifiable(settings: Settings, log: EventLog, platform: Platform, keyring: Keyring) -> Verifiable:
    identity = log_identity(settings, keyring)
    store = StorageLog(log)
    reader = LogReader(store, identity.key, settings.log_policy(identity.key.vkey))
    export = TileExport(store, reader, platform.objects)
    asked = tuple(witnesses(settings))
    return Verifiable(
        store=store,
        identity=identity,
        reader=reader,
        receipts=LogReceipts(
            platform, store, reader, identity, lambda lot, party: reader_stream(keyring, lot, party)
        ),
        sequencer=Sequencer(store, platform.gate, platform.clock, identity, export, pace=settings.log_pace),
        historian=Historian(platform, store, identity),
        witnessing=Witnessing(store, platform.gate, reader, identity.key, asked, reader.policy.quorum),
        witnesses=asked,
    )
