"""Sign-in (R-OPEN-21) and the bid deposit (R-ENG-09, R-GP-06, R-WAIVE-06)."""

from datetime import timedelta

import pytest

from bidding.domain.bid.commands import RecordDeposit, ReturnDeposit, SignIn
from bidding.domain.bid.deposits import deposit_state
from bidding.domain.errors import Forbidden, Invalid, OutOfOrder, TooEarly, TooLate
from bidding.domain.opening import commands as c
from bidding.domain.regime import Regime
from tests.domain.opening.hall import CENTRE, HOST, MS, T0, Hall, bidder

HOUR = timedelta(hours=1)


def pay(hall: Hall, amount: int, form: str = "TRANSFER") -> None:
    command = RecordDeposit(bidder="a", amount_fen=amount, form=form, reference="回单")  # type: ignore[arg-type]  # parametrised over the literal's values
    hall.give(command, CENTRE)


def test_sign_in_opens_an_hour_before_and_ends_at_the_deadline() -> None:  # R-OPEN-21, F-14
    hall = Hall()
    hall.now = T0 - HOUR - MS
    with pytest.raises(TooEarly, match="sign-in-not-open"):
        hall.give(SignIn(), bidder("a"))
    hall.now = T0 - HOUR
    hall.give(SignIn(), bidder("a"))
    assert hall.bid("a").signed_in_at == T0 - HOUR
    assert hall.give(SignIn(), bidder("a")) == []
    hall.now = T0
    with pytest.raises(TooLate, match="sign-in-over"):
        hall.give(SignIn(), bidder("b"))


def test_absence_alone_costs_nobody_anything() -> None:  # R-OPEN-21, F-14
    hall = Hall()
    hall.now = T0 - HOUR
    hall.give(SignIn(), bidder("a"))
    hall.close("a", "b", "c")
    hall.give(c.PublishRoll(), HOST)
    assert {entry.bidder: entry.signed_in for entry in hall.lot.opening.roll} == {
        "a": True,
        "b": False,
        "c": False,
    }


def test_a_waived_lot_takes_no_deposit() -> None:  # R-WAIVE-06, F-39
    with pytest.raises(Invalid, match="deposit-waived"):
        pay(Hall(waived=True), 1)


def test_a_deposit_never_exceeds_what_the_document_asks() -> None:  # R-ENG-09
    hall = Hall(waived=False)
    pay(hall, 200_000)
    assert deposit_state(hall.lot, hall.bid("a")) == "PARTIAL"
    with pytest.raises(Invalid, match="deposit-exceeds-asked") as refused:
        pay(hall, 300_001)
    assert refused.value.found == {"missing_fen": 300_000}
    pay(hall, 300_000)
    assert deposit_state(hall.lot, hall.bid("a")) == "PAID"


def test_procurement_deposits_are_never_cash() -> None:  # R-GP-06
    with pytest.raises(Invalid, match="deposit-in-cash"):
        pay(Hall(regime=Regime.GP, waived=False), 1, "CASH")
    pay(Hall(regime=Regime.ENG, waived=False), 1, "CASH")


def test_a_deposit_after_the_deadline_is_held_but_does_not_show_as_paid() -> None:  # R-DEC-13
    hall = Hall(waived=False)
    hall.submit("a")
    hall.now = T0
    pay(hall, 500_000)
    assert deposit_state(hall.lot, hall.bid("a")) == "SEALED", "nor does the roll tell that none was given"
    assert hall.bid("a").deposited_fen == 500_000


def test_a_guarantee_is_never_recorded_outside_the_bid() -> None:  # R-GUAR-01, F-41
    with pytest.raises(Invalid, match="guarantee-travels-sealed"):
        pay(Hall(waived=False), 500_000, "GUARANTEE")


def test_never_more_goes_back_than_is_held() -> None:  # R-ENG-25
    hall = Hall(waived=False)
    back = ReturnDeposit(bidder="a", amount_fen=400_000, interest_fen=12, reason="R-ENG-25")
    with pytest.raises(OutOfOrder, match="no-deposit-held"):
        hall.give(back, CENTRE)
    pay(hall, 500_000)
    hall.give(back, CENTRE)
    assert hall.bid("a").deposited_fen == 100_000
    with pytest.raises(Invalid, match="return-exceeds-held"):
        hall.give(back, CENTRE)


def test_deposits_are_the_centres_to_record() -> None:
    hall = Hall(waived=False)
    with pytest.raises(Forbidden):
        hall.give(RecordDeposit(bidder="a", amount_fen=1, form="CASH", reference="x"), HOST)
