"""Close, gate and bidder list (R-OPEN-01, R-OPEN-09, R-OPEN-22, R-OPEN-23)."""

import msgspec
import pytest

from bidding.domain.disclosure import is_public
from bidding.domain.errors import Conflicting, Forbidden, OutOfOrder, TooEarly
from bidding.domain.event import Event, encode
from bidding.domain.notice.events import DocumentObjectionRaised
from bidding.domain.opening import commands as c
from bidding.domain.opening.decide import due
from bidding.domain.opening.events import CountChecked, LotFailed, SubmissionClosed
from bidding.domain.regime import Regime
from tests.domain.opening.hall import HOST, MS, OFFICER, SIGNED, T0, Hall, bidder


def kinds(events: list[Event]) -> list[type[Event]]:
    return [type(event) for event in events]


def test_the_close_is_due_at_the_deadline_and_refused_before() -> None:  # R-OPEN-01, F-13
    hall = Hall()
    assert due(hall.lot) == [("opening/close", T0)]
    hall.now = T0 - MS
    with pytest.raises(TooEarly, match="submission-still-open"):
        hall.give(c.Close())


def test_close_and_gate_are_one_commit_and_fire_once() -> None:  # R-OPEN-09, F-12
    hall = Hall()
    for name in "abc":
        hall.submit(name)
    hall.now = T0
    assert kinds(hall.give(c.Close())) == [SubmissionClosed, CountChecked]
    assert hall.give(c.Close()) == []
    assert [count.decision for count in hall.lot.opening.counts] == ["OPEN"]


@pytest.mark.parametrize(
    ("regime", "decision"), [(Regime.ENG, "NO_OPENING_RETENDER"), (Regime.GP, "NO_OPENING_VOID")]
)
def test_two_bids_fail_at_the_deadline_and_are_never_opened(
    regime: Regime, decision: str
) -> None:  # R-ENG-12, F-12
    hall = Hall(regime=regime)
    for name in "ab":
        hall.submit(name)
    hall.now = T0
    events = hall.give(c.Close())
    assert kinds(events) == [SubmissionClosed, CountChecked, LotFailed]
    assert hall.lot.phase == "failed"
    assert hall.lot.opening.failure is not None
    assert hall.lot.opening.failure.decision == decision
    assert due(hall.lot) == []
    for command, actor in ((c.PublishRoll(), HOST), (c.OrderRelease(), HOST), (c.Announce(), HOST)):
        with pytest.raises(OutOfOrder, match="wrong-phase"):
            hall.give(command, actor)
    with pytest.raises(OutOfOrder, match="wrong-phase"):
        hall.office_keys(HOST)
    with pytest.raises(OutOfOrder, match="wrong-phase"):
        hall.give(c.Import(), results=[])
    with pytest.raises(Forbidden):  # nobody is a participant where there is no roll
        hall.release("a")


def test_withdrawn_incomplete_and_refused_bids_do_not_count() -> None:  # R-OPEN-09, R-BID-10
    hall = Hall()
    for name in "abcd":
        hall.submit(name)
    hall.withdraw("d")
    hall.upload("e")
    hall.close()
    assert hall.lot.opening.received == 3


def test_a_bid_revoked_in_the_instant_after_the_deadline_counts() -> None:  # R-BID-10.4
    hall = Hall()
    for name in "abc":
        hall.submit(name)
    hall.now = T0
    hall.withdraw("a")
    hall.give(c.Close())
    assert hall.lot.opening.received == 3
    assert hall.lot.phase == "closed"


def test_an_open_objection_to_the_document_keeps_submission_open() -> None:  # R-ENG-07
    hall = Hall()
    objection = DocumentObjectionRaised(
        number=1,
        by="a",
        text="?",
        raised_at=hall.now,
        answer_by=T0.date(),
        rule="R-ENG-06",
        suspends=True,
        signed=SIGNED,
    )
    hall.store(objection)
    hall.now = T0
    assert due(hall.lot) == []
    with pytest.raises(OutOfOrder, match="document-objection-open"):
        hall.give(c.Close())


def test_the_roll_comes_by_the_hosts_command_alone() -> None:  # R-OPEN-23, F-15
    hall = Hall()
    hall.close("a", "b", "c")
    assert not hall.lot.opening.roll_published_at
    for actor in (OFFICER, bidder("a")):
        with pytest.raises(Forbidden):
            hall.give(c.PublishRoll(), actor)
    hall.give(c.PublishRoll(), HOST)
    assert {entry.bidder for entry in hall.lot.opening.roll} == {"a", "b", "c"}
    with pytest.raises(OutOfOrder, match="wrong-phase"):
        hall.give(c.PublishRoll(), HOST)


def test_the_roll_stands_in_the_order_of_the_random_receipt_numbers() -> None:  # R-DOC-03
    hall = Hall()
    hall.close(*(f"b{place:02}" for place in range(12)))
    hall.give(c.PublishRoll(), HOST)
    numbers = [entry.receipt_number for entry in hall.lot.opening.roll]
    assert numbers == sorted(numbers)
    names = [entry.bidder for entry in hall.lot.opening.roll]
    assert names != sorted(names)


def test_a_roll_that_is_not_the_counted_set_is_not_published() -> None:  # R-OPEN-23
    hall = Hall()
    hall.close("a", "b", "c")
    del hall.bids["c"]
    with pytest.raises(Conflicting, match="roll-differs-from-count"):
        hall.give(c.PublishRoll(), HOST)


def test_nothing_public_before_the_close_depends_on_the_bids() -> None:  # R-GEN-04, F-03
    def public(names: str) -> list[bytes]:
        hall = Hall()
        for name in names:
            hall.submit(name)
            hall.submit(name)
        number = hall.incident()
        hall.recover(number)
        hall.now = T0 + 10 * MS
        return [encode(event) for event in hall.events if is_public(event)]

    assert public("") == public("a") == public("abcdefgh")


def test_nothing_public_before_the_roll_names_a_bidder() -> None:  # R-OPEN-23
    hall = Hall()
    hall.close("bidder-a", "bidder-b", "bidder-c")
    hall.withdraw("bidder-a")
    hall.office_keys(HOST)
    assert not any(b"bidder-" in msgspec.json.encode(event) for event in hall.events)
    assert b"bidder-a" not in msgspec.json.encode(hall.lot)
