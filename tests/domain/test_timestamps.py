"""Tokens of outside authorities over the events on which a tender turns (R-CRYP-06; GB/T 20520, RFC 3161)."""

from datetime import UTC, datetime

import msgspec
import pytest

from bidding.domain.errors import OutOfOrder
from bidding.domain.opening.events import SubmissionClosed
from bidding.domain.timestamp.commands import RecordTimestamp
from bidding.domain.timestamp.decide import STAMPED, record_timestamp
from tests.domain.lots import facts, fold, noticed
from tests.domain.sampling import sample

COMMAND = msgspec.structs.replace(
    sample(RecordTimestamp),
    subject=SubmissionClosed.TOPIC,
    authority="国家授时中心",
    instant=datetime(2026, 3, 31, 1, 30, tzinfo=UTC),
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


def test_only_what_the_tender_turns_on_is_stamped() -> None:
    with pytest.raises(OutOfOrder) as refused:
        record_timestamp(noticed(), msgspec.structs.replace(COMMAND, subject="lot.noticed.v1"), facts())
    assert (refused.value.code, refused.value.rule) == ("timestamp-subject", "R-CRYP-06")
    assert refused.value.found == {"subject": "lot.noticed.v1"}
    for kind in STAMPED:
        assert record_timestamp(noticed(), msgspec.structs.replace(COMMAND, subject=kind.TOPIC), facts())
