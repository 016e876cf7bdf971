"""A real S3 server for the tests: ``rclone serve s3`` on a folder, on a free loopback port."""

import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ACCESS_KEY, SECRET_KEY, BUCKET = "test-access-key", "test-secret-key", "bidding-test"
_STARTED = re.compile(rb"Starting s3 server on \[http://127\.0\.0\.1:(\d+)/\]")


class RcloneServer:
    """Started by ``start``, always ended by ``stop``; a restart keeps the port and the objects.

    It keeps open multipart uploads in memory, so killing it forgets them; and it hands parts on as soon as all
    before them are there, so such a part can be repeated, but not replaced by other bytes. S3 has neither limit.
    """

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="bidding-s3-"))
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        rclone = Path(sys.executable).with_name("rclone")
        command: list[str | Path] = [
            rclone,
            "serve",
            "s3",
            "--addr",
            f"127.0.0.1:{self.port}",
            "--config",
            "/dev/null",
            "-v",
        ]
        command += ["--auth-key", f"{ACCESS_KEY},{SECRET_KEY}", self.folder]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE)
        assert self._process.stderr is not None
        said = b""
        while (found := _STARTED.search(said)) is None:
            line = self._process.stderr.readline()
            assert line, f"rclone ended: {said.decode()}"
            said += line
        self.port = int(found[1])
        # What it goes on to say must be taken from it, or it would block on a full pipe.
        self._draining = threading.Thread(target=self._process.stderr.read)
        self._draining.start()

    def kill(self) -> None:
        """As a power cut: no request is finished, no connection closed politely."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)
        self._draining.join(10)
        assert self._process.stderr is not None
        self._process.stderr.close()
        self._process = None

    def freeze(self) -> None:
        """Connections stay open and nothing answers, until ``thaw``."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        if self._process is not None:
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
