"""The outbox of changed licences: it survives a body that is down and a process that dies (R-NB-HS-01)."""

import asyncio
from datetime import timedelta

import pytest

from bidding.application.bodies import FIRST_PAUSE, BodySilent, LicenceCourier, LicenceNotice, Outbox
from bidding.application.identity import Identity, party_stream
from bidding.application.licencebox import OUTBOX
from bidding.application.ports import Recorded, Unavailable
from bidding.domain.parties import Actor
from bidding.domain.registration.bodies import BodyAnswer
from bidding.domain.registration.commands import ChangeLicence
from bidding.domain.registration.events import BodyState, Kind, LicenceChanged, PartyRegistered
from tests.application.house import House
from tests.domain.opening.hall import NOTICED

CA, SEALS = "湖北CA", "印章备案"


class Body:
    """Answers what it is told to answer; None: it is down."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.answer: BodyAnswer | None = None
        self.heard: list[LicenceNotice] = []

    async def tell(self, notice: LicenceNotice) -> BodyAnswer:
        self.heard.append(notice)
        if self.answer is None:
            raise BodySilent("HTTP 503")
        return self.answer


@pytest.fixture
def bodies() -> tuple[Body, Body]:
    return Body(CA), Body(SEALS)


@pytest.fixture
async def identity(house: House) -> Identity:
    registered = PartyRegistered(
        party="p1", kind=Kind.ORGANISATION, name="单位", uscc="91110000101623741K", at=NOTICED
    )
    await house.plant([(party_stream("p1"), registered)])
    return Identity(
        journal=house.platform.journal,
        clock=house.clock,
        authority=house.keyring.authority,
        trial_secret=house.keyring.trial_secret,
        bodies=(CA, SEALS),
    )


def courier(house: House, identity: Identity, bodies: tuple[Body, Body]) -> LicenceCourier:
    return LicenceCourier(house.platform, identity, bodies)


async def change(house: House, identity: Identity, name: str = "新单位") -> None:
    command = ChangeLicence(name=name, evidence="登字88号", consent=True)
    await identity.change_licence(command, house.call(Actor(party="p1", credential="d1")))


async def states(identity: Identity) -> list[str]:
    return [told.state.value for notice in (await identity.party("p1")).bodies for told in notice.told]


async def waiting(house: House) -> int:
    return len(await Outbox(house.platform.journal).look())


async def test_a_change_is_told_to_each_body_with_its_consent_and_leaves_the_outbox_when_all_are_done(
    house: House, identity: Identity, bodies: tuple[Body, Body]
) -> None:
    await change(house, identity)
    assert (await states(identity), await waiting(house)) == (["WAITING", "WAITING"], 1)
    for body in bodies:
        body.answer = BodyAnswer(state=BodyState.DONE, reference="9")
    await courier(house, identity, bodies).step()
    assert (await states(identity), await waiting(house)) == (["DONE", "DONE"], 0)
    (heard,) = bodies[0].heard
    assert (heard.key, heard.uscc, heard.name) == ("p1-1", "91110000101623741K", "新单位")
    assert [(one.before, one.after) for one in heard.changes] == [("单位", "新单位")]
    recorded = await house.platform.journal.load(party_stream("p1"))
    (licence,) = [one.event for one in recorded if isinstance(one.event, LicenceChanged)]
    assert heard.consent == licence.signed


async def test_a_body_that_is_down_is_told_later_even_by_another_process(
    house: House, identity: Identity, bodies: tuple[Body, Body]
) -> None:
    ca, seals = bodies
    ca.answer = BodyAnswer(state=BodyState.DONE)
    await change(house, identity)
    first = courier(house, identity, bodies)
    await first.step()
    await first.step()  # too early to ask again
    assert (await states(identity), len(seals.heard)) == (["DONE", "WAITING"], 1)
    house.clock.instant += FIRST_PAUSE
    await first.step()
    assert (len(ca.heard), len(seals.heard)) == (1, 2)  # who has spoken its last word is not asked again
    seals.answer = BodyAnswer(state=BodyState.REFUSED, text="请到窗口办理")
    await courier(house, identity, bodies).step()
    assert (await states(identity), await waiting(house)) == (["DONE", "REFUSED"], 0)


async def test_a_look_at_the_outbox_reads_only_what_came_since_the_one_before(
    house: House, identity: Identity, bodies: tuple[Body, Body], monkeypatch: pytest.MonkeyPatch
) -> None:
    for body in bodies:
        body.answer = BodyAnswer(state=BodyState.DONE)
    telling = courier(house, identity, bodies)
    read, load = 0, house.platform.journal.load

    async def counting(stream: str, *, after: int = 0) -> list[Recorded]:
        nonlocal read
        found = await load(stream, after=after)
        read += len(found) if stream == OUTBOX else 0
        return found

    for name in ("新单位", "又一单位", "第三单位"):
        await change(house, identity, name)
        monkeypatch.setattr(house.platform.journal, "load", counting)
        await telling.step()
        monkeypatch.undo()
    monkeypatch.setattr(house.platform.journal, "load", counting)
    await telling.step()
    assert await waiting(house) == 0
    assert read == 6 + 6, (
        "by the courier: three queued, three settled; and all of them by this test's own look"
    )


async def test_a_body_that_does_not_answer_keeps_no_other_waiting(
    house: House, identity: Identity, bodies: tuple[Body, Body], monkeypatch: pytest.MonkeyPatch
) -> None:
    ca, seals = bodies
    seals.answer = BodyAnswer(state=BodyState.DONE)
    answers = asyncio.Event()

    async def hangs(notice: LicenceNotice) -> BodyAnswer:
        ca.heard.append(notice)
        await answers.wait()
        raise BodySilent("ReadTimeout")

    monkeypatch.setattr(ca, "tell", hangs)
    await change(house, identity)
    await change(house, identity, "又一单位")
    looking = asyncio.create_task(courier(house, identity, bodies).step())
    try:
        async with asyncio.timeout(60):
            while await states(identity) != ["WAITING", "DONE"] * 2:  # noqa: ASYNC110 - another task's commit
                await asyncio.sleep(0.005)
    finally:
        answers.set()
        await looking
    assert len(ca.heard) == 1, "who is silent about one notice is not asked about the next at once"


async def test_a_store_that_is_away_is_told_when_all_have_been_served(
    house: House, identity: Identity, bodies: tuple[Body, Body], monkeypatch: pytest.MonkeyPatch
) -> None:
    ca, seals = bodies
    seals.answer = BodyAnswer(state=BodyState.DONE)

    async def away(notice: LicenceNotice) -> BodyAnswer:
        raise Unavailable("database")

    monkeypatch.setattr(ca, "tell", away)
    await change(house, identity)
    with pytest.raises(Unavailable):
        await courier(house, identity, bodies).step()
    assert await states(identity) == ["WAITING", "DONE"]


async def test_a_body_at_work_is_asked_by_the_same_key_until_it_is_done(
    house: House, identity: Identity, bodies: tuple[Body, Body]
) -> None:
    ca, seals = bodies
    ca.answer, seals.answer = BodyAnswer(state=BodyState.ACCEPTED), BodyAnswer(state=BodyState.DONE)
    await change(house, identity)
    telling = courier(house, identity, bodies)
    await telling.step()
    assert (await states(identity), await waiting(house)) == (["ACCEPTED", "DONE"], 1)
    ca.answer = BodyAnswer(state=BodyState.DONE)
    house.clock.instant += timedelta(hours=1)
    await telling.step()
    assert ({one.key for one in ca.heard}, len(ca.heard)) == ({"p1-1"}, 2)
    assert await waiting(house) == 0


async def test_two_changes_are_two_notices(
    house: House, identity: Identity, bodies: tuple[Body, Body]
) -> None:
    await change(house, identity)
    await change(house, identity, "又一单位")
    for body in bodies:
        body.answer = BodyAnswer(state=BodyState.DONE)
    await courier(house, identity, bodies).step()
    assert [one.key for one in bodies[0].heard] == ["p1-1", "p1-2"]
    assert await waiting(house) == 0


async def test_without_bodies_there_is_no_outbox(house: House) -> None:
    registered = PartyRegistered(party="p1", kind=Kind.ORGANISATION, name="单位", at=NOTICED)
    await house.plant([(party_stream("p1"), registered)])
    alone = Identity(
        journal=house.platform.journal,
        clock=house.clock,
        authority=house.keyring.authority,
        trial_secret=house.keyring.trial_secret,
    )
    await change(house, alone)
    assert await house.platform.journal.load(OUTBOX) == []
    assert (await alone.party("p1")).bodies == ()
