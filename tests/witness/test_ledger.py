"""What a witness cosigns: one history that only grows. Two histories, a rollback and another log are refused."""

from pathlib import Path

import pytest

from bidding.crypto.errors import ConsistencyError, NoteError, WitnessConflictError
from bidding.crypto.log.checkpoint import open_checkpoint
from bidding.crypto.log.note import cosigned_at, parse_note
from bidding.crypto.log.witnessing import MAX_PROOF, AddCheckpoint, parse_request
from bidding.witness.ledger import Ledger, UnknownLogError, UnsignedError
from tests.witness.history import LOG, LOG_KEY, NAME, NOW, ORIGIN, OTHER, OWN, OWN_KEY, asked, note, proof


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return opened(tmp_path)


def opened(folder: Path) -> Ledger:
    return Ledger(folder, NAME, OWN.private, [LOG_KEY], lambda: NOW)


def test_a_log_that_grows_is_cosigned_with_the_witness_own_time(ledger: Ledger) -> None:
    for old, new in ((0, 3), (3, 4), (4, 9), (9, 9), (9, 20)):
        (line,) = ledger.add(asked(old, new))
        cosigned = parse_note(note(new) + line.text.encode())
        assert open_checkpoint(cosigned.encoded, LOG_KEY, [OWN_KEY], quorum=1)[0].size == new
        assert cosigned_at(line) == NOW.timestamp()


def test_it_remembers_over_a_restart(tmp_path: Path) -> None:
    opened(tmp_path).add(asked(0, 7))
    seen = opened(tmp_path).seen(LOG_KEY)
    assert seen is not None
    assert (seen.origin, seen.size) == (ORIGIN, 7)
    with pytest.raises(WitnessConflictError):
        opened(tmp_path).add(asked(0, 8))


def test_two_histories_shown_to_two_people_are_not_both_cosigned(ledger: Ledger) -> None:
    ledger.add(asked(0, 9))
    with pytest.raises(WitnessConflictError, match="another tree of this size"):
        ledger.add(asked(9, 9, "two"))
    for hashes in (None, proof(9, 12), ()):
        with pytest.raises(ConsistencyError):
            ledger.add(asked(9, 12, "two", hashes))
    assert ledger.add(asked(9, 12))[0].name == NAME, "the one history goes on"


def test_a_log_rolled_back_is_refused(ledger: Ledger) -> None:
    ledger.add(asked(0, 9))
    with pytest.raises(WitnessConflictError) as refused:
        ledger.add(asked(0, 6))
    assert refused.value.size == 9
    with pytest.raises(NoteError, match="smaller than the old size"):
        ledger.add(asked(9, 6, hashes=()))


def test_the_log_is_told_which_size_to_start_from(ledger: Ledger) -> None:
    ledger.add(asked(0, 9))
    with pytest.raises(WitnessConflictError) as refused:
        ledger.add(asked(3, 12))
    assert refused.value.size == 9
    assert ledger.add(asked(refused.value.size, 12))[0].name == NAME


def test_another_log_and_another_key_are_refused(ledger: Ledger) -> None:
    stranger = AddCheckpoint(0, (), note(3, key=OTHER, origin="other.example")).encoded
    with pytest.raises(UnknownLogError, match=r"other\.example"):
        ledger.add(stranger)
    with pytest.raises(UnsignedError, match="not signed"):
        ledger.add(AddCheckpoint(0, (), note(3, key=OTHER)).encoded)
    spoilt = note(3).replace(b"\n3\n", b"\n4\n")
    with pytest.raises(UnsignedError, match="does not hold"):
        ledger.add(AddCheckpoint(0, (), spoilt).encoded)
    assert ledger.seen(LOG_KEY) is None


def test_a_first_checkpoint_comes_without_a_proof(ledger: Ledger) -> None:
    with pytest.raises(ConsistencyError):
        ledger.add(asked(0, 3, hashes=[bytes(32)]))
    assert ledger.add(asked(0, 0))[0].name == NAME, "an empty tree is one"


def test_nothing_is_signed_that_cannot_be_kept(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.add(asked(0, 3))

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bidding.witness.ledger.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        ledger.add(asked(3, 5))
    monkeypatch.undo()
    seen = ledger.seen(LOG_KEY)
    assert seen is not None
    assert seen.size == 3


def test_a_kept_checkpoint_that_was_altered_stops_the_witness(tmp_path: Path) -> None:
    opened(tmp_path).add(asked(0, 3))
    (kept,) = tmp_path.glob("*.checkpoint")
    kept.write_bytes(kept.read_bytes().replace(b"\n3\n", b"\n2\n"))
    with pytest.raises(NoteError, match="checkpoint"):
        opened(tmp_path)


def test_requests_are_read_as_they_are_written() -> None:
    for old, new in ((0, 3), (3, 11), (8, 11)):
        again = parse_request(asked(old, new))
        assert (again.old, again.proof, again.note) == (old, proof(old, new), note(new))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 3\n" + note(3),
        b"old -1\n\n" + note(3),
        b"old 03\n\n" + note(3),
        b"size 3\n\n" + note(3),
        b"old 3\nAAAA\n\n" + note(3),
        b"old 3\n!\n\n" + note(3),
        b"old 3\n\xff\n\n" + note(3),
        b"old 0\n\nno note",
        b"old 0\n" + b"A" * 43 + b"=\n" * (MAX_PROOF + 1) + b"\n" + note(3),
    ],
)
def test_a_body_that_is_no_request_is_refused(ledger: Ledger, body: bytes) -> None:
    with pytest.raises(NoteError):
        ledger.add(body)
    assert ledger.seen(LOG_KEY) is None


def test_the_key_on_disk_and_the_notes_never_hold_the_private_half(tmp_path: Path) -> None:
    opened(tmp_path).add(asked(0, 3))
    assert all(OWN.private not in one.read_bytes() for one in tmp_path.iterdir())
    assert LOG.private not in next(tmp_path.glob("*.checkpoint")).read_bytes()
