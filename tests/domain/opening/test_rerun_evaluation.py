"""R-OPEN-24, R-STATE-01: under P1 an office keeps the evaluation's key; the release is run again, or the lot fails."""

from datetime import timedelta

import pytest

from bidding.application.reactions import ENVELOPES, pending
from bidding.domain.bidfate import BidOutcome
from bidding.domain.errors import Conflicting, Forbidden, Invalid, OutOfOrder
from bidding.domain.evaluation.bids import opened_bids
from bidding.domain.lot import Phase
from bidding.domain.notice.terms import KeyPolicy
from bidding.domain.opening import commands as c
from bidding.domain.opening import events as e
from bidding.domain.opening.decide import due
from bidding.domain.opening.outcomes import outcome_of, unreleased
from bidding.domain.parties import Actor
from bidding.domain.supervision import Awaited, Matter, awaited
from tests.domain.opening.hall import HOST, MINUTE, OFFICER, Hall, bidder, key
from tests.domain.opening.test_rerun import TENDERER, decision, missing
from tests.domain.opening.test_rerun import again as run_again


def opened(*names: str, policy: KeyPolicy = KeyPolicy.P1) -> Hall:
    """Up to the signed record; the supervisor has handed its key over, the agency has not."""
    hall = Hall(terms={"key_policy": policy})
    hall.announce(*names)
    hall.close_confirmation()
    for actor in (HOST, OFFICER):
        hall.sign(actor)
    disclose(hall, OFFICER)
    return hall


def disclose(hall: Hall, actor: Actor) -> None:
    hall.give(c.DiscloseEvaluationKey(sealed_key=key(f"{actor.party}/sealed")), actor)


def again(hall: Hall, *releasing: str) -> None:
    hall.give(missing("agency"), OFFICER)
    hall.give(decision(), OFFICER)
    run_again(hall, *releasing)


def matters(hall: Hall) -> set[Matter]:
    return {one.matter for one in awaited(hall.lot)}


def test_the_opened_bids_release_again_to_new_keys_and_what_was_announced_stays() -> None:
    hall = opened("a", "b", "c")
    before = hall.lot.opening
    hall.give(missing("agency"), OFFICER)
    (report,) = hall.lot.opening.withheld
    assert (report.key, report.exposed) == ("evaluation", False), "one key alone opens nothing of it"
    assert Awaited(matter=Matter.WITHHELD, about="agency", number=1) in awaited(hall.lot)
    hall.give(decision(), OFFICER)
    assert not {Matter.WITHHELD, Matter.EVALUATION_KEY} & matters(hall), (
        "its new key is owed after the window"
    )
    opening = hall.lot.opening
    assert (opening.office_keys, opening.released, opening.evaluation_keys) == ((), (), ())
    assert (opening.imported, opening.announcement) == (before.imported, before.announcement)
    assert (opening.record, opening.form_keys) == (before.record, before.form_keys)
    assert sorted(unreleased(hall.lot)) == ["a", "b", "c"]
    assert Matter.SESSION_KEYS in matters(hall)
    hall.office_keys(TENDERER, session="s-2", seed="second/agency")
    hall.office_keys(OFFICER, session="s-2", seed="second/supervisor")
    hall.give(c.OrderRelease(), TENDERER)
    window = hall.lot.opening.release_window
    assert window is not None
    assert Matter.EVALUATION_KEY not in matters(hall)
    assert due(hall.lot) == [(c.EndWindow.NAME, window.ends)]
    with pytest.raises(OutOfOrder, match="release-window-running"):
        disclose(hall, OFFICER)
    hall.release("a", "b", "c")
    assert Matter.EVALUATION_KEY not in matters(hall)
    assert [one.TOPIC for one in hall.end_window()] == ["lot.window-ended.v1"]
    assert Matter.EVALUATION_KEY in matters(hall)
    assert Matter.FORM_KEY not in matters(hall)
    disclose(hall, OFFICER)
    assert ENVELOPES not in pending(hall.lot)
    disclose(hall, TENDERER)
    assert ENVELOPES in pending(hall.lot)
    assert hall.lot.phase is Phase.OPENED


def test_given_up_keys_and_the_office_that_was_replaced_count_no_more() -> None:
    hall = opened("a", "b", "c")
    hall.give(missing("agency"), OFFICER)
    hall.give(decision(), OFFICER)
    with pytest.raises(Forbidden, match="not-an-office"):
        hall.office_keys(HOST, session="s-2", seed="second/agency")
    with pytest.raises(Invalid, match="office-keys-reused"):
        hall.office_keys(OFFICER, session="s-2")
    with pytest.raises(Conflicting, match="session-given-up"):
        hall.office_keys(OFFICER, seed="second/supervisor")


def test_a_bidder_that_keeps_its_bid_shut_now_that_it_knows_the_prices_is_found_at_fault() -> None:
    """招投条例 35, 20号令 31: it counts as revoked and is evaluated no more; nothing is read before that is decided."""
    hall = opened("a", "b", "c", "d")
    again(hall, "a", "b", "c")
    assert unreleased(hall.lot) == ("d",)
    assert {Matter.FAULT} <= matters(hall)
    assert Matter.EVALUATION_KEY not in matters(hall)
    with pytest.raises(OutOfOrder, match="outcomes-pending"):
        disclose(hall, OFFICER)
    with pytest.raises(OutOfOrder, match="bid-not-yet-opened"):
        hall.fault("a", "BIDDER")
    hall.fault("d", "BIDDER")
    standing = outcome_of(hall.lot, "d")
    assert standing is not None
    assert (standing.outcome, standing.counts) == (BidOutcome.DEEMED_REVOKED, True)
    assert sorted(one.bidder for one in opened_bids(hall.lot)) == ["a", "b", "c"]
    for actor in (TENDERER, OFFICER):
        disclose(hall, actor)
    assert ENVELOPES in pending(hall.lot)
    with pytest.raises(OutOfOrder, match="key-not-withheld"):
        hall.give(missing("agency"), OFFICER)


def test_too_few_by_others_fault_are_held_and_the_window_may_open_again() -> None:  # R-OPEN-09
    hall = opened("a", "b", "c")
    again(hall, "a", "b")
    hall.fault("c", "OTHER")
    assert Matter.HOLD in matters(hall)
    with pytest.raises(OutOfOrder, match="held-for-supervisor"):
        disclose(hall, OFFICER)
    hall.give(c.ResolveHold(resolution="remedy", reason="平台故障"), OFFICER)
    assert unreleased(hall.lot) == ("c",)
    hall.release("c")
    hall.end_window()
    disclose(hall, OFFICER)


def test_what_was_found_at_the_opening_stays_found() -> None:
    hall = Hall()
    hall.order("a", "b", "c", "d", "f")
    hall.release("a", "b", "c")
    hall.end_window()
    hall.fault("d", "BIDDER")
    hall.fault("f", "OTHER")
    hall.form_keys()
    hall.bring_in()
    hall.give(c.Announce(), HOST)
    hall.close_confirmation()
    for actor in (HOST, OFFICER):
        hall.sign(actor)
    again(hall, "a", "b")
    assert [one.bidder for one in hall.lot.opening.faults] == ["d", "f"]
    number = hall.incident(minutes_ago=3)
    hall.now += timedelta(minutes=3)
    hall.recover(number)
    assert [one.bidder for one in hall.lot.opening.faults] == ["d", "f"], (
        "only who missed this window is heard anew"
    )
    hall.release("c")
    hall.now += MINUTE
    hall.end_window()
    assert unreleased(hall.lot) == ()


def test_a_report_needs_a_key_that_a_bid_waits_for() -> None:
    hall = opened("a", "b", "c")
    with pytest.raises(OutOfOrder, match="key-not-withheld"):
        hall.give(missing("supervisor"), HOST)
    hall.give(missing("agency"), OFFICER)
    disclose(hall, HOST)
    assert Matter.WITHHELD not in matters(hall)
    hall = opened("a", "b", "c", policy=KeyPolicy.P2)
    with pytest.raises(OutOfOrder, match="withheld-key-has-escrow"):
        hall.give(missing("agency"), OFFICER)


def test_a_second_report_gives_the_second_run_up() -> None:
    hall = opened("a", "b", "c")
    again(hall, "a", "b", "c")
    hall.give(missing("agency"), OFFICER)
    hall.give(decision(number=2, substitute=""), OFFICER)
    assert {one.session for one in hall.lot.opening.abandoned} == {"s-1", "s-2"}
    hall.office_keys(TENDERER, session="s-3", seed="third/agency")


def test_the_lot_may_fail_instead() -> None:
    hall = opened("a", "b", "c")
    hall.give(missing("agency"), OFFICER)
    _, failed = hall.give(decision("fail", ""), OFFICER)
    assert isinstance(failed, e.LotFailed)
    assert (hall.lot.phase, failed.reason) == (Phase.FAILED, "session-key-withheld")
    assert due(hall.lot) == []


def test_without_a_rerun_nothing_of_the_opening_is_open_again() -> None:
    hall = opened("a", "b", "c")
    with pytest.raises(OutOfOrder, match="wrong-phase"):
        hall.office_keys(HOST, session="s-2", seed="second/agency")
    with pytest.raises(OutOfOrder, match="wrong-phase"):
        hall.give(c.Release(release="{}", release_signature="c2ln"), bidder("a"))
