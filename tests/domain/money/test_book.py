"""The double-entry book: R-LEDG-01, R-WAIVE-02, R-WAIVE-06, R-WAIVE-09; F-37, F-39, F-65."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from bidding.domain.bidfate import DepositFate
from bidding.domain.contract.events import ContractOverdue
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder
from bidding.domain.event import Event
from bidding.domain.guarantee import GuaranteeKind
from bidding.domain.lot import Lot
from bidding.domain.money import decide
from bidding.domain.money.book import Account, book
from bidding.domain.money.commands import NoteKeptDeposit, RecordBenefits, RecordReturn
from bidding.domain.money.events import (
    BenefitRecorded,
    DepositReturnDue,
    DepositsReturned,
    GuaranteeClaimed,
    GuaranteeDisclosed,
    GuaranteeEnd,
    GuaranteeEnded,
    KeptDepositNoted,
    KeptKind,
    Kind,
    ReceivableRaised,
)
from bidding.domain.opening.events import BidRevoked
from tests.domain.lots import OPERATOR, SIGNED, at, facts, fold, noticed, noticed_company
from tests.domain.money.test_ledger import EACH, PRICE, contracted, gp_lot, held, record, schedule

AT = at(20, month=4)
AMOUNT = st.integers(1, 2**40)
PARTY = st.sampled_from(["a", "b", "c"])
KIND = st.sampled_from(list(Kind))


def benefit(kind: Kind, party: str, amount: int) -> Event:
    return BenefitRecorded(
        kind=kind,
        party=party,
        bids=1,
        counterfactual_fen=amount,
        waived_fen=amount,
        row="D2",
        rule="R-STAT-01",
    )


def pledge(party: str, amount: int) -> list[Event]:
    return [
        GuaranteeDisclosed(
            kind=GuaranteeKind.BID,
            bidder=party,
            number="N",
            issuer="",
            amount_fen=amount,
            valid_until=date(2026, 6, 29),
            faults=(),
        )
    ]


def freed(party: str, amount: int) -> list[Event]:
    ended = GuaranteeEnded(
        kind=GuaranteeKind.BID,
        bidder=party,
        number="N",
        end=GuaranteeEnd.RETURNED,
        amount_fen=amount,
        rule="R-ENG-25",
        at=AT,
    )
    return [*pledge(party, amount), ended]


def paid_back(party: str, amount: int, interest: int) -> list[Event]:
    due = DepositReturnDue(bidder=party, amount_fen=amount, due=date(2026, 4, 27), rule="R-ENG-25")
    back = DepositsReturned(bidder=party, amount_fen=amount, interest_fen=interest, at=AT, late=False)
    return [due, back]


STORIES = st.lists(
    st.one_of(
        st.builds(lambda kind, party, amount: [benefit(kind, party, amount)], KIND, PARTY, AMOUNT),
        st.builds(pledge, PARTY, AMOUNT),
        st.builds(freed, PARTY, AMOUNT),
        st.builds(paid_back, PARTY, AMOUNT, st.integers(0, 10**6)),
    ),
    max_size=20,
).map(lambda stories: [event for story in stories for event in story])


@given(STORIES)
def test_the_trial_balance_is_always_nothing(events: list[Event]) -> None:
    found = book(events)
    assert sum(found.trial_balance().values()) == 0
    assert all(one.amount_fen > 0 for one in found.entries)


@given(STORIES)
def test_nothing_stays_owed_and_nothing_given_back_stays_held(events: list[Event]) -> None:
    """R-WAIVE-06: asked, and waived, paid or pledged, in one event; E: what went back is out of B."""
    found = book(events)
    assert found.balance(Account.RECEIVABLE) == 0
    assert found.balance(Account.HELD) == found.balance(Account.RETURN_DUE) == 0
    waived = sum(one.waived_fen for one in events if isinstance(one, BenefitRecorded))
    assert found.balance(Account.WAIVED) == waived
    interest = sum(one.interest_fen for one in events if isinstance(one, DepositsReturned))
    assert found.balance(Account.INTEREST) == interest


@given(STORIES)
def test_every_entry_drills_to_its_event(events: list[Event]) -> None:
    for one in book(events).entries:
        event = events[one.event - 1]
        assert one.topic == event.TOPIC
        assert getattr(event, "party", getattr(event, "bidder", "")) == one.party


def test_a_waived_lot_shows_what_would_have_been_charged_and_that_it_was_not() -> None:
    lot = contracted(noticed())
    events = record(lot)
    found = book(events)
    assert found.balance(Account.OBLIGATION) == -(3 * EACH + PRICE // 10)
    assert found.balance(Account.WAIVED, Kind.BID_DEPOSIT) == 3 * EACH
    assert found.balance(Account.WAIVED, Kind.PERFORMANCE_BOND, "b1") == PRICE // 10
    assert found.balance(Account.HELD) == 0
    assert decide.record_benefits(fold(lot, events), RecordBenefits(), facts(now=AT)) == []


def test_a_deposit_is_held_due_and_back_with_its_interest() -> None:
    """R-ENG-25."""
    lot = contracted(noticed_company())
    due = schedule(lot, held("b1"), held("b2"))
    found = book(due)
    assert found.balance(Account.HELD, party="b1") == 200_000_00
    assert found.balance(Account.RETURN_DUE) == -400_000_00
    back = decide.record_return(
        fold(lot, due), RecordReturn(bidder="b1", interest_fen=12), facts(OPERATOR, AT)
    )
    after = book([*due, *back])
    assert after.balance(Account.HELD) == -after.balance(Account.RETURN_DUE) == 200_000_00
    assert after.balance(Account.INTEREST) == -after.balance(Account.INTEREST_PAID) == 12


def test_an_unpaid_receivable_and_a_claimed_guarantee_stay_visible() -> None:
    raised = ReceivableRaised(kind=Kind.PERFORMANCE_BOND, party="a", amount_fen=7, rule="R-WAIVE-04")
    claimed = GuaranteeClaimed(
        kind=GuaranteeKind.BID,
        bidder="a",
        number="N",
        amount_fen=3,
        reason="",
        rule="R-ENG-34",
        at=AT,
        signed=SIGNED,
    )
    found = book([raised, *pledge("a", 5), claimed])
    assert found.balance(Account.RECEIVABLE) == 7
    assert (found.balance(Account.CLAIMED), found.balance(Account.GUARANTEED)) == (3, 2)


def test_liability_without_a_deposit_is_noted_and_never_ordered_to_be_paid() -> None:
    """R-WAIVE-09, F-65; 招投条例 35, 74."""
    credit, kept, none = (
        BidRevoked(bidder=name, requested_at=AT, consequence=fate.value, at=AT)
        for name, fate in (
            ("a", DepositFate.CREDIT_RECORD_ONLY),
            ("b", DepositFate.MAY_BE_KEPT),
            ("c", DepositFate.NONE),
        )
    )
    overdue = ContractOverdue(award_number="N1", due=AT, unsigned=("winner",))
    tenderers = ContractOverdue(award_number="N1", due=AT, unsigned=("tenderer",))
    found = book([credit, kept, none, overdue, tenderers])
    assert [(one.party, one.consequence, one.rule) for one in found.memoranda] == [
        ("a", "CREDIT_RECORD_ONLY", "R-WAIVE-09"),
        ("b", "MAY_BE_KEPT", "R-WAIVE-09"),
        ("", "CREDIT_RECORD_ONLY", "R-ENG-34"),
    ]
    assert found.entries == ()


# Never waived (R-WAIVE-02)


def note(lot: Lot, amount: int, kind: KeptKind = KeptKind.WAGES_DEPOSIT) -> list[Event]:
    return decide.note_kept_deposit(
        lot, NoteKeptDeposit(kind=kind, amount_fen=amount, form="GUARANTEE"), facts(now=AT)
    )


def test_quality_and_wages_deposits_stand_untouched_in_a_waived_lot() -> None:
    lot = contracted(noticed())
    (event,) = note(lot, PRICE * 3 // 100)
    assert isinstance(event, KeptDepositNoted)
    found = book([*record(lot), event])
    assert found.balance(Account.KEPT, KeptKind.WAGES_DEPOSIT) == PRICE * 3 // 100
    assert found.balance(Account.WAIVED) == 3 * EACH + PRICE // 10
    after = fold(lot, [event])
    with pytest.raises(Conflicting, match="kept-deposit-noted"):
        note(after, 1)
    assert note(after, 1, KeptKind.QUALITY_DEPOSIT)


def test_they_are_capped_and_of_works_with_a_contract_only() -> None:
    with pytest.raises(Invalid, match="kept-deposit-too-high"):
        note(contracted(noticed()), PRICE * 3 // 100 + 1)
    with pytest.raises(Invalid, match="kept-deposit-of-works-only"):
        note(replace(contracted(gp_lot())), 1)
    with pytest.raises(OutOfOrder):
        note(noticed(), 1)
