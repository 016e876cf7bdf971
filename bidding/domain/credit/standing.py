"""A unit's conduct: found in lots, recorded or dismissed by a supervisor, counted when it comes again (R-NB-SS-01)."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from bidding.domain.command import Facts
from bidding.domain.credit import commands as c
from bidding.domain.credit import events as e
from bidding.domain.credit.conduct import Conduct, ConductRule, Conducts
from bidding.domain.credit.consequences import Finding, Unit
from bidding.domain.credit.lists import Severity
from bidding.domain.credit.publication import after, term
from bidding.domain.errors import Conflicting, Invalid, Unknown
from bidding.domain.event import Event
from bidding.domain.given import random_bytes, signed_of
from bidding.domain.periods import local_date
from bidding.domain.ruleset import CreditRepair


class Status(StrEnum):
    PROPOSED = "PROPOSED"
    RECORDED = "RECORDED"
    DISMISSED = "DISMISSED"


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """``found_at``: when; ``until``: last day on record, None while proposed or dismissed; ``decided_by``: "" if
    nobody had to. ``lot``, ``about``: as in ``ConductFound``."""

    number: str
    conduct: Conduct
    severity: Severity
    rule: str
    basis: str
    lot: str
    about: str
    found_at: datetime
    status: Status
    until: date | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""
    repaired_at: datetime | None = None
    repaired_by: str = ""

    def stands(self, now: datetime) -> bool:
        recorded = self.status is Status.RECORDED and self.repaired_at is None
        return recorded and self.until is not None and local_date(now) <= self.until


def evolve(entries: tuple[Entry, ...], event: Event) -> tuple[Entry, ...]:
    match event:
        case e.ConductFound():
            found = Entry(
                number=event.number,
                conduct=event.conduct,
                severity=event.severity,
                rule=event.rule,
                basis=event.basis,
                lot=event.lot,
                about=event.about,
                found_at=event.at,
                status=Status.PROPOSED if event.until is None else Status.RECORDED,
                until=event.until,
            )
            return (*entries, found)
        case e.ConductDecided():
            decided = {
                "status": Status.DISMISSED if event.until is None else Status.RECORDED,
                "until": event.until,
                "decided_by": event.by,
                "decided_at": event.at,
                "reason": event.reason,
            }
            return tuple(replace(one, **decided) if one.number == event.number else one for one in entries)
        case e.CreditRepaired():
            repaired = {"repaired_at": event.at, "repaired_by": event.basis}
            return tuple(replace(one, **repaired) if one.number == event.listing else one for one in entries)
        case _:
            return entries


def found(
    known: Sequence[Entry],
    findings: Iterable[Finding],
    unit: Unit,
    lot: str,
    table: Conducts,
    facts: Facts,
    repair: CreditRepair | None,
) -> list[Event]:
    """The findings of one unit as its record takes them, and what comes of them together with earlier ones."""
    events: list[Event] = []
    for one in findings:
        rule = table.of(one.conduct)
        until = _until(rule, facts, repair) if rule.automatic else None
        events.append(_found(rule, unit, lot, one.about, until, facts))
        entries = _after_all(known, events)
        events += _repeated(entries, one.conduct, unit, table, facts)
    return events


def _repeated(
    entries: Sequence[Entry], conduct: Conduct, unit: Unit, table: Conducts, facts: Facts
) -> Iterator[Event]:
    """94号令 37 [M], 采购条例 73: each record counts once, and only while a year has not passed since."""
    for repeat in table.repeats:
        if repeat.of is not conduct:
            continue
        counted = {number for one in entries if one.conduct is repeat.becomes for number in one.about.split()}
        today = local_date(facts.now)
        fresh = [
            one.number
            for one in entries
            if one.conduct is conduct
            and one.status is Status.RECORDED
            and one.number not in counted
            and today < after(local_date(one.found_at), repeat.within_months)
        ]
        if len(fresh) >= repeat.times:
            yield _found(table.of(repeat.becomes), unit, "", " ".join(fresh), None, facts)


def decide_conduct(
    known: Sequence[Entry],
    command: c.DecideConduct,
    facts: Facts,
    table: Conducts,
    repair: CreditRepair | None,
) -> list[Event]:
    """R-NB-SS-02: with a reason. What stands recorded by itself may be struck too, where it was no fault after all."""
    entry = next((one for one in known if one.number == command.number), None)
    if entry is None:
        raise Unknown("no-such-conduct", rule="R-NB-SS-01", number=command.number)
    if not command.reason.strip():
        raise Invalid("conduct-without-reason", rule="R-NB-SS-02")
    wanted = Status.RECORDED if command.record else Status.DISMISSED
    if entry.status in {wanted, Status.DISMISSED}:
        raise Conflicting("conduct-decided", rule="R-NB-SS-01", number=entry.number)
    return [
        e.ConductDecided(
            number=entry.number,
            uscc=command.uscc,
            until=_until(table.of(entry.conduct), facts, repair) if command.record else None,
            reason=command.reason.strip(),
            by=facts.actor.party,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def _found(
    rule: ConductRule, unit: Unit, lot: str, about: str, until: date | None, facts: Facts
) -> e.ConductFound:
    return e.ConductFound(
        number=random_bytes(facts, 8).hex(),
        uscc=unit.uscc,
        name=unit.name,
        conduct=rule.conduct,
        severity=rule.severity,
        rule=rule.rule,
        basis=rule.basis,
        lot=lot,
        about=about,
        at=facts.now,
        until=until,
    )


def _until(rule: ConductRule, facts: Facts, repair: CreditRepair | None) -> date:
    """Never longer than 36号令 lets a record of its severity stand (R-NB-SS-03)."""
    months = rule.months if repair is None else min(rule.months, term(rule.severity, repair).at_most)
    return after(local_date(facts.now), months)


def _after_all(entries: Sequence[Entry], events: Iterable[Event]) -> tuple[Entry, ...]:
    folded = tuple(entries)
    for event in events:
        folded = evolve(folded, event)
    return folded
