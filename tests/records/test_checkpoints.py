"""R-CRYP-06 (GB/T 20520, RFC 3161): what a token over a checkpoint says of the events and bids under it."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from bidding.application.record.checkpoints import check_checkpoints
from bidding.application.record.format import Continued, LotRecord
from bidding.application.record.read import Faulty, Read
from bidding.crypto.canonical import b64
from bidding.crypto.log.checkpoint import Checkpoint, sign_checkpoint
from bidding.crypto.log.tree import consistency_ranges
from bidding.crypto.parts import root
from bidding.domain.event import decode
from bidding.domain.timestamp.events import Timestamped
from tests.records.altering import KEY
from tests.records.logged import LOG, LOG_KEY, PLAYED, recorded, tree, with_last

AT = datetime(2026, 6, 8, 1, 31, tzinfo=UTC)
CLOSED = 3 * next(n for n, one in enumerate(PLAYED.events) if one.topic == "lot.submission-closed.v1") + 1


def stamped(
    size: int = CLOSED + 1,
    subject: str = "lot.submission-closed.v1",
    bids_at: tuple[int, int, int] = (2, 5, 8),
    **changed: Any,
) -> LotRecord:
    """The record, and behind it an authority's word for when the log had ``size`` leaves. ``changed``: the checkpoint
    that it stamped, and by whom it was signed. The token itself is the affair of the time-stamps."""
    own, *_ = tree(bids_at)
    key, top = changed.get("key", LOG), changed.get("root") or root(own[:size])
    note = sign_checkpoint(Checkpoint(LOG_KEY.name, size, top), key.private).encoded
    event = Timestamped(
        subject=subject,
        imprint=hashlib.sha256(note).hexdigest(),
        authority="国家授时",
        token="",
        instant=AT,
        at=AT,
        checkpoint=note.decode(),
    )
    record = recorded(bids_at, record=with_last(event))
    entries, *_ = tree(bids_at, record=with_last(event))
    path = [b64(root(entries[one.first : one.end])) for one in _ranges(size, len(entries))]
    assert record.log is not None
    continued = (Continued(size=size, path=tuple(path)),)
    return replace(record, log=replace(record.log, continued=continued))


def _ranges(size: int, whole: int) -> list[Any]:
    return list(consistency_ranges(size, whole)) if size <= whole else []


def said(record: LotRecord) -> list[str]:
    events = tuple(decode(one.topic, one.state.encode()) for one in record.events)
    return list(check_checkpoints(Read(record=record, events=events)))


def _without_path() -> LotRecord:
    record = stamped()
    assert record.log is not None
    return replace(record, log=replace(record.log, continued=()))


def test_the_close_and_every_bid_stood_in_the_log_when_the_authority_says() -> None:
    (held,) = said(stamped())
    assert held == (
        "checkpoints: lot.submission-closed.v1 and 3 bids stood in the log at 2026-06-08 01:31:00 UTC, says 国家授时"
    )


def test_of_the_windows_end_the_event_alone_is_said() -> None:
    place = next(n for n, one in enumerate(PLAYED.events) if one.topic == "lot.window-ended.v1")
    (held,) = said(stamped(3 * place + 2, "lot.window-ended.v1"))
    assert held.startswith("checkpoints: lot.window-ended.v1 stood in the log")


def test_one_stamped_after_the_record_was_made_says_nothing_yet() -> None:
    assert said(stamped(100_000, root=b"x" * 32)) == []


def test_a_record_without_stamps_has_no_such_step() -> None:
    assert said(recorded()) == []


#: What the platform had stamped, or shows → what becomes of it.
LIES: dict[str, tuple[Callable[[], LotRecord], str]] = {
    "another history": (lambda: stamped(root=b"x" * 32), "two histories"),
    "a checkpoint that another signed": (lambda: stamped(key=KEY), "not signed by"),
    "no proof that the log continues it": (_without_path, "no proof that the log continues it"),
    "a checkpoint from before the close": (lambda: stamped(CLOSED), "the event is not under it"),
    "a bid taken in behind it": (lambda: stamped(bids_at=(2, 5, CLOSED + 1)), "a bid is not under it"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_stamp_over_something_else_is_exposed(lie: str) -> None:
    make, reason = LIES[lie]
    with pytest.raises(Faulty, match=reason) as found:
        said(make())
    assert found.value.check == "checkpoints"
