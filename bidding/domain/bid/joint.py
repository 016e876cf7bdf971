"""A consortium's bid 联合体投标: who stands behind it, what each does, and that each has agreed (R-ENG-30, R-GP-28).

The lead hands in the bid; what it says of the members stands in the signed body of its submission and is as
secret as the bid. Each member has agreed on its own device before, in its own stream.
"""

from collections.abc import Mapping
from typing import Annotated

import msgspec

from bidding.domain.consortium import Member
from bidding.domain.event import SignedAct
from bidding.domain.relations import Unit

PartyId = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Trade = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$", max_length=64)]
#: A consortium of one is a single bidder.
FEWEST = 2


class Qualification(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True
):
    """资质 as the certificate words it, class and grade in one, and the certificate's number. Published with the
    bidder's name (R-PLAT-09); a member of a consortium states its own in its shares."""

    title: Annotated[str, msgspec.Meta(pattern=r"\S", max_length=200)]
    certificate: Annotated[str, msgspec.Meta(max_length=100)] = ""


Qualifications = Annotated[tuple[Qualification, ...], msgspec.Meta(max_length=20)]


class Share(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One part of the work and the qualification for it. ``grade``: 资质等级 in ``trade``, 1 is best."""

    trade: Trade
    grade: Annotated[int, msgspec.Meta(ge=1, le=9)]
    work: Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


Shares = Annotated[tuple[Share, ...], msgspec.Meta(min_length=1, max_length=10)]


class Partner(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    party: PartyId
    shares: Shares


class Consortium(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``agreement_sha256``: of the 共同投标协议; ``partners``: all members, the lead among them."""

    agreement_sha256: Sha256
    partners: Annotated[tuple[Partner, ...], msgspec.Meta(min_length=1, max_length=20)]

    @property
    def members(self) -> tuple[Member, ...]:
        """Each qualification that somebody brings, as the grade rule takes it."""
        return tuple(
            Member(party=one.party, trade=share.trade, grade=share.grade)
            for one in self.partners
            for share in one.shares
        )


class Agreed(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A member's own signed word, kept with the bid as evidence."""

    party: str
    signed: SignedAct


class JoinedIn(msgspec.Struct, frozen=True, kw_only=True):
    """What one member agreed to, in its own stream."""

    lead: str
    agreement_sha256: str
    shares: tuple[Share, ...]
    signed: SignedAct


class Contender(msgspec.Struct, frozen=True, kw_only=True):
    """A party that would bid, alone or as a member. ``may_bid``: verified, with the role; ``operates``: is the
    platform's own operator; ``joined``: what it has agreed to on this lot."""

    unit: Unit
    may_bid: bool
    operates: bool = False
    joined: tuple[JoinedIn, ...] = ()


def agreed(consortium: Consortium, lead: str, known: Mapping[str, Contender]) -> tuple[Agreed, ...]:
    """The words of those members who agreed to just this: agreement, lead and their own shares."""
    found = []
    for partner in consortium.partners:
        contender = known.get(partner.party)
        for one in contender.joined if contender is not None else ():
            same = (one.lead, one.agreement_sha256) == (lead, consortium.agreement_sha256)
            if same and one.shares == partner.shares:
                found.append(Agreed(party=partner.party, signed=one.signed))
                break
    return tuple(found)


def misformed(consortium: Consortium, lead: str) -> bool:
    """No lead among the members, a member twice, or nobody beside the lead."""
    parties = [one.party for one in consortium.partners]
    return lead not in parties or len(set(parties)) != len(parties) or len(parties) < FEWEST
