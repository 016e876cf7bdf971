"""R-GEN-05 (20号令 48): between a lot's first event and its last stated one nothing can be left out or put in."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from bidding.application.record import Check, verify_record
from bidding.application.record.format import LotRecord, RecordLog
from bidding.crypto.canonical import canonical
from tests.records.altering import KEY
from tests.records.logged import LOG_KEY, PLAYED, STATED, sealed, secret, stated

FILE = stated()
COUNT = len(PLAYED.events) + 2


def checks(record: LotRecord) -> list[Check]:
    return verify_record(canonical(sealed(record)), KEY.public, log_key=LOG_KEY)


def log() -> RecordLog:
    assert FILE.log is not None
    return FILE.log


def changed(**members: Any) -> LotRecord:
    return replace(FILE, log=replace(log(), **members))


def test_the_file_for_both_verifiers_is_the_one_that_is_made() -> None:
    assert STATED.read_bytes() == canonical(sealed(FILE)), "run: python -m tests.records.logged"


def test_all_events_are_there_and_two_as_salted_hashes() -> None:
    found = checks(FILE)
    assert [one for one in found if not one.ok] == []
    said = (
        f"the lot's first {COUNT} events are all here, 2 of them as salted hashes, by 1 statements in the log"
    )
    assert found[-1].name == f"completeness: {said}"


def test_of_what_is_withheld_nothing_but_hashes_is_shown() -> None:
    withheld = msgspec.to_builtins(log())["withheld"]
    assert [set(one) for one in withheld] == [{"commitment", "index", "path"}] * 2


def test_a_lot_without_a_statement_says_nothing_of_its_completeness() -> None:
    """Before its opening has ended; and a record that was made before there were statements."""
    events = FILE.events[:-1]
    early = replace(FILE, events=events, log=replace(log(), leaves=log().leaves[:-1], withheld=()))
    assert checks(early)[-1].name.startswith("on time")
    shown = replace(early, log=replace(log(), leaves=log().leaves[:-1]))
    assert checks(shown)[-1].fault == "leaves withheld that no statement counts"


#: An event that no other step misses.
UNMISSED = "lot.guarantee-disclosed.v1"


def _without(topic: str) -> LotRecord:
    """Left out of the record with its leaf."""
    place = next(number for number, one in enumerate(FILE.events) if one.topic == topic)
    return replace(
        FILE,
        events=(*FILE.events[:place], *FILE.events[place + 1 :]),
        log=replace(log(), leaves=(*log().leaves[:place], *log().leaves[place + 1 :])),
    )


def _hashed_anew() -> LotRecord:
    first, second = log().withheld
    return changed(withheld=(replace(first, commitment=secret(99).hex()), second))


#: What a platform does that seals the file again → what becomes of it.
LIES: dict[str, tuple[Callable[[], LotRecord], str]] = {
    "a public event left out": (lambda: _without(UNMISSED), "of others than are here"),
    "a withheld event left out": (
        lambda: changed(withheld=log().withheld[:1]),
        "of others than are here",
    ),
    "another event put in for it": (
        lambda: changed(withheld=(log().withheld[0], replace(log().withheld[0], index=9))),
        "is not leaf 9",
    ),
    "the hash of another event": (_hashed_anew, "is not leaf 3"),
    "one leaf for two events": (lambda: changed(withheld=(log().withheld[0],) * 2), "is not leaf 3"),
    "a statement that leaves one out": (lambda: stated((3, 9), counted=(3,)), "of others than are here"),
    "a statement of more than there was": (lambda: stated(more=2), f"{COUNT + 1} are here"),
    "a statement of one that there never was": (
        lambda: stated((3, 9), counted=(3, 9, 12)),
        "of others than are here",
    ),
    "a statement of one that came later": (
        lambda: stated((3, 3 * len(FILE.events))),
        "of others than are here",
    ),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_is_left_out_or_put_in_is_exposed(lie: str) -> None:
    make, reason = LIES[lie]
    *before, last = checks(make())
    assert all(one.ok for one in before)
    assert last.name == "completeness", last
    assert reason in last.fault, last.fault
