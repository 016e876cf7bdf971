"""R-GP-18 (采购法 42; 采购条例 46), R-ARCH-01 (DA/T 103-2024 [M]): kept for the rule set's years from the end."""

from datetime import date, datetime

import msgspec

from bidding.domain.errors import TooEarly
from bidding.domain.lot import Lot, Phase
from bidding.domain.periods import local_date
from bidding.domain.ruleset import RuleSet

ENDED = frozenset({Phase.CONTRACTED, Phase.FAILED, Phase.TERMINATED})


class Retention(msgspec.Struct, frozen=True, kw_only=True):
    """保管期限: ``years`` from ``ended``; ``until``: the last day on which nothing may be deleted."""

    ended: datetime
    years: int
    until: date
    rule: str
    source: str


def retention(lot: Lot, rules: RuleSet) -> Retention:
    """Raises ``TooEarly`` while the lot goes on: what is not closed cannot be archived."""
    ended = ended_at(lot)
    if ended is None:
        raise TooEarly("archive-not-closed", rule="R-ARCH-01", phase=lot.phase)
    count = rules.counts.archive_years
    return Retention(
        ended=ended,
        years=count.n,
        until=_years_after(local_date(ended), count.n),
        rule=count.rule,
        source=count.source,
    )


def ended_at(lot: Lot) -> datetime | None:
    """When the contract was filed, or the lot failed or was terminated; None before."""
    if lot.phase not in ENDED:
        return None
    failure = lot.opening.failure
    ends = (
        lot.contract.filed_at,
        lot.prequalification.failed_at,
        None if failure is None else failure.at,
        lot.evaluation.voided_at,
        lot.award.voided_at,
        lot.control.terminated_at,
    )
    return max((at for at in ends if at is not None), default=None)


def _years_after(day: date, years: int) -> date:
    """The same day of a later year; 29 February becomes 1 March, so that nothing is kept a day too short."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)
