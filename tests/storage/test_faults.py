"""Lost connections, a restarted server, cancelled callers, a writer that stops: nothing is half-done."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import asyncpg
import pytest

from storage import writer
from storage.batch import CommitUncertain, append_all, decide_and_append, found_again
from storage.database import Connection, Database, require_supported
from storage.errors import (
    DatabaseError,
    OperationalError,
    PersistenceError,
    StorageFull,
    StorageUnavailable,
    UnsupportedServer,
    translated_errors,
    translation,
)
from storage.events import Appended, Commit, EventLog, Tracking, connect
from storage.migrate import migrate
from storage.server import EmbeddedServer
from storage.verdicts import Verdict
from tests.storage.samples import WAITING, commit, event

KILL_OTHERS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()"""


async def test_a_cancelled_append_is_found_again_by_its_key(log: EventLog) -> None:
    cancelled = 0
    for n in range(50):
        asked = commit(event(f"s{n}", 1), key=f"k{n}")
        task = asyncio.create_task(log.append(asked))
        for _ in range(1 + n % 7):  # cancelled in the queue, while the server works, …
            await asyncio.sleep(0)
        if task.cancel():
            cancelled += 1
            with pytest.raises(asyncio.CancelledError):
                await task
        again = await log.append(asked)
        assert (again.replayed, again.answer) == (True, f"answer k{n}".encode())
        assert len(await log.select_events(f"s{n}")) == 1
    assert await log.max_position() == 50
    assert cancelled >= 8  # all those that were cancelled at once; how far the others got is up to the server


async def test_a_writer_connection_that_was_killed_costs_a_retry_and_no_gap(
    log: EventLog, admin: Connection
) -> None:
    await log.append(commit(event("a", 1)))
    await admin.execute(KILL_OTHERS)
    for version in range(2, 12):
        asked = commit(event("a", version), key=f"k{version}")
        while True:
            try:
                await log.append(asked)
                break
            except StorageUnavailable:
                continue
        if version % 3 == 0:
            await admin.execute(KILL_OTHERS)
    assert [e.position for e in await log.select_notifications(1, 100)] == list(range(1, 12))


async def test_a_server_restarted_in_the_middle_of_appends(folder: Path) -> None:
    """503, then a retry under the same key: each command takes effect once, and no position is skipped."""
    server = EmbeddedServer(folder, settings={"fsync": "off"})
    server.start()
    try:
        dsn = server.create_database()
        await migrate(dsn)
        stopped, refused = asyncio.Event(), asyncio.Event()

        async def command(log: EventLog, name: str) -> None:
            for version in range(1, 41):
                if version == 40:
                    await stopped.wait()  # however quick the others were, this one meets the stop
                asked = commit(event(name, version), key=f"{name}/{version}")
                while True:
                    try:
                        await log.append(asked)
                        await asyncio.sleep(0.01)  # so that the stop comes in the middle
                        break
                    except StorageUnavailable:
                        refused.set()
                        await asyncio.sleep(0.02)

        async with connect(dsn) as log, asyncio.timeout(120):
            tasks = [asyncio.create_task(command(log, f"s{n}")) for n in range(8)]
            while await log.max_position() < 40:
                pass
            await asyncio.to_thread(server.stop)
            stopped.set()
            with pytest.raises(StorageUnavailable):
                await log.max_position()
            await refused.wait()
            await asyncio.to_thread(server.start)
            await asyncio.gather(*tasks)
            found = await log.select_notifications(1, 1000)
            assert [e.position for e in found] == list(range(1, 321))
            assert len({(e.stream, e.version) for e in found}) == 320
    finally:
        server.stop()


@pytest.mark.parametrize("done", [True, False])
async def test_a_connection_lost_at_commit(
    log: EventLog, monkeypatch: pytest.MonkeyPatch, done: bool
) -> None:
    """COMMIT was sent and no answer came: what was written is found by its ids, what was not is refused."""

    async def lost(connection: Connection, commits: Sequence[Commit]) -> list[Verdict]:
        if done:
            await append_all(connection, commits)
        connection.terminate()
        raise CommitUncertain

    batch = [
        commit(event("a", 1, public=True), event("a", 2), key="k"),
        commit(event("b", 1)),
        commit(key="answer only"),
    ]
    monkeypatch.setattr(writer, "append_all", lost)
    results = await asyncio.gather(*(log.append(one) for one in batch), return_exceptions=True)
    monkeypatch.undo()
    if done:
        assert [r.positions for r in results if isinstance(r, Appended)] == [[1, 2], [3], []]
    else:
        assert [type(r) for r in results] == [StorageUnavailable] * 3
    again = await log.append(batch[0])
    assert (again.replayed, again.positions, again.feed_positions) == (done, [1, 2], [1, None])


async def test_a_lost_commit_is_looked_for_only_after_the_old_one_has_ended(
    log: EventLog, admin: Connection
) -> None:
    """The old connection's COMMIT may still be at work: asking without the head's lock would miss it."""
    asked = commit(event("a", 1))
    slow, fresh = await log.database.connect(), await log.database.connect()
    try:
        await decide_and_append(slow, [asked])
        looking = asyncio.create_task(found_again(fresh, [asked]))
        while not await admin.fetchval(WAITING):
            assert not looking.done()
        await slow.execute("COMMIT")
        [found] = await looking
        assert found is not None
        assert found.positions == [1]
    finally:
        await slow.close()
        await fresh.close()


async def test_a_closed_log_appends_what_waits_and_refuses_the_rest(pg_dsn: str) -> None:
    async with connect(pg_dsn) as log:
        waiting = [asyncio.create_task(log.append(commit(event(f"s{n}", 1)))) for n in range(20)]
        await asyncio.sleep(0)
    done = await asyncio.gather(*waiting)
    assert sorted(one.positions[0] for one in done) == list(range(1, 21))
    with pytest.raises(StorageUnavailable):
        await log.append(commit(event("late", 1)))


async def test_more_commits_than_the_queue_holds_are_refused_at_once(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "WAITING", 5)
    results = await asyncio.gather(
        *(log.append(commit(event(f"s{n}", 1))) for n in range(8)), return_exceptions=True
    )
    assert [isinstance(r, StorageUnavailable) for r in results] == [False] * 5 + [True] * 3


async def test_a_frozen_process_does_not_keep_the_head_row(log: EventLog) -> None:
    connection = await log._writer._connected()
    assert await connection.fetchval("SHOW idle_in_transaction_session_timeout") == "10s"


async def test_a_lost_tracking_race_is_retried_alone(log: EventLog) -> None:
    """A projection's first row, committed between our look and our insert, must not fail the neighbours."""
    results = await asyncio.gather(
        *(log.append(Commit(events=[event(f"s{n}", 1)], tracking=Tracking("p", n + 1))) for n in range(10))
    )
    assert [r.positions for r in results] == [[n + 1] for n in range(10)]


# Errors


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (asyncpg.exceptions.AdminShutdownError("x"), StorageUnavailable),
        (asyncpg.exceptions.CannotConnectNowError("x"), StorageUnavailable),
        (asyncpg.exceptions.QueryCanceledError("x"), StorageUnavailable),
        (asyncpg.exceptions.TooManyConnectionsError("x"), StorageUnavailable),
        (asyncpg.exceptions.ConnectionDoesNotExistError("x"), StorageUnavailable),
        (asyncpg.exceptions.DeadlockDetectedError("x"), StorageUnavailable),
        (asyncpg.exceptions.IdleInTransactionSessionTimeoutError("x"), StorageUnavailable),
        (asyncpg.InterfaceError("connection is closed"), StorageUnavailable),
        (ConnectionRefusedError(), StorageUnavailable),
        (FileNotFoundError(), StorageUnavailable),
        (TimeoutError(), StorageUnavailable),
        (asyncpg.exceptions.DiskFullError("x"), StorageFull),
        (asyncpg.exceptions.InvalidPasswordError("x"), OperationalError),
        (asyncpg.exceptions.InvalidCatalogNameError("x"), OperationalError),
        (asyncpg.exceptions.InternalServerError("x"), DatabaseError),
    ],
)
def test_errors_of_driver_and_system_become_ours(error: Exception, expected: type[PersistenceError]) -> None:
    with pytest.raises(PersistenceError) as raised, translated_errors():
        raise error
    assert type(raised.value) is expected


def test_foreign_errors_pass_unchanged() -> None:
    error = KeyError("a")
    assert translation(error) is error


async def test_an_unreachable_server_is_unavailable_and_its_password_stays_out_of_the_text(
    tmp_path: Path,
) -> None:
    dsn = f"postgresql://someone:hunter2@/bidding?host={tmp_path}"
    database = Database(dsn)
    with pytest.raises(StorageUnavailable) as refused:
        await database.open()
    assert refused.value.retry_after > 0
    assert "hunter2" not in f"{refused.value!r} {refused.value} {database!r}"


@pytest.mark.parametrize(("number", "found"), [(140009, "14.9"), (190000, "19.0")])
def test_a_server_of_another_version_is_refused(number: int, found: str) -> None:
    with pytest.raises(UnsupportedServer, match=f"{found}.*15 to 18"):
        require_supported(number)


@pytest.mark.parametrize("number", [150000, 160004, 170002, 180001])
def test_supported_versions(number: int) -> None:
    require_supported(number)
