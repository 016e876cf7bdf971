"""A unit's record: folded from its stream ``credit-<uscc>``, changed by signed entries of a supervisor."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

import msgspec

from bidding.domain.codes import check_uscc
from bidding.domain.command import Facts
from bidding.domain.credit import commands as c
from bidding.domain.credit import events as e
from bidding.domain.credit import standing
from bidding.domain.credit.lists import REWARDS, CreditList, Effects, Listing, Severity
from bidding.domain.credit.publication import after, term
from bidding.domain.errors import Conflicting, Invalid, TooEarly, Unknown
from bidding.domain.event import Event
from bidding.domain.given import random_bytes, signed_of
from bidding.domain.periods import local_date
from bidding.domain.ruleset import CreditRepair

#: 失信被执行人 stand under the courts' rules, not under 36号令: the closing document ends it at any time.
BY_COURT = frozenset({CreditList.JUDGMENT_DEFAULTER})


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """``repaired_at`` None: it stands until its last day. ``severity`` None: of a list of the trustworthy."""

    listing: str
    name: str
    list: CreditList
    severity: Severity | None
    basis: str
    source: str
    since: date
    until: date
    repaired_at: datetime | None = None
    repaired_by: str = ""


class Attested(msgspec.Struct, frozen=True, kw_only=True):
    """A look-up by hand."""

    source: str
    basis: str
    by: str
    at: datetime
    valid_until: datetime


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """``entries``: from official lists; ``conduct``: found on this platform, which bars nobody; ``relied``: lots whose
    look-ups found the unit listed."""

    version: int = 0
    uscc: str = ""
    entries: tuple[Entry, ...] = ()
    conduct: tuple[standing.Entry, ...] = ()
    relied: tuple[str, ...] = ()
    attested: tuple[Attested, ...] = ()

    def attested_at(self, source: str, now: datetime) -> Attested | None:
        """The last look-up by hand at that source, while it counts."""
        counting = [one for one in self.attested if one.source == source and now < one.valid_until]
        return counting[-1] if counting else None

    def standing(self, now: datetime) -> tuple[Listing, ...]:
        """The offences that have effect: neither repaired nor past their last day."""
        running = (
            Listing(listing=one.listing, list=one.list, basis=one.basis, since=one.since, until=one.until)
            for one in self.entries
            if one.repaired_at is None and one.list not in REWARDS
        )
        return tuple(one for one in running if one.runs(now))


def evolve(record: Record, event: Event) -> Record:
    record = msgspec.structs.replace(record, version=record.version + 1)
    match event:
        case e.CreditListed():
            entry = Entry(**{name: getattr(event, name) for name in Entry.__struct_fields__[:8]})
            return msgspec.structs.replace(record, uscc=event.uscc, entries=(*record.entries, entry))
        case e.ConductFound() | e.ConductDecided():
            conduct = standing.evolve(record.conduct, event)
            return msgspec.structs.replace(record, uscc=event.uscc, conduct=conduct)
        case e.CreditRepaired():
            entries = tuple(
                msgspec.structs.replace(one, repaired_at=event.at, repaired_by=event.basis)
                if one.listing == event.listing
                else one
                for one in record.entries
            )
            conduct = standing.evolve(record.conduct, event)
            return msgspec.structs.replace(record, entries=entries, conduct=conduct)
        case e.CreditAttested():
            attested = Attested(**{name: getattr(event, name) for name in Attested.__struct_fields__})
            return msgspec.structs.replace(record, uscc=event.uscc, attested=(*record.attested, attested))
        case e.CreditRelied(lot=lot):
            return msgspec.structs.replace(record, relied=tuple(dict.fromkeys((*record.relied, lot))))
        case _:
            return record


def replay(events: Iterable[Event]) -> Record:
    record = Record()
    for event in events:
        record = evolve(record, event)
    return record


def list_unit(record: Record, command: c.ListUnit, facts: Facts, repair: CreditRepair | None) -> list[Event]:
    """No effect without basis (R-NB-SS-02), none beyond the longest term (R-NB-SS-03)."""
    if check_uscc(command.uscc).normalized != command.uscc or not check_uscc(command.uscc).format_ok:
        raise Invalid("credit-uscc-format", rule="R-CODE-01", uscc=command.uscc)
    if not command.basis.strip() or not command.source.strip():
        raise Invalid("listing-without-basis", rule="R-NB-SS-02")
    if any((one.list, one.basis) == (command.list, command.basis.strip()) for one in record.entries):
        raise Conflicting("listed-already", rule="R-CRDT-01", basis=command.basis)
    if (command.severity is None) is not (command.list in REWARDS):
        raise Invalid("listing-severity", rule="R-NB-SS-03")
    longest = None
    if repair is not None and command.severity is not None:
        longest = after(command.since, term(command.severity, repair).at_most)
    until = command.until or longest
    if until is None:
        raise Invalid("listing-without-end", rule="R-NB-SS-03")
    if until < command.since or (longest is not None and command.list not in BY_COURT and until > longest):
        raise Invalid("listing-too-long", rule="R-NB-SS-03", until=until, longest=longest)
    return [
        e.CreditListed(
            listing=random_bytes(facts, 8).hex(),
            uscc=command.uscc,
            name=command.name.strip(),
            list=command.list,
            severity=command.severity,
            basis=command.basis.strip(),
            source=command.source.strip(),
            since=command.since,
            until=until,
            by=facts.actor.party,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def attest(command: c.AttestCredit, facts: Facts, effects: Effects, known: Collection[str]) -> list[Event]:
    """R-CRDT-01: the fallback while a source is silent, good for as long as its own answer would be.

    ``known``: names of the outside sources that this platform asks.
    """
    if check_uscc(command.uscc).normalized != command.uscc or not check_uscc(command.uscc).format_ok:
        raise Invalid("credit-uscc-format", rule="R-CODE-01", uscc=command.uscc)
    if command.source not in known:
        raise Unknown("no-such-credit-source", rule="R-CRDT-01", sources=sorted(known))
    if not command.basis.strip():
        raise Invalid("listing-without-basis", rule="R-NB-SS-02")
    return [
        e.CreditAttested(
            uscc=command.uscc,
            source=command.source,
            basis=command.basis.strip(),
            by=facts.actor.party,
            at=facts.now,
            valid_until=facts.now + effects.validity,
            signed=signed_of(facts),
        )
    ]


def repair_unit(
    record: Record, command: c.RepairUnit, facts: Facts, repair: CreditRepair | None
) -> list[Event]:
    """R-NB-SS-03, 36号令: not before the shortest term, unless the source shows it or a court has closed it. An entry
    for merit is taken back at any time: the unit has lost it."""
    entry = _repairable(record, command.listing)
    if entry is None:
        raise Unknown("no-such-listing", rule="R-NB-SS-03", listing=command.listing)
    if entry.repaired_at is not None:
        raise Conflicting("repaired-already", rule="R-NB-SS-03", listing=command.listing)
    if not command.basis.strip():
        raise Invalid("repair-without-basis", rule="R-NB-SS-03")
    if repair is not None and entry.severity is not None and not command.shown_by_source:
        earliest = after(entry.since, term(entry.severity, repair).at_least)
        if local_date(facts.now) < earliest:
            raise TooEarly("repair-too-early", rule="R-NB-SS-03", earliest=earliest)
    return [
        e.CreditRepaired(
            listing=command.listing,
            uscc=record.uscc,
            basis=command.basis.strip(),
            by=facts.actor.party,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


class _Repairable(msgspec.Struct, frozen=True, kw_only=True):
    """``severity`` None: no term protects it."""

    since: date
    severity: Severity | None
    repaired_at: datetime | None


def _repairable(record: Record, number: str) -> _Repairable | None:
    """A list's entry, or conduct that stands recorded: 36号令 knows one way to repair both."""
    for one in record.entries:
        if one.listing == number:
            return _Repairable(
                since=one.since,
                severity=None if one.list in BY_COURT else one.severity,
                repaired_at=one.repaired_at,
            )
    for kept in record.conduct:
        if kept.number == number and kept.status is standing.Status.RECORDED:
            return _Repairable(
                since=local_date(kept.decided_at or kept.found_at),
                severity=kept.severity,
                repaired_at=kept.repaired_at,
            )
    return None
