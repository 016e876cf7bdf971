"""Who acts: roles of parties, and the standing a party has towards one lot."""

from enum import StrEnum

import msgspec


class Role(StrEnum):
    """What a party was registered (and, where it matters, approved) to be."""

    TENDERER = "tenderer"  # 招标人 / 采购人
    AGENCY = "agency"  # 招标代理
    BIDDER = "bidder"  # 投标人 / 供应商
    EXPERT = "expert"  # 评标专家
    SUPERVISOR = "supervisor"  # 行政监督
    OPERATOR = "operator"  # 交易中心
    NOTARY = "notary"  # 公证机构


class Standing(StrEnum):
    """A party's relation to the lot in question; permissions and audiences are given in these.

    A role alone opens nothing of a particular lot: an agency hosts its own lots only.
    """

    ANYONE = "anyone"  # spectators, without login
    MEMBER = "member"  # any verified party
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    HOST = "host"  # the lot's agency (or the tenderer, where it tenders without one)
    TENDERER = "tenderer"  # the lot's tenderer
    BIDDER = "bidder"  # any verified party with the role bidder, before the roll
    PARTICIPANT = "participant"  # a bidder on the lot's published roll
    COMMITTEE = (
        "committee"  # a member of the committee that evaluates the lot or, before it, reviews applications
    )
    WINNER = "winner"
    PLATFORM = "platform"  # the clock and the reactions: no person


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """The authenticated author of a command.

    ``credential`` is the hex SHA-256 of the device's raw signing key; empty for the platform itself.
    """

    party: str
    name: str = ""
    roles: frozenset[Role] = frozenset()
    credential: str = ""


PLATFORM = Actor(party="platform", name="平台")
