"""R-GEN-05 (20号令 48): ``bidding log audit`` beside the platform's data, with the checkpoints that others kept."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from secrets import token_bytes

import asyncpg
import pytest
from typer.testing import CliRunner, Result

from bidding.application.log.sequencer import LogIdentity, Sequencer
from bidding.cli.failure import Exit
from bidding.cli.main import app
from bidding.compose.clock import SystemClock
from bidding.compose.keyring import load_keyring
from bidding.compose.log import log_identity
from bidding.compose.settings import Settings
from bidding.crypto.log.checkpoint import Checkpoint, sign_checkpoint
from storage.database import Connection
from tests.log.conftest import PACE, LogHouse, Now


@pytest.fixture
def identity(pg_dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LogIdentity:
    """Of a platform whose data lie in a folder of the test's."""
    monkeypatch.setenv("BIDDING_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("BIDDING_DATABASE_URL", pg_dsn)
    settings = Settings()
    return log_identity(settings, load_keyring(settings.keys_folder, SystemClock().now(), token_bytes))


@pytest.fixture
async def note(house: LogHouse, identity: LogIdentity) -> bytes:
    """The checkpoint over 600 events: more than two tiles."""
    sequencer = Sequencer(house.store, house.gate, Now(), identity, house.export, pace=PACE)
    await sequencer.load()
    await house.happen(600, stream="lot-1")
    return (await sequencer.beat()).note or b""


@pytest.fixture
async def owner(pg_dsn: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(pg_dsn)
    await connection.execute("ALTER TABLE events DISABLE TRIGGER ALL")
    yield connection
    await connection.close()


async def audited(*arguments: str | Path) -> Result:
    return await asyncio.to_thread(CliRunner().invoke, app, ["log", "audit", *map(str, arguments)])


async def test_a_log_that_holds_is_said_to_hold(note: bytes, tmp_path: Path) -> None:
    kept = tmp_path / "kept.txt"
    kept.write_bytes(note)
    result = await audited("--checkpoint", kept)
    assert result.exit_code == 0, result.output
    assert "(640," in result.output


async def test_what_the_owner_altered_is_named_with_its_place(note: bytes, owner: Connection) -> None:
    await owner.execute("UPDATE events SET state = '{}' WHERE position = 300")
    await owner.execute("DELETE FROM events WHERE position = 301")
    result = await audited()
    assert result.exit_code == Exit.FOUND_WRONG, result.output
    assert "300" in result.output
    assert "not the event that its leaf commits to" in result.output
    assert "the event of a leaf is missing" in result.output


async def test_a_checkpoint_that_a_supervisor_kept_exposes_another_history(
    note: bytes, identity: LogIdentity, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.txt"
    other = sign_checkpoint(Checkpoint(identity.origin, 320, b"o" * 32), identity.private)
    kept.write_bytes(other.encoded)
    result = await audited("--checkpoint", kept)
    assert result.exit_code == Exit.FOUND_WRONG
    assert "the tree of 320 leaves is not the one of a signed checkpoint" in result.output
    kept.write_bytes(b"nonsense")
    assert (await audited("--checkpoint", kept)).exit_code == Exit.FOUND_WRONG


async def test_all_findings_are_counted_and_not_all_shown(note: bytes, owner: Connection) -> None:
    await owner.execute("UPDATE events SET state = '{}' WHERE position > 100")
    result = await audited()
    assert result.exit_code == Exit.FOUND_WRONG
    assert "500" in result.output
    assert result.output.count("not the event that its leaf commits to") == 50


async def test_where_no_platform_is_nothing_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BIDDING_DATA", str(tmp_path / "nowhere"))
    result = await audited()
    assert result.exit_code == Exit.USAGE, result.output
    assert not (tmp_path / "nowhere").exists()
