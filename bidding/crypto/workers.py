"""Processes that seal, open and verify, so that the server's event loop never shares their interpreter lock.

Cobblestone takes the lock once per 16 KiB chunk: in a thread beside one busy Python thread it falls to a
few hundredths of its speed, and the loop stutters. Worker processes are spawned, kept, and replaced
when one dies; a dead worker fails its own job and no other.
"""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar

from bidding.crypto.errors import CryptoError, WorkerDiedError, WorkersClosedError
from bidding.crypto.files import remove_partials
from bidding.crypto.pipeline import Progress

T = TypeVar("T")

_REPORT_EVERY = 8 * 1024 * 1024
_DONE, _FAILED, _PROGRESS = "done", "failed", "progress"


class CryptoWorkers:
    """A pool of `size` worker processes (by default one per processor), started as they are needed.

    Use as `async with`, or call `close`. One pool serves one event loop.
    """

    def __init__(self, size: int | None = None) -> None:
        self.size = size or os.cpu_count() or 1
        self._free = asyncio.Semaphore(self.size)
        self._idle: list[_Worker] = []
        self._busy: set[_Worker] = set()
        self._threads = ThreadPoolExecutor(self.size, "crypto-worker")
        self._closed = False

    async def run(
        self,
        job: Callable[..., T],
        *,
        outputs: Sequence[Path] = (),
        progress: Progress | None = None,
    ) -> T:
        """The result of `job()` in a worker; jobs beyond `size` wait for their turn.

        `job` is picklable: a module-level function, or a `functools.partial` of one. With `progress` it
        is called as `job(progress=…)` and the reports arrive in this loop, one per 8 MiB.
        Raises what the job raises; WorkerDiedError if its process ended (killed, out of memory).
        Cancelling kills the worker. After either, nothing half-written is left beside `outputs`.
        """
        async with self._free:
            if self._closed:
                raise WorkersClosedError
            worker = self._idle.pop() if self._idle else _Worker()
            self._busy.add(worker)
            loop = asyncio.get_running_loop()

            def report(done: int, total: int) -> None:
                if progress:
                    loop.call_soon_threadsafe(progress, done, total)

            answer = loop.run_in_executor(self._threads, worker.run, job, progress and report)
            try:
                result: T = await asyncio.shield(answer)
            except BaseException:
                if not answer.done():  # cancelled: the answer never comes, end it
                    worker.kill()
                    await asyncio.wait([answer])
                    with suppress(BaseException):
                        answer.result()
                if worker.dead:
                    for path in outputs:
                        remove_partials(path)
                raise
            finally:
                self._busy.discard(worker)
                if self._closed or worker.dead:
                    worker.kill()
                else:
                    self._idle.append(worker)
            return result

    @property
    def process_ids(self) -> list[int]:
        """Process ids of the live workers."""
        return [pid for worker in (*self._idle, *self._busy) if (pid := worker.pid) is not None]

    async def close(self) -> None:
        """End every worker; jobs still running fail with WorkerDiedError."""
        self._closed = True
        for worker in (*self._idle, *self._busy):
            worker.kill()
        self._idle.clear()
        await asyncio.to_thread(self._threads.shutdown)

    async def __aenter__(self) -> "CryptoWorkers":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()


class _Worker:
    """One process and the pipe to it, used by one job at a time."""

    def __init__(self) -> None:
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._killed = False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process and self._process.is_alive() else None

    @property
    def dead(self) -> bool:
        return self._killed or (self._process is not None and not self._process.is_alive())

    def run(self, job: Callable[..., T], report: Progress | None) -> T:
        """Blocks until the answer: called in a thread."""
        try:
            pipe = self._started()
            pipe.send((job, report is not None))
            while True:
                kind, value = pipe.recv()
                if kind == _PROGRESS and report:
                    report(*value)
                elif kind == _FAILED:
                    raise value
                elif kind == _DONE:
                    done: T = value
                    return done
        except (EOFError, ConnectionError):
            raise WorkerDiedError(job=_name_of(job), exit_code=self._ended()) from None

    def kill(self) -> None:
        self._killed = True
        if self._process is not None:
            self._process.kill()
            self._process.join()

    def _started(self) -> Connection:
        if self._pipe is None:
            context = multiprocessing.get_context("spawn")
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(target=_serve, args=(theirs,), daemon=True, name="crypto")
            self._process.start()
            theirs.close()
            if self._killed:
                self._process.kill()
        return self._pipe

    def _ended(self) -> int | None:
        assert self._process is not None
        self._killed = True
        self._process.kill()
        self._process.join()
        return self._process.exitcode


def _serve(pipe: Connection) -> None:
    """The worker's life: jobs in, answers out, until the other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    while True:
        try:
            job, wants_progress = pipe.recv()
        except EOFError:
            return
        try:
            answer = _DONE, job(progress=_reporter(pipe)) if wants_progress else job()
        except Exception as error:
            answer = _FAILED, error
        try:
            pipe.send(answer)
        except ConnectionError:
            return
        except Exception as error:  # the answer cannot be pickled; its text might hold anything
            pipe.send((_FAILED, CryptoError(job=_name_of(job), unsendable=type(error).__name__)))


def _reporter(pipe: Connection) -> Progress:
    last = 0

    def report(done: int, total: int) -> None:
        nonlocal last
        if done - last >= _REPORT_EVERY or done == total:
            last = done
            pipe.send((_PROGRESS, (done, total)))

    return report


def _name_of(job: Any) -> str:
    """The function's name alone: its arguments may be keys."""
    return str(getattr(getattr(job, "func", job), "__qualname__", "job"))
