"""What follows from an objection at the opening that is right (R-OPEN-03, R-OPEN-29; 招投条例 44, 60, 81)."""

from typing import Literal

import pytest

from bidding.domain.bidcount import CountDecision
from bidding.domain.errors import Conflicting, Forbidden, Invalid, OutOfOrder, Unknown
from bidding.domain.event import Event
from bidding.domain.lot import Phase
from bidding.domain.opening import commands as c
from bidding.domain.opening import events as e
from bidding.domain.opening.decide import due
from bidding.domain.opening.record import record_text
from bidding.domain.parties import Actor
from bidding.domain.regime import Regime
from bidding.domain.supervision import Matter, awaited
from tests.domain.opening.hall import CONFIRM, HOST, MINUTE, OFFICER, Hall, bidder

EVIDENCE = "ab" * 32
Decision = Literal["dismiss", "reannounce", "retender"]


def contested(
    *names: str, kind: Literal["mismatch", "objection"] = "objection", regime: Regime = Regime.ENG
) -> Hall:
    """All that is announced of ``names``, and of d, found at fault; a has confirmed, then b objects."""
    hall = Hall(regime=regime)
    opened = names or ("a", "b", "c")
    hall.order(*opened, "d")
    hall.release(*opened)
    hall.end_window()
    hall.fault("d", "BIDDER")
    hall.form_keys()
    hall.bring_in()
    hall.give(c.Announce(), HOST)
    hall.confirm("a")
    hall.now += 2 * MINUTE
    hall.give(c.Object(kind=kind, text="公布表与实际不符"), bidder("b"))
    return hall


def upheld(
    *names: str, kind: Literal["mismatch", "objection"] = "objection", regime: Regime = Regime.ENG
) -> Hall:
    hall = contested(*names, kind=kind, regime=regime)
    hall.give(c.AnswerObjection(number=1, answer="异议成立", upheld=True), HOST)
    return hall


def decide(
    hall: Hall, decision: Decision, by: Actor = OFFICER, cleared: str = "", evidence: str = EVIDENCE
) -> list[Event]:
    return hall.give(
        c.DecideObjection(
            number=1, decision=decision, reason="经核查", cleared=cleared, evidence_hash=evidence
        ),
        by,
    )


def test_an_upheld_objection_holds_the_opening_for_the_supervisor() -> None:
    hall = upheld()
    window = hall.lot.opening.confirmation_window
    assert window is not None
    assert due(hall.lot) == []
    hall.now = window.ends + MINUTE
    with pytest.raises(OutOfOrder, match="objections-referred"):
        hall.give(c.CloseConfirmation())
    with pytest.raises(OutOfOrder, match="objections-referred"):
        hall.give(c.SignRecord(record_hash="ab" * 32), OFFICER)
    hall.confirm("c")
    assert [(one.matter, one.number) for one in awaited(hall.lot)] == [(Matter.OPENING_OBJECTION, 1)]


def test_prices_are_not_announced_over_an_upheld_objection() -> None:
    hall = Hall()
    hall.order("a", "b", "c")
    hall.release("a", "b", "c")
    hall.give(c.Object(kind="objection", text="未按招标文件规定的方式解密"), bidder("b"))
    hall.give(c.AnswerObjection(number=1, answer="异议成立", upheld=True), HOST)
    hall.end_window()
    hall.form_keys()
    hall.bring_in()
    with pytest.raises(OutOfOrder, match="objections-referred"):
        hall.give(c.Announce(), HOST)
    with pytest.raises(OutOfOrder, match="not-announced"):
        decide(hall, "reannounce")
    decide(hall, "dismiss")
    hall.give(c.Announce(), HOST)


@pytest.mark.parametrize("kind", ["objection", "mismatch"])
def test_dismissed_the_opening_goes_on_with_what_was_left_of_its_window(
    kind: Literal["mismatch", "objection"],
) -> None:
    hall = upheld(kind=kind)
    window = hall.lot.opening.confirmation_window
    assert window is not None
    left = window.ends - hall.now
    hall.now = window.ends + 30 * MINUTE
    _, extended = decide(hall, "dismiss")
    assert isinstance(extended, e.WindowExtended)
    assert extended.until == hall.now + left
    assert len(due(hall.lot)) == 1
    hall.close_confirmation()
    assert '"decision":"dismiss"' in record_text(hall.lot)


def test_announced_again_all_confirm_anew() -> None:
    hall = upheld()
    before = hall.lot.opening.announcement
    assert before is not None
    hall.now += 30 * MINUTE
    _, again = decide(hall, "reannounce")
    assert isinstance(again, e.PricesAnnounced)
    assert (again.corrects, again.table) == (1, before.table)
    assert hall.lot.opening.confirmed == ()
    window = hall.lot.opening.confirmation_window
    assert window is not None
    assert window.ends == hall.now + CONFIRM * MINUTE
    hall.confirm("a")


def test_a_bidder_who_was_not_at_fault_is_cleared_in_the_table_announced_again() -> None:
    """R-BID-08: 视为撤销 becomes 视为撤回, and the bidder may claim its loss."""
    hall = upheld()
    _, cleared, again = decide(hall, "reannounce", cleared="d")
    assert isinstance(cleared, e.FaultDecided)
    assert isinstance(again, e.PricesAnnounced)
    (row,) = (one for one in again.table if one.bidder == "d")
    assert (row.outcome, row.may_claim_loss, row.form) == ("DEEMED_WITHDRAWN_OTHER_FAULT", True, None)
    assert [one.fault for one in hall.lot.opening.faults] == ["OTHER"]


@pytest.mark.parametrize(
    ("cleared", "evidence", "code"),
    [
        ("a", EVIDENCE, "not-found-at-fault"),
        ("x", EVIDENCE, "not-found-at-fault"),
        ("d", "", "fault-without"),
    ],
)
def test_only_a_finding_of_fault_is_changed_and_on_evidence(cleared: str, evidence: str, code: str) -> None:
    hall = upheld()
    with pytest.raises(Invalid, match=code):
        decide(hall, "reannounce", cleared=cleared, evidence=evidence)


def test_a_finding_whose_change_ends_the_count_calls_for_a_new_tender() -> None:  # R-OPEN-09
    hall = upheld("a", "b")
    with pytest.raises(Invalid, match="cleared-bid-ends-the-count"):
        decide(hall, "reannounce", cleared="d")
    decide(hall, "retender")


@pytest.mark.parametrize(
    ("regime", "decision"), [(Regime.ENG, CountDecision.RETENDER), (Regime.GP, CountDecision.VOID)]
)
def test_what_cannot_be_put_right_voids_the_tender(regime: Regime, decision: CountDecision) -> None:
    hall = upheld(regime=regime)
    _, failed = decide(hall, "retender")
    assert isinstance(failed, e.LotFailed)
    assert (failed.decision, failed.rule) == (decision.value, "R-OPEN-03")
    assert hall.lot.phase is Phase.FAILED


def test_the_supervisor_decides_once_and_only_what_was_upheld() -> None:
    hall = contested()
    hall.give(c.AnswerObjection(number=1, answer="经核对无误"), HOST)
    with pytest.raises(OutOfOrder, match="objection-not-upheld"):
        decide(hall, "dismiss")
    hall = upheld()
    with pytest.raises(Forbidden):
        decide(hall, "dismiss", HOST)
    with pytest.raises(Unknown, match="no-such-objection"):
        hall.give(c.DecideObjection(number=7, decision="dismiss", reason="…"), OFFICER)
    decide(hall, "dismiss")
    with pytest.raises(Conflicting, match="objection-decided"):
        decide(hall, "dismiss")
