"""How units are tied to each other: the same head, holding, management (招投条例 34, 采购条例 18).

Two units are one if their 统一社会信用代码 agree, or, where one of them has none, their names. A person is
one by the digest of the identity number; two equal names are a doubt for the committee to settle.
"""

import sys
import unicodedata
from collections.abc import Iterable, Iterator
from enum import StrEnum
from functools import cache
from typing import Annotated

import msgspec

from bidding.domain.regime import Regime

#: 公司法 265: a holder of more than half controls; shares are counted in 万分之一.
HALF = 5000

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Code = Annotated[str, msgspec.Meta(max_length=18)]
Digest = Annotated[str, msgspec.Meta(pattern="^([0-9a-f]{64})?$", max_length=64)]
BasisPoints = Annotated[int, msgspec.Meta(ge=0, le=10_000)]


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``id_digest``: hex SHA-256 of the identity number, made on the declarant's own device; "" = not given."""

    name: Name
    id_digest: Digest = ""


class TieKind(StrEnum):
    HOLDING = "HOLDING"  # 控股
    MANAGEMENT = "MANAGEMENT"  # 管理, without shares


class Superior(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One who holds shares of the unit or manages it, directly. ``share_bp``: of its capital, in 万分之一.

    ``decisive``: controls with half or less, by votes or agreement (公司法 265(二)).
    """

    name: Name
    uscc: Code = ""
    tie: TieKind
    share_bp: BasisPoints = 0
    decisive: bool = False

    @property
    def controls(self) -> bool:
        return self.tie is TieKind.MANAGEMENT or self.decisive or self.share_bp > HALF


class Relations(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a unit declares of itself. ``head``: 单位负责人 (会计法: legal representative, or who acts as such)."""

    head: Person
    superiors: Annotated[tuple[Superior, ...], msgspec.Meta(max_length=50)] = ()


class Above(msgspec.Struct, frozen=True, kw_only=True):
    """A unit that controls another. ``via``: the names between them, lowest first; empty = directly."""

    name: str
    uscc: str
    tie: TieKind
    via: tuple[str, ...] = ()


class Unit(msgspec.Struct, frozen=True, kw_only=True):
    """A unit as a check sees it. ``head`` None: it has declared nothing."""

    party: str
    name: str
    uscc: str = ""
    head: Person | None = None
    above: tuple[Above, ...] = ()


class TieFound(StrEnum):
    SAME_UNIT = "SAME_UNIT"
    SAME_HEAD = "SAME_HEAD"
    HOLDING = "HOLDING"
    MANAGEMENT = "MANAGEMENT"


class Tie(msgspec.Struct, frozen=True, kw_only=True):
    """``certain``: by codes or digests; otherwise names alone agree. ``evidence``: what was compared."""

    kind: TieFound
    evidence: str
    certain: bool = True


def folded(name: str) -> str:
    """Names and codes are written with stray blanks, in either case, in either width, with accents in one piece or two,
    and with characters that show nothing."""
    return "".join(unicodedata.normalize("NFKC", name).translate(_unshown()).split()).casefold()


@cache
def _unshown() -> dict[int, None]:
    return {one: None for one in range(sys.maxunicode + 1) if unicodedata.category(chr(one)) == "Cf"}


def same_unit(uscc: str, name: str, other_uscc: str, other_name: str) -> bool:
    if uscc and other_uscc:
        return uscc == other_uscc
    return folded(name) == folded(other_name)


def ties(one: Unit, other: Unit, regime: Regime) -> Iterator[Tie]:
    """Every tie between two units that keeps them from bidding together.

    ENG: holding through any number of hands (R-ENG-31, 招投条例 34); GP: direct holding only (R-GP-27, 采购条例 18).
    """
    if one.party == other.party or same_unit(one.uscc, one.name, other.uscc, other.name):
        yield Tie(kind=TieFound.SAME_UNIT, evidence=f"{one.name}与{other.name}为同一单位")
        return
    yield from _same_head(one, other)
    for lower, upper in ((one, other), (other, one)):
        yield from _controls(lower, upper, regime)


def _same_head(one: Unit, other: Unit) -> Iterator[Tie]:
    if one.head is None or other.head is None:
        return
    first, second = one.head, other.head
    both = bool(first.id_digest and second.id_digest)
    if (first.id_digest == second.id_digest) if both else (folded(first.name) == folded(second.name)):
        how = "身份证件摘要一致" if both else "姓名相同，证件未核"
        yield Tie(
            kind=TieFound.SAME_HEAD,
            evidence=f"{one.name}与{other.name}的单位负责人均为{first.name}（{how}）",
            certain=both,
        )


def _controls(lower: Unit, upper: Unit, regime: Regime) -> Iterator[Tie]:
    for above in lower.above:
        if not same_unit(above.uscc, above.name, upper.uscc, upper.name):
            continue
        if above.via and regime is Regime.GP:
            continue
        word = "控股" if above.tie is TieKind.HOLDING else "管理"
        through = f"（经{'、'.join(above.via)}）" if above.via else ""
        yield Tie(
            kind=TieFound(above.tie.value),
            evidence=f"{upper.name}{word}{lower.name}{through}",
            certain=bool(above.uscc and upper.uscc),
        )


def controllers(relations: Relations | None) -> tuple[Superior, ...]:
    """Those of the declared superiors whose tie counts."""
    return () if relations is None else tuple(one for one in relations.superiors if one.controls)


def within(unit: Unit, group: Iterable[tuple[str, str]]) -> str:
    """The name of the group's unit (code, name) that ``unit`` is or is controlled by; "" if it is none."""
    for uscc, name in group:
        if same_unit(unit.uscc, unit.name, uscc, name):
            return name
        if any(same_unit(above.uscc, above.name, uscc, name) for above in unit.above):
            return name
    return ""
