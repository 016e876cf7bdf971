"""Keys: made once, never shown, never overwritten; the recovery code opens what its key was named for."""

import re
from pathlib import Path

import pytest

from bidding.cli.recipients import read_opening_key
from bidding.crypto.credentials import DeviceCredential
from bidding.crypto.key_file import is_encrypted, read_key_file, write_key_file
from tests.cli.conftest import Bidding


def test_a_key_without_passphrase_is_for_its_owner_alone(bidding: Bidding, tmp_path: Path) -> None:
    result = bidding("keygen", tmp_path / "k", "--no-passphrase")
    assert result.exit_code == 0
    assert (tmp_path / "k").stat().st_mode & 0o777 == 0o600
    assert read_key_file(tmp_path / "k").id in result.output


def test_a_passphrase_is_asked_twice_and_then_needed(bidding: Bidding, tmp_path: Path) -> None:
    result = bidding("keygen", tmp_path / "k", typed="海棠花开\n海棠花开\n")
    assert result.exit_code == 0
    assert is_encrypted(tmp_path / "k")
    assert "海棠花开" not in result.output
    assert read_key_file(tmp_path / "k", "海棠花开").id in result.output


def test_two_different_passphrases_make_no_key(bidding: Bidding, tmp_path: Path) -> None:
    assert bidding("keygen", tmp_path / "k", typed="one\ntwo\n").exit_code != 0
    assert not (tmp_path / "k").exists()


def test_a_passphrase_from_the_environment_is_not_asked_for(
    bidding: Bidding, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BIDDING_PASSPHRASE", "secret words")
    assert bidding("keygen", tmp_path / "k").exit_code == 0
    assert is_encrypted(tmp_path / "k")
    read_key_file(tmp_path / "k", "secret words")


@pytest.mark.parametrize("existing", ["k", "k.recovery.pub"])
def test_nothing_is_overwritten(bidding: Bidding, tmp_path: Path, existing: str) -> None:
    (tmp_path / existing).write_text("mine")
    result = bidding("keygen", tmp_path / "k", "--no-passphrase", "--recovery")
    assert result.exit_code == 5
    assert "not overwritten" in result.output
    assert [path.name for path in tmp_path.iterdir()] == [existing]


def test_the_recovery_code_is_shown_and_only_its_public_half_kept(bidding: Bidding, tmp_path: Path) -> None:
    result = bidding("keygen", tmp_path / "k", "--no-passphrase", "--recovery")
    code = re.search(r"(?:[0-9A-Z]{4}-){13}[0-9A-Z]{4}", result.output)
    assert code is not None
    assert code[0] not in (tmp_path / "k").read_text()
    assert len((tmp_path / "k.recovery.pub").read_text().strip()) == 43


def test_failures_come_in_the_language_of_the_terminal(
    bidding: Bidding, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_key_file(tmp_path / "k", DeviceCredential.generate(), None)
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    result = bidding("keygen", tmp_path / "k", "--no-passphrase")
    assert "已存在" in result.output
    assert "怎么办" in result.output
    assert "Traceback" not in result.output


def test_a_recovery_code_of_another_suite_and_what_to_do_where_it_is_missing(
    bidding: Bidding, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for suite, size in (("intl-pq", 1216), ("gm-1", 64)):
        made = bidding("keygen", tmp_path / suite, "--no-passphrase", "--recovery", "--suite", suite)
        assert made.exit_code == 0, made.output
        assert len(read_opening_key(tmp_path / f"{suite}.recovery.pub")) == size
    monkeypatch.setattr("bidding.crypto.suite.installed", lambda: False)
    refused = bidding("keygen", tmp_path / "none", "--no-passphrase", "--recovery", "--suite", "gm-1")
    assert refused.exit_code != 0
    assert "bidding[gm]" in refused.output
    assert not (tmp_path / "none").exists()
