"""撤回 and 撤销: pulling out before and after the deadline (R-BID-09, R-BID-10, R-WAIVE-09)."""

import pytest

from bidding.domain.bid.commands import RecordDeposit, Withdraw
from bidding.domain.bid.events import BidRevocationRequested, BidWithdrawn
from bidding.domain.bid.fate import fate
from bidding.domain.errors import Conflicting, TooLate, Unknown
from bidding.domain.event import Event
from bidding.domain.opening import commands as c
from bidding.domain.opening.events import BidRevoked, RollPublished
from bidding.domain.regime import Regime
from tests.domain.opening.hall import CENTRE, HOST, MINUTE, MS, T0, Hall, bidder


def outcome(hall: Hall, name: str) -> tuple[str, str]:
    found = fate(hall.lot, hall.bid(name))
    assert found is not None
    return found.outcome.value, found.deposit.value


def test_withdrawn_before_the_deadline_leaves_no_bid() -> None:  # R-BID-10.2
    hall = Hall()
    hall.submit("a")
    hall.now = T0 - MS
    assert isinstance(hall.withdraw("a")[0], BidWithdrawn)
    assert hall.bid("a").effective is None
    assert outcome(hall, "a")[0] == "WITHDRAWN"


def test_withdrawn_then_submitted_again_lives() -> None:  # R-DEC-13
    hall = Hall()
    hall.submit("a")
    hall.now += MINUTE
    hall.withdraw("a")
    hall.now += MINUTE
    hall.submit("a")
    effective = hall.bid("a").effective
    assert effective is not None
    assert effective.bid_version == 2
    hall.close("b", "c")
    assert hall.lot.opening.received == 3
    hall.give(c.PublishRoll(), HOST)
    assert "a" in {entry.bidder for entry in hall.lot.opening.roll}


def test_a_deposit_of_a_withdrawn_bid_goes_back_in_the_days_of_its_regime() -> None:  # R-BID-09
    for regime, back in ((Regime.ENG, "RETURN_WITHIN_5日"), (Regime.GP, "RETURN_WITHIN_5工作日")):
        hall = Hall(regime=regime, waived=False)
        hall.submit("a")
        hall.give(RecordDeposit(bidder="a", amount_fen=500_000, form="TRANSFER", reference="回单1"), CENTRE)
        hall.withdraw("a")
        assert outcome(hall, "a") == ("WITHDRAWN", back)


def test_at_the_deadline_pulling_out_is_a_revocation() -> None:  # R-BID-10.4
    hall = Hall()
    for name in "abc":
        hall.submit(name)
    hall.now = T0
    assert [type(event) for event in hall.withdraw("a")] == [BidRevocationRequested]
    assert outcome(hall, "a")[0] == "REVOKED"


def test_a_revocation_before_the_roll_is_told_with_the_roll_and_not_before() -> None:  # R-OPEN-23, R-GEN-04
    hall = Hall()
    hall.close("a", "b", "c")
    before = hall.lot
    hall.withdraw("a")
    assert hall.lot == before
    events = hall.give(c.PublishRoll(), HOST)
    assert [type(event) for event in events] == [RollPublished, BidRevoked]
    assert {entry.bidder for entry in hall.lot.opening.roll} == {"a", "b", "c"}


def test_a_revocation_after_the_roll_speaks_in_both_streams() -> None:  # R-BID-10.4
    hall = Hall()
    hall.order("a", "b", "c", "d")
    assert [type(event) for event in hall.withdraw("a")] == [BidRevocationRequested, BidRevoked]
    with pytest.raises(Conflicting, match="bid-already-revoked"):
        hall.withdraw("a")


@pytest.mark.parametrize(("waived", "consequence"), [(True, "CREDIT_RECORD_ONLY"), (False, "MAY_BE_KEPT")])
def test_revocation_in_a_waived_lot_is_a_credit_record_and_never_a_payment(
    waived: bool, consequence: str
) -> None:  # R-WAIVE-09, F-65
    hall = Hall(waived=waived)
    for name in "abc":
        hall.submit(name)
        if not waived:
            deposit = RecordDeposit(bidder=name, amount_fen=500_000, form="TRANSFER", reference="回单")
            hall.give(deposit, CENTRE)
    hall.order()
    revoked = hall.withdraw("a")[1]
    assert isinstance(revoked, BidRevoked)
    assert revoked.consequence == consequence
    assert outcome(hall, "a") == ("REVOKED", consequence)
    assert not any(payment(event) for event in hall.events)


def payment(event: Event) -> bool:
    return any(word in event.TOPIC for word in ("receivable", "deposit-received", "payment"))


def test_a_revoked_bid_is_neither_released_nor_opened_but_counts() -> None:  # R-BID-10, R-OPEN-09
    hall = Hall()
    hall.order("a", "b", "c")
    hall.release("a", "b", "c")
    hall.withdraw("a")
    hall.end_window()
    hall.form_keys()
    hall.bring_in()
    assert {result.bidder for result in hall.lot.opening.imported} == {"b", "c"}
    hall.give(c.Announce(), HOST)
    assert hall.lot.opening.counts[-1].counted == 3


def test_in_gp_a_revocation_that_leaves_two_voids_the_lot_before_any_price_is_known() -> None:  # R-OPEN-09
    hall = Hall(regime=Regime.GP)
    hall.order("a", "b", "c")
    hall.release("a", "b", "c")
    hall.end_window()
    hall.withdraw("a")
    assert hall.lot.phase == "failed"
    assert hall.lot.opening.form_keys == ()


def test_once_announced_the_bid_binds() -> None:  # R-ENG-34
    hall = Hall()
    hall.announce("a", "b", "c")
    with pytest.raises(TooLate, match="revocation-after-announcement"):
        hall.withdraw("a")


def test_withdrawing_names_the_bid_that_is_meant() -> None:  # R-BID-05
    hall = Hall()
    with pytest.raises(Unknown, match="no-bid-to-withdraw"):
        hall.withdraw("a")
    hall.submit("a")
    with pytest.raises(Conflicting, match="bid-has-changed"):
        hall.give(Withdraw(manifest_hash="00" * 32), bidder("a"))


def test_begun_and_never_finished_counts_as_withdrawn() -> None:  # R-BID-02, R-BID-10.3
    hall = Hall()
    hall.upload("a")
    hall.close("b", "c", "d")
    assert outcome(hall, "a")[0] == "DEEMED_WITHDRAWN_INCOMPLETE"
    assert hall.lot.opening.received == 3
    assert fate(hall.lot, hall.bid("nobody")) is None
