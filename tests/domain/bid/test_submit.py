"""Handing in: what counts, what is refused, and the receipts of both (R-BID-01…05, R-TIME-09)."""

import json
import re
import tomllib
from importlib import resources

import pytest

from bidding.domain.admission.filing import Mode
from bidding.domain.bid.events import BidReceived, BidRefused, BidReplaced
from bidding.domain.bid.refusals import Finding, RefusalCode, message_code
from bidding.domain.errors import OutOfOrder, TooLate, Unknown
from bidding.domain.event import Event
from bidding.domain.notice.events import DocumentIssued
from bidding.domain.opening import commands as c
from tests.domain.opening.hall import MS, T0, Hall


def refusal(events: list[Event]) -> str:
    (event,) = events
    assert isinstance(event, BidRefused)
    return event.code


def test_last_byte_one_millisecond_before_the_deadline_gets_a_receipt() -> None:  # R-TIME-09, F-09
    hall = Hall()
    hall.now = T0 - MS
    (received,) = hall.submit("a")
    assert isinstance(received, BidReceived)
    assert received.completed_at == T0 - MS
    assert json.loads(received.receipt)["completed_at"] == "2026-06-09T01:29:59.999000Z"


@pytest.mark.parametrize("late", [0, 1])
def test_at_the_deadline_itself_is_late(late: int) -> None:  # R-TIME-09, R-DEC-01
    hall = Hall()
    hall.now = T0 + late * MS
    assert refusal(hall.submit("a")) == "LATE"
    assert hall.bid("a").effective is None


def test_instants_are_cut_to_milliseconds_never_rounded_up_into_lateness() -> None:  # R-TIME-09
    hall = Hall()
    hall.now = T0 - MS / 2
    (received,) = hall.submit("a")
    assert isinstance(received, BidReceived)
    assert received.completed_at == T0 - MS


def test_lateness_goes_before_every_other_fault() -> None:  # R-TIME-09
    hall = Hall()
    hall.now = T0
    assert refusal(hall.submit("a", finding=Finding(code=RefusalCode.PLAINTEXT))) == "LATE"


def test_after_the_close_a_bid_is_refused_with_a_receipt_too() -> None:  # R-BID-02, R-BID-04
    hall = Hall()
    hall.close("a", "b", "c")
    assert refusal(hall.submit("d")) == "LATE"
    assert hall.bid("d").refused[0].receipt


@pytest.mark.parametrize("code", [code for code in RefusalCode if code is not RefusalCode.LATE])
def test_what_the_checks_find_becomes_a_refusal_receipt(code: RefusalCode) -> None:  # R-BID-01, R-BID-04
    hall = Hall()
    events = hall.submit("a", finding=Finding(code=code, envelope="form"))
    assert refusal(events) == code.value
    said = json.loads(hall.bid("a").refused[0].receipt)
    assert (said["code"], said["envelope"]) == (code.value, "form")
    assert hall.bid("a").effective is None


def test_every_refusal_has_its_text_and_next_step() -> None:  # R-BID-01: refused with a prompt
    texts = tomllib.loads(
        resources.files("bidding.application.messages").joinpath("bid.toml").read_text(encoding="utf-8")
    )
    for code in RefusalCode:
        assert set(texts[message_code(code)]) == {"zh", "en", "zh_next", "en_next"}


def test_a_bid_on_an_older_document_version_is_refused() -> None:  # R-DOC-04
    hall = Hall()
    hall.submit("a")
    hall.store(DocumentIssued(version=2, sha256="ff" * 32, name="招标文件.pdf", length=9, reason="澄清"))
    assert refusal(hall.submit("b")) == "WRONG_DOCUMENT_VERSION"
    assert isinstance(hall.submit("b", document=2)[0], BidReceived)
    # who bid before stands with the version it was built on, and the roll shows which
    assert hall.bid("a").effective is not None


def test_a_stale_version_number_is_refused() -> None:  # R-BID-05
    hall = Hall()
    hall.submit("a")
    assert refusal(hall.submit("a", version=1)) == "WRONG_VERSION"


def test_replacing_is_one_commit_and_the_last_one_counts() -> None:  # R-BID-02, R-BID-05
    hall = Hall()
    (first,) = hall.submit("a")
    events = hall.submit("a")
    assert [type(event) for event in events] == [BidReplaced, BidReceived]
    assert isinstance(first, BidReceived)
    assert isinstance(events[0], BidReplaced)
    assert events[0].manifest_hash == first.manifest_hash
    effective = hall.bid("a").effective
    assert effective is not None
    assert effective.bid_version == 2
    assert hall.bid("a").versions[0].replaced_at == effective.completed_at


def test_an_unfinished_replacement_leaves_the_earlier_bid_in_force() -> None:  # R-BID-05, R-DEC-09
    hall = Hall()
    hall.submit("a")
    hall.upload("a")
    hall.now = T0
    assert refusal(hall.submit("a")) == "LATE"
    effective = hall.bid("a").effective
    assert effective is not None
    assert effective.bid_version == 1


def test_a_refused_replacement_leaves_the_earlier_bid_in_force() -> None:  # R-BID-05
    hall = Hall()
    hall.submit("a")
    hall.submit("a", finding=Finding(code=RefusalCode.TRUNCATED))
    effective = hall.bid("a").effective
    assert effective is not None
    assert effective.bid_version == 1
    assert hall.bid("a").next_version == 2


def test_receipt_numbers_are_random_and_in_no_order() -> None:  # R-BID-04, R-DOC-03
    hall = Hall()
    for place in range(40):
        hall.submit(f"b{place:02}")
    numbers = [bid.effective.receipt_number for bid in hall.bids.values() if bid.effective]
    assert len(set(numbers)) == 40
    assert all(re.fullmatch("[A-Z2-7]{26}", number) for number in numbers)
    assert numbers != sorted(numbers)
    assert numbers != sorted(numbers, reverse=True)


def test_a_bid_leaves_no_trace_in_the_lots_stream() -> None:  # R-GEN-04
    hall = Hall()
    before = hall.lot
    hall.upload("a")
    hall.submit("a")
    hall.submit("a")
    hall.withdraw("a")
    assert hall.lot == before


def test_uploads_end_at_the_deadline() -> None:  # R-BID-02
    hall = Hall()
    hall.now = T0
    with pytest.raises(TooLate, match="submission-closed"):
        hall.upload("a")


def test_only_the_envelopes_of_the_tender_document_are_taken() -> None:  # R-BID-01
    hall = Hall()
    with pytest.raises(Unknown, match="no-such-envelope"):
        hall.upload("a", "novel")


def test_upload_names_cannot_be_guessed() -> None:  # R-DOC-03
    hall = Hall()
    names = {hall.upload("a"), hall.upload("a"), hall.upload("b")}
    assert len(names) == 3
    assert all(re.fullmatch("[a-z2-7]{26}", name) for name in names)


def test_before_the_notice_there_is_nothing_to_bid_for() -> None:  # R-STATE-01
    hall = Hall(mode=Mode.TEST)
    with pytest.raises(OutOfOrder, match="wrong-phase"):
        hall.submit("a")


def test_a_failed_lot_answers_a_late_bid_with_a_receipt() -> None:  # R-BID-04
    hall = Hall()
    hall.close("a")
    assert hall.lot.phase == "failed"
    assert refusal(hall.submit("b")) == "LATE"
    assert hall.give(c.Close()) == []
