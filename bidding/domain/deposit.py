"""Bid deposits and performance bonds: how much at most, and when they go back.

ENG: R-ENG-09, 11, 25, 26 (招投条例 26, 35, 57, 58). GP: R-GP-06, 07, 08, 17 (采购条例 33, 48; 87号令 38).
Maxima are in 分 and round down (R-SCORE-02).
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from bidding.domain.calendar import WorkCalendar
from bidding.domain.periods import last_day
from bidding.domain.regime import LotObject
from bidding.domain.ruleset import EngBonds, EngPeriods, EngRules, GpBonds, GpPeriods, GpRules, RuleSet, Term


class ReturnCause(StrEnum):
    """Why a deposit goes back; the date that the period starts on differs with it."""

    WITHDRAWN = "WITHDRAWN"
    """From receipt of the withdrawal. Refused and incomplete bids are treated alike (R-DEC-13)."""
    LOST = "LOST"
    """ENG: from the signing of the contract. GP: from the issue of the award notice."""
    WON = "WON"
    """From the signing of the contract."""


def max_bid_deposit_fen(bonds: EngBonds | GpBonds, obj: LotObject, base_fen: int) -> int:
    """The highest lawful bid deposit. ``base_fen``: 估算价 (ENG) or 预算金额 (GP)."""
    maximum = share_of(base_fen, bonds.bid_deposit.value)
    if isinstance(bonds, EngBonds) and bonds.cap_enabled.on:
        caps = {
            LotObject.WORKS: bonds.cap_works.fen,
            LotObject.GOODS: bonds.cap_goods.fen,
            LotObject.SURVEY_DESIGN: bonds.cap_survey_design.fen,
        }
        maximum = min(maximum, caps.get(obj, maximum))
    return maximum


def max_performance_bond_fen(bonds: EngBonds | GpBonds, contract_price_fen: int) -> int:
    """R-ENG-26, R-GP-17: the highest lawful performance bond."""
    return share_of(contract_price_fen, bonds.performance_bond.value)


def share_of(amount_fen: int, rate: Decimal) -> int:
    """``amount × rate`` in 分, rounded down."""
    return int(Fraction(amount_fen) * Fraction(rate) // 1)


def return_due(rules: RuleSet, cause: ReturnCause, start: date, calendar: WorkCalendar) -> date:
    """The last day to give a deposit back, ``start`` being the day that ``cause`` names."""
    term = _eng_return(rules.periods, cause) if isinstance(rules, EngRules) else _gp_return(rules, cause)
    return last_day(start, term.n, term.unit, calendar)


def _eng_return(periods: EngPeriods, cause: ReturnCause) -> Term:
    return periods.withdrawn_deposit_return if cause is ReturnCause.WITHDRAWN else periods.deposit_return


def _gp_return(rules: GpRules, cause: ReturnCause) -> Term:
    periods: GpPeriods = rules.periods
    return {
        ReturnCause.WITHDRAWN: periods.withdrawn_deposit_return,
        ReturnCause.LOST: periods.loser_deposit_return,
        ReturnCause.WON: periods.winner_deposit_return,
    }[cause]


def late_return_fee_fen(bonds: GpBonds, amount_fen: int, days_late: int, annual_base_rate: Decimal) -> int:
    """R-GP-08, 87号令 38: fee at the 同期贷款基准利率 raised by a fifth, /365, half up to the 分."""
    yearly = Fraction(annual_base_rate) * (1 + Fraction(bonds.late_return_surcharge.value))
    return int((Fraction(amount_fen) * yearly * max(days_late, 0) / 365 * 2 + 1) // 2)
