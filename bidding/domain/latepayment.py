"""Interest on late payment (R-NB-HF-03; 保障中小企业款项支付条例 17)."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import msgspec

from bidding.domain.ruleset import LatePayment


class LateInterest(msgspec.Struct, frozen=True, kw_only=True):
    """``days`` late, and the interest in 分, half up."""

    days: int
    interest_fen: int


def late_interest(
    rules: LatePayment,
    *,
    amount_fen: int,
    due: date,
    paid: date,
    agreed_annual: Decimal | None = None,
    lpr_1y: Decimal | None = None,
) -> LateInterest:
    """Interest on ``amount_fen`` paid after ``due``; nothing when paid in time.

    ``agreed_annual``: the contract's yearly rate, lifted to ``lpr_1y``, the one-year LPR at signing, which is
    then needed (``ValueError``). Without an agreed rate the statutory daily one applies.
    """
    days = max((paid - due).days, 0)
    if agreed_annual is None:
        daily = Fraction(rules.default_daily.value)
    elif lpr_1y is None:
        raise ValueError("an agreed rate is compared with the LPR at signing, which is missing")
    else:
        daily = Fraction(max(agreed_annual, lpr_1y)) / rules.days_per_year.n
    return LateInterest(days=days, interest_fen=half_up_fen(amount_fen * daily * days))


def half_up_fen(amount: Fraction) -> int:
    """A non-negative amount to the nearest 分, halves up (R-SCORE-02)."""
    return int((amount * 2 + 1) // 2)
