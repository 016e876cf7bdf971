"""Personal data erased on a lawful order leave every proof valid, and nothing of themselves (个人信息保护法 47)."""

import asyncio
import hashlib
import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import asyncpg
import msgspec
import pytest

from bidding.api.bodies import decode
from bidding.application import statements
from bidding.application.erasure import Erasures
from bidding.application.identity import Identity, party_stream
from bidding.application.lists import ListsProjection
from bidding.application.log.audit import Erasure, audit
from bidding.application.platform import Call, Platform
from bidding.application.ports import Unavailable
from bidding.application.rulesets import load_rulesets
from bidding.compose.journal import EventJournal
from bidding.compose.outside import StorageEraser, StorageReadModels
from bidding.crypto.authority import EnrolmentCA
from bidding.crypto.log.checkpoint import open_checkpoint, require_consistent
from bidding.crypto.log.leaf import event_entry
from bidding.crypto.log.proof import check_proof
from bidding.domain.calendar import StateCouncilCalendar
from bidding.domain.errors import Forbidden, Unknown
from bidding.domain.event import SignedAct
from bidding.domain.parties import Actor, Role
from bidding.domain.registration.commands import Enrol, EraseData, OrderErasure
from bidding.domain.registration.events import Contact, ErasureGround, PersonalPart
from storage.erasure import Eraser
from storage.errors import ProgrammingError
from storage.readmodels import ReadModels
from tests.api.devices import Device
from tests.log.conftest import IDENTITY, LogHouse, Now

PHONE, NAME = "13900001111", "王小明"
ADDRESS = "203.0.113.77"
OPERATOR = Actor(party="b" * 24, name="运营", roles=frozenset({Role.OPERATOR}))
SUPERVISOR = Actor(party="c" * 24, name="监督", roles=frozenset({Role.SUPERVISOR}))
SIGNED = SignedAct(statement="{}", signature="A" * 86)


@dataclass
class Register:
    """A register on a log of its own, with one person in it."""

    house: LogHouse
    erasures: Erasures
    identity: Identity
    projection: ListsProjection
    journal: EventJournal
    person: str
    keys: "itertools.count[int]"

    def call(self, actor: Actor) -> Call:
        key = str(next(self.keys))
        return Call(
            actor=actor, signed=SIGNED, idempotency_key=key, request_hash=key.encode(), address=ADDRESS
        )

    async def order(self, *parts: PersonalPart) -> None:
        command = OrderErasure(
            parts=parts or (PersonalPart.CONTACT,),
            ground=ErasureGround.CONSENT_WITHDRAWN,
            reference="孝公管删〔2026〕3号",
        )
        await self.erasures.order(self.person, command, self.call(SUPERVISOR))

    async def erase(self, number: int = 1) -> dict[str, Any]:
        answer = await self.erasures.erase(self.person, EraseData(order=number), self.call(OPERATOR))
        return cast(dict[str, Any], msgspec.json.decode(answer))

    async def project(self) -> None:
        for one in await self.journal.load(party_stream(self.person)):
            await self.projection.project(one)

    async def erased(self) -> list[Erasure]:
        """What the audit names as erased on order; nothing may be wrong."""
        found: list[Erasure] = []
        assert [one async for one in audit(self.house.store, IDENTITY, (), found.append)] == []
        return found


@pytest.fixture
async def register(house: LogHouse) -> Register:
    count = itertools.count(1)

    def random(n: int) -> bytes:
        return hashlib.shake_256(next(count).to_bytes(8, "big")).digest(n)

    absent = cast(Any, None)
    journal, clock = EventJournal(house.log, random), Now()
    platform = Platform(
        journal=journal,
        clock=clock,
        gate=house.gate,
        objects=house.objects,
        uploads=absent,
        readmodels=StorageReadModels(ReadModels(house.log.database)),
        calendar=StateCouncilCalendar(),
        rulesets=load_rulesets(),
        random=random,
    )
    authority = EnrolmentCA.create("注册中心", datetime.now(UTC) - timedelta(days=1))
    identity = Identity(
        journal=journal, clock=clock, authority=authority, trial_secret=lambda credential, key: bytes(32)
    )
    erasures = Erasures(platform, identity, StorageEraser(Eraser(house.log.database)))
    device = Device()
    found = Register(
        house, erasures, identity, ListsProjection(platform), journal, device.party, itertools.count(1)
    )
    await enrolled(found, device)
    await house.sequencer.beat()
    await found.project()
    return found


async def enrolled(register: Register, device: Device) -> None:
    """As the route does: the statement that is kept says name and contact."""

    contact = msgspec.to_builtins(Contact(person=NAME, phone=PHONE))
    sent = device.enrols(kind="person", name=NAME, requested_roles=["expert"], contact=contact)
    signed, statement = statements.received(sent["statement"], sent["signature"])
    command = decode(statements.body_bytes(statement), Enrol, at="$")
    call = register.call(Actor(party=device.party, name=NAME, credential=device.id))
    await register.identity.enrol(command, msgspec.structs.replace(call, signed=signed))


async def dump(dsn: str, objects: Path) -> bytes:
    """Every row of every table, and every object, as text and as the bytes that hex columns hold."""
    connection = await asyncpg.connect(dsn)
    rows: list[bytes] = []
    try:
        tables = await connection.fetch(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()"
        )
        for (table,) in tables:
            for (text,) in await connection.fetch(f'SELECT one::text FROM "{table}" AS one'):
                rows.append(text.encode())
    finally:
        await connection.close()
    return b"\n".join([*rows, *await asyncio.to_thread(stored, objects)])


def stored(objects: Path) -> list[bytes]:
    return [path.read_bytes() for path in objects.rglob("*") if path.is_file()]


def holds(dumped: bytes, value: str) -> bool:
    return value.encode() in dumped or value.encode().hex().encode() in dumped


async def test_what_is_erased_is_gone_from_every_table_and_object(
    register: Register, pg_dsn: str, tmp_path: Path
) -> None:
    await register.house.happen(600)
    await register.house.sequencer.beat()
    assert holds(await dump(pg_dsn, tmp_path), PHONE)
    await register.order()
    answer = await register.erase()
    await register.project()
    dumped = await dump(pg_dsn, tmp_path)
    assert not holds(dumped, PHONE)
    assert holds(dumped, NAME), "of the identity nothing was ordered"
    assert (answer["contact"]["phone"], answer["erasures"][0]["reference"]) == ("", "孝公管删〔2026〕3号")
    about = (await register.journal.load(party_stream(register.person)))[0]
    assert about.meta.address == ""


async def test_an_identity_is_gone_too_by_a_further_order(
    register: Register, pg_dsn: str, tmp_path: Path
) -> None:
    await register.order(PersonalPart.CONTACT)
    await register.order(PersonalPart.CONTACT, PersonalPart.IDENTITY)
    await register.house.sequencer.beat()
    await register.erase(1)
    await register.erase(2)
    await register.project()
    dumped = await dump(pg_dsn, tmp_path)
    assert not holds(dumped, PHONE)
    assert not holds(dumped, NAME)
    await register.house.sequencer.beat()
    assert await register.erased()
    assert (await register.identity.party(register.person)).name == "已依法删除"


async def test_every_proof_stays_valid_and_the_audit_names_what_was_erased_on_order(
    register: Register,
) -> None:
    house = register.house
    old, _ = await house.reader.newest()
    before = await house.store.events_of(party_stream(register.person))
    leaves = await house.store.leaves_of(
        [party_stream(register.person)], open_checkpoint(old, IDENTITY.key)[0].size
    )
    proofs = dict(zip(leaves, await house.reader.proofs(list(leaves.values())), strict=True))
    assert await register.erased() == []
    await register.order()
    await register.erase()
    await house.sequencer.beat()
    # What a party kept holds as before: event, salt and proof, under the old checkpoint and under the new one.
    new, size = await house.reader.newest()
    again = await house.reader.proofs(list(leaves.values()), new)
    for event, later in zip(before, again, strict=True):
        entry = event_entry(IDENTITY.logged(event), event.salt)
        check_proof(proofs[event.position], entry, IDENTITY.key)
        check_proof(later, entry, IDENTITY.key)
    first, second = (open_checkpoint(note, IDENTITY.key)[0] for note in (old, new))
    require_consistent(first, second, await house.reader.consistency(first.size, second.size))
    assert size == second
    named = await register.erased()
    said = [one.position for one in await register.journal.load(party_stream(register.person))][-1]
    assert [one.by for one in named] == [said] * len(named)
    assert {one.position for one in named} == {
        one.position for one in await house.store.events_of(party_stream(register.person)) if not one.salt
    }
    assert await house.findings((old,)) == []


async def test_an_erasure_without_an_order_is_refused_and_erases_nothing(register: Register) -> None:
    with pytest.raises(Unknown, match="no-erasure-order"):
        await register.erase()
    with pytest.raises(Forbidden, match="not-permitted"):
        await register.erasures.erase(register.person, EraseData(order=1), register.call(SUPERVISOR))
    await register.order()
    with pytest.raises(Forbidden, match="not-permitted"):
        await register.erasures.erase(register.person, EraseData(order=1), register.call(SUPERVISOR))
    assert (await register.identity.party(register.person)).contact.phone == PHONE
    assert await register.erased() == []


async def test_given_again_it_is_finished_and_has_no_further_effect(register: Register) -> None:
    await register.order()
    await register.erase()
    stored = await register.house.store.events_of(party_stream(register.person))
    assert (await register.erase())["erasures"][0]["done"]
    assert await register.house.store.events_of(party_stream(register.person)) == stored


async def test_the_event_stands_when_the_process_ends_before_the_deed_and_the_deed_is_made_up_for(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    await register.order()

    async def lost(self: StorageEraser, erasing: int, left: object) -> bool:
        raise Unavailable("database")

    with monkeypatch.context() as broken:
        broken.setattr(StorageEraser, "erase", lost)
        with pytest.raises(Unavailable):
            await register.erase()
    assert (await register.identity.party(register.person)).contact == Contact(), "the fold forgets at once"
    assert all(one.salt for one in await register.house.store.events_of(party_stream(register.person)))
    await register.erase()
    assert not all(one.salt for one in await register.house.store.events_of(party_stream(register.person)))


async def test_what_is_no_leaf_yet_is_not_erased(register: Register) -> None:
    """Its leaf would commit to nothing that ever was."""
    device = Device()
    await enrolled(register, device)
    eraser = Eraser(register.house.log.database)
    newest = await register.house.log.max_position()
    assert not await eraser.erase(newest, [(newest - 1, b"{}", b"{}")])


# The narrow right (storage/migrations/0060_erasure.sql).

CHANGED = "UPDATE events SET state = '{}', salt = '' WHERE position = 1"


async def test_the_program_itself_has_no_right_to_erase(register: Register) -> None:
    for statement in (CHANGED, "SELECT erase_personal_data(1, '{1}', '{x}', '{x}')"):
        with pytest.raises(ProgrammingError):
            await register.house.log.database.execute(statement)


async def test_the_eraser_erases_what_an_event_says_and_nothing_else(register: Register) -> None:
    await register.order()
    await register.erase()
    said = await register.house.log.max_position()
    eraser = Eraser(register.house.log.database)
    with pytest.raises(ProgrammingError, match="no event of the log says"):
        await eraser.erase(said, [(1, b'{"forged":true}', b"{}")])
    with pytest.raises(ProgrammingError, match="no event of the log says"):
        await eraser.erase(1, [(1, b"{}", b"{}")])
    connection = await register.house.log.database.connect_as("bidding_eraser")
    try:
        for statement in (
            CHANGED,
            "SELECT state FROM events",
            "DELETE FROM events",
            "SELECT * FROM idempotency",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    finally:
        await connection.close()


@pytest.mark.parametrize(
    "statement",
    [
        CHANGED,
        "UPDATE events SET topic = 'other.v1' WHERE position = 1",
        "UPDATE idempotency SET answer = 'x'",
        "DELETE FROM events",
    ],
)
async def test_nor_does_the_owner_gain_by_the_setting(
    register: Register, pg_dsn: str, statement: str
) -> None:
    await register.order()
    await register.erase()
    owner = await asyncpg.connect(pg_dsn)
    try:
        said = await owner.fetchval("SELECT max(position) FROM events")
        await owner.execute(f"SET bidding.erasing = '{said}'")
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await owner.execute(statement)
    finally:
        await owner.close()


@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE events SET salt = '' WHERE position = 1",
        "UPDATE events SET state = '{}', salt = '' WHERE stream LIKE 'party-%' AND version = 1",
    ],
)
async def test_what_the_owner_erases_by_himself_is_found(register: Register, pg_dsn: str, deed: str) -> None:
    await register.order()
    await register.erase()
    await register.house.happen()
    await register.house.sequencer.beat()
    owner = await asyncpg.connect(pg_dsn)
    try:
        await owner.execute("ALTER TABLE events DISABLE TRIGGER ALL")
        await owner.execute(
            deed.replace("position = 1", "topic = 'party.verified.v1' OR topic = 'tested.v1'")
        )
    finally:
        await owner.close()
    assert {one.fault for one in await register.house.findings()} == {
        "not the event that its leaf commits to"
    }
