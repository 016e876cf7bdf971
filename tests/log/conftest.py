"""A verifiable log over an event log on a database of its own; no process, no clock but the test's."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from bidding.application.log.audit import Finding, audit
from bidding.application.log.export import TileExport
from bidding.application.log.reader import LogReader
from bidding.application.log.sequencer import LogIdentity, Sequencer
from bidding.compose.log import StorageLog
from bidding.compose.outside import StorageGate, StorageObjects
from bidding.crypto.credentials import SigningKey
from storage.events import Commit, EventLog, NewEvent, connect
from storage.gate import Gate
from storage.objects.directory import DirectoryStore

KEY = SigningKey.from_private(b"l" * 32)
IDENTITY = LogIdentity("log.example/100fw", KEY.public, KEY.private, b"s" * 32)
PACE = 8


class Now:
    """The real clock: places in a beat come from the database's instants."""

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(milliseconds=1)


@dataclass
class LogHouse:
    log: EventLog
    store: StorageLog
    objects: StorageObjects
    gate: StorageGate
    pace: int = PACE
    reader: LogReader = field(init=False)
    export: TileExport = field(init=False)
    sequencer: Sequencer = field(init=False)

    def __post_init__(self) -> None:
        self.reader = LogReader(self.store, IDENTITY.key)
        self.export = TileExport(self.store, self.reader, self.objects)
        self.sequencer = self.another()

    def another(self, store: StorageLog | None = None) -> Sequencer:
        """As of a process that has just started."""
        return Sequencer(store or self.store, self.gate, Now(), IDENTITY, self.export, pace=self.pace)

    async def happen(self, count: int = 1, *, stream: str = "") -> list[int]:
        """Events, each a commit of its own if there are few; their positions."""
        name = stream or f"s-{uuid4().hex}"
        found = await self.log.select_events(name)
        events = [
            NewEvent(
                stream=name,
                version=len(found) + number,
                topic="tested.v1",
                state=b'{"n":%d}' % number,
                metadata=b'{"actor":"test"}',
                event_id=uuid4(),
                salt=uuid4().bytes + uuid4().bytes,
                public=False,
            )
            for number in range(1, count + 1)
        ]
        return (await self.log.append(Commit(events=events))).positions

    async def findings(self, kept: tuple[bytes, ...] = ()) -> list[Finding]:
        return [one async for one in audit(self.store, IDENTITY, kept)]

    async def note(self) -> bytes:
        found = await self.reader.checkpoint()
        assert found is not None
        return found


@pytest.fixture
async def house(pg_dsn: str, tmp_path: Path) -> AsyncIterator[LogHouse]:
    objects = DirectoryStore(tmp_path / "objects")
    async with connect(pg_dsn) as log:
        locks = Gate(log.database)
        yield LogHouse(log, StorageLog(log), StorageObjects(objects), StorageGate(locks))
        await locks.close()
    await objects.close()
