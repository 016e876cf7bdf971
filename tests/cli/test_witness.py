"""`bidding witness`: the service as a program, and its mailbox from the bidder's side."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import httpx2
import pytest

from bidding.crypto.log.checkpoint import open_checkpoint
from bidding.crypto.log.note import parse_vkey
from tests.cli.conftest import Bidding
from tests.witness.history import LOG_KEY, NAME, OWN_KEY, asked, note

LOT = "6d9c9be4-3f65-4d0f-9d0a-b1a1f4a6f0aa"


class Witness:
    """The program, listening."""

    def __init__(self, folder: Path) -> None:
        self.program = subprocess.Popen(
            [
                str(Path(sys.executable).with_name("bidding")),
                "witness",
                "serve",
                "--name",
                NAME,
                "--log",
                LOG_KEY.vkey,
                "--data",
                str(folder),
                "--port",
                "0",
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.program.stdout is not None
        self.url = self.program.stdout.readline().split()[-1]
        self.vkey = self.program.stdout.readline().split()[-1]

    def ask(self, body: bytes) -> httpx2.Response:
        return httpx2.post(f"{self.url}/add-checkpoint", content=body, timeout=60)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failed: object) -> None:
        self.program.kill()
        self.program.communicate(timeout=60)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Witness]:
    with Witness(tmp_path / "witness") as found:
        yield found


def test_it_cosigns_and_is_the_same_witness_after_a_kill(tmp_path: Path) -> None:
    with Witness(tmp_path) as first:
        key = parse_vkey(first.vkey)
        line = first.ask(asked(0, 7)).content
        assert open_checkpoint(note(7) + line, LOG_KEY, [key], quorum=1)[0].size == 7
    with Witness(tmp_path) as second:
        assert second.vkey == first.vkey
        assert second.ask(asked(7, 7, "two")).status_code == 409
        assert second.ask(asked(7, 9)).status_code == 200
    assert (tmp_path / "witness.key").stat().st_mode & 0o077 == 0


def test_a_bidder_hands_in_a_release_and_checks_the_receipt_offline(
    bidding: Bidding, running: Witness, tmp_path: Path
) -> None:
    file = tmp_path / "release.json"
    file.write_text('{"v":1}', encoding="utf-8")
    told = ("--lot", LOT, "--url", running.url, "--witness", running.vkey)
    sent = bidding("witness", "send", file, *told, "--kind", "release")
    assert sent.exit_code == 0, sent.output
    receipt = tmp_path / f"release.{NAME}.mail.json"
    checked = bidding("witness", "check", receipt, "--witness", running.vkey, "--file", file)
    assert (checked.exit_code, LOT in checked.output) == (0, True)
    listed = bidding("witness", "mail", "--data", tmp_path / "witness")
    assert (listed.exit_code, LOT in listed.output) == (0, True)
    file.write_text('{"v":2}', encoding="utf-8")
    assert bidding("witness", "check", receipt, "--witness", running.vkey, "--file", file).exit_code == 1
    receipt.write_bytes(receipt.read_bytes().replace(b'"signature":"', b'"signature":"A', 1))
    assert bidding("witness", "check", receipt, "--witness", running.vkey).exit_code == 1


def test_wrong_keys_and_a_witness_that_is_away_are_told(bidding: Bidding, tmp_path: Path) -> None:
    file = tmp_path / "manifest.json"
    file.write_text("{}", encoding="utf-8")
    away = ("--lot", LOT, "--url", "http://127.0.0.1:9")
    no_key = bidding("witness", "send", file, *away, "--witness", LOG_KEY.vkey)
    assert (no_key.exit_code, "/vkey" in no_key.output) == (2, True)
    gone = bidding("witness", "send", file, *away, "--witness", OWN_KEY.vkey)
    assert (gone.exit_code, "another witness" in gone.output) == (4, True)
    missing = bidding("witness", "send", tmp_path / "none", *away, "--witness", OWN_KEY.vkey)
    assert missing.exit_code == 5
