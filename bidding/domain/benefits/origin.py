"""R-STAT-06: how a published figure comes about, and what stands beside it without being one.

Such figures reach the public in two ways (大冶 2021: 26 bidders × 10 万 = 260 万 for a project; 2.4 亿 for a year,
drawn from the projects of the year before). The first goes back to events. The second is nobody's money: it stands
apart, is named for what it is, and is added to nothing.
"""

from collections.abc import Sequence
from enum import StrEnum

import msgspec

from bidding.domain.benefits.figures import of
from bidding.domain.benefits.lines import Figure, Line

#: Fewer complete months than this say nothing of a year.
LEAST = 3
YEAR = 12


class Basis(StrEnum):
    """``RECORDED``: an event for each amount; ``COMPUTED``: from such amounts, by a published formula; ``ESTIMATED``:
    by a unit table."""

    COUNTED = "counted"
    RECORDED = "recorded"
    COMPUTED = "computed"
    ESTIMATED = "estimated"


BASES = {
    Figure.ENTERPRISES: Basis.COUNTED,
    Figure.PARTICIPATIONS: Basis.COUNTED,
    Figure.BID_DEPOSIT: Basis.RECORDED,
    Figure.PERFORMANCE_BOND: Basis.RECORDED,
    Figure.INFO_FEE: Basis.RECORDED,
    Figure.DOCUMENTS: Basis.ESTIMATED,
    Figure.CAPITAL_COST: Basis.COMPUTED,
}


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """The lot with most of a figure: ``times`` bids (or contracts) × ``each`` 分 = ``amount`` 分; ``each`` None: they
    differ."""

    lot: str
    times: int
    each: int | None
    amount: int


class Extrapolation(msgspec.Struct, frozen=True, kw_only=True):
    """``amount``: 分 of a year with as much in it as the ``months`` from ``first`` to ``last`` had, half up."""

    first: str
    last: str
    months: int
    amount: int


def example(lines: Sequence[Line], figure: Figure) -> Example | None:
    """None for what is counted, and where there is nothing."""
    if BASES[figure] is Basis.COUNTED:
        return None
    lots: dict[str, list[Line]] = {}
    for line in of(lines, figure):
        lots.setdefault(line.lot, []).append(line)
    if not lots:
        return None
    lot = min(lots, key=lambda one: (-sum(line.amount for line in lots[one]), one))
    shares = [(line.bids or 1, line.amount) for line in lots[lot]]
    times, amount = sum(bids for bids, _ in shares), sum(one for _, one in shares)
    alike = all(one * times == amount * bids for bids, one in shares) and amount % times == 0
    return Example(lot=lot, times=times, each=amount // times if alike else None, amount=amount)


def extrapolated(lines: Sequence[Line], figure: Figure) -> Extrapolation | None:
    """From twelve months at most before the newest one, which may not be over. None for what is counted: who bids this
    year is largely who bid last year."""
    known = [_ordinal(line.month) for line in lines]
    if BASES[figure] is Basis.COUNTED or not known:
        return None
    last = max(known) - 1
    months = min(YEAR, last - min(known) + 1)
    if months < LEAST:
        return None
    first = last - months + 1
    amount = sum(line.amount for line in of(lines, figure) if first <= _ordinal(line.month) <= last)
    return Extrapolation(
        first=_month(first),
        last=_month(last),
        months=months,
        amount=(2 * YEAR * amount + months) // (2 * months),
    )


def _ordinal(month: str) -> int:
    year, of_year = month.split("-")
    return int(year) * YEAR + int(of_year) - 1


def _month(ordinal: int) -> str:
    return f"{ordinal // YEAR:04d}-{ordinal % YEAR + 1:02d}"
