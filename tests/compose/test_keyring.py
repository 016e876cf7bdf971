"""The keys on disk: one set per folder however many processes start, readable by their owner alone."""

import secrets
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bidding.application.keyring import Keyring
from bidding.compose.keyring import FILE, bootstrap_code, load_keyring, write_once

NOW = datetime(2026, 5, 11, 1, tzinfo=UTC)

_STARTING = """
import secrets, sys
from datetime import UTC, datetime
from pathlib import Path
from bidding.compose.keyring import bootstrap_code, load_keyring
print("ready", flush=True)
sys.stdin.readline()
keys = load_keyring(Path(sys.argv[1]), datetime(2026, 5, 11, tzinfo=UTC), secrets.token_bytes)
print(keys.receipt.id, keys.authority.certificate.hex(), keys.evaluation_key("x").public.hex())
print(bootstrap_code(Path(sys.argv[1]), secrets.token_bytes))
"""


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def loaded(folder: Path) -> Keyring:
    return load_keyring(folder, NOW, secrets.token_bytes)


def test_a_second_start_finds_the_first_ones_keys(tmp_path: Path) -> None:
    first, second = loaded(tmp_path / "keys"), loaded(tmp_path / "keys")
    assert first.receipt.id == second.receipt.id
    assert first.authority.certificate == second.authority.certificate
    assert first.evaluation_key("lot").private == second.evaluation_key("lot").private


def test_only_the_owner_may_read_them(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    loaded(folder)
    bootstrap_code(folder, secrets.token_bytes)
    assert mode_of(folder) == 0o700
    assert {path.name: mode_of(path) for path in folder.iterdir()} == {FILE: 0o600, "bootstrap-code": 0o600}


def test_processes_that_start_at_once_agree(tmp_path: Path) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _STARTING, str(tmp_path / "keys")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    try:
        for process in processes:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        answers = {_go(process) for process in processes}
    finally:
        for process in processes:
            process.kill()
            process.wait()
    assert len(answers) == 1
    assert len(answers.pop().split()) == 4


def _go(process: "subprocess.Popen[str]") -> str:
    answer, _ = process.communicate("go\n", timeout=60)
    assert process.returncode == 0
    return answer


def test_what_is_there_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    write_once(path, b"first")
    write_once(path, b"second")
    assert path.read_bytes() == b"first"
    assert [one.name for one in tmp_path.iterdir()] == ["kept"]


def test_a_damaged_file_stops_the_start_and_tells_no_key(tmp_path: Path) -> None:
    loaded(tmp_path)
    file = tmp_path / FILE
    kept = file.read_text()
    file.write_text(kept.replace('"receipt_key"', '"other_key"'))
    with pytest.raises(ValueError, match="unknown field") as raised:
        loaded(tmp_path)
    assert kept[-60:-20] not in str(raised.value)


def test_the_bootstrap_code_stays_the_same_and_is_long(tmp_path: Path) -> None:
    code = bootstrap_code(tmp_path, secrets.token_bytes)
    assert bootstrap_code(tmp_path, secrets.token_bytes) == code
    assert len(code) == 24
