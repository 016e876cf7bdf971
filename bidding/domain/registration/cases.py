"""办件: what parties asked the register for, and how long each took (R-NB-HS-05)."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from statistics import median

import msgspec
from msgspec.structs import replace

from bidding.domain.event import Event
from bidding.domain.parties import PLATFORM
from bidding.domain.periods import local_date
from bidding.domain.registration import events as e

HOUR = timedelta(hours=1)


class CaseKind(StrEnum):
    REGISTRATION = "REGISTRATION"  # 主体注册, until it is verified
    LICENCE = "LICENCE"  # 名称或法定代表人变更: applied at once, by one consent (免申即享)
    MAJOR = "MAJOR"  # 资质、合并、分立、破产: until it is verified anew


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """``done`` None: it waits for the centre. ``automatic``: no person had to act."""

    kind: CaseKind
    opened: datetime
    done: datetime | None = None
    automatic: bool = False


def cases(events: Iterable[Event]) -> tuple[Case, ...]:
    """Of one party's stream. A verification ends whatever waits for one."""
    found: list[Case] = []
    for event in events:
        match event:
            case e.PartyRegistered():
                found.append(Case(kind=CaseKind.REGISTRATION, opened=event.at))
            case e.LicenceChanged():
                found.append(Case(kind=CaseKind.LICENCE, opened=event.at, done=event.at, automatic=True))
            case e.MajorChangeReported():
                found.append(Case(kind=CaseKind.MAJOR, opened=event.at))
            case e.PartyVerified():
                ended = {"done": event.at, "automatic": event.by == PLATFORM.party}
                found = [one if one.done is not None else replace(one, **ended) for one in found]
    return tuple(found)


class CaseLine(msgspec.Struct, frozen=True, kw_only=True):
    """Cases opened in the year. ``median_hours`` of those that are done and that a person had to act in, decimal text
    with one digit; None: there were none."""

    kind: CaseKind
    opened: int
    done: int
    automatic: int
    median_hours: str | None


class CaseYear(msgspec.Struct, frozen=True, kw_only=True):
    year: int
    opened: int
    done: int
    lines: tuple[CaseLine, ...]


def case_year(every: Sequence[Case], year: int) -> CaseYear:
    mine = [one for one in every if local_date(one.opened).year == year]
    return CaseYear(
        year=year,
        opened=len(mine),
        done=sum(one.done is not None for one in mine),
        lines=tuple(_line(kind, [one for one in mine if one.kind is kind]) for kind in CaseKind),
    )


def _line(kind: CaseKind, mine: Sequence[Case]) -> CaseLine:
    spans = [
        Fraction((one.done - one.opened) // timedelta(milliseconds=1), HOUR // timedelta(milliseconds=1))
        for one in mine
        if one.done is not None and not one.automatic
    ]
    return CaseLine(
        kind=kind,
        opened=len(mine),
        done=sum(one.done is not None for one in mine),
        automatic=sum(one.automatic for one in mine),
        median_hours=f"{float(median(spans)):.1f}" if spans else None,
    )
