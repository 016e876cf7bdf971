"""年度承诺: what a unit promises for the year, how it ended, and what follows if it did not keep it (R-NB-HF-05)."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Forbidden, Invalid, Unknown
from bidding.domain.event import Event
from bidding.domain.given import signed_of
from bidding.domain.parties import Role
from bidding.domain.performance import commands as c
from bidding.domain.performance import events as e
from bidding.domain.periods import local_date


class State(StrEnum):
    OPEN = "OPEN"  # its day has not come
    OVERDUE = "OVERDUE"  # its day, or the one agreed since, has passed and nothing was reported
    RECTIFYING = "RECTIFYING"  # not kept; a response and a later day are published
    KEPT = "KEPT"
    KEPT_LATE = "KEPT_LATE"  # rectified


class Commitment(msgspec.Struct, frozen=True, kw_only=True):
    """``cause``, ``response``, ``agreed``: of the last report that it was not kept."""

    number: int
    party: str
    name: str
    year: int
    text: str
    due: date
    cause: e.Cause | None = None
    response: str = ""
    agreed: date | None = None
    kept_at: datetime | None = None
    evidence: str = ""
    late: bool = False

    def state(self, day: date) -> State:
        if self.kept_at is not None:
            return State.KEPT_LATE if self.late else State.KEPT
        if day > (self.agreed or self.due):
            return State.OVERDUE
        return State.RECTIFYING if self.agreed is not None else State.OPEN


def evolve(known: tuple[Commitment, ...], event: Event) -> tuple[Commitment, ...]:
    match event:
        case e.CommitmentMade():
            fields = ("number", "party", "name", "year", "text", "due")
            return (*known, Commitment(**{name: getattr(event, name) for name in fields}))
        case e.CommitmentKept():
            kept = {"kept_at": event.at, "evidence": event.evidence, "late": event.late}
            return tuple(replace(one, **kept) if one.number == event.number else one for one in known)
        case e.CommitmentBroken():
            said = {"cause": event.cause, "response": event.response, "agreed": event.agreed}
            return tuple(replace(one, **said) if one.number == event.number else one for one in known)
        case _:
            return known


def replay(events: Iterable[Event]) -> tuple[Commitment, ...]:
    known: tuple[Commitment, ...] = ()
    for event in events:
        known = evolve(known, event)
    return known


def make(known: tuple[Commitment, ...], command: c.MakeCommitment, facts: Facts) -> list[Event]:
    """By who tenders, for a day of that year that has not passed; what is published is not taken back."""
    _require_tenderer(facts)
    if not command.text.strip():
        raise Invalid("commitment-without-text", rule="R-NB-HF-05")
    if command.due.year != command.year or command.due < local_date(facts.now):
        raise Invalid("commitment-day-impossible", rule="R-NB-HF-05", year=command.year)
    return [
        e.CommitmentMade(
            number=len(known) + 1,
            party=facts.actor.party,
            name=facts.actor.name,
            year=command.year,
            text=command.text.strip(),
            due=command.due,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def report(known: tuple[Commitment, ...], command: c.ReportCommitment, facts: Facts) -> list[Event]:
    """Kept, with evidence; or not: then cause, response and a later day, as often as that day is missed."""
    _require_tenderer(facts)
    found = next((one for one in known if one.number == command.number), None)
    if found is None:
        raise Unknown("no-such-commitment", rule="R-NB-HF-05", number=command.number)
    if found.kept_at is not None:
        raise Conflicting("commitment-ended", rule="R-NB-HF-05", number=found.number)
    if not command.statement.strip():
        raise Invalid("commitment-without-text", rule="R-NB-HF-05")
    today, said = local_date(facts.now), command.statement.strip()
    if command.kept:
        return [
            e.CommitmentKept(
                number=found.number,
                evidence=said,
                late=found.agreed is not None or today > found.due,
                at=facts.now,
                signed=signed_of(facts),
            )
        ]
    if command.cause is None or command.agreed is None:
        raise Invalid("commitment-without-cause", rule="R-NB-HF-05", number=found.number)
    if command.agreed <= max(today, found.due):
        raise Invalid("commitment-day-impossible", rule="R-NB-HF-05", year=command.agreed.year)
    return [
        e.CommitmentBroken(
            number=found.number,
            cause=command.cause,
            response=said,
            agreed=command.agreed,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def _require_tenderer(facts: Facts) -> None:
    if Role.TENDERER not in facts.actor.roles:
        raise Forbidden("not-permitted", command=c.MakeCommitment.NAME, needed=["tenderer"])
