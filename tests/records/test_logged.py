"""R-GEN-05 (20号令 48): a record's events are leaves of the log; a platform that seals another history is exposed."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from bidding.application.record import Check, verify_record
from bidding.application.record.format import LotRecord
from bidding.crypto.canonical import canonical, parse_canonical
from bidding.crypto.log.note import NoteKey
from tests.records.altering import KEY, RECORD
from tests.records.logged import LOG_KEY, LOGGED, logged, recorded, sealed

DATA = LOGGED.read_bytes()
FILE = parse_canonical(DATA, LotRecord)


def checks(record: LotRecord, key: NoteKey | None = LOG_KEY) -> list[Check]:
    return verify_record(canonical(sealed(record)), KEY.public, log_key=key)


def test_the_file_for_both_verifiers_is_the_one_that_is_made() -> None:
    assert logged() == DATA, "run: python -m tests.records.logged"


def test_every_event_is_proved() -> None:
    found = verify_record(DATA, KEY.public, log_key=LOG_KEY)
    assert [one for one in found if not one.ok] == []
    count = len(FILE.events)
    assert found[-2].name.startswith(f"log: {count} of {count} events proved under a checkpoint")
    assert verify_record(DATA, KEY.public)[-2].name.endswith(f"by the key in the file ({LOG_KEY.vkey})")


def test_events_that_no_checkpoint_covers_yet_are_told() -> None:
    assert FILE.log is not None
    early = replace(FILE, log=replace(FILE.log, leaves=FILE.log.leaves[:-1]))
    assert f"{len(FILE.events) - 1} of {len(FILE.events)} events" in checks(early)[-2].name


def test_a_record_without_proofs_satisfies_nobody_who_trusts_a_log() -> None:
    assert verify_record(RECORD, KEY.public)[-1].ok
    last = verify_record(RECORD, KEY.public, log_key=LOG_KEY)[-1]
    assert (last.name, last.ok) == ("log", False)
    assert checks(FILE, NoteKey(LOG_KEY.name, KEY.public))[-1].fault == (
        "of another log than the one whose key you gave"
    )


def _leaf(**changed: Any) -> LotRecord:
    assert FILE.log is not None
    leaf = replace(FILE.log.leaves[1], **changed)
    return replace(FILE, log=replace(FILE.log, leaves=(FILE.log.leaves[0], leaf, *FILE.log.leaves[2:])))


def _first(name: str) -> Any:
    assert FILE.log is not None
    return getattr(FILE.log.leaves[0], name)


def _log(**changed: Any) -> LotRecord:
    assert FILE.log is not None
    return replace(FILE, log=replace(FILE.log, **changed))


def _swapped() -> LotRecord:
    """The last two events change places, with their leaves."""
    assert FILE.log is not None
    *rest, one, other = FILE.events
    *leaves, first, second = FILE.log.leaves
    events = (*rest, replace(other, position=one.position), replace(one, position=other.position))
    return replace(FILE, events=events, log=replace(FILE.log, leaves=(*leaves, second, first)))


def _dated() -> LotRecord:
    event = replace(FILE.events[1], recorded_at="2020-01-01T00:00:00.000Z")
    return replace(FILE, events=(FILE.events[0], event, *FILE.events[2:]))


#: What a platform does that seals the file again → what the log says of it.
HISTORIES: dict[str, tuple[Callable[[], LotRecord], str]] = {
    "another leaf's salt": (lambda: _leaf(salt=_first("salt")), "this is not leaf"),
    "another place": (lambda: _leaf(index=_first("index")), "this is not leaf"),
    "another leaf's path": (lambda: _leaf(path=_first("path")), "this is not leaf"),
    "an instant in the leaf": (lambda: _leaf(recorded_at=_first("recorded_at")), "this is not leaf"),
    "another author": (lambda: _leaf(internals="0" * 64), "this is not leaf"),
    "another event's id": (lambda: _leaf(id=_first("id")), "this is not leaf"),
    "an instant in the record alone": (_dated, "another instant"),
    "reordered with their leaves": (_swapped, "out of the log's order"),
    "a size that was not signed": (
        lambda: _log(checkpoint=FILE.log.checkpoint.replace("\n", "\n1", 1) if FILE.log else ""),
        "a signature of",
    ),
    "another log's key": (
        lambda: _log(vkey=NoteKey("other.example", KEY.public).vkey),
        "of another log",
    ),
}


@pytest.mark.parametrize("deed", HISTORIES)
def test_what_the_platform_seals_anew_the_log_exposes(deed: str) -> None:
    make, reason = HISTORIES[deed]
    *before, last = checks(make())
    assert all(one.ok for one in before)
    assert last.name == "log"
    assert reason in last.fault, last.fault


# R-TIME-08: each bid of the roll by its place in the log.

CLOSED = next(n for n, one in enumerate(FILE.events) if one.topic == "lot.submission-closed.v1")
CLOSING_LEAF = 3 * CLOSED + 1


def test_each_bid_of_the_roll_is_a_leaf_before_the_closing_leaf() -> None:
    found = verify_record(DATA, KEY.public, log_key=LOG_KEY)[-1]
    assert found.name == f"on time: each of 3 bids is a leaf before the closing leaf {CLOSING_LEAF}"


def test_a_record_from_before_bids_were_disclosed_is_read_and_satisfies_nobody_who_trusts_a_log() -> None:
    old = _log(bids=())
    assert b'"bids"' not in canonical(old)
    assert verify_record(canonical(sealed(old)), KEY.public)[-1].name.startswith("log: ")
    assert checks(old)[-1].fault == "the record has no proofs of its bids: have it exported again"


def _bid(**changed: Any) -> LotRecord:
    assert FILE.log is not None
    return _log(bids=(replace(FILE.log.bids[0], **changed), *FILE.log.bids[1:]))


def _of_another() -> LotRecord:
    """The first bidder's place is taken by the second's leaf."""
    assert FILE.log is not None
    first, second, third = FILE.log.bids
    return _log(bids=(replace(second, bidder=first.bidder), second, third))


def _two_receipts() -> LotRecord:
    """The receipts in the record are other ones than those taken: renamed with the roll, they would fit each other."""
    assert FILE.log is not None
    first, second, third = FILE.log.bids
    return _log(bids=(first, second, replace(third, state=third.state.replace("}", " }", 1))))


LATE: dict[str, tuple[Callable[[], LotRecord], str]] = {
    "a bid behind the close": (
        lambda: recorded((2, 5, CLOSING_LEAF + 1)),
        f"leaf {CLOSING_LEAF + 1} is not before the closing leaf {CLOSING_LEAF}",
    ),
    "a bid without a leaf": (
        lambda: _log(bids=FILE.log.bids[1:] if FILE.log else ()),
        "not one leaf for every",
    ),
    "a bid with two": (
        lambda: _log(bids=(FILE.log.bids[0], FILE.log.bids[0], *FILE.log.bids[1:]) if FILE.log else ()),
        "not one leaf for every",
    ),
    "another bidder's leaf": (_of_another, "this is not leaf"),
    "another state": (_two_receipts, "this is not leaf"),
    "another place": (lambda: _bid(index=3), "this is not leaf 3"),
    "another salt": (lambda: _bid(salt=_first("salt")), "this is not leaf 2"),
    "a close that is not proved": (
        lambda: _log(leaves=FILE.log.leaves[:CLOSED] if FILE.log else ()),
        "no closing leaf is proved",
    ),
}


@pytest.mark.parametrize("deed", LATE)
def test_a_bid_that_is_not_proved_in_time_is_exposed(deed: str) -> None:
    make, reason = LATE[deed]
    *before, last = checks(make())
    assert all(one.ok for one in before)
    assert last.name == "on time"
    assert reason in last.fault, last.fault
