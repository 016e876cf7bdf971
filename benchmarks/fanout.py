"""Fan-out of one opening to 2,000 websocket spectators from one core, against a C loop of ``send()``.

``python -m benchmarks.fanout`` prints both and the ratio; ``run(spectators)`` returns them. Ours is the real gateway
(``benchmarks.fanout_server``) from the event to the last byte handed to the kernel; the peer sends the same frame bytes
over as many plain TCP sockets (``fanout_sender.c``). Both run on the first core, and the same C receiver, on the
second, parses and counts every frame of both. Rounds alternate and medians are taken.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

ROUNDS = 5
TARGET = 0.6
SOURCE = Path(__file__).with_name("fanout_sender.c")
Process = subprocess.Popen[str]


class Took(NamedTuple):
    """One round: seconds, and of those the sending process's own on its core."""

    seconds: float
    processor: float


class Round(NamedTuple):
    """``memory``: bytes for each connection; ``frames``: to each; ``payload``: bytes in all of them."""

    took: Took
    memory: float
    frames: int
    payload: int


class NoCompiler(Exception):
    """The peer is compiled here."""

    def __init__(self) -> None:
        super().__init__("gcc is missing: install it (Debian: apt-get install gcc libc6-dev) and run again")


def run(spectators: int = 2000, rounds: int = ROUNDS) -> dict[str, Any]:
    """``peer`` and ``ratio`` are None, and ``note`` says why, where nothing can be compiled.

    ``ratio`` compares the time on the clock; ``processor_ratio`` the processor time of the sending process,
    which neighbours on the machine touch less. Raises ``OSError`` where the process may not open as many files.
    """
    _allow_files(spectators + 100)
    cores = sorted(os.sched_getaffinity(0))
    sending, reading = cores[0], cores[-1]
    name = f"fan-out of one opening to {spectators} websocket spectators, one core"
    ours: list[Round] = []
    peers: list[Took] = []
    with tempfile.TemporaryDirectory(prefix="bidding-bench-") as folder:
        try:
            binary, frames = _compiled(Path(folder)), Path(folder) / "frames"
        except NoCompiler as missing:
            # The receiver is C too: without it there is no figure of ours either.
            note = str(missing)
            return {"name": name, "unit": "frames/s", "ours": 0, "peer": None, "ratio": None, "note": note}
        for _ in range(rounds):
            ours.append(_ours(binary, frames, spectators, sending, reading))
            peers.append(_peer(binary, frames, spectators, ours[-1].frames, sending, reading))
    each = ours[0].frames
    seconds, peer_seconds = median(one.took.seconds for one in ours), median(one.seconds for one in peers)
    used, peer_used = median(one.took.processor for one in ours), median(one.processor for one in peers)
    memory, size = median(one.memory for one in ours), ours[0].payload / spectators / each
    return {
        "name": name,
        "unit": "frames/s",
        "ours": round(spectators * each / seconds),
        "peer": round(spectators * each / peer_seconds),
        "ratio": round(peer_seconds / seconds, 2),
        "processor_ratio": round(peer_used / used, 2),
        "target": TARGET,
        "reached": peer_seconds / seconds >= TARGET,
        "events": each,
        "bytes_per_frame": round(size),
        "memory_per_connection": round(memory),
        "note": f"by processor time {peer_used / used:.2f}; {memory / 1024:.1f} KiB per connection",
    }


def _ours(binary: Path, frames: Path, spectators: int, sending: int, reading: int) -> Round:
    command = [sys.executable, "-m", "benchmarks.fanout_server", str(frames)]
    with _running(command, sending) as server:
        about = json.loads(_line(server))
        before = _ask(server, "memory")
        path = f"/live/lots/{about['lot']}"
        counting = [str(binary), "receive", str(about["port"]), str(spectators), str(about["frames"]), path]
        with _running(counting, reading) as receiver:
            _expect_ready(receiver)
            after = _ask(server, "memory")
            assert after["listeners"] == spectators, after
            took = Took(**_ask(server, "go"))
            payload = _counted(receiver, spectators * about["frames"])
    return Round(took, (after["rss"] - before["rss"]) / spectators, about["frames"], payload)


def _peer(binary: Path, frames: Path, spectators: int, each: int, sending: int, reading: int) -> Took:
    with _running([str(binary), "send", str(spectators), str(frames)], sending) as sender:
        port = _line(sender).strip()
        counting = [str(binary), "receive", port, str(spectators), str(each), "-"]
        with _running(counting, reading) as receiver:
            _expect_ready(receiver)
            _tell(sender, "go")
            took = Took(*map(float, _line(sender).split()))
            _counted(receiver, spectators * each)
            _tell(sender, "end")
    return took


@contextmanager
def _running(command: Sequence[str], core: int) -> Iterator[Process]:
    """A child on one core; ended with the block."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    os.sched_setaffinity(process.pid, {core})
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def _line(process: Process) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise RuntimeError(f"{process.args!r} ended: {process.wait()}")
    return line


def _tell(process: Process, text: str) -> None:
    assert process.stdin is not None
    process.stdin.write(text + "\n")
    process.stdin.flush()


def _ask(process: Process, text: str) -> dict[str, Any]:
    _tell(process, text)
    found: dict[str, Any] = json.loads(_line(process))
    return found


def _expect_ready(receiver: Process) -> None:
    found = _line(receiver).strip()
    assert found == "ready", found


def _counted(receiver: Process, expected: int) -> int:
    """The payload bytes, once every frame has arrived."""
    frames, payload = _line(receiver).split()
    assert int(frames) == expected, f"{frames} of {expected} frames arrived"
    return int(payload)


def _compiled(folder: Path) -> Path:
    gcc = shutil.which("gcc") or shutil.which("cc")
    if gcc is None:
        raise NoCompiler
    binary = folder / "fanout"
    subprocess.run([gcc, "-O2", "-Wall", "-o", str(binary), str(SOURCE)], check=True)
    return binary


def _allow_files(needed: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < needed:
        wanted = max(needed, hard) if hard == resource.RLIM_INFINITY else hard
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, 1 << 20), hard))
        if resource.getrlimit(resource.RLIMIT_NOFILE)[0] < needed:
            raise OSError(f"{needed} open files are needed, {hard} allowed (ulimit -n)")


if __name__ == "__main__":
    found = run()
    if found["peer"] is None:
        raise SystemExit(found["note"])
    print(f"ours  {found['ours']:>9} {found['unit']}   (gateway, framed once)")
    print(f"peer  {found['peer']:>9} {found['unit']}   (C, send() in a loop)")
    print(
        f"ratio {found['ratio']:>9}   (target {found['target']}); by processor time {found['processor_ratio']}"
    )
    print(f"{found['events']} events of {found['bytes_per_frame']} bytes to each")
    print(f"memory {found['memory_per_connection']} bytes for each connection")
