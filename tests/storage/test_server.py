"""The embedded server: started, shared, killed and started again on one folder."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from storage.errors import OperationalError
from storage.server import EmbeddedServer

FAST = {"fsync": "off"}


@pytest.fixture(autouse=True)
def _stopped(folder: Path) -> Iterator[None]:
    """Whatever a test leaves running is stopped."""
    yield
    if (folder / "pgdata" / "postmaster.pid").exists():
        with EmbeddedServer(folder):
            pass


def query(dsn: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(dsn, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def postmaster(folder: Path) -> int:
    return int((folder / "pgdata" / "postmaster.pid").read_text().split()[0])


def test_data_survives_a_clean_stop(folder: Path) -> None:
    with EmbeddedServer(folder, settings=FAST) as server:
        dsn = server.create_database()
        assert server.create_database() == dsn  # it exists: no error
        query(dsn, "CREATE TABLE t AS SELECT 42 AS n")
    assert not (folder / "pgdata" / "postmaster.pid").exists()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(dsn)
    with EmbeddedServer(folder, settings=FAST) as server:
        assert query(server.dsn(), "SELECT n FROM t") == [(42,)]


def test_it_starts_again_after_its_process_was_killed(folder: Path) -> None:
    """kill -9 of the program: its server lives on and is found again. Then kill -9 of the server too."""
    script = textwrap.dedent(f"""
        import os, signal
        from pathlib import Path
        from storage.server import EmbeddedServer
        server = EmbeddedServer(Path({str(folder)!r}))
        server.start()
        server.create_database()
        os.kill(os.getpid(), signal.SIGKILL)
    """)
    done = subprocess.run([sys.executable, "-c", script], check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == -signal.SIGKILL
    orphan = postmaster(folder)
    server = EmbeddedServer(folder)
    server.start()
    assert postmaster(folder) == orphan
    query(server.dsn(), "CREATE TABLE t AS SELECT 42 AS n")

    os.kill(orphan, signal.SIGKILL)
    again = EmbeddedServer(folder)
    again.start()
    assert postmaster(folder) != orphan
    assert query(again.dsn(), "SELECT n FROM t") == [(42,)]
    server.stop()
    again.stop()
    assert not (folder / "pgdata" / "postmaster.pid").exists()


def test_a_pid_file_that_names_another_program_is_not_believed(folder: Path) -> None:
    """After a power cut the number may belong to anybody: here to this very test."""
    with EmbeddedServer(folder, settings=FAST):
        pid_file = folder / "pgdata" / "postmaster.pid"
        lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    with EmbeddedServer(folder, settings=FAST) as server:
        assert query(server.dsn("postgres"), "SELECT 1") == [(1,)]


def test_two_users_share_it_and_the_last_one_stops_it(folder: Path) -> None:
    first, second = EmbeddedServer(folder, settings=FAST), EmbeddedServer(folder, settings=FAST)
    first.start()
    second.start()
    assert first.dsn() == second.dsn()
    first.stop()
    first.stop()  # harmless
    assert query(second.dsn("postgres"), "SELECT 1") == [(1,)]
    second.stop()
    assert not (folder / "pgdata" / "postmaster.pid").exists()


def test_nobody_else_may_open_its_folder_or_socket(folder: Path) -> None:
    with EmbeddedServer(folder, settings=FAST) as server:
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert query(server.dsn("postgres"), "SHOW unix_socket_permissions") == [("0700",)]
        assert query(server.dsn("postgres"), "SHOW listen_addresses") == [("",)]


def test_a_start_that_fails_says_why(folder: Path) -> None:
    with pytest.raises(OperationalError, match="no_such_setting"):
        EmbeddedServer(folder, settings={"no_such_setting": "1"}).start()


def test_a_server_that_was_not_started_has_no_dsn(folder: Path) -> None:
    with pytest.raises(OperationalError, match="not been started"):
        EmbeddedServer(folder).dsn()
