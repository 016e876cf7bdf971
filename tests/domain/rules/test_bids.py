"""R-OPEN-09, R-EVAL-11, R-BID-08…10: counting bids, and the fate of each."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.domain.bidcount import CountDecision, after_decryption, at_deadline
from bidding.domain.bidfate import (
    BidOutcome,
    Decryption,
    DepositFate,
    Fault,
    Upload,
    decide_fate,
)
from bidding.domain.regime import Regime
from bidding.domain.ruleset import RuleSet
from tests.domain.rules.rulesets import ENG, GP

T0 = datetime(2026, 3, 31, 1, 30, tzinfo=UTC)
few = st.integers(0, 4)
instants = st.integers(-300, 300).map(lambda minutes: T0 + timedelta(minutes=minutes))
uploads = st.lists(
    st.builds(Upload, started=instants, completed=st.none() | instants, encrypted=st.booleans()),
    min_size=1,
    max_size=4,
).map(tuple)
decryptions = st.builds(
    Decryption,
    done=st.booleans(),
    remedy_works=st.booleans(),
    fault=st.sampled_from(Fault),
    evidence=st.booleans(),
)


@given(few, few, few, few, st.sampled_from([ENG, GP]))
def test_an_open_question_of_fault_stops_every_decision(
    opened: int, bidder: int, other: int, pending: int, rules: RuleSet
) -> None:
    found = after_decryption(
        rules,
        received=opened + bidder + other + pending,
        undecrypted_bidder=bidder,
        undecrypted_other=other,
        undecrypted_pending=pending,
    )
    assert found.opened == opened
    assert (found.decision is CountDecision.WAIT_FOR_ADJUDICATION) == (pending > 0)


@given(st.integers(3, 9), st.integers(0, 9))
def test_own_fault_never_brings_eng_below_three(received: int, bidder: int) -> None:
    bidder = min(bidder, received - 1)
    found = after_decryption(ENG, received=received, undecrypted_bidder=bidder)
    assert found.decision is CountDecision.CONTINUE


@given(st.integers(0, 9), few, few)
def test_gp_never_goes_on_with_fewer_than_three_opened(opened: int, bidder: int, other: int) -> None:
    found = after_decryption(
        GP, received=opened + bidder + other, undecrypted_bidder=bidder, undecrypted_other=other
    )
    assert (found.decision is CountDecision.CONTINUE) == (opened >= 3)
    if opened < 3:
        restorable = opened + other >= 3
        assert found.decision is (CountDecision.HELD_FOR_SUPERVISOR if restorable else CountDecision.VOID)


def test_more_undecrypted_than_received_is_an_error() -> None:
    with pytest.raises(ValueError, match="3 received"):
        after_decryption(ENG, received=3, undecrypted_bidder=4)


@pytest.mark.parametrize("received", range(6))
def test_the_gate_at_the_deadline(received: int) -> None:
    assert (at_deadline(ENG, received) is CountDecision.OPEN) == (received >= 3)
    assert (at_deadline(GP, received) is CountDecision.OPEN) == (received >= 3)
    assert at_deadline(ENG, 0) is not at_deadline(GP, 0), "re-tender and void are two things"


@given(uploads, st.lists(instants, max_size=3).map(tuple), decryptions, st.sampled_from(Regime))
def test_no_payment_is_ever_asked_in_a_waived_lot(
    sent: tuple[Upload, ...], pull_outs: tuple[datetime, ...], decryption: Decryption, regime: Regime
) -> None:
    found = decide_fate(
        regime=regime,
        deposit_held=False,
        deadline=T0,
        uploads=sent,
        pull_outs=pull_outs,
        decryption=decryption,
    )
    assert found.deposit in {DepositFate.NONE, DepositFate.CREDIT_RECORD_ONLY}


@given(uploads, st.lists(instants, max_size=3).map(tuple), decryptions)
def test_a_bid_is_opened_only_if_it_was_complete_sealed_and_in_time(
    sent: tuple[Upload, ...], pull_outs: tuple[datetime, ...], decryption: Decryption
) -> None:
    found = decide_fate(
        regime=Regime.ENG,
        deposit_held=True,
        deadline=T0,
        uploads=sent,
        pull_outs=pull_outs,
        decryption=decryption,
    )
    if found.outcome in {BidOutcome.OPENED, BidOutcome.OPENED_BY_REMEDY}:
        assert any(one.encrypted and one.completed is not None and one.completed < T0 for one in sent)
        assert all(pulled < T0 for pulled in pull_outs)
    if found.outcome in {BidOutcome.DEEMED_REVOKED, BidOutcome.DEEMED_WITHDRAWN_OTHER_FAULT}:
        assert decryption.evidence, "fault is a finding, never a default"


@given(uploads, decryptions)
def test_a_further_upload_that_does_not_finish_changes_nothing_for_a_complete_bid(
    sent: tuple[Upload, ...], decryption: Decryption
) -> None:
    """R-DEC-09: the unfinished replacement."""

    def fate(every: tuple[Upload, ...]) -> BidOutcome:
        return decide_fate(
            regime=Regime.ENG, deposit_held=True, deadline=T0, uploads=every, decryption=decryption
        ).outcome

    complete = Upload(started=T0 - timedelta(hours=9), completed=T0 - timedelta(hours=8), encrypted=True)
    unfinished = Upload(started=T0 - timedelta(minutes=1), completed=None, encrypted=True)
    assert fate((complete, *sent, unfinished)) == fate((complete,))


def test_the_last_withdrawal_counts() -> None:
    def upload(hours: int) -> Upload:
        before = T0 - timedelta(hours=hours)
        return Upload(started=before, completed=before + timedelta(minutes=1), encrypted=True)

    found = decide_fate(
        regime=Regime.ENG,
        deposit_held=True,
        deadline=T0,
        uploads=(upload(9), upload(7)),
        pull_outs=(T0 - timedelta(hours=8), T0 - timedelta(hours=6)),
        decryption=Decryption(done=True),
    )
    assert found.outcome is BidOutcome.WITHDRAWN


def test_who_never_uploaded_has_no_bid() -> None:
    with pytest.raises(ValueError, match="no bid"):
        decide_fate(regime=Regime.ENG, deposit_held=True, deadline=T0, uploads=(), decryption=Decryption())
