"""R-BID-06, P3: trustees alone open, in the window that the host ordered; their silence is not the bidder's doing."""

import pytest

from bidding.domain.bidcount import CountDecision
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, Unknown
from bidding.domain.escrow import commands as c
from bidding.domain.escrow import events as e
from bidding.domain.escrow.remedy import Lie
from bidding.domain.notice.terms import KeyPolicy, TrusteeTerm
from bidding.domain.opening import commands as o
from bidding.domain.opening.adjudicating import shared_out
from bidding.domain.opening.events import BidsImported, CountChecked, FaultDecided, WindowExtended
from bidding.domain.opening.outcomes import releasing, unreleased
from bidding.domain.opening.record import opening_record
from bidding.domain.supervision import Matter, awaited
from tests.domain.escrow.test_remedy import DIGEST, LOST, NOTARY, given
from tests.domain.opening.hall import HOST, MINUTE, OFFICER, SIGNED, T0, Hall, key


def rolled(*names: str) -> Hall:
    """The bidders on the roll."""
    trustees = tuple(
        TrusteeTerm(trustee=name, party=name, public=key(name)) for name in ("agency", "supervisor", "notary")
    )
    hall = Hall(terms={"key_policy": KeyPolicy.P3, "trustees": trustees})
    hall.store(e.NotaryNamed(notary="notary", name="公证处", by="agency", at=T0, signed=SIGNED))
    hall.close(*names)
    hall.now += MINUTE
    hall.give(o.PublishRoll(), HOST)
    return hall


def ordered(*names: str) -> Hall:
    """The trustees' window is open."""
    hall = rolled(*names)
    hall.give(o.OrderRelease(), HOST)
    return hall


def shared(hall: Hall, *names: str) -> None:
    for name in names:
        hall.give(given(0, name), OFFICER)
        hall.give(given(0, name), NOTARY)


def faulty(name: str) -> c.ReportDeposit:
    return c.ReportDeposit(number=0, bidder=name, envelope="form")


def test_two_trustees_open_every_bid_and_no_key_is_released() -> None:
    hall = ordered("a", "b", "c")
    hall.give(given(0, "a"), OFFICER)
    assert sorted(unreleased(hall.lot)) == ["a", "b", "c"], "one trustee alone opens nothing"
    hall.give(given(0, "a"), NOTARY)
    shared(hall, "b", "c")
    assert not shared_out(hall.lot), "the window still runs"
    with pytest.raises(OutOfOrder, match="release-window-running"):
        hall.give(o.Import(), results=hall.results())
    hall.end_window()
    assert shared_out(hall.lot)
    assert isinstance(hall.bring_in()[0], BidsImported)
    assert {one.bidder for one in hall.lot.opening.imported if one.opened} == {"a", "b", "c"}
    with pytest.raises(OutOfOrder, match="escrow-too-late"):
        hall.give(given(0, "a"), HOST)


def test_nothing_is_given_before_the_host_orders_it_nor_for_a_report() -> None:
    hall = rolled("a", "b", "c")
    with pytest.raises(OutOfOrder, match="release-not-ordered"):
        hall.give(given(0, "a"), NOTARY)
    hall.give(o.OrderRelease(), HOST)
    with pytest.raises(Unknown, match="no-such-report"):
        hall.give(given(1, "a"), NOTARY)
    with pytest.raises(Unknown, match="not-on-the-roll"):
        hall.give(given(0, "x"), NOTARY)
    hall.end_window()
    with pytest.raises(OutOfOrder, match="no-escrow-declared"):
        hall.give(LOST, HOST)


def test_there_are_no_session_keys_and_no_keys_of_bidders() -> None:
    hall = ordered("a", "b", "c")
    with pytest.raises(OutOfOrder, match="opened-by-trustees"):
        hall.release("a")
    shared(hall, "a", "b", "c")
    hall.end_window()
    with pytest.raises(OutOfOrder, match="opened-by-trustees"):
        hall.give(o.PublishFormKey(private_key=key("x")), HOST)
    with pytest.raises(OutOfOrder, match="opened-by-trustees"):
        rolled("a", "b", "c").office_keys(HOST)


def test_two_false_trustees_are_named_and_nothing_opens_until_one_shows_the_truth() -> None:
    hall = ordered("a", "b", "c")
    lie = Lie(envelope="form", share=0, shown="cd" * 32, committed=DIGEST)
    for liar in (OFFICER, NOTARY):
        (shown,) = hall.give(given(0, "a"), liar, lies=[lie])
        assert isinstance(shown, e.FalseShareShown)
    assert [one.trustee for one in hall.lot.escrow.false_shares] == ["supervisor", "notary"]
    hall.give(given(0, "a"), HOST)
    shared(hall, "b", "c")
    hall.end_window()
    assert unreleased(hall.lot) == ("a",)
    with pytest.raises(OutOfOrder, match="outcomes-pending"):
        hall.give(o.Import(), results=hall.results())
    hall.give(given(0, "a"), NOTARY)
    assert shared_out(hall.lot)
    record = opening_record(hall.lot)
    assert [one["trustee"] for one in record["shares"] if one["bidder"] == "a"] == ["agency", "notary"]
    assert [one["trustee"] for one in record["false_shares"]] == ["supervisor", "notary"]


def test_that_trustees_give_nothing_is_not_the_bidders_doing() -> None:
    """20号令 31: for another's reason the bid counts as withdrawn; fewer than three are held for the supervisor."""
    hall = ordered("a", "b", "c")
    shared(hall, "a", "b")
    hall.end_window()
    with pytest.raises(Invalid, match="shares-not-the-bidders"):
        hall.fault("c", "BIDDER")
    decided, checked = hall.fault("c", "OTHER")
    assert isinstance(decided, FaultDecided)
    assert isinstance(checked, CountChecked)
    assert checked.decision == CountDecision.HELD_FOR_SUPERVISOR.value
    with pytest.raises(OutOfOrder, match="held-for-supervisor"):
        hall.give(o.Import(), results=hall.results())
    _, longer = hall.give(o.ResolveHold(resolution="remedy", reason="受托人补充出示"), OFFICER)
    assert isinstance(longer, WindowExtended)
    shared(hall, "c")
    assert sorted(releasing(hall.lot)) == ["a", "b", "c"]


def test_a_deposit_that_two_trustees_cannot_open_is_the_bidders_doing() -> None:
    hall = ordered("a", "b", "c", "d")
    shared(hall, "a", "b", "c")
    hall.give(faulty("d"), OFFICER)
    with pytest.raises(Conflicting, match="escrow-shares-already-given"):
        hall.give(faulty("d"), OFFICER)
    hall.end_window()
    with pytest.raises(Invalid, match="shares-not-the-bidders"):
        hall.fault("d", "BIDDER")
    with pytest.raises(Unknown, match="no-such-envelope"):
        hall.give(c.ReportDeposit(number=0, bidder="d", envelope="x"), HOST)
    hall.give(faulty("d"), HOST)
    assert isinstance(hall.fault("d", "BIDDER")[0], FaultDecided)
    with pytest.raises(Conflicting, match="bid-outcome-final"):
        hall.give(given(0, "d"), NOTARY)
    assert shared_out(hall.lot)


def test_the_supervisor_owes_its_shares_and_no_keys() -> None:
    hall = ordered("a", "b", "c")
    assert {one.matter for one in awaited(hall.lot)} == {Matter.SHARES}
    hall.give(given(0, "a"), OFFICER)
    assert sorted(one.about for one in awaited(hall.lot)) == ["b", "c"]
    shared(hall, "b", "c")
    hall.give(given(0, "a"), NOTARY)
    hall.end_window()
    assert awaited(hall.lot) == ()


def test_no_window_opens_again_when_prices_can_be_read() -> None:
    """R-OPEN-09: there are no form keys to tell it by, so the import does."""
    hall = ordered("a", "b", "c")
    shared(hall, "a", "b", "c")
    hall.end_window()
    hall.bring_in(broken=[("c", "root")])
    hall.fault("c", "OTHER")
    with pytest.raises(OutOfOrder, match="remedy-too-late"):
        hall.give(o.ResolveHold(resolution="remedy", reason="受托人补充出示"), OFFICER)
    hall.give(o.ResolveHold(resolution="fail", reason="存储损坏"), OFFICER)
