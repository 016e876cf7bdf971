"""The verifiable log: how fast events are sequenced beside a busy server, what that costs the appends, how long a
proof takes in a tree of a million leaves. Each against its limit.

``python -m benchmarks.log`` prints them; ``run()`` returns them. fsync is on. The sequencer runs in a process of its
own, as ``bidding serve clock`` does; the appends are those of ``benchmarks.appends``: 64 concurrent commands, one
600-byte event each. Rounds with and without it alternate, and each is compared with the mean of its neighbours.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

import uvloop

from benchmarks.appends import STATE, appending
from bidding.application.log.export import TileExport
from bidding.application.log.ports import Batch, Head
from bidding.application.log.reader import LogReader
from bidding.application.log.sequencer import BEAT, LogIdentity, Sequencer, pieces
from bidding.compose.log import StorageLog
from bidding.compose.outside import StorageGate, StorageObjects
from bidding.crypto.credentials import SigningKey
from bidding.crypto.log.checkpoint import Checkpoint, sign_checkpoint
from bidding.crypto.log.growth import Run, Tree
from bidding.crypto.log.leaf import cover, entry
from bidding.crypto.log.proof import check_proof
from bidding.crypto.parts import leaf_hash
from storage.events import Commit, EventLog, NewEvent, connect
from storage.gate import Gate
from storage.migrate import migrate
from storage.objects.directory import DirectoryStore
from storage.server import EmbeddedServer

KEY = SigningKey.from_private(b"l" * 32)
IDENTITY = LogIdentity("log.example/bench", KEY.public, KEY.private, b"s" * 32)
BACKLOG = 60_000
ROUNDS = 4
LEAVES = 1_000_000
PROOFS = 200

#: events/s at least; what is left of the appends' rate at least; milliseconds at most.
SEQUENCED, APPENDED, PROVED = 20_000, 0.9, 5.0


class _Now:
    def now(self) -> datetime:
        return datetime.now(UTC)


@asynccontextmanager
async def _sequencer(dsn: str, folder: Path) -> AsyncIterator[tuple[Sequencer, LogReader, StorageLog]]:
    objects = DirectoryStore(folder)
    async with connect(dsn) as log:
        store, locks = StorageLog(log), Gate(log.database)
        reader = LogReader(store, IDENTITY.key)
        export = TileExport(store, reader, StorageObjects(objects))
        sequencer = Sequencer(store, StorageGate(locks), _Now(), IDENTITY, export, pace=8)
        await sequencer.load()
        yield sequencer, reader, store
        await locks.close()
    await objects.close()


def _child(dsn: str, folder: Path, orders: Connection) -> None:
    """Told "drain": sequences what is there, answers (events, seconds). Told "run": goes on until told anything."""

    async def work() -> None:
        async with _sequencer(dsn, folder) as (sequencer, _, store):
            while (order := await asyncio.to_thread(orders.recv)) != "end":
                before, began = (await store.head()).position, time.perf_counter()
                head = await sequencer.beat()
                orders.send((head.position - before, time.perf_counter() - began))
                while order == "run" and not orders.poll():
                    await sequencer.beat()
                    await asyncio.sleep(BEAT)

    uvloop.run(work())


async def _backlog(log: EventLog, events: int) -> None:
    for _ in range(events // 1000):
        name = str(uuid4())
        await log.append(
            Commit(
                events=[
                    NewEvent(
                        stream=name,
                        version=version,
                        topic="measured.v1",
                        state=STATE,
                        metadata=b'{"actor":"bench"}',
                        event_id=uuid4(),
                        salt=bytes(32),
                        public=False,
                    )
                    for version in range(1, 1001)
                ]
            )
        )


async def _busy(dsn: str, folder: Path) -> dict[str, Any]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_child, args=(dsn, folder, theirs), daemon=True)
    child.start()

    async def told(order: str) -> tuple[int, float]:
        ours.send(order)
        found: tuple[int, float] = await asyncio.to_thread(ours.recv)
        return found

    alone: list[float] = []
    beside: list[float] = []
    try:
        async with connect(dsn) as log:
            await appending(log)  # warm up
            await _backlog(log, BACKLOG)
            appends = asyncio.create_task(appending(log))
            events, seconds = await told("drain")
            await appends
            await told("drain")
            alone.append(await appending(log))
            for _ in range(ROUNDS):
                await told("run")
                beside.append(await appending(log))
                await told("drain")
                alone.append(await appending(log))
        ours.send("end")
        await asyncio.to_thread(child.join)
    finally:
        child.kill()
    means = [(before + after) / 2 for before, after in pairwise(alone)]
    left = [own / mean for own, mean in zip(beside, means, strict=True)]
    return {
        "sequenced": round(events / seconds),
        "alone": round(median(alone)),
        "beside": round(median(beside)),
        "left": round(median(left), 3),
        "by_round": [round(one, 2) for one in left],
    }


async def _million(dsn: str, folder: Path) -> dict[str, Any]:
    """Milliseconds for one proof, read from the store, and to check it."""
    async with _sequencer(dsn, folder) as (_, reader, store):
        await _filled(store)
        chosen = [random.Random(number).randrange(LEAVES) for number in range(PROOFS)]
        made: list[float] = []
        checked: list[float] = []
        await reader.proofs(chosen[:1])
        for leaf in chosen:
            began = time.perf_counter()
            [proof] = await reader.proofs([leaf])
            made.append(1000 * (time.perf_counter() - began))
            committed = entry(cover(IDENTITY.secret, leaf))
            began = time.perf_counter()
            check_proof(proof, committed, IDENTITY.key)
            checked.append(1000 * (time.perf_counter() - began))
    return {"proof_ms": round(median(made), 2), "check_ms": round(median(checked), 3)}


async def _filled(store: StorageLog) -> None:
    tree = Tree()
    while tree.size < LEAVES:
        before, count = tree.size, min(64 * 1024, LEAVES - tree.size)
        commitments = tuple(cover(IDENTITY.secret, leaf) for leaf in range(before, before + count))
        tree, runs = tree.grown([leaf_hash(entry(one)) for one in commitments])
        checkpoint = Checkpoint(IDENTITY.origin, tree.size, tree.root)
        head = Head(
            size=tree.size,
            beat_at=datetime.now(UTC),
            note=sign_checkpoint(checkpoint, IDENTITY.private).encoded,
        )
        batch = Batch(
            before=before,
            head=head,
            commitments=[(first, data) for _, first, data in pieces(Run(0, before, commitments))],
            runs=[piece for run in runs if run.level for piece in pieces(run)],
            leaves=[],
        )
        assert await store.save(batch)


async def _measure(server: EmbeddedServer, folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, measure in (("busy", _busy), ("million", _million)):
        dsn = await asyncio.to_thread(server.create_database, name)
        await migrate(dsn)
        found |= await measure(dsn, folder / name)
    return found


def run() -> dict[str, Any]:
    """Start a server in a temporary folder, measure on it, stop it."""
    folder = Path(tempfile.mkdtemp(prefix="bidding-bench-"))
    objects = Path(tempfile.mkdtemp(prefix="bidding-bench-"))
    try:
        with EmbeddedServer(folder) as server:
            return uvloop.run(_measure(server, objects))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(objects, ignore_errors=True)


def main() -> None:
    found = run()
    print(f"sequenced beside appends  {found['sequenced']:>8,} events/s   (limit {SEQUENCED:,})")
    print(f"appends alone             {found['alone']:>8,} commits/s")
    print(f"appends beside it         {found['beside']:>8,} commits/s   (by round {found['by_round']})")
    print(f"left of them              {found['left']:>8.2f}             (limit {APPENDED})")
    proof = f"{found['proof_ms']:>8.2f} ms          (limit {PROVED}; check {found['check_ms']} ms)"
    print(f"proof at {LEAVES:,} leaves {proof}")


if __name__ == "__main__":
    main()
