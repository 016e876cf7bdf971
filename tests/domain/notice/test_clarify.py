"""Clarification and its blind delivery: R-ENG-04, R-GP-04, R-DOC-04, R-TIME-05; F-05."""

from datetime import date, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from bidding.domain.errors import OutOfOrder, Refusal, TooLate, Unknown
from bidding.domain.lot import Lot
from bidding.domain.notice import decide
from bidding.domain.notice.commands import Clarify, Download
from bidding.domain.notice.events import (
    ClarificationIssued,
    DeadlineMoved,
    DocumentDownloaded,
    DocumentIssued,
)
from bidding.domain.notice.reader import Reader, deliveries, download, replay
from bidding.domain.notice.terms import DocumentRef
from tests.domain.lots import DEADLINE, READER, admitted, at, booked, facts, fold, noticed

SECOND = DocumentRef(sha256="cd" * 32, name="招标文件-2.pdf", length=2_000_000)


def clarification(**changes: Any) -> Clarify:
    return replace(Clarify(text="工程量清单第3项更正。", affects_bids=True), **changes)


def refused(command: Clarify, now: datetime, lot: Lot | None = None) -> Refusal:
    with pytest.raises(Refusal) as caught:
        decide.clarify(lot or noticed(), command, facts(now=now))
    return caught.value


def move_of(command: Clarify, now: datetime) -> DeadlineMoved | None:
    events = decide.clarify(noticed(), command, facts(now=now))
    return next((event for event in events if isinstance(event, DeadlineMoved)), None)


def test_fifteen_days_before_the_deadline_it_stays() -> None:
    assert move_of(clarification(), at(16, 23, 59)) is None


def test_fourteen_days_before_the_deadline_it_moves() -> None:
    move = move_of(clarification(), at(17, 0, 1))
    assert move == DeadlineMoved(previous=DEADLINE, deadline=at(1, 9, 30, month=4), rule="R-ENG-04")


def test_it_moves_to_a_working_day_at_the_same_hour() -> None:
    """2026-03-20 + 15 days = Saturday 04-04, a holiday to 04-06."""
    move = move_of(clarification(), at(20))
    assert move is not None
    assert move.deadline == at(7, 9, 30, month=4)


def test_what_cannot_affect_bids_moves_nothing() -> None:
    assert move_of(clarification(affects_bids=False), at(30)) is None


def test_a_lawful_wish_of_the_host_is_kept() -> None:
    wish = at(10, 14, month=4)
    move = move_of(clarification(new_deadline=wish), at(20))
    assert move == DeadlineMoved(previous=DEADLINE, deadline=wish, rule="")


def test_a_wish_that_is_too_early_gives_way_to_the_lawful_day() -> None:
    move = move_of(clarification(new_deadline=at(2, 9, 30, month=4)), at(20))
    assert move is not None
    assert (move.deadline, move.rule) == (at(7, 9, 30, month=4), "R-ENG-04")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"new_deadline": at(30, 9, 30)}, "deadline-not-earlier"),
        ({"new_deadline": at(11, 9, 30, month=4)}, "deadline-on-day-off"),
        ({"text": " "}, "notice-text-missing"),
        ({"document": SECOND, "affects_bids": False}, "new-document-affects-bids"),
        ({"document": replace(SECOND, length=0)}, "document-malformed"),
        ({"document": replace(SECOND, name="\u202efdp.exe")}, "document-malformed"),
        ({"text": "投标人须缴纳投标保证金10万元。"}, "waived-lot-asks"),
    ],
)
def test_refusals(changes: dict[str, Any], code: str) -> None:
    assert refused(clarification(**changes), at(10)).code == code


def test_a_new_document_gets_the_next_version() -> None:
    document, issued = decide.clarify(noticed(), clarification(document=SECOND), facts(now=at(10)))
    assert isinstance(document, DocumentIssued)
    assert isinstance(issued, ClarificationIssued)
    assert document.version == issued.document_version == 2
    lot = fold(noticed(), [document, issued])
    assert lot.notice.document is not None
    assert lot.notice.document.sha256 == SECOND.sha256
    assert lot.notice.clarifications[0].number == 1


def test_nothing_is_clarified_before_the_notice_or_after_the_deadline() -> None:
    assert isinstance(refused(clarification(), at(10), booked()), OutOfOrder)
    assert isinstance(refused(clarification(), DEADLINE), TooLate)


# R-DOC-01, R-DOC-03, R-DOC-04


def test_anybody_registered_takes_the_document_without_approval() -> None:
    (taken,) = download(noticed(), Download(), facts(READER, at(5)), reader=Reader())
    assert taken == DocumentDownloaded(lot="lot-1", party="reader", version=1, at=facts(now=at(5)).now)


def test_a_version_that_does_not_exist_is_unknown() -> None:
    for lot, version in ((admitted(), 0), (noticed(), 2)):
        with pytest.raises(Unknown):
            download(lot, Download(version=version), facts(READER), reader=Reader())


def test_every_reader_gets_every_clarification_once() -> None:
    lot = noticed()
    events = download(lot, Download(), facts(READER, at(5)), reader=Reader())
    for day in (9, 10):
        lot = fold(lot, decide.clarify(lot, clarification(affects_bids=False), facts(now=at(day))))
    first = deliveries(lot, replay(events), "reader", at(10))
    reader = replay([*events, *first])
    assert reader.delivered == (1, 2)
    assert deliveries(lot, reader, "reader", at(11)) == []


def test_a_late_reader_gets_earlier_clarifications_with_the_document() -> None:
    lot = fold(noticed(), decide.clarify(noticed(), clarification(affects_bids=False), facts(now=at(9))))
    reader = replay(download(lot, Download(), facts(READER, at(12)), reader=Reader()))
    assert reader.delivered == (1,)
    again = download(lot, Download(), facts(READER, at(13)), reader=reader)
    assert replay([*again]).delivered == ()


def test_the_samples_lie_where_the_tests_say() -> None:
    assert date(2026, 4, 4).weekday() == 5
    assert date(2026, 3, 31).weekday() == 1
