"""Erasing personal data of the register on a supervisor's order (个人信息保护法 47; R-ARCH-01, R-GP-18).

An erased event stays where it is, in the form that ``without`` leaves of it; its salt is gone, its leaf stands. That it
was erased, on which order and what is left, is an event itself, which is all that makes the change lawful.
"""

import hashlib
from collections.abc import Sequence
from datetime import date

import msgspec
from msgspec.structs import replace

from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Forbidden, Invalid, OutOfOrder, TooEarly, Unknown
from bidding.domain.event import Event, SignedAct
from bidding.domain.experts.events import ExpertListed
from bidding.domain.given import signed_of
from bidding.domain.periods import local_date
from bidding.domain.registration.commands import Enrol, EraseData, OrderErasure
from bidding.domain.registration.events import (
    ERASED,
    Contact,
    CredentialBound,
    CredentialRevoked,
    Erased,
    ErasureOrdered,
    Kind,
    PartyRegistered,
    PartyVerified,
    PersonalDataErased,
    PersonalPart,
    RelationsDeclared,
)
from bidding.domain.registration.state import ErasureOrder, Party

#: The suite whose certificates the platform makes, which name nobody; another's are a licensed authority's.
OWN_SUITE = "intl-1"
#: A statement whose text is erased: its signature fits nothing any more.
NOTHING_SAID = SignedAct(statement="", signature="")


class Keeping(msgspec.Struct, frozen=True, kw_only=True):
    """A lot that names the party where the centre sees it. ``until``: last day of its retention; None: it goes on;
    ``named``: its events still say who that is, not its id alone (``bidding.domain.archive.erasing``)."""

    lot: str
    until: date | None
    rule: str
    named: bool = True


class Said(msgspec.Struct, frozen=True):
    """Of a statement: which act it is."""

    act: str = ""


def without(event: Event, party: str, parts: Sequence[PersonalPart]) -> Event:
    """The event without these parts of the party's personal data; the same one where it has none."""
    contact, identity = PersonalPart.CONTACT in parts, PersonalPart.IDENTITY in parts
    match event:
        case PartyRegistered():
            event = replace(event, contact=Contact()) if contact else event
            return replace(event, name=ERASED) if identity else event
        case PartyVerified() if identity:
            return replace(event, proof="")
        case CredentialBound():
            bound = replace(event, label="") if identity else event
            if identity and bound.suite != OWN_SUITE:
                bound = replace(bound, opening_certificate="")
            return replace(bound, signed=_unsaid(bound.signed, identity=identity))
        case CredentialRevoked() if identity:
            return replace(event, reason=ERASED, signed=NOTHING_SAID)
        case RelationsDeclared():
            return replace(event, signed=_unsaid(event.signed, identity=identity))
        case ExpertListed() if identity and event.party == party:
            return replace(event, name=ERASED, units=(), holdings=())
        case _:
            return event


def _unsaid(signed: SignedAct, *, identity: bool) -> SignedAct:
    """The enrolment says name and contact; what is signed later says neither, but the label of a device."""
    enrolled = bool(signed.statement) and msgspec.json.decode(signed.statement, type=Said).act == Enrol.NAME
    return NOTHING_SAID if identity or enrolled else signed


def digest(state: bytes, metadata: bytes) -> str:
    """Hex SHA-256 of what is left of an erased event: canonical JSON of the event, and its metadata."""
    return hashlib.sha256(state + b"\0" + metadata).hexdigest()


def order_erasure(party: Party, command: OrderErasure, facts: Facts) -> list[Event]:
    """The supervisor's order: who, what, on which ground, when. It takes effect by the operator's act."""
    if party.version == 0:
        raise Unknown("no-such-party")
    if PersonalPart.IDENTITY in command.parts and party.kind is not Kind.PERSON:
        raise Invalid("erasure-of-a-unit")  # 个人信息保护法 4: of natural persons
    standing = [one for one in party.erasures if one.done is None]
    if any(set(command.parts) <= set(one.parts) for one in standing):
        raise Conflicting("erasure-ordered-already", number=standing[-1].number)
    return [
        ErasureOrdered(
            party=party.party,
            number=len(party.erasures) + 1,
            parts=tuple(dict.fromkeys(command.parts)),
            ground=command.ground,
            reference=command.reference.strip(),
            by=facts.actor.party,
            signed=signed_of(facts),
            at=facts.now,
        )
    ]


def ordered(party: Party, number: int) -> ErasureOrder:
    """Raises ``Unknown``: nothing is erased without an order."""
    found = next((one for one in party.erasures if one.number == number), None)
    if found is None:
        raise Unknown("no-erasure-order", number=number)
    return found


def erase(
    party: Party,
    command: EraseData,
    facts: Facts,
    *,
    keeping: Sequence[Keeping],
    listed: bool,
    left: Sequence[Erased],
) -> list[Event]:
    """``listed``: the person is in the expert pool. ``left``: of each event that changes what then stands there."""
    order = ordered(party, command.order)
    if order.by == facts.actor.party:
        raise Forbidden("erasure-own-order", number=order.number)
    if order.done is not None:
        raise OutOfOrder("erasure-done", number=order.number, at=order.done)
    _require_unneeded(order, keeping, facts)
    if PersonalPart.IDENTITY in order.parts and listed:
        raise OutOfOrder("erasure-of-a-listed-expert", number=order.number)
    return [
        PersonalDataErased(
            party=party.party,
            order=order.number,
            parts=order.parts,
            erased=tuple(left),
            by=facts.actor.party,
            signed=signed_of(facts),
            at=facts.now,
        )
    ]


def _require_unneeded(order: ErasureOrder, keeping: Sequence[Keeping], facts: Facts) -> None:
    """A contact is needed while a lot goes on; who somebody is, as long as a record names the party.

    R-GP-18 (采购法 42, 采购条例 46), R-ARCH-01 (DA/T 103-2024): until the term of the last record is over
    (个人信息保护法 47 II: until then it is stored, and nothing else done with it).
    """
    running = sum(one.until is None for one in keeping)
    if running:
        raise TooEarly("erasure-lot-running", lots=running)
    if PersonalPart.IDENTITY not in order.parts or not keeping:
        return
    last = max(keeping, key=lambda one: one.until or date.max)
    assert last.until is not None
    if local_date(facts.now) <= last.until:
        raise TooEarly("erasure-term-running", rule=last.rule, until=last.until, lots=len(keeping))
    named = sum(one.named for one in keeping)
    if named:
        raise OutOfOrder("erasure-in-records", rule=last.rule, lots=named)
