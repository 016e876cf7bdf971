"""Worker processes: results, progress, cancellation, and a death that harms one job only."""

import asyncio
import os
import signal
from functools import partial
from pathlib import Path

import pytest

from bidding.crypto.envelope import TECHNICAL, seal_stream
from bidding.crypto.errors import Layer, OpeningError, WorkerDiedError, WorkersClosedError
from bidding.crypto.jobs import FormToOpen, open_forms, stored_root
from bidding.crypto.opening import OpenedForm
from bidding.crypto.pipeline import Progress
from bidding.crypto.target import Target
from bidding.crypto.workers import CryptoWorkers
from tests.crypto.conftest import Sealed, make_form

TARGET = Target(
    document_hash="ab" * 32, document_version=1, lot="L", bidder="B", envelope=TECHNICAL, bid_version=1
)


def seal_for_ever(path: Path, progress: Progress | None = None) -> None:
    """A job that has begun to write and never ends; progress tells that it has begun."""
    length = 2**40
    seal_stream((bytes(2**20) for _ in range(2**20)), length, TARGET, bytes(32), path, progress)


def unsendable() -> object:
    return lambda: "secret"


def own_process() -> int:
    return os.getpid()


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def begun(workers: CryptoWorkers, path: Path) -> "asyncio.Task[None]":
    """A running, writing job."""
    started = asyncio.Event()
    job = workers.run(
        partial(seal_for_ever, path), outputs=[path], progress=lambda done, total: started.set()
    )
    task = asyncio.ensure_future(job)
    await started.wait()
    return task


async def test_jobs_run_elsewhere_and_report(sealed: Sealed, tmp_path: Path) -> None:
    path, seen = sealed.bid.paths["form"], []
    cek, manifest = sealed.ceks["form"], sealed.bid.manifest
    async with CryptoWorkers(1) as workers:
        assert await workers.run(own_process) != os.getpid()
        job = partial(stored_root, path)
        assert await workers.run(job, progress=lambda *at: seen.append(at)) == sealed.bid.bodies["form"].root
        good, bad = FormToOpen(path.read_bytes(), manifest, cek), FormToOpen(b"", manifest, cek)
        opened = await workers.run(partial(open_forms, [good, bad]))
    assert seen == [(path.stat().st_size, path.stat().st_size)]
    assert isinstance(opened[0], OpenedForm)
    assert opened[0].form == make_form()
    assert isinstance(opened[1], OpeningError)
    assert opened[1].layer is Layer.ROOT


async def test_a_jobs_own_error_arrives_as_itself_and_the_worker_lives(tmp_path: Path) -> None:
    async with CryptoWorkers(1) as workers:
        first = await workers.run(own_process)
        with pytest.raises(FileNotFoundError):
            await workers.run(partial(stored_root, tmp_path / "absent"))
        assert await workers.run(own_process) == first


async def test_an_answer_that_cannot_be_sent_is_an_error_without_its_text() -> None:
    async with CryptoWorkers(1) as workers:
        with pytest.raises(Exception, match="unsendable") as refused:
            await workers.run(unsendable)
    assert "secret" not in str(refused.value)


async def test_a_killed_worker_fails_its_own_job_and_is_replaced(tmp_path: Path) -> None:
    """As the kernel does when memory runs out."""
    async with CryptoWorkers(2) as workers:
        victim = await begun(workers, tmp_path / "victim")
        (doomed,) = workers.process_ids
        other = await begun(workers, tmp_path / "other")
        os.kill(doomed, signal.SIGKILL)
        with pytest.raises(WorkerDiedError) as died:
            await victim
        assert died.value.exit_code == -signal.SIGKILL
        assert died.value.job == "seal_for_ever"
        assert not other.done()
        assert not [name for name in names(tmp_path) if "victim" in name]
        assert await workers.run(own_process) != doomed
        other.cancel()
        with pytest.raises(asyncio.CancelledError):
            await other


async def test_cancelling_ends_the_work_and_leaves_nothing(tmp_path: Path) -> None:
    async with CryptoWorkers(1) as workers:
        task = await begun(workers, tmp_path / "bid")
        (process,) = workers.process_ids
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert names(tmp_path) == []
        assert workers.process_ids == []
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)
        assert await workers.run(own_process)


async def test_closing_ends_what_still_runs(tmp_path: Path) -> None:
    workers = CryptoWorkers(1)
    task = await begun(workers, tmp_path / "bid")
    waiting = asyncio.ensure_future(workers.run(own_process))
    await workers.close()
    with pytest.raises(WorkerDiedError):
        await task
    with pytest.raises(WorkersClosedError):
        await waiting
    assert workers.process_ids == []
    assert names(tmp_path) == []
