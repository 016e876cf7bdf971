"""Durable appends: 64 concurrent commands through our event log, against the ``eventsourcing`` package's own
PostgreSQL application recorder (psycopg, 64 threads, a connection each) on the same server in the same run.

``python -m benchmarks.appends [--rounds N]`` prints both and the ratio; ``run()`` returns them. fsync is on. Every
append is one commit of one 600-byte event. The ratio compares the same work; a command's real commit, with its
idempotency key and answer (for which the recorder has no place), is printed beside it.

Neighbours on the machine come and go. So rounds alternate, every round of ours is compared with the mean of the
recorder's rounds before and after it (what drifts slowly cancels out), and the median of these ratios is given
with how far they spread.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from uuid import uuid4

import uvloop
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore

from storage.events import Commit, EventLog, Idempotency, NewEvent, connect
from storage.migrate import migrate
from storage.server import EmbeddedServer

COMMANDS = 64
STATE = b'{"text":"' + 589 * b"x" + b'"}'
ROUNDS = 5
OURS, PEERS = 300, 15  # appends of each of the 64 in a round: about a second each
TARGET = 20.0


async def appending(log: EventLog, *, keyed: bool = False) -> float:
    """One round: commits per second of 64 concurrent commands."""

    async def command(name: str) -> None:
        for version in range(1, OURS + 1):
            event = NewEvent(
                stream=name,
                version=version,
                topic="measured.v1",
                state=STATE,
                metadata=b"{}",
                event_id=uuid4(),
                salt=bytes(32),
                public=False,
            )
            key = None
            if keyed:
                key = Idempotency(scope=name, key=str(version), request_hash=bytes(32), answer=b"{}")
            await log.append(Commit(events=[event], idempotency=key))

    began = time.perf_counter()
    await asyncio.gather(*(command(f"{uuid4()}") for _ in range(COMMANDS)))
    return COMMANDS * OURS / (time.perf_counter() - began)


def _peer(recorder: PostgresApplicationRecorder, threads: ThreadPoolExecutor) -> float:
    def command(_: int) -> None:
        stream = uuid4()
        for version in range(1, PEERS + 1):
            recorder.insert_events([StoredEvent(stream, version, "measured.v1", STATE)])

    began = time.perf_counter()
    list(threads.map(command, range(COMMANDS)))
    return COMMANDS * PEERS / (time.perf_counter() - began)


async def _measure(server: EmbeddedServer, rounds: int) -> dict[str, Any]:
    dsn = await asyncio.to_thread(server.create_database, "ours")
    await migrate(dsn)
    await asyncio.to_thread(server.create_database, "peer")
    datastore = PostgresDatastore(
        dbname="peer",
        host=str(server.socket_folder),
        port=5432,
        user="postgres",
        password="none",
        pool_size=COMMANDS,
        max_waiting=COMMANDS,
    )
    ours: list[float] = []
    commands: list[float] = []
    peers: list[float] = []
    try:
        recorder = PostgresApplicationRecorder(datastore)
        datastore.pool.open(wait=True, timeout=30)  # all connections, before 64 threads ask at once
        recorder.create_table()
        with ThreadPoolExecutor(COMMANDS) as threads:
            async with connect(dsn) as log:
                await appending(log, keyed=True)  # warm up: plans, pages, connections
                await asyncio.to_thread(_peer, recorder, threads)
                peers.append(await asyncio.to_thread(_peer, recorder, threads))
                for _ in range(rounds):
                    ours.append(await appending(log, keyed=False))
                    commands.append(await appending(log, keyed=True))
                    peers.append(await asyncio.to_thread(_peer, recorder, threads))
    finally:
        datastore.close()
    ratios, keyed_ratios = _ratios(ours, peers), _ratios(commands, peers)
    return {
        "name": "durable appends, 64 concurrent commands",
        "unit": "commits/s",
        "ours": round(median(ours)),
        "ours_with_idempotency_key": round(median(commands)),
        "peer": round(median(peers)),
        "ratio": round(median(ratios), 1),
        "ratio_with_idempotency_key": round(median(keyed_ratios), 1),
        "ratios": [round(ratio, 1) for ratio in ratios],
        "ratios_with_idempotency_key": [round(ratio, 1) for ratio in keyed_ratios],
        "target": TARGET,
        "reached": median(ratios) >= TARGET,
    }


def _ratios(ours: Sequence[float], peers: Sequence[float]) -> list[float]:
    """One per round of ours, which lies between two of the peer's."""
    means = ((before + after) / 2 for before, after in pairwise(peers))
    return [own / mean for own, mean in zip(ours, means, strict=True)]


def spread(ratios: Sequence[float]) -> str:
    """Least, quartiles, greatest."""
    lower, _, upper = quantiles(ratios, n=4, method="inclusive")
    return f"{min(ratios):.1f} [{lower:.1f} … {upper:.1f}] {max(ratios):.1f}"


def run(rounds: int = ROUNDS) -> dict[str, Any]:
    """Start a server in a temporary folder, measure both on it, stop it. At least two rounds."""
    folder = Path(tempfile.mkdtemp(prefix="bidding-bench-"))
    try:
        with EmbeddedServer(folder) as server:
            return uvloop.run(_measure(server, rounds))  # as the program runs
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--rounds", type=int, default=ROUNDS, help="rounds of each, two at least")
    found = run(max(2, arguments.parse_args().rounds))
    unit = found["unit"]
    print(f"ours  {found['ours']:>8} {unit}   (event log, group commit)")
    print(f"      {found['ours_with_idempotency_key']:>8} {unit}   (the same with an idempotency key each)")
    print(f"peer  {found['peer']:>8} {unit}   (PostgresApplicationRecorder, 64 threads)")
    print(f"ratio {found['ratio']:>8}   (target {found['target']}; by round {spread(found['ratios'])})")
    keyed = spread(found["ratios_with_idempotency_key"])
    print(
        f"      {found['ratio_with_idempotency_key']:>8}   (with an idempotency key each; by round {keyed})"
    )


if __name__ == "__main__":
    main()
