"""Credit look-ups: the source, the register that supervisors keep, and what lots rest on (R-CRDT-01, R-NB-SS-02…04)."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache

import msgspec
import structlog

from bidding.application.admission import Parties
from bidding.application.creditsources import CreditSource, RegisterSource, SourceSilent, credit_stream
from bidding.application.datafiles import shipped
from bidding.application.grading import known
from bidding.application.platform import Call, Handler, Plan, Platform
from bidding.application.ports import Meta, Request, Unavailable, VersionMoved, Write
from bidding.domain.award.commands import IssueAwardNotice
from bidding.domain.award.notices import issue_notice
from bidding.domain.command import Command, Facts
from bidding.domain.contract.commands import DraftContract
from bidding.domain.contract.decide import draft
from bidding.domain.credit.commands import (
    AttestCredit,
    CheckCredit,
    DecideConduct,
    ListUnit,
    LookUpBidders,
    NoteConduct,
    Recheck,
    RepairUnit,
)
from bidding.domain.credit.conduct import Conducts, parse_conducts
from bidding.domain.credit.consequences import Unit, findings, note
from bidding.domain.credit.decide import (
    before_award,
    checked,
    look_up_waits,
    shut_out_but_qualified,
    snapshot,
)
from bidding.domain.credit.events import CreditRelied, Stage
from bidding.domain.credit.grade import grade, record_at
from bidding.domain.credit.graded import effects_of, grades, preferred
from bidding.domain.credit.lists import CreditGrade, Effects, Snapshot, parse_effects
from bidding.domain.credit.record import Record, attest, evolve, list_unit, repair_unit, replay
from bidding.domain.credit.standing import decide_conduct, found
from bidding.domain.errors import Conflicting, Refusal
from bidding.domain.evaluation.bids import opened_bids
from bidding.domain.evaluation.commands import RecordGrades, ReviewQualification
from bidding.domain.evaluation.grading import record_grades
from bidding.domain.evaluation.reviewing import review_qualification
from bidding.domain.event import Event
from bidding.domain.given import deadline_of
from bidding.domain.lot import Lot
from bidding.domain.permissions import authorise
from bidding.domain.regime import Regime
from bidding.domain.registration.state import Party
from bidding.domain.ruleset import Charged, CreditRepair, choose

log = structlog.get_logger(__name__)

ATTEMPTS = 8
#: Seconds before the clock asks silent sources again.
RETRY = 60


@cache
def effects() -> Effects:
    """The table that ships with the program. Raises as ``parse_effects``."""
    return shipped(parse_effects, "bidding.domain.credit", "effects.toml")


@cache
def conducts() -> Conducts:
    """The table of conduct that ships with the program. Raises as ``parse_conducts``."""
    return shipped(parse_conducts, "bidding.domain.credit", "conducts.toml")


class CreditDesk:
    def __init__(self, platform: Platform, parties: Parties, source: CreditSource) -> None:
        self._platform, self._parties, self._source = platform, parties, source
        #: Position of the last event written here: who decided something looks for it in lists.
        self.written = 0
        self._one_at_a_time = asyncio.Lock()  # so that only other processes can be faster

    @property
    def handlers(self) -> Mapping[type[Command], Handler]:
        return {
            CheckCredit: self._check,
            Recheck: self._recheck,
            LookUpBidders: self._look_up_bidders,
            NoteConduct: self._note,
            RecordGrades: self._grade,
            ReviewQualification: self._review,
            IssueAwardNotice: self._issue_notice,
            DraftContract: self._draft,
        }

    async def record(self, uscc: str) -> Record:
        return replay(one.event for one in await self._platform.journal.load(credit_stream(uscc)))

    # -- the register --------------------------------------------------------------------------------

    async def list_unit(self, command: ListUnit, call: Call) -> bytes:
        return await self._enter(
            command, call, lambda record, facts: list_unit(record, command, facts, self._terms(facts))
        )

    async def attest(self, command: AttestCredit, call: Call) -> bytes:
        """A look-up by hand, where a source is silent (R-CRDT-01)."""
        known = self._source.outside
        return await self._enter(command, call, lambda _, facts: attest(command, facts, effects(), known))

    async def repair_unit(self, command: RepairUnit, call: Call) -> bytes:
        """Lifts at once, and lots that found the unit listed look again (R-NB-SS-03, R-NB-SS-04)."""
        answer = await self._enter(
            command, call, lambda record, facts: repair_unit(record, command, facts, self._terms(facts))
        )
        for lot in (await self.record(command.uscc)).relied:
            # A lot past its award has nothing left to look at again; another's trouble is not the supervisor's.
            with suppress(Refusal, Unavailable):
                await self._platform.act(lot, Recheck())
        return answer

    async def decide_conduct(self, command: DecideConduct, call: Call) -> bytes:
        """A proposal recorded or dismissed, or what stands recorded struck (R-NB-SS-01)."""
        return await self._enter(
            command,
            call,
            lambda record, facts: decide_conduct(
                record.conduct, command, facts, conducts(), self._terms(facts)
            ),
        )

    def _terms(self, facts: Facts) -> CreditRepair | None:
        """The terms of publication in force now; none before 36号令."""
        return choose(self._platform.rulesets, Regime.ENG, facts.now).credit_repair

    async def _enter(
        self,
        command: ListUnit | AttestCredit | RepairUnit | DecideConduct,
        call: Call,
        decided: Callable[[Record, Facts], list[Event]],
    ) -> bytes:
        answered = await self._platform.replayed(call)
        if answered is not None:
            return answered
        authorise(call.actor, type(command), Lot())
        facts = Facts(
            now=self._platform.clock.now(), actor=call.actor, signed=call.signed, random=self._platform.random
        )
        meta = Meta(
            actor=call.actor.party,
            credential=call.actor.credential,
            request=call.request_id,
            address=call.address,
        )
        async with self._one_at_a_time:
            for _ in range(ATTEMPTS):
                record = await self.record(command.uscc)
                events = decided(record, facts)
                after = record
                for event in events:
                    after = evolve(after, event)
                answer = msgspec.json.encode(described(after, whole=True))
                request = Request(
                    scope=call.actor.party, key=call.idempotency_key, hash=call.request_hash, answer=answer
                )
                write = Write(stream=credit_stream(command.uscc), expected=record.version, events=events)
                try:
                    appended = await self._platform.journal.append([write], meta=meta, request=request)
                except VersionMoved:
                    continue
                self.written = max([self.written, *(one.position for one in appended)])
                return answer
        raise Conflicting("credit-busy", rule="R-CRDT-01")

    # -- what a lot rests on -------------------------------------------------------------------------

    async def _check(self, lot: Lot, command: CheckCredit, call: Call, facts: Facts) -> Plan:
        snapshots = await self._of_roll(lot, facts)
        return await self._plan(lot, checked(lot, Stage.REQUEST, snapshots, facts), snapshots, facts)

    async def _look_up_bidders(self, lot: Lot, command: LookUpBidders, call: Call, facts: Facts) -> Plan:
        """The clock asks again until every source has answered, or was looked at by hand."""
        if not look_up_waits(lot):
            return Plan()
        try:
            snapshots = await self._of_roll(lot, facts)
        except Conflicting as silent:
            log.warning("credit.look-up-waits", sources=silent.found["source"])
            raise Unavailable("credit sources", RETRY) from silent
        return await self._plan(lot, checked(lot, Stage.QUALIFICATION, snapshots, facts), snapshots, facts)

    async def _recheck(self, lot: Lot, command: Recheck, call: Call, facts: Facts) -> Plan:
        listed = [one.party for one in lot.credits.latest if one.listings]
        snapshots = await self._look_up(listed, facts) if listed else ()
        return Plan(events=checked(lot, Stage.REPAIR, snapshots, facts) if listed else [])

    async def _review(self, lot: Lot, command: ReviewQualification, call: Call, facts: Facts) -> Plan:
        """GP: with the purchaser's review; a source that is silent makes the review wait (R-CRDT-01)."""
        reviewed = review_qualification(lot, command, facts)
        snapshots = await self._of_roll(lot, facts)
        looked = checked(lot, Stage.QUALIFICATION, snapshots, facts)
        refusal = shut_out_but_qualified(lot, command.results, snapshots, effects(), facts)
        plan = await self._plan(lot, looked, snapshots, facts)
        if refusal is not None:
            return msgspec.structs.replace(plan, refusal=refusal)
        return msgspec.structs.replace(plan, events=[*looked, *reviewed])

    async def _issue_notice(self, lot: Lot, command: IssueAwardNotice, call: Call, facts: Facts) -> Plan:
        notice = issue_notice(lot, command, facts)
        parties = _winners(lot)
        snapshots: Sequence[Snapshot] | None
        try:
            snapshots = await self._look_up(parties, facts)
        except Conflicting:
            snapshots = None  # an earlier look-up counts for its hours
        looked, refusal = before_award(lot, snapshots, effects(), facts)
        plan = await self._plan(lot, looked, snapshots or (), facts)
        if refusal is not None:
            return msgspec.structs.replace(plan, refusal=refusal)
        return msgspec.structs.replace(plan, events=[*looked, *notice])

    async def _draft(self, lot: Lot, command: DraftContract, call: Call, facts: Facts) -> Plan:
        """With the winner's credit as of the notice, where the document grades the bond by it (R-NB-SS-02)."""
        if not grades(lot, Charged.PERFORMANCE_BOND):
            return Plan(events=draft(lot, command, facts))
        register = await known(self._platform.journal, self._parties, lot, _winners(lot))
        return Plan(events=draft(lot, command, facts, known=register))

    async def _note(self, lot: Lot, command: NoteConduct, call: Call, facts: Facts) -> Plan:
        """What the lot calls for, into each unit's record in the same commit (R-NB-SS-01).

        A unit without a code has no record; that it was looked at stands in the lot all the same.
        """
        noted = findings(lot)
        units = {}
        for party in {one.party: None for one in noted}:
            known = await self._parties.party(party)
            units[party] = Unit(uscc=known.uscc, name=known.name)
        writes = []
        for uscc in {unit.uscc: None for unit in units.values() if unit.uscc}:
            record = await self.record(uscc)
            mine = [one for one in noted if units[one.party].uscc == uscc]
            events = found(
                record.conduct,
                mine,
                units[mine[0].party],
                lot.lot_id,
                conducts(),
                facts,
                self._terms(facts),
            )
            writes.append(Write(stream=credit_stream(uscc), expected=record.version, events=events))
        return Plan(events=note(noted, units, conducts(), facts), writes=writes)

    async def _grade(self, lot: Lot, command: RecordGrades, call: Call, facts: Facts) -> Plan:
        parties = {entry.bidder: entry.parties for entry in lot.opening.roll}
        grades = [await self._graded(lot, bid.bidder, parties[bid.bidder]) for bid in opened_bids(lot)]
        return Plan(events=record_grades(lot, facts, grades=grades))

    async def _graded(self, lot: Lot, bidder: str, parties: Iterable[str]) -> CreditGrade:
        """From the platform's own book: outside sources tell no grade, and not how they stood at T0."""
        at, records, parties = deadline_of(lot), [], tuple(parties)
        for party in parties:
            uscc = (await self._parties.party(party)).uscc
            recorded = await self._platform.journal.load(credit_stream(uscc)) if uscc else []
            records.append(record_at((one.event for one in recorded), at))
        first: tuple[str, ...] = ()
        if effects_of(lot):
            first = preferred(lot, await known(self._platform.journal, self._parties, lot, parties))
        return grade(bidder, records, at, first)

    async def _plan(self, lot: Lot, events: list[Event], snapshots: Iterable[Snapshot], facts: Facts) -> Plan:
        """Whoever is found listed remembers the lot, to have it look again after a repair."""
        writes = []
        for one in {one.uscc: one for one in snapshots if one.listings}.values():
            record = await self.record(one.uscc)
            if lot.lot_id not in record.relied:
                relied = CreditRelied(uscc=one.uscc, lot=lot.lot_id, at=facts.now)
                writes.append(Write(stream=credit_stream(one.uscc), expected=record.version, events=[relied]))
        return Plan(events=events, writes=writes)

    async def _of_roll(self, lot: Lot, facts: Facts) -> Sequence[Snapshot]:
        parties = [party for entry in lot.opening.roll for party in entry.parties]
        return await self._look_up(list(dict.fromkeys(parties)), facts)

    async def _look_up(self, parties: Iterable[str], facts: Facts) -> Sequence[Snapshot]:
        """Raises ``Conflicting`` naming the sources that are silent: nobody passes by an outage."""
        known = [await self._parties.party(one) for one in parties]
        try:
            return [await look_up(self._source, party, facts) for party in known]
        except SourceSilent as silent:
            raise Conflicting(
                "credit-source-silent", rule="R-CRDT-01", source="、".join(silent.names)
            ) from None


def _winners(lot: Lot) -> tuple[str, ...]:
    entry = next((one for one in lot.opening.roll if one.bidder == lot.award.winner), None)
    return (lot.award.winner,) if entry is None else entry.parties


async def look_up(source: CreditSource, party: Party, facts: Facts) -> Snapshot:
    """What the sources say of the party now. Raises ``SourceSilent``."""
    asked = await source.look_up(party.uscc, party.name)
    return snapshot(
        party.party,
        party.uscc,
        party.name,
        source="、".join(one.source for one in asked.answers),
        listings=asked.listings,
        facts=facts,
        effects=effects(),
        answers=asked.answers if len(asked.answers) > 1 else (),
    )


def described(record: Record, *, whole: bool = False) -> dict[str, object]:
    """The record as members of the platform see it; which lots relied on it is nobody's business.

    ``whole``: with the conduct that lots found, for the unit itself and supervisors: it may tell who complained
    about a tender before its opening (R-GEN-04).
    """
    shown: dict[str, object] = {
        "uscc": record.uscc,
        "entries": msgspec.to_builtins(record.entries),
        "attested": msgspec.to_builtins(record.attested),
    }
    return {**shown, "conduct": msgspec.to_builtins(record.conduct)} if whole else shown


__all__ = [
    "CreditDesk",
    "CreditSource",
    "RegisterSource",
    "SourceSilent",
    "conducts",
    "credit_stream",
    "effects",
    "look_up",
]
