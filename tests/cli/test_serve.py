"""The real server as a process of its own: ready, stopped by a signal, started again, killed, started again."""

import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

STOPS_WITHIN, STARTS_WITHIN = 30.0, 120.0  # seconds; bounds against hanging, not measurements
CLI = (sys.executable, "-c", "from bidding.cli.main import main; main()")


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """Not below pytest's own folder: its parents shut out the user that the embedded server runs as."""
    folder = Path(tempfile.mkdtemp(prefix="bidding-serve-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def environment(data: Path, **changes: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("BIDDING_")}
    ports = {"BIDDING_PORT": "0", "BIDDING_LIVE_PORT": "0"}
    return {**kept, **ports, "BIDDING_DATA": str(data), "LANG": "en_US.UTF-8", "LC_ALL": "", **changes}


class Serving:
    """A running ``bidding serve``; ``said``: what it printed until it listened."""

    def __init__(self, data: Path, *parts: str) -> None:
        self.process = subprocess.Popen(
            [*CLI, "serve", *parts],
            env=environment(data),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.said = ""
        for printed in self.process.stdout:
            self.said += printed
            if "Ctrl-C" in printed:
                return
        raise AssertionError(f"it did not start: {self.said} {self.process.communicate()}")

    def address(self, name: str) -> str:
        return next(
            printed.split()[1] for printed in self.said.splitlines() if printed.strip().startswith(name)
        )

    def get(self, path: str, trusting: ssl.SSLContext | None = None) -> tuple[int, Mapping[str, object]]:
        with urllib.request.urlopen(self.address("API") + path, timeout=20, context=trusting) as response:
            return response.status, msgspec.json.decode(response.read(), type=dict[str, object])

    def is_ready(self, trusting: ssl.SSLContext | None = None) -> bool:
        """Each part has two seconds to answer, which a loaded machine may need more than once."""
        until = time.monotonic() + STARTS_WITHIN
        while True:
            try:
                return self.get("/readyz", trusting)[0] == 200
            except urllib.error.HTTPError as error:
                if error.code != 503 or time.monotonic() > until:
                    raise

    def stop(self, number: signal.Signals = signal.SIGTERM) -> tuple[int, str]:
        """(exit code, what it said on stderr)"""
        self.process.send_signal(number)
        _, errors = self.process.communicate(timeout=STOPS_WITHIN)
        return self.process.returncode, errors

    def __enter__(self) -> "Serving":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.communicate(timeout=STOPS_WITHIN)


def bidding(data: Path, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*CLI, *arguments],
        env=environment(data, **changes),
        capture_output=True,
        text=True,
        timeout=STARTS_WITHIN,
        check=False,
    )


def test_it_serves_stops_and_keeps_its_data_even_when_killed(data: Path) -> None:
    with Serving(data) as first:
        assert "bootstrap-code" in first.said, "the first start says where the first operator's code is"
        assert first.is_ready()
        keys = first.get("/keys")[1]
        ready = bidding(data, "status", "--url", first.address("API"))
        assert (ready.returncode, "✓ ready" in ready.stdout) == (0, True), ready.stderr
        assert bidding(data, "status", "--clock").returncode == 0
        code, errors = first.stop()
        assert code == 0, errors
        assert "Traceback" not in errors
    with Serving(data) as second:
        assert "bootstrap-code" not in second.said
        assert second.get("/keys")[1] == keys
        second.process.send_signal(signal.SIGKILL)
        second.process.wait(STOPS_WITHIN)
    with Serving(data) as third:
        assert third.is_ready()
        assert third.get("/keys")[1] == keys
        code, errors = third.stop(signal.SIGINT)
        assert code == 0, errors
        for logged in errors.splitlines():
            assert not logged.startswith("{") or msgspec.json.decode(logged), "JSON, for this is no terminal"
    assert (data / "postgres" / "pgdata" / "PG_VERSION").exists()
    assert not (data / "postgres" / "pgdata" / "postmaster.pid").exists(), "the database was stopped as well"


def test_with_tls_interface_and_gateway_are_encrypted_by_one_certificate(data: Path) -> None:
    """R-CRED-06: a phone on the office network makes and uses keys in a secure context only."""
    with Serving(data, "--tls") as serving:
        authority = data / "tls" / "authority.pem"
        assert str(authority) in serving.said
        trusting = ssl.create_default_context(cafile=authority)
        assert serving.is_ready(trusting)
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            serving.get("/readyz")
        live = serving.address("live")
        assert live.startswith("wss://")
        with (
            pytest.raises(InvalidStatus) as refused,
            connect(f"{live}/live/lots/unknown", ssl=trusting, open_timeout=20),
        ):
            pass
        assert refused.value.response.status_code == 404


def test_parts_run_apart_on_one_folder(data: Path) -> None:
    with Serving(data, "api") as api, Serving(data, "clock") as clock:
        assert "API" in api.said
        assert "API" not in clock.said
        assert api.stop()[0] == 0
        assert clock.process.poll() is None, "the database goes on as long as somebody uses it"
        assert clock.stop()[0] == 0


def test_a_clock_that_never_went_or_stands_still_is_not_healthy(tmp_path: Path) -> None:
    assert bidding(tmp_path, "status", "--clock").returncode == 4
    (tmp_path / "clock.alive").touch()
    assert bidding(tmp_path, "status", "--clock").returncode == 0
    os.utime(tmp_path / "clock.alive", (1_000_000_000, 1_000_000_000))
    assert bidding(tmp_path, "status", "--clock").returncode == 4


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"BIDDING_PORT": "http"}, "BIDDING_PORT"),
        ({"BIDDING_DATABASE_URL": "postgresql://u:hunter2@127.0.0.1:1/x"}, "database cannot be reached"),
        ({"BIDDING_DATA": "/proc/nowhere"}, "data folder cannot be written"),
        ({"BIDDING_HOLIDAYS": os.devnull}, f"table of holidays cannot be used: {os.devnull} (line 1, years"),
    ],
)
def test_what_keeps_it_from_starting_is_said_without_traceback_or_secret(
    tmp_path: Path, changes: dict[str, str], said: str
) -> None:
    result = bidding(tmp_path, "serve", **changes)
    assert result.returncode == 6
    assert said in result.stderr
    assert "What to do" in result.stderr
    assert "Traceback" not in result.stderr
    assert "hunter2" not in result.stderr


def test_an_unknown_part_is_a_wrong_usage(tmp_path: Path) -> None:
    assert bidding(tmp_path, "serve", "clocks").returncode == 2


def test_nobody_at_the_address_is_said_so(tmp_path: Path) -> None:
    result = bidding(tmp_path, "status", "--url", "http://127.0.0.1:1")
    assert result.returncode == 4
    assert "cannot be reached" in result.stderr


def test_an_object_store_that_is_away_is_said_so(data: Path) -> None:
    result = bidding(data, "serve", "api", BIDDING_S3_ENDPOINT="127.0.0.1:1", BIDDING_S3_SECURE="false")
    assert result.returncode == 6
    assert "object store is not available: 127.0.0.1:1" in result.stderr
