"""Sealing and opening a file against the slower of SHA-256 and AES-256-GCM of the same library, one core.

The peers go over one cached block in memory, the same number of bytes, in turn with our rounds; ours
read and write whole files (page cache, not synced: the store does that once) and are given a second
core. Best of the rounds against best, with median and worst beside them and the load of the machine,
for on a machine busy with other work the second core is missing and the ratios fall.
Also: memory growth with the file's size, and the worker pool beside a busy event loop against an idle
one with the same load in a foreign process, so that the difference is the interpreter lock alone.
`python -m benchmarks.sealing [--largest MIB] [--folder DIR]`; `run()` returns the figures.
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256, Hash

from bidding.crypto.envelope import TECHNICAL, open_stream, seal_stream
from bidding.crypto.files import file_blocks
from bidding.crypto.sealing import SealedBody
from bidding.crypto.target import Target
from bidding.crypto.workers import CryptoWorkers

MIB = 1024 * 1024
SPEED_MIB = 512
ROUNDS = 9
TARGET = Target(
    document_hash="0" * 64, document_version=1, lot="bench", bidder="bench", envelope=TECHNICAL, bid_version=1
)
CEK = bytes(range(32))


def run(largest_mib: int = 4096, folder: Path | None = None) -> dict[str, Any]:
    """Speeds in GB/s (best of the rounds, interleaved), ratios of bests and of medians, memory in MiB."""
    load = [os.getloadavg()[0]]
    with tempfile.TemporaryDirectory(dir=folder) as name:
        directory = Path(name)
        rounds = _rounds(directory, min(SPEED_MIB, largest_mib))
        load.append(os.getloadavg()[0])
        memory = {str(mib): _peak_mib(directory, mib) for mib in (1, largest_mib)}
        pool = asyncio.run(_pool_beside_loops(directory))
    speeds = {name: max(found) for name, found in rounds.items()}
    medians = {name: statistics.median(found) for name, found in rounds.items()}
    ceiling, usual = (min(of["sha256"], of["aes_256_gcm"]) for of in (speeds, medians))
    growth = memory[str(largest_mib)] - memory["1"]
    return {
        "gb_per_s": speeds,
        "seal_ratio": speeds["seal"] / ceiling,
        "open_ratio": speeds["open"] / ceiling,
        "median_gb_per_s": medians,
        "worst_gb_per_s": {name: min(found) for name, found in rounds.items()},
        "seal_median_ratio": medians["seal"] / usual,
        "open_median_ratio": medians["open"] / usual,
        "load_average": load,
        "peak_rss_mib": memory,
        "growth_mib": growth,
        "pool_gb_per_s": pool,
        "pool_busy_ratio": pool["busy"] / pool["idle"],
        "reached": min(speeds["seal"], speeds["open"]) >= 0.8 * ceiling and growth <= 64,
    }


def _rounds(directory: Path, mib: int) -> dict[str, list[float]]:
    """GB/s of each round; our outputs are new files, for replacing one would also pay for its removal."""
    plain, sealed, opened = directory / "plain", directory / "sealed", directory / "opened"
    _fill(plain, mib)
    bodies = [_seal(plain, sealed)]
    block, out = os.urandom(MIB), bytearray(MIB + 16)
    cipher = AESGCM(CEK)

    def sha256() -> None:
        digest = Hash(SHA256())
        for _ in range(mib):
            digest.update(block)
        digest.finalize()

    def aes() -> None:
        for _ in range(mib):
            cipher.encrypt_into(b"\0" * 12, block, None, out)

    work: dict[str, Callable[[], object]] = {
        "sha256": sha256,
        "aes_256_gcm": aes,
        "seal": lambda: bodies.append(_seal(plain, sealed)),
        "open": lambda: open_stream(sealed, TARGET, CEK, bodies[-1].root, bodies[-1].header, opened),
    }
    output = {"seal": sealed, "open": opened}
    speeds: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(ROUNDS):
        for name, act in work.items():
            if name in output:
                output[name].unlink(missing_ok=True)
            os.sync()  # what earlier work left to be written is not this round's
            begun = time.perf_counter()
            act()
            speeds[name].append(mib * MIB / (time.perf_counter() - begun) / 1e9)
    for path in (plain, sealed, opened):
        path.unlink()
    return speeds


def _seal(plain: Path, sealed: Path) -> SealedBody:
    return seal_stream(file_blocks(plain), plain.stat().st_size, TARGET, CEK, sealed)


def _fill(path: Path, mib: int) -> None:
    block = os.urandom(MIB)
    with path.open("wb") as file:
        for _ in range(mib):
            file.write(block)
        file.flush()
        os.fsync(file.fileno())


def _peak_mib(directory: Path, mib: int) -> float:
    """Highest resident memory of a fresh process that seals and opens a file of `mib` MiB."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_measure_peak, args=(theirs, directory, mib))
    process.start()
    theirs.close()
    peak: float = ours.recv()
    process.join()
    return peak


def _measure_peak(pipe: Any, directory: Path, mib: int) -> None:
    sealed, opened = directory / "sealed", directory / "opened"
    body = seal_stream(_generated(mib), mib * MIB, TARGET, CEK, sealed)
    open_stream(sealed, TARGET, CEK, body.root, body.header, opened)
    sealed.unlink()
    opened.unlink()
    # Not getrusage: its maximum survives exec, so it would be the parent's wherever that is larger.
    status = Path("/proc/self/status").read_text()
    pipe.send(int(status.partition("VmHWM:")[2].split()[0]) / 1024)


def _generated(mib: int) -> Iterator[bytes]:
    block = os.urandom(MIB)
    for _ in range(mib):
        yield block


def _compute() -> None:
    while True:
        sum(range(10_000))


async def _pool_beside_loops(directory: Path, mib: int = 256) -> dict[str, float]:
    """GB/s of one sealing in the pool while one core computes: in a foreign process, in our own loop."""
    plain, sealed = directory / "plain", directory / "sealed"
    _fill(plain, mib)
    fastest = {"idle": float("inf"), "busy": float("inf")}
    async with CryptoWorkers(1) as workers:
        job = partial(_seal, plain, sealed)
        await workers.run(job)
        for _ in range(ROUNDS):
            for name, busy in (("idle", False), ("busy", True)):
                foreign = None if busy else get_context("spawn").Process(target=_compute, daemon=True)
                if foreign:
                    foreign.start()
                begun = time.perf_counter()
                task = asyncio.ensure_future(workers.run(job))
                while busy and not task.done():
                    sum(range(10_000))
                    await asyncio.sleep(0)
                await task
                fastest[name] = min(fastest[name], time.perf_counter() - begun)
                if foreign:
                    foreign.kill()
                    foreign.join()
    plain.unlink()
    sealed.unlink()
    return {name: mib * MIB / seconds / 1e9 for name, seconds in fastest.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=4096, metavar="MIB", help="largest file, in MiB")
    parser.add_argument("--folder", type=Path, default=None, help="where the files are written")
    arguments = parser.parse_args()
    figures = run(arguments.largest, arguments.folder)
    print(json.dumps(figures, indent=2))
    return 0 if figures["reached"] else 1


if __name__ == "__main__":
    sys.exit(main())
