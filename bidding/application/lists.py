"""Lists over streams of more than one lot: parties, contracts under performance, conduct (R-NB-HF-05, R-NB-SS-05).

A projection folds the one stream that an event is of, and keeps of each subject a row for its list; who asks for a list
reads a page of rows, however long the log has become. Contracts and conduct keep a row for each year, so that a yearly
list once published never changes.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from datetime import datetime

import msgspec
import structlog
from msgspec.structs import replace

from bidding.application.commitments import commitment_stream
from bidding.application.credit import credit_stream
from bidding.application.identity import party_stream
from bidding.application.platform import Platform, lot_stream
from bidding.application.ports import ListEntry, Recorded, Rows, Unavailable
from bidding.domain.admission.filing import Mode
from bidding.domain.credit.record import replay as replay_record
from bidding.domain.credit.standing import Entry, Status
from bidding.domain.lot import replay as replay_lot
from bidding.domain.parties import Role
from bidding.domain.performance import events as performance
from bidding.domain.performance.commitments import Commitment
from bidding.domain.performance.commitments import replay as replay_commitments
from bidding.domain.performance.standing import ContractDebts, debts_of
from bidding.domain.periods import local_date
from bidding.domain.registration.cases import Case, cases
from bidding.domain.registration.events import Contact, Kind
from bidding.domain.registration.state import SELF_DECLARED, Party
from bidding.domain.registration.state import replay as replay_party

log = structlog.get_logger(__name__)

#: With another number the log is read again from its beginning: rows have taken another shape.
NAME = "lists-2"
PARTIES, CONTRACTS, CONDUCT, COMMITMENTS = "parties", "contracts", "conduct", "commitments"
CASES = "cases"
#: Tags: who asks the centre for something; contracts with money owed; units with a finding to be decided. Commitments,
#: conduct and cases have the year as well that they are summed up under.
WAITING, OWING, PROPOSED = "waiting", "owing", "proposed"
#: Events of other streams after which the checkpoint is moved past them.
PASSED = 250
#: Rows read at once where a whole list is summed up.
PAGE = 500
#: How long a reader waits for its own act to be listed, and between two looks, in seconds.
PATIENCE, LOOK = 1.0, 0.01
_PARTY, _CREDIT, _LOT = party_stream(""), credit_stream(""), lot_stream("")
_COMMITMENT = commitment_stream("")


class PartyLine(msgspec.Struct, frozen=True, kw_only=True):
    """A party as the centre and supervisors see it. ``wanted``: roles that it asks the centre for."""

    party: str
    kind: Kind
    name: str
    uscc: str
    uscc_verdict: str
    contact: Contact
    verified: bool
    roles: tuple[Role, ...]
    wanted: tuple[Role, ...]


class UnitConduct(msgspec.Struct, frozen=True, kw_only=True):
    """What lots found of one unit, in the order in which they did."""

    uscc: str
    name: str
    conduct: tuple[Entry, ...]


class ListsProjection:
    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def run(self) -> None:
        while True:
            try:
                await self._follow()
            except Unavailable as error:
                log.warning("lists.store-unavailable", retry_after=error.retry_after)
                await asyncio.sleep(error.retry_after)

    async def _follow(self) -> None:
        after = await self._platform.journal.checkpoint(NAME) or 0
        async with aclosing(self._platform.journal.subscribe(after)) as events:
            async for one in events:
                if await self.project(one):
                    after = one.position
                elif one.position - after >= PASSED:
                    await self._platform.readmodels.passed(NAME, one.position)
                    after = one.position

    async def project(self, one: Recorded) -> bool:
        """Whether the event was of a list: then it and the checkpoint are kept."""
        if not _listed(one):
            return False
        recorded = await self._platform.journal.load(one.stream)
        # As it stood at this very event: a row of last year must not hold what came after it.
        until = [each for each in recorded if each.position <= one.position]
        await self._platform.readmodels.save_entries(NAME, one.position, entries_of(until))
        return True


def _listed(one: Recorded) -> bool:
    if one.stream.startswith(_LOT):
        return type(one.event).__module__ == performance.__name__
    return one.stream.startswith((_PARTY, _CREDIT, _COMMITMENT))


def entries_of(recorded: Sequence[Recorded]) -> list[ListEntry]:
    """The rows that a stream, whole or up to some event, makes; none: it is of no list (yet)."""
    entry = _entry_of(recorded)
    found = [] if entry is None else [entry]
    if recorded[0].stream.startswith(_PARTY):
        found += _cases_of(recorded)
    return found


def _cases_of(recorded: Sequence[Recorded]) -> list[ListEntry]:
    """A row for each year in which the party opened some, so that a year's are found among that year's alone."""
    opened: dict[int, list[Case]] = defaultdict(list)
    for one in cases(one.event for one in recorded):
        opened[local_date(one.opened).year].append(one)
    party = recorded[0].stream.removeprefix(_PARTY)
    return [
        ListEntry(
            list=CASES,
            subject=f"{party}/{year}",
            place=recorded[0].position,
            tags=(str(year),),
            doc=msgspec.json.encode(found),
        )
        for year, found in opened.items()
    ]


def _entry_of(recorded: Sequence[Recorded]) -> ListEntry | None:
    stream, place = recorded[0].stream, recorded[0].position
    events = [one.event for one in recorded]
    year = local_date(recorded[-1].recorded_at).year
    if stream.startswith(_PARTY):
        party = replay_party(events)
        line = party_line(party)
        return ListEntry(
            list=PARTIES,
            subject=party.party,
            place=place,
            tags=(WAITING,) if line.wanted or not line.verified else (),
            text=f"{party.name}\n{party.uscc}",
            doc=msgspec.json.encode(line),
        )
    if stream.startswith(_CREDIT):
        conduct = replay_record(events).conduct
        if not conduct:
            return None
        uscc = stream.removeprefix(_CREDIT)
        names = (getattr(one, "name", "") for one in reversed(events))
        name: str = next(filter(None, names))
        unit = UnitConduct(uscc=uscc, name=name, conduct=conduct)
        proposed = any(one.status is Status.PROPOSED for one in conduct)
        return ListEntry(
            list=CONDUCT,
            subject=uscc,
            period=year,
            place=place,
            tags=(str(year), PROPOSED) if proposed else (str(year),),
            text=f"{name}\n{uscc}",
            doc=msgspec.json.encode(unit),
        )
    if stream.startswith(_COMMITMENT):
        number = getattr(events[-1], "number", 0)
        made = next(one for one in recorded if getattr(one.event, "number", 0) == number)
        one = next(one for one in replay_commitments(events) if one.number == number)
        return ListEntry(
            list=COMMITMENTS,
            subject=f"{one.party}/{number}",
            place=made.position,
            owner=one.name,
            tags=(str(one.year),),
            text=one.name,
            doc=msgspec.json.encode(one),
        )
    lot = replay_lot(stream.removeprefix(_LOT), events)
    debts = debts_of(lot)
    if lot.admission.mode is not Mode.LIVE or not (debts.performance.debts or debts.performance.obligations):
        return None
    return ListEntry(
        list=CONTRACTS,
        subject=lot.lot_id,
        period=year,
        place=place,
        owner=debts.tenderer,
        tags=(OWING,) if any(one.owed_fen for one in debts.performance.debts) else (),
        doc=msgspec.json.encode(debts),
    )


def party_line(party: Party) -> PartyLine:
    return PartyLine(
        party=party.party,
        kind=party.kind,
        name=party.name,
        uscc=party.uscc,
        uscc_verdict=party.uscc_verdict,
        contact=party.contact,
        verified=party.verified,
        roles=tuple(sorted(party.roles)),
        wanted=tuple(sorted(set(party.requested_roles) - SELF_DECLARED - set(party.granted))),
    )


class Lists:
    """Pages of the lists. What was written through this process is waited for, for a moment."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def parties(self, *, waiting: bool, text: str, limit: int, written: int) -> list[PartyLine]:
        """Newest registration first; ``written``: position of the last act that its reader may expect to see."""
        await self._reached(written)
        wanted = Rows(tag=WAITING if waiting else None, text=text, limit=limit)
        entries = await self._platform.readmodels.entries(PARTIES, wanted)
        return [msgspec.json.decode(one.doc, type=PartyLine) for one in entries]

    async def contracts_of(self, tenderers: Sequence[str]) -> list[ContractDebts]:
        return [one async for one in self._contracts(Rows(owners=tuple(tenderers)))]

    async def tenderers(self, after: str | None, limit: int) -> list[str]:
        """Names of those with a contract under performance, in their order."""
        return await self._platform.readmodels.owners(CONTRACTS, after=after, limit=limit)

    async def owing(self, year: int, tenderers: Sequence[str]) -> list[ContractDebts]:
        """Their contracts on which something was owed when the year ended, as they stood then."""
        wanted = Rows(tag=OWING, owners=tuple(tenderers), until=year)
        return [one async for one in self._contracts(wanted)]

    async def proposals(
        self, *, after: int | None, limit: int, written: int
    ) -> list[tuple[int, UnitConduct]]:
        """Units with findings that wait for a supervisor, and each one's place."""
        await self._reached(written)
        entries = await self._platform.readmodels.entries(
            CONDUCT, Rows(tag=PROPOSED, after=after, limit=limit)
        )
        return [(one.place, msgspec.json.decode(one.doc, type=UnitConduct)) for one in entries]

    async def cases(self, year: int) -> list[Case]:
        """Every party's that were opened in the year."""
        pages = self._rows(CASES, Rows(tag=str(year)))
        every = [msgspec.json.decode(one.doc, type=tuple[Case, ...]) async for one in pages]
        return [one for found in every for one in found]

    async def commitments(
        self, year: int, *, after: int | None, limit: int, written: int
    ) -> list[tuple[int, Commitment]]:
        """Those for the year, the last made first, and each one's place."""
        await self._reached(written)
        wanted = Rows(tag=str(year), after=after, limit=limit)
        entries = await self._platform.readmodels.entries(COMMITMENTS, wanted)
        return [(one.place, msgspec.json.decode(one.doc, type=Commitment)) for one in entries]

    async def conduct(self, year: int) -> list[UnitConduct]:
        """Conduct as it stood when the year ended, of the units of which something was found or decided in it."""
        pages = self._rows(CONDUCT, Rows(tag=str(year), until=year))
        return [msgspec.json.decode(one.doc, type=UnitConduct) async for one in pages]

    def now(self) -> datetime:
        return self._platform.clock.now()

    async def _contracts(self, wanted: Rows) -> AsyncIterator[ContractDebts]:
        async for one in self._rows(CONTRACTS, wanted):
            yield msgspec.json.decode(one.doc, type=ContractDebts)

    async def _rows(self, name: str, wanted: Rows) -> AsyncIterator[ListEntry]:
        """All of them, a page after the other."""
        wanted = replace(wanted, limit=PAGE)
        while page := await self._platform.readmodels.entries(name, wanted):
            for one in page:
                yield one
            wanted = replace(wanted, after=page[-1].place)

    async def _reached(self, position: int) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while (await self._platform.journal.checkpoint(NAME) or 0) < position:  # noqa: ASYNC110 - another task's commit
                    await asyncio.sleep(LOOK)
        except TimeoutError:
            log.warning("lists.behind")  # told as it is: a list a moment old is better than none
