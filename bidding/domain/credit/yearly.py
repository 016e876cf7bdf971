"""监督节奏: what waits for a supervisor, when to remind, and a year's evaluation for publication (R-NB-SS-05)."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

import msgspec

from bidding.domain.credit.conduct import Conduct
from bidding.domain.credit.standing import Entry, Status
from bidding.domain.periods import local_date

#: After so long a finding that nobody has decided is reminded of. No law names a term.
REMIND = timedelta(days=15)


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """A finding to be decided. ``days``: whole ones that it has waited; ``remind``: too long."""

    finding: Entry
    days: int
    remind: bool


def waiting(conduct: Iterable[Entry], now: datetime) -> tuple[Waiting, ...]:
    """Longest first."""
    open_ = sorted((one for one in conduct if one.status is Status.PROPOSED), key=lambda one: one.found_at)
    return tuple(
        Waiting(finding=one, days=(now - one.found_at).days, remind=now - one.found_at >= REMIND)
        for one in open_
    )


class ConductLine(msgspec.Struct, frozen=True, kw_only=True):
    """Of one kind of conduct, the findings of the year by how they stood at its end; they make up ``found``."""

    conduct: Conduct
    found: int
    recorded: int
    repaired: int
    dismissed: int
    proposed: int
    units: int


class YearlyEvaluation(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers alone: whom a record names is told by the record. ``reminded``: undecided for too long at the end."""

    year: int
    as_of: date
    units: int
    found: int
    reminded: int
    lines: tuple[ConductLine, ...]


def yearly_evaluation(units: Sequence[Sequence[Entry]], year: int) -> YearlyEvaluation:
    """``units``: each one's findings as they stood when the year ended, so that it never changes afterwards."""
    mine = [[one for one in conduct if local_date(one.found_at).year == year] for conduct in units]
    every = [one for conduct in mine for one in conduct]
    as_of = date(year, 12, 31)
    return YearlyEvaluation(
        year=year,
        as_of=as_of,
        units=sum(bool(conduct) for conduct in mine),
        found=len(every),
        reminded=sum(
            one.status is Status.PROPOSED and as_of - local_date(one.found_at) >= REMIND for one in every
        ),
        lines=tuple(
            _line(conduct, mine) for conduct in Conduct if any(one.conduct is conduct for one in every)
        ),
    )


def _line(conduct: Conduct, units: Sequence[Sequence[Entry]]) -> ConductLine:
    found = [one for entries in units for one in entries if one.conduct is conduct]
    return ConductLine(
        conduct=conduct,
        found=len(found),
        recorded=sum(one.status is Status.RECORDED and one.repaired_at is None for one in found),
        repaired=sum(one.status is Status.RECORDED and one.repaired_at is not None for one in found),
        dismissed=sum(one.status is Status.DISMISSED for one in found),
        proposed=sum(one.status is Status.PROPOSED for one in found),
        units=sum(any(one.conduct is conduct for one in entries) for entries in units),
    )
