"""R-ENG-09, 11, 25, 26; R-GP-06, 07, 08, 17: deposits and bonds."""

from datetime import date
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.domain.calendar import STATE_COUNCIL
from bidding.domain.deposit import (
    ReturnCause,
    late_return_fee_fen,
    max_bid_deposit_fen,
    max_performance_bond_fen,
    return_due,
)
from bidding.domain.regime import LotObject
from bidding.domain.ruleset import RuleSet
from tests.domain.rules.rulesets import ENG, GP


@given(st.integers(0, 10**13), st.sampled_from(LotObject))
def test_a_maximum_is_the_last_lawful_fen(base_fen: int, obj: LotObject) -> None:
    maximum = max_bid_deposit_fen(GP.bonds, obj, base_fen)
    assert maximum * 50 <= base_fen < (maximum + 1) * 50


@given(st.integers(0, 10**13))
def test_eng_caps_bind_by_object(base_fen: int) -> None:
    uncapped = base_fen // 50
    caps = {LotObject.WORKS: 80_000_000, LotObject.GOODS: 80_000_000, LotObject.SURVEY_DESIGN: 10_000_000}
    for obj in LotObject:
        assert max_bid_deposit_fen(ENG.bonds, obj, base_fen) == min(uncapped, caps.get(obj, uncapped))


def test_the_contested_caps_can_be_switched_off() -> None:
    off = msgspec.structs.replace(
        ENG.bonds, cap_enabled=msgspec.structs.replace(ENG.bonds.cap_enabled, on=False)
    )
    assert max_bid_deposit_fen(off, LotObject.WORKS, 9_000_000_000) == 180_000_000


@pytest.mark.parametrize("rules", [ENG, GP], ids=["ENG", "GP"])
def test_a_performance_bond_is_a_tenth_rounded_down(rules: RuleSet) -> None:
    assert max_performance_bond_fen(rules.bonds, 299_999_999) == 29_999_999


@pytest.mark.parametrize(
    ("rules", "cause", "due"),
    [
        (ENG, ReturnCause.WITHDRAWN, date(2026, 5, 6)),
        (ENG, ReturnCause.LOST, date(2026, 5, 6)),
        (ENG, ReturnCause.WON, date(2026, 5, 6)),
        (GP, ReturnCause.WITHDRAWN, date(2026, 5, 11)),
        (GP, ReturnCause.LOST, date(2026, 5, 11)),
        (GP, ReturnCause.WON, date(2026, 5, 11)),
    ],
)
def test_return_dates_across_labour_day(rules: RuleSet, cause: ReturnCause, due: date) -> None:
    """From 2026-04-30: five 日 end on holiday 05-05 and roll; 工作日 are 05-06, 07, 08, 09 (make-up), 11."""
    assert return_due(rules, cause, date(2026, 4, 30), STATE_COUNCIL) == due


def test_each_return_follows_its_own_constant() -> None:
    for cause, field in (
        (ReturnCause.WITHDRAWN, "withdrawn_deposit_return"),
        (ReturnCause.LOST, "loser_deposit_return"),
        (ReturnCause.WON, "winner_deposit_return"),
    ):
        slow = msgspec.structs.replace(getattr(GP.periods, field), n=6)
        rules = msgspec.structs.replace(GP, periods=msgspec.structs.replace(GP.periods, **{field: slow}))
        due = {one: return_due(rules, one, date(2026, 3, 2), STATE_COUNCIL) for one in ReturnCause}
        assert due.pop(cause) == date(2026, 3, 10)
        assert set(due.values()) == {date(2026, 3, 9)}


def test_late_return_costs_the_base_rate_and_a_fifth() -> None:
    assert late_return_fee_fen(GP.bonds, 36_500_000, 10, Decimal("0.05")) == 60_000
    assert late_return_fee_fen(GP.bonds, 36_500_000, -3, Decimal("0.05")) == 0
    assert late_return_fee_fen(GP.bonds, 9_125, 1, Decimal("0.05")) == 2, "1.5 分 rounds up"
