"""R-BID-04, R-GEN-05: what a party was shown of the log, laid against a record, exposes what was left out of that."""

from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from bidding.application.record import Check, verify_record
from bidding.application.record.against import lot_of_record, verify_against
from bidding.application.record.format import LotRecord
from bidding.crypto.canonical import b64, canonical
from bidding.crypto.log.checkpoint import Checkpoint, sign_checkpoint
from bidding.crypto.log.disclosed import Disclosed, DisclosedLeaves
from bidding.crypto.log.leaf import LoggedEvent, event_entry
from bidding.crypto.log.proof import LogProof
from bidding.crypto.parts import inclusion_proof, root
from tests.records.altering import KEY
from tests.records.logged import LOG, LOG_KEY, PLAYED, event_of, recorded, sealed, stated, tree

#: A leaf that nothing of the record's stands at, and is withheld in ``stated``.
HIDDEN = 9
STREAM = f"lot-{PLAYED.lot}"


def kept(*leaves: tuple[LoggedEvent, bytes, int], entries: list[bytes], size: int = 0) -> DisclosedLeaves:
    """What ``bidding receipt fetch`` stored, under a checkpoint of these entries."""
    whole = entries[: size or len(entries)]
    note = sign_checkpoint(Checkpoint(LOG_KEY.name, len(whole), root(whole)), LOG.private).encoded
    return DisclosedLeaves(
        lot=PLAYED.lot,
        vkey=LOG_KEY.vkey,
        leaves=tuple(
            Disclosed(
                event=canonical(event).decode(),
                salt=b64(salt),
                proof=LogProof(leaf, tuple(inclusion_proof(whole, leaf)), note).text,
            )
            for event, salt, leaf in leaves
        ),
    )


def question() -> tuple[LoggedEvent, bytes]:
    """An event of the lot that its author alone was shown."""
    return event_of(STREAM, 500, PLAYED.events[3].recorded_at, "lot.help-requested.v1", HELP)


HELP = '{"at":"2026-07-13T01:31:00Z","bidder":"a","text":"解密失败"}'


def laid(record: LotRecord, leaves: DisclosedLeaves) -> Check:
    return verify_against(canonical(sealed(record)), canonical(leaves), "log-receipts.json", KEY.public)[-1]


def mine() -> DisclosedLeaves:
    """Of the played record: the bids of its roll, and its first events, as their bidder had them."""
    entries, events, bids = tree()
    own = [(event, salt, leaf) for leaf, (_, event, salt) in zip((2, 5, 8), bids, strict=True)]
    return kept(*own, *((*event, 3 * number + 1) for number, event in enumerate(events[:4])), entries=entries)


def test_what_is_in_the_record_is_found_there() -> None:
    found = laid(recorded(), mine())
    assert found.ok, found.fault
    assert "7 leaves; 7 in the record, 0 among those that it withholds" in found.name


def withholding(leaf: int = HIDDEN) -> tuple[LotRecord, DisclosedLeaves]:
    """A record that counts the party's question among what it withholds, and the party's own proof, from before."""
    event, salt = question()
    committed = event_entry(event, salt)
    file = stated((3, leaf), put={leaf: (event, salt)})
    assert file.log is not None
    entries, *_ = tree(withheld_at=(3, leaf), record=replace(file, log=None), put={leaf: (event, salt)})
    assert entries[leaf] == committed
    return file, kept((event, salt, leaf), entries=entries, size=3 * len(PLAYED.events))


def test_what_only_its_author_was_shown_is_among_what_is_withheld() -> None:
    found = laid(*withholding())
    assert found.ok, found.fault
    assert "0 in the record, 1 among those that it withholds" in found.name


def left_out() -> tuple[LotRecord, DisclosedLeaves]:
    """The platform states a history without it."""
    _, leaves = withholding()
    event, salt = question()
    return stated((3,), put={HIDDEN: (event, salt)}), leaves


def _another_there() -> tuple[LotRecord, DisclosedLeaves]:
    _, leaves = withholding()
    return stated((3, HIDDEN)), leaves


LIES: dict[str, tuple[Callable[[], tuple[LotRecord, DisclosedLeaves]], str]] = {
    "a question that no statement counts": (left_out, "left out of the record"),
    "another event in its place": (_another_there, "another event there"),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_was_left_out_or_exchanged_is_exposed_by_who_was_shown_it(lie: str) -> None:
    make, reason = LIES[lie]
    record, leaves = make()
    whole = verify_record(canonical(sealed(record)), KEY.public, log_key=LOG_KEY)
    assert all(one.ok for one in whole), "the record alone holds"
    found = laid(record, leaves)
    assert (found.name, reason in found.fault) == ("kept", True), found


def test_of_another_lot_or_log_they_say_nothing(tmp_path: Path) -> None:
    assert "of another lot" in laid(recorded(), replace(mine(), lot="another")).fault
    other = replace(mine(), vkey="log.example/other+00000000+AA==")
    assert "of another log" in laid(recorded(), other).fault
    bare = laid(PLAYED, mine())
    assert "no proofs" in bare.fault


def test_files_beside_a_record_are_laid_against_it(tmp_path: Path) -> None:
    (tmp_path / "log-receipts.json").write_bytes(canonical(mine()))
    checks = verify_record(canonical(sealed(recorded())), KEY.public, files=tmp_path)
    assert checks[-1].name == "files: 1 as the bundle says; 0 that it does not speak of"
    assert any("log-receipts.json: 7 leaves" in one.name for one in checks)
    record, leaves = left_out()
    (tmp_path / "log-receipts.json").write_bytes(canonical(leaves))
    assert (
        "left out of the record"
        in verify_record(canonical(sealed(record)), KEY.public, files=tmp_path)[-1].fault
    )


def test_a_record_is_told_from_other_files_by_its_lot() -> None:
    assert lot_of_record(canonical(sealed(recorded()))) == PLAYED.lot
    assert lot_of_record(canonical(mine())) == lot_of_record(b"no json") == ""
