"""Lists over many streams: a page of rows instead of a fold of the log (R-NB-HF-05, R-NB-SS-05, R-CODE-01)."""

import asyncio
from datetime import date, timedelta
from typing import Any

import pytest

from bidding.application.commitments import CommitmentDesk
from bidding.application.credit import credit_stream
from bidding.application.identity import party_stream
from bidding.application.lists import NAME, PASSED, Lists, ListsProjection
from bidding.application.performance import overdue
from bidding.application.platform import lot_stream
from bidding.domain.command import Command
from bidding.domain.credit.conduct import Conduct
from bidding.domain.credit.events import ConductDecided, ConductFound, CreditRelied
from bidding.domain.credit.lists import Severity
from bidding.domain.errors import Forbidden, TooEarly
from bidding.domain.event import Event
from bidding.domain.lot import Lot
from bidding.domain.parties import Actor, Role
from bidding.domain.performance import commands as p
from bidding.domain.performance.commands import MakeCommitment, ReportCommitment
from bidding.domain.performance.decide import DECIDERS
from bidding.domain.periods import local_date
from bidding.domain.registration.cases import CaseKind
from bidding.domain.registration.events import (
    Kind,
    MajorChangeReported,
    PartyRegistered,
    PartyVerified,
)
from tests.application.house import LOT, House
from tests.domain.lots import at, facts, fold
from tests.domain.opening.hall import NOTICED, SIGNED, Hall
from tests.domain.performance.test_performance import FIRST, MILESTONES, OWNER, WINNER, entered
from tests.domain.registration.test_cases import change

U1, U2 = "91110000101623741K", "91420900MA4900002B"


async def follow(house: House) -> None:
    """What the running projection does with what is in the log, up to its end."""
    if not await _behind(house):
        return
    task = asyncio.create_task(ListsProjection(house.platform).run())
    try:
        async with asyncio.timeout(60):
            while await _behind(house):  # noqa: ASYNC110 - another task's commit
                await asyncio.sleep(0.01)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _behind(house: House) -> bool:
    """Events of no list move the checkpoint in steps only."""
    listed = [
        one.position
        for prefix in ("party-", "credit-", "commitment-")
        for one in await house.platform.journal.load_prefix(prefix)
    ]
    listed += [
        one.position
        for one in await house.platform.journal.load_prefix("lot-")
        if "performance" in type(one.event).__module__
    ]
    return (await house.platform.journal.checkpoint(NAME) or 0) < max(listed, default=0)


async def recorded_in(house: House, stream: str) -> int:
    """The year by the log's own clock, which is the database's and not the house's."""
    return local_date((await house.platform.journal.load(stream))[-1].recorded_at).year


def registered(party: str, *, roles: tuple[Role, ...] = (Role.BIDDER,)) -> tuple[str, Event]:
    event = PartyRegistered(
        party=party,
        kind=Kind.ORGANISATION,
        name=f"{party}公司",
        uscc=f"USCC{party}",
        requested_roles=roles,
        at=NOTICED,
    )
    return party_stream(party), event


def verified(party: str) -> tuple[str, Event]:
    return party_stream(party), PartyVerified(party=party, by="centre", proof="", at=NOTICED)


def found(uscc: str, number: str, **changes: Any) -> tuple[str, Event]:
    fields: dict[str, Any] = {
        "number": number,
        "uscc": uscc,
        "name": f"{uscc}公司",
        "conduct": Conduct.CONTRACT_UNSIGNED,
        "severity": Severity.GENERAL,
        "rule": "R-ENG-34",
        "basis": "招投条例 74",
        "lot": LOT,
        "about": "N1",
        "at": NOTICED,
    }
    return credit_stream(uscc), ConductFound(**{**fields, **changes})


def decided(uscc: str, number: str, until: date | None) -> tuple[str, Event]:
    event = ConductDecided(
        number=number, uscc=uscc, until=until, reason="已听取陈述", by="bureau", at=NOTICED, signed=SIGNED
    )
    return credit_stream(uscc), event


async def performing(house: House, *until: type[Command]) -> Lot:
    """A contract in the library with its milestones, and further as far as ``until`` names."""
    lot = entered()
    steps: dict[type[Command], tuple[Command, Any, Any]] = {
        p.SetMilestones: (p.SetMilestones(milestones=MILESTONES), at(21, month=4), OWNER),
        p.Deliver: (p.Deliver(milestone=1, on=date(2026, 6, 1)), at(2, month=6), WINNER),
        p.SendInvoice: (
            p.SendInvoice(invoice="FP1", milestone=1, amount_fen=FIRST),
            at(3, month=6),
            WINNER,
        ),
    }
    log: list[tuple[str, Event]] = []
    for kind, (command, now, actor) in steps.items():
        if kind is p.SetMilestones or kind in until:
            events = DECIDERS[kind](lot, command, facts(actor, now))
            lot = fold(lot, events)
            log += [(f"lot-{LOT}", event) for event in events]
    await house.plant([*Hall().log, *log])
    return lot


# Parties


async def test_parties_newest_first_those_that_wait_and_by_name_or_code(house: House) -> None:
    await house.plant(
        [
            registered("a"),
            registered("b"),
            registered("c", roles=(Role.EXPERT,)),
            verified("a"),
            verified("c"),
        ]
    )
    await follow(house)
    lists = Lists(house.platform)

    async def names(*, waiting: bool, text: str = "", limit: int = 50) -> list[str]:
        found = await lists.parties(waiting=waiting, text=text, limit=limit, written=0)
        return [one.party for one in found]

    assert await names(waiting=False) == ["c", "b", "a"]
    assert await names(waiting=True) == ["c", "b"]  # c asks for the role of an expert
    assert await names(waiting=False, text="b公") == ["b"]
    assert await names(waiting=False, text="USCCa") == ["a"]
    assert await names(waiting=False, limit=1) == ["c"]


async def test_who_has_just_changed_a_party_finds_it_changed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bidding.application.lists.PATIENCE", 60.0)
    await house.plant([registered("a")])
    running = asyncio.create_task(ListsProjection(house.platform).run())
    try:
        end = await house.platform.journal.position()
        (line,) = await Lists(house.platform).parties(waiting=True, text="", limit=5, written=end)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert (line.party, line.verified) == ("a", False)


async def test_a_list_that_lags_is_told_as_it_is(house: House) -> None:
    await house.plant([registered("a")])
    assert await Lists(house.platform).parties(waiting=False, text="", limit=5, written=1) == []


async def test_events_of_no_list_move_the_checkpoint_in_steps(house: House) -> None:
    projection = ListsProjection(house.platform)
    await house.plant([(f"room-{n}", verified("x")[1]) for n in range(PASSED + 1)])
    task = asyncio.create_task(projection.run())
    try:
        async with asyncio.timeout(60):
            while (await house.platform.journal.checkpoint(NAME) or 0) < PASSED:  # noqa: ASYNC110 - another task's commit
                await asyncio.sleep(0.01)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


# Conduct (R-NB-SS-05)


async def test_supervisors_see_who_waits_for_a_decision_page_by_page(house: House) -> None:
    await house.plant([found(U1, "1"), found(U2, "2"), found(U2, "3", until=date(2027, 1, 1))])
    await follow(house)
    lists = Lists(house.platform)
    ((place, first),) = await lists.proposals(after=None, limit=1, written=0)
    assert (first.uscc, first.name, len(first.conduct)) == (U2, f"{U2}公司", 2)
    ((_, second),) = await lists.proposals(after=place, limit=5, written=0)
    assert second.uscc == U1
    await house.plant([decided(U1, "1", None), decided(U2, "2", date(2027, 1, 1))])
    await follow(house)
    assert await lists.proposals(after=None, limit=5, written=0) == []
    year = await recorded_in(house, credit_stream(U1))
    assert {one.uscc for one in await lists.conduct(year)} == {U1, U2}
    assert await lists.conduct(year - 1) == await lists.conduct(year + 1) == []  # of that year alone


async def test_a_unit_that_is_only_on_an_official_list_is_no_case(house: House) -> None:
    await house.plant([(credit_stream(U1), CreditRelied(uscc=U1, lot=LOT, at=NOTICED))])
    await follow(house)
    assert await Lists(house.platform).proposals(after=None, limit=5, written=0) == []


# Contracts


async def test_a_contract_without_debts_yet_is_counted_by_its_obligations(house: House) -> None:
    await performing(house)
    await follow(house)
    lists = Lists(house.platform)
    assert len(await lists.tenderers(None, 5)) == 1
    assert await lists.owing(9999, await lists.tenderers(None, 5)) == []


# Yearly commitments (R-NB-HF-05)


async def test_commitments_of_a_year_are_listed_with_how_they_stand(house: House) -> None:
    desk = CommitmentDesk(house.platform)
    unit = Actor(party="owner", name="住建局", roles=frozenset({Role.TENDERER}))
    year = house.clock.now().year
    make = MakeCommitment(year=year, text="付清账款", due=date(year, 12, 31))
    call = house.call(unit)
    first = await desk.give(make, call)
    assert await desk.give(make, call) == first
    await desk.give(MakeCommitment(year=year + 1, text="次年", due=date(year + 1, 5, 1)), house.call(unit))
    await desk.give(ReportCommitment(number=1, kept=True, statement="凭证"), house.call(unit))
    with pytest.raises(Forbidden):
        await desk.give(make, house.call(Actor(party="x", roles=frozenset({Role.BIDDER}))))
    await follow(house)
    lists = Lists(house.platform)
    ((place, kept),) = await lists.commitments(year, after=None, limit=5, written=0)
    assert (kept.name, kept.text, kept.evidence) == ("住建局", "付清账款", "凭证")
    assert await lists.commitments(year, after=place, limit=5, written=0) == []
    ((_, other),) = await lists.commitments(year + 1, after=None, limit=5, written=0)
    assert (other.number, other.kept_at) == (2, None)


async def test_cases_are_counted_over_all_parties_that_opened_some_in_the_year(
    house: House,
) -> None:  # R-NB-HS-05
    lists = Lists(house.platform)
    await house.plant([registered("a"), verified("a"), registered("b")])
    await follow(house)
    found = await lists.cases(NOTICED.year)
    assert sorted(one.done is None for one in found) == [False, True]
    assert await lists.cases(NOTICED.year + 1) == []
    next_year = NOTICED + timedelta(days=365)
    later = MajorChangeReported(party="a", change=change(next_year), signed=SIGNED, at=next_year)
    await house.plant([(party_stream("a"), later)])
    await follow(house)
    assert [one.kind for one in await lists.cases(NOTICED.year + 1)] == [CaseKind.MAJOR]
    assert len(await lists.cases(NOTICED.year)) == 2


async def test_the_yearly_list_is_read_by_pages_of_bodies(house: House) -> None:  # R-NB-HF-04, 款项条例 18
    await performing(house, p.Deliver, p.SendInvoice)
    await follow(house)
    lists, year = Lists(house.platform), await recorded_in(house, lot_stream(LOT))
    with pytest.raises(TooEarly, match="year-not-over"):
        await overdue(lists, year, after=None, limit=5)
    house.clock.instant = at(2, month=1).replace(year=year + 1)
    told, following = await overdue(lists, year, after=None, limit=1)
    ((line,), body) = told.lines, (await lists.tenderers(None, 1))[0]
    assert (line.body, line.contracts, line.invoices, line.amount_fen) == (body, 1, 1, FIRST)
    assert (told.contracts, told.amount_fen, following) == (1, FIRST, None)
    beyond, _ = await overdue(lists, year, after=body, limit=1)
    assert (beyond.lines, beyond.amount_fen) == ((), 0)
