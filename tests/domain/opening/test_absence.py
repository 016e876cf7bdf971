"""Absence from the opening: R-ROOM-02, R-GP-13 (87号令 42). Never a bid handed back: R-ROOM-04, R-BID-08."""

from collections.abc import Callable

import msgspec
import pytest

from bidding.domain.bid import commands as b
from bidding.domain.bidfate import BidOutcome
from bidding.domain.command import COMMANDS
from bidding.domain.errors import OutOfOrder
from bidding.domain.notice.terms import Absence
from bidding.domain.opening import commands as c
from bidding.domain.opening.absence import Absent, absent
from bidding.domain.opening.outcomes import outcomes
from bidding.domain.opening.parts import Silence
from bidding.domain.opening.record import opening_record
from bidding.domain.regime import Regime
from tests.domain.opening.hall import HOST, MINUTE, T0, Hall, bidder


def opened(
    absence: Absence | None = None, *, regime: Regime = Regime.ENG, signed: tuple[str, ...] = ()
) -> Hall:
    """Four bids; a, b and c are released, d's key never comes. Up to the announcement."""
    hall = Hall(terms={"absence": absence}, regime=regime)
    for name in "abcd":
        hall.submit(name)
    hall.now = T0 - MINUTE
    for name in signed:
        hall.give(b.SignIn(), bidder(name))
    hall.order()
    hall.release("a", "b", "c")
    hall.end_window()
    hall.fault("d", "BIDDER")
    hall.form_keys()
    hall.bring_in()
    hall.give(c.Announce(), HOST)
    return hall


def closed(hall: Hall) -> Hall:
    hall.close_confirmation()
    return hall


# -- R-ROOM-02: what absence means stands in the document ------------------------------------------------


def test_where_the_document_says_nothing_absence_means_nothing() -> None:  # R-OPEN-21
    hall = opened()
    assert absent(hall.lot) == Absent()
    hall.object("d")
    silence = opened_silence(closed(opened()))
    assert (silence.absent, silence.absence) == ((), "")


def opened_silence(hall: Hall) -> Silence:
    assert hall.lot.opening.silence is not None
    return hall.lot.opening.silence


def test_who_was_not_there_has_waived_objections_at_the_opening_where_it_says_so() -> None:
    hall = opened(Absence.WAIVES)
    assert absent(hall.lot) == Absent(("d",), "WAIVES")
    with pytest.raises(OutOfOrder, match="waived-by-absence"):
        hall.object("d")
    hall.object("a")


@pytest.mark.parametrize("absence", [None, Absence.ACCEPTS])
def test_other_clauses_leave_the_objection(absence: Absence | None) -> None:
    opened(absence).object("d")


def test_who_signed_in_called_for_help_or_objected_was_there() -> None:
    assert absent(opened(Absence.WAIVES, signed=("d",)).lot) == Absent()
    calls: list[Callable[[Hall], object]] = [
        lambda hall: hall.give(c.RequestHelp(text="无法解密"), bidder("d")),
        lambda hall: hall.object("d"),
    ]
    for speak in calls:
        hall = Hall(terms={"absence": Absence.WAIVES})
        hall.order("a", "b", "c", "d")
        speak(hall)
        hall.release("a", "b", "c")
        hall.end_window()
        hall.fault("d", "BIDDER")
        hall.form_keys()
        hall.bring_in()
        assert absent(hall.lot) == Absent()


def test_nobody_is_absent_while_keys_may_still_come() -> None:
    hall = Hall(terms={"absence": Absence.WAIVES})
    hall.order("a", "b", "c", "d")
    assert absent(hall.lot) == Absent()
    hall.object("d")


def test_the_record_names_who_was_absent_and_what_that_means() -> None:
    silence = opened_silence(closed(opened(Absence.WAIVES)))
    assert (silence.absent, silence.absence) == (("d",), "WAIVES")
    said = opening_record(closed(opened(Absence.WAIVES)).lot)["silence"]
    assert (said["absent"], said["absence"]) == (("d",), "WAIVES")
    assert "absent" not in opening_record(closed(opened()).lot)["silence"]


def test_an_opened_bid_of_an_absent_bidder_counts_as_accepted() -> None:
    """Its trustees opened it (P2), so that there is something to accept."""
    hall = closed(opened(Absence.ACCEPTS))
    opening = hall.lot.opening
    absent_too = msgspec.structs.replace(opened_silence(hall), absent=("a",), accepts=False)
    lot = msgspec.structs.replace(hall.lot, opening=msgspec.structs.replace(opening, silence=absent_too))
    answers = {one["bidder"]["bidder"]: one["confirmation"] for one in opening_record(lot)["bids"]}
    assert answers == {"a": "accepted-by-absence", "b": "unconfirmed", "c": "unconfirmed", "d": ""}


# -- R-GP-13: in procurement the law says it -------------------------------------------------------------


def test_in_procurement_an_absent_bidder_accepts_whatever_the_document_says() -> None:
    silence = opened_silence(closed(opened(regime=Regime.GP)))
    assert (silence.absent, silence.absence) == (("d",), "ACCEPTS")


# -- R-ROOM-04: no bid is handed back --------------------------------------------------------------------


def test_an_absent_bidders_bid_is_adjudicated_and_never_handed_back() -> None:
    """R-BID-08: its fate waits for evidence; the hall goes on for no other reason than the finding."""
    hall = Hall(terms={"absence": Absence.WAIVES})
    hall.order("a", "b", "c", "d")
    hall.release("a", "b", "c")
    hall.end_window()
    with pytest.raises(OutOfOrder, match="outcomes-pending"):
        hall.form_keys()
    hall.fault("d", "BIDDER")
    fates = {one.entry.bidder: one.outcome for one in outcomes(hall.lot)}
    assert fates["d"] is BidOutcome.DEEMED_REVOKED
    assert {one.bidder for one in hall.lot.opening.roll} == set("abcd")


def test_there_is_no_act_that_hands_a_bid_back() -> None:
    """Money is all that is ever returned: a bid leaves by its bidder's own withdrawal before T0."""
    returning = {name for name in COMMANDS if "return" in name or "back" in name}
    assert returning == {"bid/return-deposit", "money/schedule-returns", "money/record-return"}
