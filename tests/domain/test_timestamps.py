"""Tokens of outside authorities over the events on which a tender turns (R-CRYP-06; GB/T 20520, RFC 3161)."""

from datetime import UTC, datetime

import msgspec
import pytest

from bidding.domain.errors import OutOfOrder
from bidding.domain.event import EVERYONE
from bidding.domain.lot import Lot
from bidding.domain.opening.events import SubmissionClosed, WindowEnded
from bidding.domain.opening.state import Opening
from bidding.domain.timestamp.commands import RecordTimestamp, StateHistory
from bidding.domain.timestamp.decide import CHECKPOINTED, STAMPED, STATED, record_timestamp, state_history
from bidding.domain.timestamp.events import HistoryStated, Timestamped
from tests.domain.lots import facts, fold, noticed
from tests.domain.sampling import sample

COMMAND = msgspec.structs.replace(
    sample(RecordTimestamp),
    subject=SubmissionClosed.TOPIC,
    authority="国家授时中心",
    instant=datetime(2026, 3, 31, 1, 30, tzinfo=UTC),
    checkpoint="",
)


def test_a_token_is_kept_whole_with_its_instant_and_when_it_came() -> None:
    (event,) = record_timestamp(noticed(), COMMAND, facts())
    kept = msgspec.to_builtins(event)
    assert kept == {**msgspec.to_builtins(COMMAND), "at": msgspec.to_builtins(facts().now)}


def test_each_authority_stamps_an_event_once() -> None:
    lot = fold(noticed(), record_timestamp(noticed(), COMMAND, facts()))
    with pytest.raises(OutOfOrder) as refused:
        record_timestamp(lot, COMMAND, facts())
    assert (refused.value.code, refused.value.rule) == ("timestamp-known", "R-CRYP-06")
    assert refused.value.found == {"authority": "国家授时中心", "subject": SubmissionClosed.TOPIC}
    assert record_timestamp(lot, msgspec.structs.replace(COMMAND, authority="另一家"), facts())


def test_a_checkpoint_that_first_covers_two_events_is_stamped_for_each() -> None:
    """With the close it proves that the bids were in time: a token under the other name would not say so."""
    note = msgspec.structs.replace(COMMAND, checkpoint="an.example/log\n7\n", subject=WindowEnded.TOPIC)
    lot = fold(noticed(), record_timestamp(noticed(), note, facts()))
    close = msgspec.structs.replace(note, subject=SubmissionClosed.TOPIC)
    (event,) = record_timestamp(lot, close, facts())
    assert isinstance(event, Timestamped)
    assert (event.subject, event.imprint) == (SubmissionClosed.TOPIC, note.imprint)
    with pytest.raises(OutOfOrder, match="timestamp-known"):
        record_timestamp(fold(lot, [event]), close, facts())


def test_only_what_the_tender_turns_on_is_stamped() -> None:
    with pytest.raises(OutOfOrder) as refused:
        record_timestamp(noticed(), msgspec.structs.replace(COMMAND, subject="lot.noticed.v1"), facts())
    assert (refused.value.code, refused.value.rule) == ("timestamp-subject", "R-CRYP-06")
    assert refused.value.found == {"subject": "lot.noticed.v1"}
    for kind in STAMPED:
        assert record_timestamp(noticed(), msgspec.structs.replace(COMMAND, subject=kind.TOPIC), facts())


def test_with_the_close_the_windows_end_and_the_record_their_checkpoint_is_stamped_too() -> None:
    over = msgspec.structs.replace(COMMAND, checkpoint="log.example\n8\n…")
    for kind in STAMPED:
        command = msgspec.structs.replace(over, subject=kind.TOPIC)
        if kind in CHECKPOINTED:
            (event,) = record_timestamp(noticed(), command, facts())
            assert isinstance(event, Timestamped)
            assert event.checkpoint == over.checkpoint
        else:
            with pytest.raises(OutOfOrder, match="timestamp-subject"):
                record_timestamp(noticed(), command, facts())


# R-GEN-05 (20号令 48): statements of all that happened.


def closed(events: int = 40) -> Lot:
    opening = Opening(closed_at=datetime(2026, 6, 8, 1, 30, tzinfo=UTC))
    return msgspec.structs.replace(noticed(), version=events, opening=opening)


def state(events: int) -> StateHistory:
    return StateHistory(events=events, root="ab" * 32)


def test_the_history_is_stated_as_far_as_it_has_come() -> None:
    (event,) = state_history(closed(), state(40), facts())
    assert event == HistoryStated(events=40, root="ab" * 32, at=facts().now)


def test_nothing_is_stated_before_the_close() -> None:
    """R-GEN-04: not even how many events there are."""
    with pytest.raises(OutOfOrder) as refused:
        state_history(msgspec.structs.replace(noticed(), version=40), state(40), facts())
    assert (refused.value.code, refused.value.rule) == ("history-early", "R-GEN-04")


@pytest.mark.parametrize("events", [39, 40, 42])
def test_a_statement_is_of_more_than_the_last_and_of_no_more_than_there_is(events: int) -> None:
    lot = fold(closed(), state_history(closed(), state(40), facts()))
    assert lot.version == 41
    with pytest.raises(OutOfOrder) as refused:
        state_history(lot, state(events), facts())
    assert (refused.value.code, refused.value.rule) == ("history-known", "R-GEN-05")
    assert refused.value.found == {"events": events, "stated": 40}
    assert state_history(lot, state(41), facts())


def test_a_history_is_stated_when_a_stage_has_ended_never_within_the_committees_work() -> None:
    """R-EVAL-05: how far the committee is, is its own until the result is known to all."""
    assert {kind.TOPIC for kind in STATED} == {
        "lot.opening-ended.v1",
        "lot.failed.v1",
        "lot.award-notice-issued.v1",
        "lot.contract-filed.v1",
    }
    assert all(kind.AUDIENCE == EVERYONE for kind in STATED)
