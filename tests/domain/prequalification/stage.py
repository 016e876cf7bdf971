"""A lot in its prequalification, and people who apply and review."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from msgspec.structs import replace

from bidding.crypto.canonical import b64
from bidding.crypto.suite import KeyPair
from bidding.domain.bid.receipts import Content, Issued
from bidding.domain.command import Facts
from bidding.domain.evaluation.members import PoolMember
from bidding.domain.event import Event
from bidding.domain.lot import Lot
from bidding.domain.notice.prequalifying import PrequalificationNoticed, Requirement
from bidding.domain.notice.terms import DocumentRef
from bidding.domain.parties import Actor, Role
from bidding.domain.periods import SHANGHAI
from bidding.domain.prequalification import commands as c
from bidding.domain.prequalification.answers import Answer, Fault
from bidding.domain.prequalification.applying import apply
from bidding.domain.prequalification.noticing import publish
from bidding.domain.prequalification.reviewing import conclude, draw, review
from bidding.domain.prequalification.state import Application, evolve_application
from bidding.domain.relations import Unit
from tests.domain.lots import AGENCY, PARTICULARS, booked, facts, fold

#: Noticed on Monday 2026-03-02: five days of offer end on Monday the 9th (the 7th is a Saturday), five more to
#: apply on Monday the 16th (the 14th is a Saturday); the deadline is that day's end.
DEADLINE = datetime(2026, 3, 17, 0, 0, tzinfo=SHANGHAI)
AFTER = datetime(2026, 3, 17, 9, 0, tzinfo=SHANGHAI)
FIRST, SECOND = "grade", "record"
DOCUMENT = DocumentRef(sha256="ab" * 32, name="资格预审文件.pdf", length=1024)
POOL = tuple(PoolMember(party=f"e{n}", name=f"专家{n}", trade="市政") for n in range(1, 9))


#: The review key's private half, and the public one of the notice.
PRIVATE = KeyPair.from_private(bytes(range(1, 33)))


def notice(**changes: Any) -> c.Publish:
    asked = c.Publish(
        text="现对潜在投标人进行资格预审。",
        deadline=DEADLINE,
        offer_until=date(2026, 3, 9),
        requirements=(
            Requirement(id=FIRST, title="企业资质", text="市政总承包二级及以上"),
            Requirement(id=SECOND, title="类似业绩", text="近三年一项"),
        ),
        document=DOCUMENT,
        review_key=b64(PRIVATE.public),
        particulars=PARTICULARS,
        consortia=True,
    )
    return replace(asked, **changes)


def prequalifying(lot: Lot | None = None, *, sealed: bool = False, **changes: Any) -> Lot:
    """Not ``sealed``: as lots were noticed whose applications came readable."""
    lot = lot or booked()
    events = publish(lot, notice(**changes), facts())
    return fold(lot, events if sealed else [readable(one) for one in events])


def readable(event: Event) -> Event:
    return replace(event, review_key="") if isinstance(event, PrequalificationNoticed) else event


def person(name: str, *roles: Role) -> Actor:
    return Actor(party=name, roles=frozenset(roles), credential=name)


def by(name: str, now: datetime = AFTER) -> Facts:
    return facts(person(name, Role.BIDDER), now)


def issue(content: Content, /) -> Issued:
    return Issued(text=f"receipt {content.number}", signature="c2ln")


def answers() -> tuple[Answer, ...]:
    return tuple(Answer(requirement=one, text="具备") for one in (FIRST, SECOND))


def applied(lot: Lot, name: str, now: datetime, *, members: tuple[str, ...] = ()) -> Application:
    own = Application(lot=lot.lot_id, applicant=name)
    command = c.Apply(answers=answers(), members=members)
    return told(own, apply(lot, command, by(name, now), application=own, issue=issue))


def told(application: Application, events: Sequence[Event]) -> Application:
    for event in events:
        application = evolve_application(application, event)
    return application


def seated(lot: Lot, *units: Unit, size: int = 5, now: datetime = AFTER) -> Lot:
    command = c.Draw(size=size)
    events = draw(lot, command, facts(AGENCY, now), pool=POOL, representatives=(), interests=units)
    return fold(lot, events)


def reviewed(lot: Lot, application: Application, *failing: str) -> Application:
    """Found on by the whole committee; ``failing``: the reviewers who find a fault."""
    for one in sorted(lot.prequalification.members):
        faults = (Fault(requirement=SECOND, reason="业绩不符"),) if one in failing else ()
        command = c.Review(applicant=application.applicant, faults=faults)
        application = told(application, review(lot, command, by(one), application=application))
    return application


def ended(lot: Lot, applications: Sequence[Application]) -> tuple[Lot, list[Event]]:
    chair = min(lot.prequalification.members)
    events, results = conclude(lot, c.Conclude(), by(chair), applications=applications)
    return fold(lot, events), [*events, *results.values()]


EARLY = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
