"""``bidding receipt check``: a party's proofs, offline, with the receipts that it kept."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bidding.cli.failure import Exit
from bidding.crypto.canonical import b64, canonical
from bidding.crypto.credentials import SigningKey
from bidding.crypto.log.checkpoint import Checkpoint, sign_checkpoint
from bidding.crypto.log.disclosed import Disclosed, DisclosedLeaves
from bidding.crypto.log.leaf import LoggedEvent, event_entry
from bidding.crypto.log.note import NoteKey
from bidding.crypto.log.proof import LogProof
from bidding.crypto.parts import root
from bidding.domain.event import encode
from bidding.domain.opening.events import SubmissionClosed
from tests.cli.conftest import Bidding
from tests.records.logged import recorded, sealed
from tests.records.test_kept_leaves import left_out, mine

LOG = SigningKey.from_private(b"l" * 32)
KEY = NoteKey("log.example/100fw", LOG.public)
AT = datetime(2026, 6, 8, 1, 30, tzinfo=UTC)


@pytest.fixture
def proofs(tmp_path: Path) -> Path:
    """The close of a lot, the one leaf of its log."""
    closed = SubmissionClosed(at=AT, deadline=AT, received=3)
    event = LoggedEvent(
        id="8f14e45f-ceea-467f-a5b4-2b5c1f8f2b0e",
        internals="0" * 64,
        recorded_at="2026-06-08T01:30:00.000001Z",
        state=encode(closed).decode(),
        stream="lot-lot-1",
        topic=closed.TOPIC,
    )
    note = sign_checkpoint(Checkpoint(KEY.name, 1, root([event_entry(event, bytes(32))])), LOG.private)
    leaf = Disclosed(
        event=canonical(event).decode(), salt=b64(bytes(32)), proof=LogProof(0, (), note.encoded).text
    )
    path = tmp_path / "log-receipts.json"
    path.write_bytes(canonical(DisclosedLeaves(lot="lot-1", vkey=KEY.vkey, leaves=(leaf,))))
    return path


def test_proofs_hold_under_the_key_that_is_trusted(bidding: Bidding, proofs: Path) -> None:
    result = bidding("receipt", "check", proofs, "--log-key", KEY.vkey)
    assert result.exit_code == 0, result.output
    assert "1 leaves under a signed checkpoint of 1" in result.output
    assert "Compare" not in result.output
    assert "Compare the log key" in bidding("receipt", "check", proofs).output


def test_another_logs_proofs_and_an_altered_file_do_not(bidding: Bidding, proofs: Path) -> None:
    other = NoteKey(KEY.name, SigningKey.from_private(b"o" * 32).public)
    result = bidding("receipt", "check", proofs, "--log-key", other.vkey)
    assert result.exit_code == Exit.FOUND_WRONG
    assert "another log" in result.output
    whole = proofs.read_bytes()
    assert b'received\\\\\\":3' in whole
    proofs.write_bytes(whole.replace(b'received\\\\\\":3', b'received\\\\\\":2'))
    altered = bidding("receipt", "check", proofs)
    assert altered.exit_code == Exit.FOUND_WRONG
    assert "this is not leaf 0" in altered.output


def test_a_receipt_that_was_kept_and_is_not_in_the_log_is_evidence(bidding: Bidding, proofs: Path) -> None:
    kept = proofs.parent / "receipt.json"
    kept.write_bytes(canonical({"receipt": '{"receipt_number":"X"}', "signature": "AA"}))
    result = bidding("receipt", "check", proofs)
    assert result.exit_code == Exit.FOUND_WRONG
    assert "has dropped it" in result.output
    kept.write_bytes(b"altered")
    assert "receipt.json has been altered" in bidding("receipt", "check", proofs).output


def test_what_is_no_key_is_said_to_be_none(bidding: Bidding, proofs: Path) -> None:
    result = bidding("receipt", "check", proofs, "--log-key", "nonsense")
    assert result.exit_code == Exit.USAGE
    assert "no verifier key" in result.output


def test_a_record_beside_the_proofs_is_laid_against_them(bidding: Bidding, tmp_path: Path) -> None:
    """R-GEN-05: and one that leaves out what the party was shown is exposed."""
    (tmp_path / "log-receipts.json").write_bytes(canonical(mine()))
    (tmp_path / "record.json").write_bytes(canonical(sealed(recorded())))
    result = bidding("receipt", "check", tmp_path / "log-receipts.json")
    assert result.exit_code == 0, result.output
    assert "record.json: 7 leaves; 7 in the record" in result.output
    record, leaves = left_out()
    (tmp_path / "log-receipts.json").write_bytes(canonical(leaves))
    (tmp_path / "record.json").unlink()
    elsewhere = tmp_path / "elsewhere.record"
    elsewhere.write_bytes(canonical(sealed(record)))
    found = bidding("receipt", "check", tmp_path / "log-receipts.json", "--record", elsewhere)
    assert found.exit_code == Exit.FOUND_WRONG
    assert "left out of the record" in found.output
