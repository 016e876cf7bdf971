"""The term to sign after a suspension: R-TIME-07 in R-ENG-24 and R-GP-16."""

from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from bidding.domain.award import commands as award
from bidding.domain.contract import commands as c
from bidding.domain.contract import events as e
from bidding.domain.contract.decide import due
from bidding.domain.errors import TooEarly, TooLate
from bidding.domain.parties import PLATFORM
from tests.domain.evaluation.tender import OWNER, YUAN, Desk, tender
from tests.domain.suspending import resumed, stopped

THREE = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN}
DAY = timedelta(days=1)
#: Thirty days from 9 June (Beijing) end with Thursday 9 July; four more with Monday 13 July.
DUE = datetime(2026, 7, 9, 16, 0, tzinfo=UTC)
LONGER = datetime(2026, 7, 13, 16, 0, tzinfo=UTC)
DRAFT = c.DraftContract(
    price_fen=720_000 * YUAN, duration_days=120, quality="合格", project_lead="b公司经理", terms="第一条 …"
)


@pytest.fixture
def awarded() -> Desk:
    at = Desk(tender(THREE)).seat().mark().report()
    at.give(award.PubliciseCandidates())
    at.now = datetime(2026, 6, 8, 16, 0, tzinfo=UTC)
    at.give(award.DetermineWinner(bidder="b"), OWNER)
    at.give(award.IssueAwardNotice())
    return at


@pytest.fixture
def lifted(awarded: Desk) -> Desk:
    """Drafted, then suspended for four days."""
    awarded.give(DRAFT)
    suspend(awarded, 4)
    return awarded


def suspend(at: Desk, days: int) -> None:
    since = at.now
    at.now += days * DAY
    at.lot = resumed(at.lot, since, at.now)


def signing(at: Desk, late_reason: str = "") -> c.SignContract:
    return c.SignContract(contract_hash=at.lot.contract.contract_hash, late_reason=late_reason)


# The clock


def test_a_suspended_lot_waits_for_nothing(awarded: Desk) -> None:
    assert due(awarded.lot) == [("contract/mark-overdue", DUE)]
    assert due(stopped(awarded.lot, awarded.now)) == []


def test_after_the_lift_the_clock_waits_for_the_end_of_the_longer_term(lifted: Desk) -> None:
    assert due(lifted.lot) == [("contract/mark-overdue", LONGER)]


def test_a_suspension_outside_the_term_changes_nothing(awarded: Desk) -> None:
    before = resumed(awarded.lot, awarded.now - 9 * DAY, awarded.now - 5 * DAY)
    after = resumed(awarded.lot, DUE + DAY, DUE + 5 * DAY)
    assert due(before) == due(after) == [("contract/mark-overdue", DUE)]


def test_the_contract_is_overdue_at_the_instant_for_which_the_clock_waits(lifted: Desk) -> None:
    for now in (DUE, LONGER - timedelta(milliseconds=1)):
        lifted.now = now
        with pytest.raises(TooEarly) as refused:
            lifted.give(c.MarkOverdue(), PLATFORM)
        assert refused.value.found == {"due": LONGER}
    lifted.now = LONGER
    (overdue,) = lifted.give(c.MarkOverdue(), PLATFORM)
    assert isinstance(overdue, e.ContractOverdue)
    assert overdue.due == LONGER
    assert due(lifted.lot) == []


def test_nothing_is_overdue_while_a_suspension_lasts(awarded: Desk) -> None:
    awarded.lot = stopped(awarded.lot, DUE - DAY)
    for days in (1, 2, 30, 60):
        awarded.now = DUE + days * DAY
        with pytest.raises(TooEarly):
            awarded.give(c.MarkOverdue(), PLATFORM)


def test_a_notice_that_does_not_say_its_term_is_asked_about_early_and_never_marked_early(
    lifted: Desk,
) -> None:
    lifted.lot = replace(lifted.lot, award=replace(lifted.lot.award, contract_term=None))
    assert due(lifted.lot) == [("contract/mark-overdue", DUE)]
    lifted.now = DUE
    with pytest.raises(TooEarly):
        lifted.give(c.MarkOverdue(), PLATFORM)


# Signing


def test_signatures_in_the_longer_term_are_in_time(lifted: Desk) -> None:
    lifted.now = LONGER - timedelta(milliseconds=1)
    lifted.give(signing(lifted), OWNER)
    signed, filed = lifted.give(signing(lifted, "not needed"), "b")
    assert isinstance(signed, e.ContractSigned)
    assert isinstance(filed, e.ContractFiled)
    assert (signed.late_reason, filed.late) == ("", False)


def test_a_signature_after_the_longer_term_needs_its_reason(lifted: Desk) -> None:
    lifted.now = LONGER
    with pytest.raises(TooLate) as refused:
        lifted.give(signing(lifted), OWNER)
    assert (refused.value.code, refused.value.found) == ("contract-late", {"due": LONGER})


def test_a_draft_after_a_suspension_names_the_longer_term(awarded: Desk) -> None:
    suspend(awarded, 4)
    (drafted,) = awarded.give(DRAFT)
    assert isinstance(drafted, e.ContractDrafted)
    assert drafted.due == LONGER


# R-TIME-03: a term that a suspension carried into a year without a calendar


def test_by_a_term_that_cannot_be_counted_nobody_is_late(awarded: Desk) -> None:
    awarded.give(DRAFT)
    suspend(awarded, 73 * 365)
    assert due(awarded.lot) == [("contract/mark-overdue", DUE)]
    with pytest.raises(TooEarly):
        awarded.give(c.MarkOverdue(), PLATFORM)
    awarded.give(signing(awarded), OWNER)
    assert awarded.lot.contract.signed_by == ("tenderer",)
