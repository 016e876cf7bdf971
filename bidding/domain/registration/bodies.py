"""Outside bodies that a changed licence concerns: who is told, and what each answered (R-NB-HS-01).

Makers of seals and certificate authorities keep records of the unit under its old name. They are told with the one
consent of the change; until each has answered, the party sees which still waits.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec.structs import replace

from bidding.domain.event import Event, SignedAct
from bidding.domain.registration import events as e
from bidding.domain.registration.events import BodyState

FINAL = frozenset({BodyState.DONE, BodyState.REFUSED})


class BodyAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """``reference``: the body's own number of the case."""

    state: BodyState
    reference: str = ""
    text: str = ""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One body's part of a notice. ``at``: of its last answer, None while it has given none."""

    body: str
    state: BodyState = BodyState.WAITING
    reference: str = ""
    text: str = ""
    at: datetime | None = None

    @property
    def final(self) -> bool:
        return self.state in FINAL


class BodyNotice(msgspec.Struct, frozen=True, kw_only=True):
    """``number``: of the party's notices, from 1; ``changes``: as ``consent`` has them carried on."""

    number: int
    changes: tuple[e.Change, ...]
    consent: SignedAct
    told: tuple[Told, ...]
    at: datetime

    @property
    def settled(self) -> bool:
        return all(one.final for one in self.told)


def notices_of(known: Sequence[BodyNotice], events: Sequence[Event], bodies: Sequence[str]) -> list[Event]:
    """What goes with a changed licence, in its commit: so no change is lost whatever body is down."""
    return [
        e.BodiesToTell(
            party=event.party,
            number=len(known) + 1,
            changes=event.changes,
            bodies=tuple(bodies),
            signed=event.signed,
            at=event.at,
        )
        for event in events
        if isinstance(event, e.LicenceChanged) and bodies
    ]


def answered(
    known: Sequence[BodyNotice], party: str, number: int, body: str, answer: BodyAnswer, at: datetime
) -> list[Event]:
    """Nothing where the body says again what it said, or speaks after its last word."""
    notice = next((one for one in known if one.number == number), None)
    told = next((one for one in notice.told if one.body == body), None) if notice is not None else None
    if told is None or told.final or answer.state is BodyState.WAITING:
        return []
    if (told.state, told.reference, told.text) == (answer.state, answer.reference, answer.text):
        return []
    return [
        e.BodyAnswered(
            party=party,
            number=number,
            body=body,
            state=answer.state,
            reference=answer.reference,
            text=answer.text,
            at=at,
        )
    ]


def evolve(known: tuple[BodyNotice, ...], event: Event) -> tuple[BodyNotice, ...]:
    match event:
        case e.BodiesToTell():
            told = tuple(Told(body=one) for one in event.bodies)
            notice = BodyNotice(
                number=event.number, changes=event.changes, consent=event.signed, told=told, at=event.at
            )
            return (*known, notice)
        case e.BodyAnswered():
            return tuple(_told(one, event) if one.number == event.number else one for one in known)
        case _:
            return known


def _told(notice: BodyNotice, event: e.BodyAnswered) -> BodyNotice:
    said = Told(
        body=event.body,
        state=event.state,
        reference=event.reference,
        text=event.text,
        at=event.at,
    )
    return replace(notice, told=tuple(said if one.body == event.body else one for one in notice.told))
