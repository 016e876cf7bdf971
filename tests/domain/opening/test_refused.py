"""What stands in the way of an act in the hall, each refused by its own rule (R-OPEN-28, R-DRAW-01, R-INC-01)."""

from typing import Any

import pytest

from bidding.domain.errors import Forbidden, OutOfOrder, Refusal, Unknown
from bidding.domain.opening import commands as c
from bidding.domain.opening.offices import office_of
from bidding.domain.parties import PLATFORM
from bidding.domain.scoring import Source
from tests.domain.opening.drawhall import DrawHall
from tests.domain.opening.hall import HOST, MINUTE, Hall, bidder

NAMES = ("a", "b", "c")


def why(refused: pytest.ExceptionInfo[Refusal]) -> tuple[str, str, dict[str, Any]]:
    return refused.value.code, refused.value.rule, refused.value.found


def ready_to_sign() -> Hall:
    hall = Hall()
    hall.announce(*NAMES)
    hall.confirm(*NAMES)
    hall.close_confirmation()
    return hall


def test_a_disturbance_stops_keys_confirmation_and_signatures() -> None:  # R-INC-01
    hall = Hall()
    hall.order(*NAMES)
    hall.release(*NAMES)
    hall.end_window()
    hall.incident()
    with pytest.raises(OutOfOrder) as refused:
        hall.form_keys()
    assert why(refused) == ("incident-open", "R-INC-01", {})
    hall = Hall()
    hall.announce(*NAMES)
    window = hall.lot.opening.confirmation_window
    assert window is not None
    hall.incident()
    hall.now = window.ends
    with pytest.raises(OutOfOrder) as refused:
        hall.give(c.CloseConfirmation())
    assert why(refused) == ("incident-open", "R-INC-01", {})
    hall = ready_to_sign()
    hall.incident()
    with pytest.raises(OutOfOrder) as refused:
        hall.sign(HOST)
    assert why(refused) == ("incident-open", "R-INC-01", {})


def test_nobody_is_late_with_a_reveal_for_an_outage() -> None:  # R-DRAW-02, R-INC-01
    hall = DrawHall()
    hall.freeze(*NAMES)
    hall.incident()
    with pytest.raises(OutOfOrder) as refused:
        hall.miss()
    assert why(refused) == ("incident-open", "R-INC-01", {})


def test_an_unknown_disturbance_cannot_end() -> None:  # R-INC-01
    with pytest.raises(Unknown) as refused:
        Hall().recover(3)
    assert why(refused) == ("no-such-incident", "R-INC-01", {"number": 3})


def test_nothing_is_confirmed_or_closed_before_the_prices_are_out() -> None:  # R-OPEN-28
    hall = Hall()
    hall.order(*NAMES)
    for command, actor in ((c.CloseConfirmation(), PLATFORM), (c.Confirm(table_hash="ab" * 32), bidder("a"))):
        with pytest.raises(OutOfOrder) as refused:
            hall.give(command, actor)
        assert refused.value.code in {"not-announced", "nothing-to-confirm"}
        assert refused.value.rule == "R-OPEN-28"


def test_who_is_neither_host_nor_supervisor_holds_no_office() -> None:  # R-OPEN-04
    with pytest.raises(Forbidden) as refused:
        office_of(Hall().lot, bidder("a"))
    assert why(refused) == ("not-an-office", "R-OPEN-04", {})


def test_keys_come_from_bidders_on_the_roll_only() -> None:  # R-OPEN-23
    hall = Hall()
    hall.order(*NAMES)
    with pytest.raises(Refusal) as refused:
        hall.release("z")
    assert refused.value.code in {"not-on-the-roll", "not-permitted"}


def test_a_bid_whose_outcome_is_final_is_not_revoked() -> None:  # R-BID-10
    hall = Hall()
    hall.order(*NAMES, "d")
    hall.release(*NAMES)
    hall.end_window()
    hall.fault("d", "BIDDER")
    with pytest.raises(OutOfOrder) as refused:
        hall.withdraw("d")
    assert why(refused) == ("bid-outcome-final", "R-BID-10", {"outcome": "DEEMED_REVOKED"})


def test_no_coefficient_is_drawn_for_a_lot_that_is_held() -> None:  # R-DRAW-01, R-OPEN-09
    hall = DrawHall()
    hall.commit_draw(Source.SUPERVISOR, Source.AGENCY)
    hall.order(*NAMES)
    hall.release(*NAMES)
    hall.end_window()
    with pytest.raises(OutOfOrder) as refused:
        hall.give(c.OpenDraw())
    assert why(refused) == ("opened-set-not-frozen", "R-DRAW-01", {})
    assert hall.give(c.MissReveal()) == []  # nothing is waited for
    hall.form_keys()
    hall.bring_in(broken=[("c", "root")])
    hall.fault("c", "OTHER")
    with pytest.raises(OutOfOrder) as refused:
        hall.give(c.OpenDraw())
    assert why(refused) == ("held-for-supervisor", "R-OPEN-09", {})


def test_time_lost_twice_is_given_back_twice_and_once_where_it_overlaps() -> None:  # R-INC-01, F-51
    hall = Hall()
    hall.order(*NAMES)
    window = hall.lot.opening.release_window
    assert window is not None
    first = hall.incident()
    hall.now += 2 * MINUTE
    hall.recover(first)
    hall.now += MINUTE
    second = hall.incident()
    hall.now += MINUTE
    hall.recover(second)
    hall.now += MINUTE
    # one more, reported late, from before both to now: five minutes, of which three are given back already
    last = hall.incident(minutes_ago=5)
    hall.recover(last)
    longer = hall.lot.opening.release_window
    assert longer is not None
    assert longer.ends == window.ends + 5 * MINUTE
    assert [one.minutes for one in longer.extensions] == [2, 1, 2]
