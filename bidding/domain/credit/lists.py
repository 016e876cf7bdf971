"""The lists, and what each does (R-CRDT-01; 招投条例 78, 采购条例 63)."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from bidding.domain.datafile import read, require_once
from bidding.domain.periods import local_date
from bidding.domain.regime import Regime


class CreditList(StrEnum):
    SERIOUS = "SERIOUS"  # 信用中国: 严重失信主体名单
    TAX_SERIOUS = "TAX_SERIOUS"  # 重大税收违法失信主体
    GP_SERIOUS = "GP_SERIOUS"  # 政府采购严重违法失信行为记录名单
    JUDGMENT_DEFAULTER = "JUDGMENT_DEFAULTER"  # 失信被执行人
    TAX_A = "TAX_A"  # 纳税信用 A 级纳税人
    CUSTOMS_AEO = "CUSTOMS_AEO"  # 海关高级认证企业


#: Lists that one stands in for one's merit: no source of offenders is asked for them, and nobody is barred by them.
REWARDS = frozenset({CreditList.TAX_A, CreditList.CUSTOMS_AEO})


class Severity(StrEnum):
    """How long a record is published at least and at most (36号令, R-NB-SS-03)."""

    MINOR = "minor"  # 轻微
    GENERAL = "general"  # 一般
    SERIOUS = "serious"  # 严重


class Effect(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    list: CreditList
    regime: Regime
    action: Literal["EXCLUDE"]
    basis: Annotated[str, msgspec.Meta(min_length=1)]


class Effects(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    valid_hours: Annotated[int, msgspec.Meta(ge=1, le=24 * 30)]
    effects: tuple[Effect, ...]

    def of(self, kind: CreditList, regime: Regime) -> Effect | None:
        """None: no basis, no effect (R-NB-SS-02)."""
        return next((one for one in self.effects if (one.list, one.regime) == (kind, regime)), None)

    @property
    def validity(self) -> timedelta:
        return timedelta(hours=self.valid_hours)


def parse_effects(text: str) -> Effects:
    """Raises ``DataFileError``, for a line told twice too."""
    effects = read(text, Effects)
    require_once(text, "effects", [(one.list, one.regime, one.action) for one in effects.effects])
    return effects


class Listing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One record as a source tells it. ``until``: its last day, in Beijing; ``basis``: the decision's number."""

    listing: str
    list: CreditList
    basis: str
    since: date
    until: date

    def runs(self, now: datetime) -> bool:
        return self.since <= local_date(now) <= self.until


class Answered(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One source of a look-up. ``by``: the supervisor who looked there by hand, as it did not answer itself; ``at``:
    when it was asked."""

    source: str
    at: datetime
    by: str = ""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the sources said of one unit at one instant. ``sha256``: hex, over its canonical JSON without itself.

    ``answers``: each source and when it was asked; absent where the platform's register alone was, as it used to be.
    """

    party: str
    uscc: str
    name: str
    source: str
    at: datetime
    valid_until: datetime
    listings: tuple[Listing, ...]
    sha256: str = ""
    answers: tuple[Answered, ...] | msgspec.UnsetType = msgspec.UNSET

    def active(self, now: datetime) -> tuple[Listing, ...]:
        """Those that run: after its last day a record ends by itself (36号令)."""
        return tuple(one for one in self.listings if one.runs(now))

    def excluding(self, regime: Regime, effects: Effects, now: datetime) -> tuple[Listing, ...]:
        return tuple(one for one in self.active(now) if effects.of(one.list, regime) is not None)


class GradeGround(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One record that stood at T0: why the grade is what it is. ``source``: the list's, or the conduct's clause."""

    severity: Severity
    basis: str
    source: str


class CreditGrade(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``rank`` 1: nothing stands; of a consortium the lowest of its members, whose records ``standing`` lists. 0 goes
    before it, by the bases of ``preferred`` (同等条件下优先)."""

    bidder: str
    rank: int
    standing: tuple[GradeGround, ...] = ()
    preferred: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET


def excluded(
    snapshots: Iterable[Snapshot], regime: Regime, effects: Effects, now: datetime
) -> dict[str, tuple[Listing, ...]]:
    """Party → the listings that shut it out; nobody else is named."""
    found = {one.party: one.excluding(regime, effects, now) for one in snapshots}
    return {party: listings for party, listings in found.items() if listings}
