"""Fault, form keys, import and the count after decryption (R-BID-08, R-OPEN-09, R-OPEN-26)."""

import msgspec
import pytest

from bidding.domain.errors import Conflicting, Forbidden, Invalid, OutOfOrder, Unknown
from bidding.domain.opening import commands as c
from bidding.domain.opening.events import BidsImported, CountChecked, FormKeysPublished, LotFailed
from bidding.domain.regime import Regime
from tests.domain.opening.hall import EVIDENCE, HOST, OFFICER, Hall, bidder, key


def ended(released: str, names: str, regime: Regime = Regime.ENG) -> Hall:
    hall = Hall(regime=regime)
    hall.order(*names)
    hall.release(*released)
    hall.end_window()
    return hall


def form_key(hall: Hall) -> None:
    hall.give(c.PublishFormKey(private_key=key("p")), HOST)


@pytest.mark.parametrize("missing", [{"evidence": " "}, {"evidence_hash": ""}, {"evidence_hash": "X" * 64}])
def test_fault_is_never_decided_without_evidence(missing: dict[str, str]) -> None:  # R-BID-08, F-17
    hall = ended("ab", "abc")
    command = msgspec.convert({"bidder": "c", "fault": "BIDDER", **EVIDENCE, **missing}, c.DecideFault)
    with pytest.raises(Invalid, match="fault-without-evidence"):
        hall.give(command, OFFICER)


@pytest.mark.parametrize(
    ("fault", "outcome", "term"),
    [
        ("BIDDER", "DEEMED_REVOKED", "视为撤销"),
        ("OTHER", "DEEMED_WITHDRAWN_OTHER_FAULT", "视为撤回"),
    ],
)
def test_each_fault_has_its_legal_word_evidence_and_signer(
    fault: str, outcome: str, term: str
) -> None:  # 20号令 31, F-17
    hall = ended("abc", "abcd")
    hall.fault("d", fault)
    (decision,) = hall.lot.opening.faults
    assert (decision.outcome, decision.term, decision.by) == (outcome, term, "supervisor")
    assert decision.evidence_hash == EVIDENCE["evidence_hash"]
    with pytest.raises(Conflicting, match="bid-outcome-final"):
        hall.fault("d", fault)


def test_fault_is_decided_by_a_supervisor_after_the_window_about_a_bid_on_the_roll() -> None:  # R-BID-08
    hall = Hall()
    hall.order("a", "b", "c")
    with pytest.raises(OutOfOrder, match="release-window-running"):
        hall.fault("a", "BIDDER")
    hall.release("a")
    hall.end_window()
    with pytest.raises(OutOfOrder, match="bid-not-yet-opened"):
        hall.fault("a", "BIDDER")
    with pytest.raises(Unknown, match="not-on-the-roll"):
        hall.fault("nobody", "BIDDER")
    command = msgspec.convert({"bidder": "b", "fault": "BIDDER", **EVIDENCE}, c.DecideFault)
    for actor in (HOST, bidder("a")):
        with pytest.raises(Forbidden):
            hall.give(command, actor)


def test_no_form_key_before_the_window_ended_and_every_missing_bid_is_decided() -> None:  # R-OPEN-26
    hall = Hall()
    hall.order("a", "b", "c")
    hall.release("a", "b")
    with pytest.raises(OutOfOrder, match="release-window-running"):
        form_key(hall)
    hall.end_window()
    with pytest.raises(OutOfOrder, match="outcomes-pending") as refused:
        form_key(hall)
    assert refused.value.found == {"bidders": ["c"]}
    hall.fault("c", "BIDDER")
    form_key(hall)
    with pytest.raises(Conflicting, match="form-key-already-published"):
        form_key(hall)


def test_a_key_that_is_not_the_announced_one_is_refused() -> None:
    hall = ended("abc", "abc")
    with pytest.raises(Invalid, match="form-key-refused"):
        hall.give(c.PublishFormKey(private_key=key("p")), HOST, finding="not-the-announced-key")


def test_nothing_is_imported_with_one_offices_key() -> None:  # R-OPEN-02
    hall = ended("abc", "abc")
    form_key(hall)
    with pytest.raises(OutOfOrder, match="form-keys-missing"):
        hall.bring_in()


def test_bids_are_imported_in_one_batch_and_once() -> None:  # R-OPEN-26, F-19
    hall = ended("abc", "abc")
    hall.form_keys()
    results = hall.results()
    with pytest.raises(Conflicting, match="import-not-the-whole-batch"):
        hall.give(c.Import(), results=results[:2])
    with pytest.raises(Conflicting, match="import-not-the-whole-batch"):
        hall.give(c.Import(), results=[*results, results[0]])
    (imported,) = hall.give(c.Import(), results=list(reversed(results)))
    assert isinstance(imported, BidsImported)
    assert list(imported.results) == results
    assert hall.give(c.Import(), results=[]) == []


def test_no_price_is_in_the_log_before_both_keys_are_out() -> None:  # R-OPEN-02, F-19
    hall = ended("abc", "abc")
    hall.form_keys()
    for event in hall.events:
        assert b"price_fen" not in msgspec.json.encode(event)
    assert sum(isinstance(event, FormKeysPublished) for event in hall.events) == 2


def test_a_bid_that_does_not_open_needs_a_decision_before_the_announcement() -> None:  # R-BID-08, F-17
    hall = ended("abc", "abc")
    hall.form_keys()
    hall.bring_in(broken=[("c", "commitment")])
    with pytest.raises(OutOfOrder, match="outcomes-pending"):
        hall.give(c.Announce(), HOST)
    hall.fault("c", "BIDDER")
    hall.give(c.Announce(), HOST)
    announcement = hall.lot.opening.announcement
    assert announcement is not None
    (row,) = [row for row in announcement.table if row.bidder == "c"]
    assert (row.term, row.form, row.counts_toward_three) == ("视为撤销", None, True)


def test_a_body_damaged_in_the_store_is_never_the_bidders_fault() -> None:  # R-BID-08
    hall = ended("abcd", "abcd")
    hall.form_keys()
    hall.bring_in(broken=[("d", "root")])
    with pytest.raises(Invalid, match="fault-not-the-bidders"):
        hall.fault("d", "BIDDER")
    hall.fault("d", "OTHER")
    hall.give(c.Announce(), HOST)


def test_eng_goes_on_with_two_opened_of_three_if_the_third_failed_by_itself() -> None:  # R-DEC-08, F-12
    hall = ended("ab", "abc")
    hall.fault("c", "BIDDER")
    hall.form_keys()
    hall.bring_in()
    hall.give(c.Announce(), HOST)
    count = hall.lot.opening.counts[-1]
    assert (count.decision, count.counted, count.opened) == ("CONTINUE", 3, 2)


def test_gp_with_two_left_is_void_before_any_price_is_disclosed() -> None:  # R-OPEN-09, F-12
    hall = ended("ab", "abc", Regime.GP)
    events = hall.fault("c", "BIDDER")
    assert [type(event) for event in events[1:]] == [CountChecked, LotFailed]
    assert hall.lot.phase == "failed"
    assert hall.lot.opening.failure is not None
    assert hall.lot.opening.failure.decision == "VOID"
    with pytest.raises(OutOfOrder, match="wrong-phase"):
        form_key(hall)


def test_gp_void_by_a_bid_that_does_not_open() -> None:  # R-OPEN-09
    hall = ended("abc", "abc", Regime.GP)
    hall.form_keys()
    hall.bring_in(broken=[("c", "aead")])
    hall.fault("c", "BIDDER")
    assert hall.lot.phase == "failed"


def test_eng_with_nothing_opened_is_tendered_again() -> None:  # R-OPEN-09
    hall = ended("", "abc")
    for name in "abc":
        hall.fault(name, "BIDDER")
    assert hall.lot.opening.failure is not None
    assert hall.lot.opening.failure.decision == "NOTHING_TO_EVALUATE_RETENDER"


def test_below_three_by_anothers_fault_is_held_and_the_remedy_opens_the_window_again() -> None:  # R-OPEN-09
    hall = ended("ab", "abc")
    hall.fault("c", "OTHER")
    assert hall.lot.opening.counts[-1].decision == "HELD_FOR_SUPERVISOR"
    with pytest.raises(OutOfOrder, match="held-for-supervisor"):
        form_key(hall)
    hall.give(c.ResolveHold(resolution="remedy", reason="重新解密"), OFFICER)
    assert hall.lot.opening.faults == ()
    hall.release("c")
    hall.end_window()
    with pytest.raises(OutOfOrder, match="nothing-held"):
        hall.give(c.ResolveHold(resolution="fail", reason="x"), OFFICER)
    hall.form_keys()
    hall.bring_in()
    hall.give(c.Announce(), HOST)


def test_a_held_lot_may_be_failed_by_the_supervisor() -> None:  # R-OPEN-09: else reschedule
    hall = ended("ab", "abc")
    hall.fault("c", "OTHER")
    hall.give(c.ResolveHold(resolution="fail", reason="另行组织开标"), OFFICER)
    assert hall.lot.phase == "failed"


def test_once_prices_are_readable_there_is_no_remedy() -> None:  # R-OPEN-09
    hall = ended("abc", "abc")
    hall.form_keys()
    hall.bring_in(broken=[("c", "root")])
    hall.fault("c", "OTHER")
    with pytest.raises(OutOfOrder, match="held-for-supervisor"):
        hall.give(c.Announce(), HOST)
    with pytest.raises(OutOfOrder, match="remedy-too-late"):
        hall.give(c.ResolveHold(resolution="remedy", reason="x"), OFFICER)


def test_nothing_is_brought_in_before_the_form_keys_even_where_nothing_is_released() -> None:
    """R-OPEN-26: trustees stand in for an office's key only where they have given the shares of a bid."""
    hall = Hall()
    hall.order("a", "b", "c")
    with pytest.raises(OutOfOrder, match="form-keys-missing"):
        hall.bring_in()
    assert not [event for event in hall.events if isinstance(event, BidsImported)]
