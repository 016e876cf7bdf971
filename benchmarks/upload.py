"""A sealed bid's upload: received over tus, hashed in 8 MiB parts and stored durably in the directory store by a
real uvicorn, against nginx's DAV module taking the same bytes by PUT to the same disk in the same run.

``python -m benchmarks.upload [--rounds N] [--size BYTES]`` prints medians and spread of both, the ratio, the servers'
processor seconds and how much ours grew; ``run(size=…)`` returns them. The client is the same for both: one
connection, one request, ``sendfile`` from the page cache. Rounds alternate, and so does who begins. Before each, dirty
pages are synced and as much memory as the body needs is touched and freed: a virtual machine hands idle memory
back to its host, and nginx, which fills the page cache, would pay for fetching it again.

What each side promises when it answers: ours has every part on the disk (past the cache, fdatasync'ed) with its
SHA-256 and the offset committed in PostgreSQL; nginx has the bytes in the page cache and syncs nothing. The second
row asks nginx's file and folder to be fsync'ed before the time is taken: the same durability, still without hashing.
"""

from __future__ import annotations

import argparse
import asyncio
import mmap
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import uvicorn
from fastapi import FastAPI, Request

from bidding.api.app import UVICORN
from bidding.api.tus import Admission, tus_router
from storage.database import Database
from storage.migrate import migrate
from storage.objects.directory import DirectoryStore
from storage.server import EmbeddedServer
from storage.uploads import Uploads

GIB = 1 << 30
ROUNDS = 5
TARGET = 1.0
GROWTH = 96 << 20  # bytes of memory that "flat" allows: buffers in flight, whatever the size sent


class NoNginx(Exception):
    def __init__(self) -> None:
        super().__init__("nginx is not installed; on Debian or Ubuntu: apt-get install nginx-light")


class _Bidder:
    party = "party-1"


async def _receive(dsn: str, folder: str, descriptor: str) -> None:
    """The server's process: the tus router as the program mounts it, on a socket that the parent has bound."""
    database = Database(dsn)
    await database.open()
    store = DirectoryStore(Path(folder))
    uploads = Uploads(database, store, sniff=lambda purpose, first: None, clock=lambda: datetime.now(UTC))

    async def authenticate(request: Request) -> _Bidder:
        return _Bidder()

    async def admit(party: _Bidder, metadata: object, length: int) -> Admission:
        return Admission("bid", "lot", datetime.now(UTC) + timedelta(hours=1))

    app = FastAPI()
    app.include_router(tus_router(uploads, authenticate=authenticate, admit=admit, max_size=80 * GIB))
    config = uvicorn.Config(app, log_level="warning", lifespan="off", **UVICORN)
    try:
        await uvicorn.Server(config).serve(sockets=[socket.socket(fileno=int(descriptor))])
    finally:
        await uploads.close()
        await store.close()
        await database.close()


@contextmanager
def _ours(server: EmbeddedServer, folder: Path) -> Iterator[tuple[int, int]]:
    """Port and process id."""
    dsn = server.create_database("upload")
    asyncio.run(migrate(dsn))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        descriptor = listening.fileno()
        command = [sys.executable, "-m", "benchmarks.upload", "--receive", dsn, str(folder), str(descriptor)]
        process = subprocess.Popen(command, pass_fds=[descriptor])
        port = listening.getsockname()[1]
    try:
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def _nginx(binary: str, folder: Path) -> Iterator[tuple[int, int]]:
    """Port and process id. Bodies lie in ``folder/temp`` on the same disk until they are whole."""
    for name in ("www", "temp"):
        (folder / name).mkdir(parents=True)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    # user root only where we are root: nginx warns about the directive otherwise
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(f"""
        {user} daemon off; master_process off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;
        events {{}}
        http {{
            access_log off; client_body_temp_path {folder}/temp; client_max_body_size 0;
            proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; scgi_temp_path {folder}/s;
            uwsgi_temp_path {folder}/u;
            server {{
                listen 127.0.0.1:{port};
                location / {{ root {folder}/www; dav_methods PUT; create_full_put_path on; }}
            }}
        }}
    """)
    process = subprocess.Popen(
        [binary, "-c", folder / "nginx.conf", "-p", folder, "-e", folder / "error.log"]
    )
    try:
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(20)


def _connect(port: int) -> socket.socket:
    for _ in range(200):
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=120)
        except ConnectionRefusedError:  # still starting
            time.sleep(0.05)
    raise TimeoutError(f"nothing listens on port {port}")


def _ask(port: int, head: str, body: Path | None = None) -> tuple[str, float]:
    """The answer's head, and the seconds from the first byte sent to the answer."""
    with _connect(port) as connection:
        began = time.perf_counter()
        connection.sendall((head.replace("\n", "\r\n") + "\r\n\r\n").encode())
        if body is not None:
            with body.open("rb") as file:
                connection.sendfile(file)
        answer = b""
        while b"\r\n\r\n" not in answer and (data := connection.recv(65536)):
            answer += data
        return answer.decode("latin-1"), time.perf_counter() - began


def _tus(port: int, body: Path, size: int) -> tuple[float, str]:
    """Seconds of one upload, and its location."""
    common = "Host: localhost\nTus-Resumable: 1.0.0\nConnection: close\n"
    answer, _ = _ask(port, f"POST /uploads HTTP/1.1\n{common}Content-Length: 0\nUpload-Length: {size}")
    found = re.search(r"\r\nlocation: (\S+)", answer, re.IGNORECASE)
    assert found is not None, answer
    headers = (
        f"{common}Upload-Offset: 0\nContent-Type: application/offset+octet-stream\nContent-Length: {size}"
    )
    answer, seconds = _ask(port, f"PATCH {found[1]} HTTP/1.1\n{headers}", body)
    assert answer.startswith("HTTP/1.1 204"), answer
    return seconds, found[1]


def _put(port: int, body: Path, size: int) -> float:
    head = f"PUT /object HTTP/1.1\nHost: localhost\nConnection: close\nContent-Length: {size}"
    answer, seconds = _ask(port, head, body)
    assert answer.startswith("HTTP/1.1 201"), answer
    return seconds


def _synced(path: Path) -> float:
    began = time.perf_counter()
    for one in (path, path.parent):
        descriptor = os.open(one, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    return time.perf_counter() - began


def _processor(pid: int) -> float:
    """Seconds that the process has computed, all threads, user and kernel."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _settled(size: int) -> None:
    """Nobody pays for another's dirty pages, or for memory that the host took back."""
    os.sync()
    mmap.mmap(-1, size + (256 << 20), flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | mmap.MAP_POPULATE).close()


def _memory(pid: int, field: str) -> int:
    """Bytes, from the kernel: VmRSS is now, VmHWM the highest since ``clear_refs``."""
    found = re.search(rf"{field}:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) * 1024


def _measure(folder: Path, binary: str, size: int, rounds: int) -> dict[str, Any]:
    body = folder / "body"
    with body.open("wb") as file:
        for _ in range(0, size, 1 << 20):
            file.write(os.urandom(1 << 20))
        file.truncate(size)
    ours: list[float] = []
    peer: list[float] = []
    synced: list[float] = []
    objects = folder / "objects"
    with (
        EmbeddedServer(folder / "pg") as server,
        _ours(server, objects) as (port, pid),
        _nginx(binary, folder / "nginx") as (nginx, nginx_pid),
    ):
        put = folder / "nginx" / "www" / "object"
        warm = folder / "warm"  # imports, plans, buffers
        warm.write_bytes(os.urandom(64 << 20))
        _tus(port, warm, 64 << 20)
        _put(nginx, warm, 64 << 20)
        put.unlink()
        before = _memory(pid, "VmRSS")
        Path(f"/proc/{pid}/clear_refs").write_text("5")

        computed: dict[str, list[float]] = {"ours": [], "peer": []}

        def measured(side: str, of: int, work: Callable[[], float]) -> float:
            _settled(size)
            began = _processor(of)
            seconds = work()
            computed[side].append(_processor(of) - began)
            return seconds

        def our_round() -> None:
            ours.append(measured("ours", pid, lambda: _tus(port, body, size)[0]))
            shutil.rmtree(objects / "assembled", ignore_errors=False)
            (objects / "assembled").mkdir()

        def peer_round() -> None:
            peer.append(measured("peer", nginx_pid, lambda: _put(nginx, body, size)))
            synced.append(peer[-1] + _synced(put))
            put.unlink()

        for number in range(rounds):
            for one in (our_round, peer_round) if number % 2 else (peer_round, our_round):
                one()
        peak = _memory(pid, "VmHWM")
    rate, peer_rate, synced_rate = (size / median(times) / 1e6 for times in (ours, peer, synced))
    return {
        "name": f"upload of {size} bytes over tus, hashed and synced",
        "unit": "MB/s",
        "ours": round(rate),
        "peer": round(peer_rate),
        "peer_synced": round(synced_rate),
        "ratio": round(rate / peer_rate, 2),
        "ratio_synced": round(rate / synced_rate, 2),
        "rounds": {
            "ours": [round(size / one / 1e6) for one in ours],
            "peer": [round(size / one / 1e6) for one in peer],
            "peer_synced": [round(size / one / 1e6) for one in synced],
        },
        "processor": {side: round(median(seconds), 2) for side, seconds in computed.items()},
        "memory_before": before,
        "memory_growth": peak - before,
        "memory_flat": peak - before <= GROWTH,
        "target": TARGET,
        "reached": rate / peer_rate >= TARGET and peak - before <= GROWTH,
    }


def run(size: int = GIB, rounds: int = ROUNDS) -> dict[str, Any]:
    """Both in a temporary folder on one disk. Raises ``NoNginx``."""
    binary = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if binary is None:
        raise NoNginx
    folder = Path(tempfile.mkdtemp(prefix="bidding-bench-"))
    try:
        return _measure(folder, binary, size, rounds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _report(found: dict[str, Any]) -> None:
    for side, name, what in (
        ("ours", "ours ", "hashed, fdatasync'ed, recorded"),
        ("peer", "nginx", "in the page cache"),
        ("peer_synced", "nginx", "then fsync'ed"),
    ):
        rates = sorted(found["rounds"][side])
        print(f"{name}  {found[side]:>6} {found['unit']}  {rates[0]}-{rates[-1]}  {what}")
    print(
        f"ratio  {found['ratio']:>6} (target {found['target']}), at equal durability {found['ratio_synced']}"
    )
    processor = found["processor"]
    print(f"CPU    {processor['ours']:>6} s of ours, {processor['peer']} s of nginx, per upload")
    print(f"memory {found['memory_before'] >> 20:>6} MiB, grew by {found['memory_growth'] >> 20} MiB at most")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Upload throughput against nginx's DAV PUT.")
    parser.add_argument("--size", type=int, default=GIB, help="bytes of one upload (1 GiB)")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--receive", nargs=3, metavar=("DSN", "FOLDER", "FD"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.receive:
        import uvloop  # as the program runs

        uvloop.run(_receive(*asked.receive))
    else:
        try:
            _report(run(asked.size, asked.rounds))
        except NoNginx as missing:
            sys.exit(str(missing))
