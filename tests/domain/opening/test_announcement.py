"""Announcement, confirmation, objections (R-OPEN-28, R-OPEN-29, R-OPEN-03; F-21, F-22)."""

import hashlib

import msgspec
import pytest
import rfc8785

from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, TooEarly, TooLate, Unknown
from bidding.domain.event import Event
from bidding.domain.opening import commands as c
from bidding.domain.opening.decide import due
from bidding.domain.opening.events import ConfirmationClosed
from bidding.domain.opening.parts import Window
from tests.domain.opening.hall import CONFIRM, HOST, MINUTE, Hall, bidder


def announced(*, silence: bool = True) -> Hall:
    hall = Hall(silence=silence)
    hall.announce("a", "b", "c")
    return hall


def window(hall: Hall) -> Window:
    found = hall.lot.opening.confirmation_window
    assert found is not None
    return found


def answer(hall: Hall, number: int = 1) -> list[Event]:
    return hall.give(c.AnswerObjection(number=number, answer="经核对无误"), HOST)


def test_the_announcement_waits_for_the_import() -> None:  # R-OPEN-26
    hall = Hall()
    hall.order("a", "b", "c")
    hall.release("a", "b", "c")
    hall.end_window()
    hall.form_keys()
    with pytest.raises(OutOfOrder, match="bids-not-imported"):
        hall.give(c.Announce(), HOST)


def test_all_prices_come_in_one_table_with_the_limit_read_again() -> None:  # R-OPEN-28, F-19
    hall = announced()
    announcement = hall.lot.opening.announcement
    assert announcement is not None
    assert {row.bidder for row in announcement.table} == {"a", "b", "c"}
    assert all(row.form is not None and row.deposit_state == "WAIVED" for row in announcement.table)
    assert announcement.max_price_fen == 98_000_000
    canonical = rfc8785.dumps(msgspec.to_builtins(announcement.table))
    assert announcement.table_hash == hashlib.sha256(canonical).hexdigest()
    assert window(hall).ends == hall.now + CONFIRM * MINUTE
    with pytest.raises(OutOfOrder, match="already-announced"):
        hall.give(c.Announce(), HOST)


def test_a_confirmation_names_the_table_and_is_given_once() -> None:  # R-OPEN-28
    hall = announced()
    with pytest.raises(Invalid, match="another-table"):
        hall.give(c.Confirm(table_hash="00" * 32), bidder("a"))
    hall.confirm("a")
    with pytest.raises(Conflicting, match="already-confirmed"):
        hall.confirm("a")


def test_who_was_not_opened_has_nothing_to_confirm() -> None:
    hall = Hall()
    hall.order("a", "b", "c", "d")
    hall.release("a", "b", "c")
    hall.end_window()
    hall.fault("d", "BIDDER")
    hall.form_keys()
    hall.bring_in()
    hall.give(c.Announce(), HOST)
    with pytest.raises(OutOfOrder, match="nothing-to-confirm"):
        hall.confirm("d")


@pytest.mark.parametrize("accepts", [True, False])
def test_silence_accepts_only_if_the_document_says_so(accepts: bool) -> None:  # R-OPEN-28, F-21
    hall = announced(silence=accepts)
    hall.confirm("a")
    (closed,) = hall.close_confirmation()
    assert isinstance(closed, ConfirmationClosed)
    assert set(closed.silent) == {"b", "c"}
    assert closed.silence_accepts is accepts
    assert hall.give(c.CloseConfirmation()) == []


def test_where_silence_accepts_a_late_confirmation_is_too_late() -> None:  # R-OPEN-28
    hall = announced(silence=True)
    hall.close_confirmation()
    with pytest.raises(TooLate, match="confirmation-over"):
        hall.confirm("a")


def test_where_silence_does_not_accept_a_late_confirmation_is_welcome() -> None:  # R-OPEN-28
    hall = announced(silence=False)
    hall.close_confirmation()
    hall.confirm("a")
    assert [one.bidder for one in hall.lot.opening.confirmed] == ["a"]


def test_confirmation_closes_when_due_and_not_before() -> None:
    hall = announced()
    assert due(hall.lot) == [("opening/close-confirmation", window(hall).ends)]
    with pytest.raises(TooEarly, match="window-still-open"):
        hall.give(c.CloseConfirmation())


def test_an_unanswered_objection_keeps_confirmation_open() -> None:  # R-OPEN-03, F-22
    hall = announced()
    hall.object("a")
    hall.now = window(hall).ends
    assert due(hall.lot) == []
    with pytest.raises(OutOfOrder, match="objections-unanswered") as refused:
        hall.give(c.CloseConfirmation())
    assert refused.value.found == {"numbers": [1]}
    answer(hall)
    assert due(hall.lot) == [("opening/close-confirmation", window(hall).ends)]
    hall.close_confirmation()


def test_a_mismatch_pauses_the_window_until_it_is_answered() -> None:  # F-21
    hall = announced()
    ends = window(hall).ends
    hall.now = ends - 2 * MINUTE
    hall.object("a", "mismatch")
    hall.now = ends + 5 * MINUTE
    hall.confirm("b")
    answer(hall)
    assert window(hall).ends == hall.now + 2 * MINUTE
    hall.confirm("c")


def test_who_objected_was_not_silent() -> None:  # R-OPEN-28
    hall = announced()
    hall.object("a")
    answer(hall)
    (closed,) = hall.close_confirmation()
    assert isinstance(closed, ConfirmationClosed)
    assert set(closed.silent) == {"b", "c"}


def test_objections_are_raised_on_the_spot_from_the_roll_on() -> None:  # R-ENG-14, 招投条例 44, R-OPEN-29
    hall = Hall()
    hall.order("a", "b", "c")
    hall.object("a")
    with pytest.raises(OutOfOrder, match="not-announced"):
        hall.object("a", "mismatch")
    hall = announced()
    hall.now = window(hall).ends
    with pytest.raises(TooLate, match="objection-window-over"):
        hall.object("a")


def test_each_objection_is_answered_once() -> None:
    hall = announced()
    with pytest.raises(Unknown, match="no-such-objection"):
        answer(hall)
    hall.object("a")
    answer(hall)
    with pytest.raises(Conflicting, match="objection-already-answered"):
        answer(hall)
