"""Session keys, the release order and the release window (R-OPEN-24, R-OPEN-25)."""

import pytest

from bidding.domain.errors import Conflicting, Forbidden, Invalid, OutOfOrder, TooEarly, TooLate
from bidding.domain.event import OFFICES
from bidding.domain.opening import commands as c
from bidding.domain.opening.decide import due
from bidding.domain.opening.events import KeyReleased, WindowEnded, WindowExtended
from tests.domain.opening.hall import HOST, MINUTE, MS, OFFICER, WINDOW, Hall, bidder


def roll(*names: str) -> Hall:
    hall = Hall()
    hall.close(*names)
    hall.give(c.PublishRoll(), HOST)
    return hall


def running() -> Hall:
    hall = Hall()
    hall.order("a", "b", "c")
    return hall


def test_the_release_is_ordered_only_when_both_offices_have_announced_keys() -> None:  # R-OPEN-24
    hall = roll("a", "b", "c")
    hall.office_keys(HOST)
    with pytest.raises(OutOfOrder, match="office-keys-missing") as refused:
        hall.give(c.OrderRelease(), HOST)
    assert refused.value.found == {"offices": ["supervisor"]}
    hall.office_keys(OFFICER)
    hall.give(c.OrderRelease(), HOST)
    window = hall.lot.opening.release_window
    assert window is not None
    assert (window.opens, window.ends) == (hall.now, hall.now + WINDOW * MINUTE)
    assert due(hall.lot) == [("opening/end-window", window.ends)]
    with pytest.raises(OutOfOrder, match="release-already-ordered"):
        hall.give(c.OrderRelease(), HOST)


def test_no_key_may_be_announced_twice() -> None:  # its holder would read both shares alone
    hall = roll("a", "b", "c")
    hall.office_keys(HOST, seed="same")
    with pytest.raises(Invalid, match="office-keys-reused"):
        hall.office_keys(OFFICER, seed="same")


def test_both_offices_announce_for_one_session() -> None:
    hall = roll("a", "b", "c")
    hall.office_keys(HOST, session="s-1")
    with pytest.raises(Conflicting, match="session-differs"):
        hall.office_keys(OFFICER, session="s-2")


def test_an_office_may_announce_anew_until_the_release_is_ordered() -> None:
    hall = roll("a", "b", "c")
    hall.office_keys(HOST)
    hall.office_keys(HOST, seed="second try")
    assert len(hall.lot.opening.office_keys) == 1
    hall.office_keys(OFFICER)
    hall.give(c.OrderRelease(), HOST)
    with pytest.raises(OutOfOrder, match="release-already-ordered"):
        hall.office_keys(HOST, seed="third try")


def test_keys_without_proof_of_possession_are_refused() -> None:
    hall = roll("a", "b", "c")
    with pytest.raises(Invalid, match="office-keys-refused"):
        hall.office_keys(HOST, finding="possession")
    assert hall.lot.opening.office_keys == ()


def test_no_key_is_taken_before_the_order() -> None:  # R-OPEN-24
    hall = roll("a", "b", "c")
    with pytest.raises(OutOfOrder, match="release-not-ordered"):
        hall.release("a")


def test_a_release_may_be_retried_and_the_last_one_counts() -> None:  # R-OPEN-24, F-16
    hall = running()
    (first,) = hall.release("a", text='{"try":1}')
    (second,) = hall.release("a", text='{"try":2}')
    assert isinstance(first, KeyReleased)
    assert isinstance(second, KeyReleased)
    (released,) = hall.lot.opening.released
    assert (released.release, released.times) == ('{"try":2}', 2)
    assert first.receipt_number != second.receipt_number


def test_the_last_millisecond_is_in_time_and_the_end_is_not() -> None:  # R-OPEN-24, F-16
    hall = running()
    window = hall.lot.opening.release_window
    assert window is not None
    hall.now = window.ends - MS
    hall.release("a")
    hall.now = window.ends
    with pytest.raises(TooLate, match="release-window-over"):
        hall.release("b")
    hall.give(c.EndWindow())
    with pytest.raises(TooLate, match="release-window-over"):
        hall.release("b")


def test_what_does_not_fit_manifest_and_session_is_refused() -> None:
    hall = running()
    with pytest.raises(Invalid, match="release-refused"):
        hall.release("a", finding="addressed-elsewhere")
    assert hall.lot.opening.released == ()


def test_only_who_is_on_the_roll_releases() -> None:
    hall = running()
    with pytest.raises(Forbidden):
        hall.release("stranger")


def test_a_revoked_bid_releases_nothing() -> None:  # R-BID-10.4
    hall = running()
    hall.withdraw("a")
    with pytest.raises(OutOfOrder, match="bid-outcome-final"):
        hall.release("a")


def test_the_host_extends_once_for_all_and_with_the_reason() -> None:  # R-OPEN-25, F-16
    hall = running()
    window = hall.lot.opening.release_window
    assert window is not None
    extend = c.ExtendWindow(minutes=5, reason="两家投标人网络不畅")
    (extended,) = hall.give(extend, HOST)
    assert isinstance(extended, WindowExtended)
    assert (extended.until, extended.text) == (window.ends + 5 * MINUTE, "两家投标人网络不畅")
    with pytest.raises(Conflicting, match="window-already-extended"):
        hall.give(extend, HOST)
    hall.now = window.ends
    hall.release("a", "b", "c")
    assert len(hall.lot.opening.released) == 3


def test_an_ended_window_is_not_extended_by_the_host() -> None:  # R-OPEN-25
    hall = running()
    window = hall.lot.opening.release_window
    assert window is not None
    hall.now = window.ends
    with pytest.raises(TooLate, match="release-window-over"):
        hall.give(c.ExtendWindow(minutes=5, reason="x"), HOST)


def test_the_window_ends_when_due_and_once() -> None:
    hall = running()
    hall.release("a")
    with pytest.raises(TooEarly, match="window-still-open"):
        hall.give(c.EndWindow())
    (ended,) = hall.end_window()
    assert isinstance(ended, WindowEnded)
    assert set(ended.unreleased) == {"b", "c"}
    assert hall.give(c.EndWindow()) == []
    assert due(hall.lot) == []


def test_a_call_for_help_reaches_the_offices_and_no_rival() -> None:  # R-OPEN-25
    hall = running()
    (event,) = hall.give(c.RequestHelp(text="证书PIN锁定"), bidder("a"))
    assert event.AUDIENCE == OFFICES
    assert hall.lot.opening.help[0].bidder == "a"
