"""R-STAT-01…05, R-NB-HF-03, R-NB-HF-06: statistics, late interest, ledgers."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.domain.latepayment import late_interest
from bidding.domain.regime import LotObject
from bidding.domain.ruleset import LatePayment
from bidding.domain.statistics import (
    CountedBid,
    WaivedLot,
    capital_cost_fen,
    document_saving_fen,
    waived_sums,
)
from tests.domain.rules.rulesets import ENG, GP


@pytest.fixture
def rules() -> LatePayment:
    assert ENG.late_payment is not None
    return ENG.late_payment


def lot(*leads: str, obj: LotObject = LotObject.WORKS, base_fen: int = 9_000_000_000) -> WaivedLot:
    return WaivedLot(
        object=obj,
        bonds=ENG.bonds,
        base_fen=base_fen,
        bids=tuple(CountedBid(lead=lead, sealed=True) for lead in leads),
        bid_deposit_waived=True,
    )


def test_the_figures_of_the_bulletin_follow_from_its_rules() -> None:
    """R-STAT-07: 695 bids at the 80 万 cap make exactly 5.56 亿."""
    assert waived_sums([lot(*map(str, range(695)))]).bid_deposit_waived_fen == 55_600_000_000


def test_one_enterprise_in_two_lots_is_one_enterprise_and_two_participations() -> None:
    found = waived_sums([lot("A", "B"), lot("A")])
    assert (found.enterprises, found.participations) == (2, 3)


def test_each_round_of_a_re_tender_counts() -> None:
    once, twice = waived_sums([lot("A")]), waived_sums([lot("A"), lot("A")])
    assert twice.bid_deposit_waived_fen == 2 * once.bid_deposit_waived_fen


def test_gp_lots_have_no_cap() -> None:
    gp = WaivedLot(
        object=LotObject.GOODS,
        bonds=GP.bonds,
        base_fen=9_000_000_000,
        bids=(CountedBid(lead="A", sealed=True), CountedBid(lead="B", sealed=False)),
        bid_deposit_waived=True,
    )
    assert waived_sums([gp]).bid_deposit_waived_fen == 180_000_000


def test_the_true_benefit_is_the_cost_of_the_capital_that_stayed_free() -> None:
    assert capital_cost_fen([(36_500_000, 30), (36_500_000, 70)], Decimal("0.03")) == 300_000
    assert document_saving_fen(7, 80_000) == 560_000


@given(st.integers(0, 10**10), st.integers(0, 400), st.integers(0, 400))
def test_interest_grows_with_the_delay(amount: int, first: int, more: int) -> None:
    assert ENG.late_payment is not None
    due = date(2026, 1, 1)

    def interest(days: int) -> int:
        assert ENG.late_payment is not None
        paid = due + timedelta(days=days)
        return late_interest(ENG.late_payment, amount_fen=amount, due=due, paid=paid).interest_fen

    assert interest(first) <= interest(first + more)
    assert interest(0) == 0


def test_an_agreed_rate_is_never_below_the_lpr(rules: LatePayment) -> None:
    def interest(agreed: str) -> int:
        return late_interest(
            rules,
            amount_fen=36_500_000,
            due=date(2026, 1, 1),
            paid=date(2026, 1, 11),
            agreed_annual=Decimal(agreed),
            lpr_1y=Decimal("0.03"),
        ).interest_fen

    assert (interest("0"), interest("0.03"), interest("0.06")) == (30_000, 30_000, 60_000)


def test_an_agreed_rate_cannot_be_judged_without_the_lpr(rules: LatePayment) -> None:
    with pytest.raises(ValueError, match="LPR"):
        late_interest(
            rules,
            amount_fen=1,
            due=date(2026, 1, 1),
            paid=date(2026, 1, 11),
            agreed_annual=Decimal("0.01"),
        )
