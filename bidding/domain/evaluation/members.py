"""Who sits on the evaluation committee, and how its experts were drawn (R-EVAL-05…08)."""

from enum import StrEnum

import msgspec


class MemberKind(StrEnum):
    EXPERT = "EXPERT"  # drawn at random from the pool
    TENDERER_REP = "TENDERER_REP"  # 招标人代表 / 采购人代表, named by the tenderer


class PoolMember(msgspec.Struct, frozen=True, kw_only=True):
    """A person who may be drawn or named.

    ``units``: every employer within the recusal period (R-EVAL-08: three years), each by party id,
    统一社会信用代码 or full name; ``holdings``: units that the person holds shares of, directs or supervises, likewise.
    A person of a unit that bids or tenders, or of one that controls it, is left out.
    """

    party: str
    name: str
    trade: str = ""
    units: tuple[str, ...] = ()
    holdings: tuple[str, ...] = ()


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One seat. The seat's number, counted from 1, is the only name of a member outside the committee.

    ``ticket``, ``salt`` (hex): under which the expert was drawn, where the draw was one of tickets (R-DRAW-02).
    """

    seat: int
    party: str
    name: str
    kind: MemberKind
    trade: str = ""
    ticket: str = ""
    salt: str = ""


class TradeQuota(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A condition of the draw: so many experts of one trade."""

    trade: str
    count: int


class Pick(msgspec.Struct, frozen=True, kw_only=True):
    """One draw without replacement: the sorted party ids drawn from, the random bytes spent, who came out.

    ``random`` is hex and includes the bytes that rejection sampling threw away.
    """

    pool: tuple[str, ...]
    random: str
    drawn: str
