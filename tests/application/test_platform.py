"""Commands: existence, permission, precondition, suspension, replay, and what a conflict does to each kind."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from bidding.application.platform import (
    ATTEMPTS,
    Call,
    Plan,
    PreconditionFailed,
    PreconditionRequired,
    lot_stream,
)
from bidding.application.ports import KeyReused, Meta, Pass, Unavailable, Write
from bidding.domain.admission.commands import Submit as File
from bidding.domain.admission.decide import submit as file_lot
from bidding.domain.bid.commands import SignIn, StartUpload
from bidding.domain.command import Command, Facts
from bidding.domain.control.commands import Suspend
from bidding.domain.errors import Forbidden, Invalid, Suspended, Unknown
from bidding.domain.lot import Lot
from bidding.domain.notice.commands import Clarify, Object
from bidding.domain.opening.commands import Close
from bidding.domain.parties import Actor
from tests.application.house import LOT, House
from tests.domain.lots import AGENCY as FILING_AGENCY
from tests.domain.lots import TENDERER, eng_filing
from tests.domain.opening.hall import HOST, OFFICER, T0, Hall, bidder

A = bidder("a")
CLARIFY = Clarify(text="工期以日历天计", affects_bids=False)


async def filed(lot: Lot, command: Any, call: Call, facts: Facts) -> Plan:
    return Plan(events=file_lot(lot, command, facts, tenderer=TENDERER))


async def test_a_lot_is_created_once_however_often_the_request_comes(house: House) -> None:
    house.platform.handlers[File] = filed
    call = house.call(FILING_AGENCY, "key")
    lot, first = await house.platform.create(eng_filing(), call)
    again, second = await house.platform.create(eng_filing(), call)
    assert (lot, first) == (again, second)
    assert await house.platform.journal.position() == first.version


async def test_two_creations_at_once_under_one_key_make_one_lot(house: House) -> None:
    house.platform.handlers[File] = filed
    call = house.call(FILING_AGENCY, "key")
    both = await asyncio.gather(*(house.platform.create(eng_filing(), call) for _ in range(2)))
    assert both[0] == both[1]
    assert await house.platform.journal.position() == both[0][1].version


async def test_a_replay_gets_the_first_answer_though_the_lot_has_moved(house: House) -> None:
    await house.plant(Hall().log)
    call = house.call(HOST, "key", seen=(await house.platform.load(LOT)).version)
    first = await house.platform.execute(LOT, CLARIFY, call)
    await house.give(Clarify(text="又一澄清", affects_bids=False), HOST)
    assert await house.platform.execute(LOT, CLARIFY, call) == first
    assert len((await house.platform.load(LOT)).notice.clarifications) == 2


async def test_one_key_for_two_requests_is_refused(house: House) -> None:
    await house.plant(Hall().log)
    seen = (await house.platform.load(LOT)).version
    await house.platform.execute(LOT, CLARIFY, house.call(HOST, "key", seen=seen))
    with pytest.raises(KeyReused):
        await house.platform.execute(LOT, CLARIFY, house.call(HOST, "key", b"another", seen=seen))


async def test_keys_of_two_parties_do_not_meet(house: House) -> None:
    await house.plant(Hall().log)
    for actor in (bidder("a"), bidder("b")):
        call = house.call(actor, "key")
        answer = msgspec.json.decode(
            (await house.platform.execute(LOT, StartUpload(envelope="form", length=9), call)).answer
        )
        assert answer["upload"]
    assert len(await house.platform.journal.load_prefix(f"bid-{LOT}-")) == 2


@pytest.mark.parametrize("seen", [1, 99])
async def test_a_guarded_command_on_another_version_is_refused(house: House, seen: int) -> None:
    await house.plant(Hall().log)
    with pytest.raises(PreconditionFailed) as refused:
        await house.give(CLARIFY, HOST, seen=seen)
    assert refused.value.found["version"] == (await house.platform.load(LOT)).version


async def test_a_guarded_command_without_a_version_is_refused(house: House) -> None:
    await house.plant(Hall().log)
    with pytest.raises(PreconditionRequired):
        await house.platform.execute(LOT, CLARIFY, house.call(HOST))


class Overtaken:
    """A handler during whose first ``times`` decisions somebody else changes the lot."""

    def __init__(self, house: House, times: int) -> None:
        self.house, self.times, self.decided = house, times, 0

    async def __call__(self, lot: Lot, command: Any, call: Call, facts: Facts) -> Plan:
        self.decided += 1
        if self.decided <= self.times:
            other = Clarify(text=f"澄清 {self.decided}", affects_bids=False)
            events = (await self.house.platform.plan(lot, other, self.house.call(HOST))).events
            write = Write(stream=lot_stream(LOT), expected=lot.version, events=events)
            await self.house.platform.journal.append([write], meta=Meta(actor="other"))
        return await self.house.bids.handlers[StartUpload](lot, command, call, facts)


async def test_an_unguarded_command_is_decided_anew_when_the_lot_moved(house: House) -> None:
    await house.plant(Hall().log)
    overtaken = Overtaken(house, 3)
    house.platform.handlers[StartUpload] = overtaken
    await house.give(StartUpload(envelope="form", length=9), A)
    assert overtaken.decided == 4
    assert await house.topics("bid-lot-1-a") == ["bid.upload-started.v1"]


async def test_an_unguarded_command_gives_up_in_the_end(house: House) -> None:
    await house.plant(Hall().log)
    overtaken = Overtaken(house, ATTEMPTS)
    house.platform.handlers[StartUpload] = overtaken
    with pytest.raises(PreconditionFailed, match="lot-busy"):
        await house.give(StartUpload(envelope="form", length=9), A)
    assert await house.topics("bid-lot-1-a") == []


async def test_a_guarded_command_that_was_overtaken_is_not_decided_anew(house: House) -> None:
    await house.plant(Hall().log)
    decided = 0

    async def slow(lot: Lot, command: Any, call: Call, facts: Facts) -> Plan:
        nonlocal decided
        decided += 1
        events = (await house.notice.handlers[Clarify](lot, command, call, facts)).events
        write = Write(stream=lot_stream(LOT), expected=lot.version, events=events)
        await house.platform.journal.append([write], meta=Meta(actor="other"))
        return Plan(events=events)

    house.platform.handlers[Clarify] = slow
    with pytest.raises(PreconditionFailed, match="lot-changed"):
        await house.give(CLARIFY, HOST)
    assert decided == 1


async def test_a_further_stream_that_moved_makes_the_decision_be_taken_anew(house: House) -> None:
    await house.plant(Hall().log)
    upload = StartUpload(envelope="form", length=9)
    await house.give(upload, A)
    decided = 0

    async def about_the_bid(lot: Lot, command: Any, call: Call, facts: Facts) -> Plan:
        nonlocal decided
        decided += 1
        bid = await house.bids.bid(LOT, "a")
        if decided == 1:
            await house.give(StartUpload(envelope="technical", length=9), A)
        events = (await house.notice.handlers[Clarify](lot, command, call, facts)).events
        return Plan(events=events, guards={"bid-lot-1-a": bid.version})

    house.platform.handlers[Clarify] = about_the_bid
    await house.give(CLARIFY, HOST)
    assert decided == 2
    assert len((await house.platform.load(LOT)).notice.clarifications) == 1


async def test_a_refusal_in_a_plan_is_raised_after_what_it_records(house: House) -> None:
    await house.plant(Hall().log)
    cleared: list[str] = []

    async def clear() -> None:
        cleared.append("cleared")
        raise Unavailable("object store")  # costs nothing that counts

    async def refusing(lot: Lot, command: Any, call: Call, facts: Facts) -> Plan:
        plan = await house.bids.handlers[StartUpload](lot, command, call, facts)
        refusal = Invalid("bid-late", rule="R-BID-01")
        return msgspec.structs.replace(plan, refusal=refusal, afterwards=clear)

    house.platform.handlers[StartUpload] = refusing
    call = house.call(A, "key")
    with pytest.raises(Invalid, match="bid-late"):
        await house.platform.execute(LOT, StartUpload(envelope="form", length=9), call)
    assert await house.topics("bid-lot-1-a") == ["bid.upload-started.v1"]
    assert cleared == ["cleared"]
    assert await house.platform.journal.answer("a", "key") is None  # what was refused may be tried again


# Existence and permission


async def test_a_lot_that_does_not_exist_is_unknown(house: House) -> None:
    with pytest.raises(Unknown, match="no-such-lot"):
        await house.give(CLARIFY, HOST)


async def test_before_its_notice_a_lot_is_unknown_to_outsiders(house: House) -> None:
    hall = Hall()
    await house.plant(hall.log[:2])
    with pytest.raises(Unknown, match="no-such-lot"):
        await house.give(StartUpload(envelope="form", length=9), A)
    recorded, lot = await house.platform.recorded(LOT, HOST)
    assert (len(recorded), lot.version) == (2, 2)
    with pytest.raises(Unknown):
        await house.platform.recorded(LOT, None)


async def test_who_may_not_is_told_so_before_any_version_is_asked(house: House) -> None:
    await house.plant(Hall().log)
    with pytest.raises(Forbidden):
        await house.platform.execute(LOT, CLARIFY, house.call(A))


async def test_a_suspended_lot_moves_no_further(house: House) -> None:
    await house.plant(Hall().log)
    await house.give(Suspend(reason="投诉处理期间暂停", order="孝财采〔2026〕3号"), OFFICER)
    house.clock.instant = T0
    before = await house.topics()
    for command, actor in ((CLARIFY, HOST), (SignIn(), A), (Close(), Actor(party="platform", name="平台"))):
        with pytest.raises(Suspended):
            await house.give(command, actor)
    assert await house.topics() == before


async def test_the_outcome_tells_its_author_only_what_it_may_see(house: House) -> None:
    await house.plant(Hall().log)
    asked = await house.give(Object(text="评分办法第三条请明确"), A)
    said = msgspec.json.decode(asked.answer)
    assert said["events"] == []
    assert said["version"] == asked.version == (await house.platform.load(LOT)).version


# The gate (R-BID-02, R-OPEN-22)


class WatchedGate:
    """The real gate; notes how it is passed, and can lose the leave."""

    def __init__(self, house: House) -> None:
        self.inner, self.passed, self.lost = house.gate, list[tuple[str, str]](), False
        self.asked = asyncio.Event()

    def ensure(self) -> None:
        if self.lost:
            raise Unavailable("lock")

    @asynccontextmanager
    async def shared(self, key: str) -> AsyncIterator[Pass]:
        self.passed.append(("shared", key))
        async with self.inner.shared(key) as leave:
            leave.ensure()
            yield self

    @asynccontextmanager
    async def exclusive(self, key: str) -> AsyncIterator[Pass]:
        self.passed.append(("exclusive", key))
        self.asked.set()
        async with self.inner.exclusive(key) as leave:
            leave.ensure()
            yield self

    def leader(self, name: str) -> Any:
        return self.inner.leader(name)


@pytest.fixture
def gate(house: House) -> WatchedGate:
    watched = WatchedGate(house)
    house.platform.gate = watched
    house.platform.together.add(StartUpload)
    house.platform.alone.add(Close)
    return watched


async def test_bids_pass_the_gate_together_the_close_alone_others_not_at_all(
    house: House, gate: WatchedGate
) -> None:
    await house.plant(Hall().log)
    await house.give(StartUpload(envelope="form", length=9), A)
    await house.give(CLARIFY, HOST)
    house.clock.instant = T0
    await house.platform.act(LOT, Close())
    assert gate.passed == [("shared", "lot-lot-1"), ("exclusive", "lot-lot-1")]


@pytest.mark.parametrize("command", [StartUpload(envelope="form", length=9), Close()])
async def test_who_lost_the_leave_writes_nothing(house: House, gate: WatchedGate, command: Command) -> None:
    await house.plant(Hall().log)
    if isinstance(command, Close):
        house.clock.instant = T0
    gate.lost = True
    before = await house.platform.journal.position()
    actor = A if isinstance(command, StartUpload) else Actor(party="platform", name="平台")
    with pytest.raises(Unavailable):
        await house.give(command, actor)
    assert await house.platform.journal.position() == before


async def test_the_close_waits_for_who_is_inside(house: House, gate: WatchedGate) -> None:
    await house.plant(Hall().log)
    inside, go_on = asyncio.Event(), asyncio.Event()
    honest = house.bids.handlers[StartUpload]

    async def slow(lot: Lot, command: Any, call: Call, facts: Facts) -> Plan:
        inside.set()
        await go_on.wait()
        return await honest(lot, command, call, facts)

    house.platform.handlers[StartUpload] = slow
    bid = asyncio.create_task(house.give(StartUpload(envelope="form", length=9), A))
    await inside.wait()
    house.clock.instant = T0
    close = asyncio.create_task(house.platform.act(LOT, Close()))
    await gate.asked.wait()
    go_on.set()
    await asyncio.gather(bid, close)
    (upload,) = await house.platform.journal.load("bid-lot-1-a")
    closed = next(
        one
        for one in await house.platform.journal.load("lot-lot-1")
        if one.event.TOPIC == "lot.submission-closed.v1"
    )
    assert upload.position < closed.position


async def test_the_mode_of_a_lot_is_known(house: House) -> None:
    await house.plant(Hall().log)
    assert await house.platform.mode_of(LOT) == "live"
