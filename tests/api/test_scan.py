"""R-CRED-05 扫码 over HTTP: a PC is logged in, or an act signed, by a key that stays on the phone."""

import hashlib
from typing import Any

import httpx2
import pytest
from structlog.testing import capture_logs

from bidding.application.scans import AT_ONCE
from bidding.crypto.canonical import b64, canonical
from bidding.domain.registration.scan import LIFE
from tests.api.conftest import World
from tests.api.devices import Device

SECRET = b64(bytes(range(32)))
HOLDER = hashlib.sha256(SECRET.encode()).hexdigest()
OTHER = b64(bytes(32))
RELATIONS: dict[str, Any] = {"relations": {"head": {"name": "张三"}, "superiors": []}}


class Phone:
    """The device, logged in, and what it saw of the challenge."""

    def __init__(self, world: World, device: Device) -> None:
        self.world, self.device = world, device

    async def open(self, challenge: str, **headers: str) -> httpx2.Response:
        sent = {**self.device.headers, **headers}
        return await self.world.http.post("/sessions/scans/open", json={"challenge": challenge}, headers=sent)

    async def confirm(
        self, seen: dict[str, Any], number: str, act_signature: str = "", /, **changed: Any
    ) -> httpx2.Response:
        names = ("challenge", "action", "digest", "origin", "expires_at")
        body = {**{name: seen[name] for name in names}, "number": number, **changed}
        said = self.device.says("session/confirm", body, seen["lot"])
        said["act_signature"] = act_signature
        return await self.world.http.post("/sessions/scans/confirm", json=said, headers=self.device.headers)


async def asked(world: World, device: Device | None = None, **body: Any) -> httpx2.Response:
    headers = device.headers if device else {}
    return await world.http.post("/sessions/scans", json={"holder": HOLDER, **body}, headers=headers)


async def collected(
    world: World, challenge: str, device: Device | None = None, /, **body: Any
) -> httpx2.Response:
    said = {"challenge": challenge, "secret": SECRET, **body}
    headers = device.headers if device else {}
    return await world.http.post("/sessions/scans/collect", json=said, headers=headers)


async def number_on_the_pc(world: World, challenge: str, device: Device | None = None) -> str:
    told: str = (await collected(world, challenge, device)).json()["number"]
    return told


def wrong(number: str) -> str:
    return "10" if number != "10" else "11"


def code(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.fixture
async def phone(world: World) -> Phone:
    return Phone(world, await world.enrol("bidder"))


async def test_a_pc_is_logged_in_by_the_phone(world: World, phone: Phone) -> None:
    shown = (await asked(world)).json()
    assert shown["digest"] == HOLDER
    assert shown["origin"] == "http://test"
    challenge = shown["challenge"]
    waits = (await collected(world, challenge)).json()
    assert (waits["stage"], waits["number"]) == ("shown", "")
    seen = (await phone.open(challenge)).json()
    assert "number" not in seen
    assert seen["statement"] is None
    number = await number_on_the_pc(world, challenge)
    assert (await phone.confirm(seen, number)).status_code == 204
    answer = await collected(world, challenge)
    token = answer.json()["token"]
    assert token != phone.device.token
    current = await world.http.get("/sessions/current", headers={"Authorization": f"Bearer {token}"})
    assert current.json()["party"]["party"] == phone.device.party
    assert current.json()["credential"] == phone.device.id
    assert code(await collected(world, challenge)) == (404, "scan-ended")


async def test_the_browsers_session_is_a_strict_cookie(world: World, phone: Phone) -> None:
    challenge = (await asked(world)).json()["challenge"]
    seen = (await phone.open(challenge)).json()
    await phone.confirm(seen, await number_on_the_pc(world, challenge))
    answer = await collected(world, challenge, carrier="cookie")
    assert "token" not in answer.json()
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


async def test_a_wrong_number_voids_the_challenge(world: World, phone: Phone) -> None:
    challenge = (await asked(world)).json()["challenge"]
    seen = (await phone.open(challenge)).json()
    number = await number_on_the_pc(world, challenge)
    assert code(await phone.confirm(seen, wrong(number))) == (403, "scan-number-wrong")
    assert code(await phone.confirm(seen, number)) == (409, "scan-answered-already")
    assert code(await collected(world, challenge)) == (403, "scan-number-wrong")


async def test_a_declined_challenge_is_told_to_the_pc(world: World, phone: Phone) -> None:
    challenge = (await asked(world)).json()["challenge"]
    await phone.open(challenge)
    said = {"challenge": challenge}
    headers = phone.device.headers
    assert (await world.http.post("/sessions/scans/decline", json=said, headers=headers)).status_code == 204
    assert code(await collected(world, challenge)) == (403, "scan-declined")


async def test_a_challenge_is_opened_by_one_phone_and_confirmed_by_that_one(
    world: World, phone: Phone
) -> None:
    thief = Phone(world, await world.enrol("bidder"))
    challenge = (await asked(world)).json()["challenge"]
    seen = (await phone.open(challenge)).json()
    assert code(await thief.open(challenge)) == (409, "scan-opened-already")
    number = await number_on_the_pc(world, challenge)
    assert code(await thief.confirm(seen, number)) == (403, "scan-for-another-device")
    assert (await phone.confirm(seen, number)).status_code == 204


async def test_it_is_confirmed_once(world: World, phone: Phone) -> None:
    challenge = (await asked(world)).json()["challenge"]
    seen = (await phone.open(challenge)).json()
    number = await number_on_the_pc(world, challenge)
    assert (await phone.confirm(seen, number)).status_code == 204
    assert code(await phone.confirm(seen, number)) == (409, "scan-answered-already")


async def test_it_ends_after_two_minutes(world: World, phone: Phone) -> None:
    challenge, late = [(await asked(world)).json()["challenge"] for _ in range(2)]
    seen = (await phone.open(challenge)).json()
    number = await number_on_the_pc(world, challenge)
    world.clock.passes(LIFE)
    assert code(await phone.confirm(seen, number)) == (404, "scan-ended")
    assert code(await phone.open(late)) == (404, "scan-ended")
    assert code(await collected(world, challenge)) == (404, "scan-ended")


async def test_only_the_pc_that_asked_collects(world: World, phone: Phone) -> None:
    challenge = (await asked(world)).json()["challenge"]
    seen = (await phone.open(challenge)).json()
    await phone.confirm(seen, await number_on_the_pc(world, challenge))
    assert code(await collected(world, challenge, secret=OTHER)) == (404, "scan-ended")
    assert code(await collected(world, OTHER)) == (404, "scan-ended")
    assert (await collected(world, challenge)).status_code == 200


async def test_pages_of_other_sites_are_refused(world: World, phone: Phone) -> None:
    evil = {"Origin": "http://test.evil"}
    refused = await world.http.post("/sessions/scans", json={"holder": HOLDER}, headers=evil)
    assert code(refused) == (403, "scan-of-another-origin")
    challenge = (await asked(world)).json()["challenge"]
    assert code(await phone.open(challenge, **evil)) == (403, "scan-of-another-origin")
    other = await phone.open(challenge, Origin="http://relay.example", Host="relay.example")
    assert code(other) == (403, "scan-of-another-origin")
    assert (await phone.open(challenge, Origin="http://test")).status_code == 200


@pytest.mark.parametrize("field", ["challenge", "action", "digest", "origin", "expires_at"])
async def test_what_the_phone_signs_is_the_whole_challenge(world: World, phone: Phone, field: str) -> None:
    challenge, another = [(await asked(world)).json()["challenge"] for _ in range(2)]
    seen = (await phone.open(challenge)).json()
    number = await number_on_the_pc(world, challenge)
    changed = {
        "challenge": another,
        "action": "contract/sign",
        "digest": "0" * 64,
        "origin": "http://relay.example",
        "expires_at": "2026-03-02T09:00:00Z",
    }
    assert (await phone.confirm(seen, number, **{field: changed[field]})).status_code in {403, 409, 422}
    assert (await collected(world, challenge)).json()["stage"] == "opened"


async def test_a_confirmation_by_another_key_counts_for_nothing(world: World, phone: Phone) -> None:
    challenge = (await asked(world)).json()["challenge"]
    seen = (await phone.open(challenge)).json()
    number = await number_on_the_pc(world, challenge)
    honest = phone.device
    phone.device = Device(honest.party)
    phone.device.token = honest.token
    assert code(await phone.confirm(seen, number)) == (422, "statement-mismatch")
    forger = phone.device
    phone.device = honest
    names = ("challenge", "action", "digest", "origin", "expires_at")
    body = {**{name: seen[name] for name in names}, "number": number}
    said = honest.says("session/confirm", body)
    said["signature"] = forger.says("session/confirm", body)["signature"]
    answer = await world.http.post("/sessions/scans/confirm", json=said, headers=honest.headers)
    assert code(answer) == (422, "signature-invalid")
    assert (await collected(world, challenge)).json()["stage"] == "opened"


async def test_nobody_opens_or_confirms_without_a_key(world: World, phone: Phone) -> None:
    challenge = (await asked(world)).json()["challenge"]
    answer = await world.http.post("/sessions/scans/open", json={"challenge": challenge})
    assert code(answer) == (401, "login-needed")


async def test_one_address_asks_for_so_many_at_a_time(world: World) -> None:
    answers = [await asked(world) for _ in range(AT_ONCE + 1)]
    assert [one.status_code for one in answers] == [201] * AT_ONCE + [429]
    assert answers[-1].json()["code"] == "scan-too-many"
    assert int(answers[-1].headers["retry-after"]) > 0
    world.clock.passes(LIFE)
    assert (await asked(world)).status_code == 201


def relations(device: Device) -> dict[str, Any]:
    """An act that binds, as the PC composes it for the phone's key."""
    statement: dict[str, Any] = device.says("registration/declare-relations", RELATIONS)["statement"]
    return statement


async def test_an_act_composed_on_the_pc_is_signed_as_the_phone_would_sign_it(
    world: World, phone: Phone
) -> None:
    """The record of the act is the very same: nothing in it tells that a PC was there."""
    device = phone.device
    statement = relations(device)
    shown = (await asked(world, device, statement=statement)).json()
    assert shown["digest"] == hashlib.sha256(canonical(statement)).hexdigest()
    seen = (await phone.open(shown["challenge"])).json()
    assert seen["statement"] == statement
    number = await number_on_the_pc(world, shown["challenge"], device)
    signature = device.says("registration/declare-relations", RELATIONS)["signature"]
    assert (await phone.confirm(seen, number, signature)).status_code == 204
    got = (await collected(world, shown["challenge"], device)).json()
    assert (got["statement"], got["signature"]) == (statement, signature)
    sent = {"statement": got["statement"], "signature": got["signature"]}
    assert (await world.post("/parties/me/relations", sent, device)).status_code == 200
    acts = await world.log.database.fetch("SELECT state FROM events WHERE topic LIKE 'party.relations%'")
    assert len(acts) == 1


async def test_an_act_needs_a_signature_over_itself(world: World, phone: Phone) -> None:
    device = phone.device
    shown = (await asked(world, device, statement=relations(device))).json()
    seen = (await phone.open(shown["challenge"])).json()
    number = await number_on_the_pc(world, shown["challenge"], device)
    other = device.says("registration/declare-relations", {"relations": {}})["signature"]
    assert code(await phone.confirm(seen, number, other)) == (422, "signature-invalid")
    assert code(await phone.confirm(seen, number)) == (422, "scan-altered")


async def test_an_act_is_asked_for_by_its_own_session_alone(world: World, phone: Phone) -> None:
    stranger = await world.enrol("bidder")
    statement = relations(phone.device)
    assert code(await asked(world, statement=statement)) == (401, "login-needed")
    assert code(await asked(world, stranger, statement=statement)) == (422, "statement-mismatch")
    shown = (await asked(world, phone.device, statement=statement)).json()
    opened = await Phone(world, stranger).open(shown["challenge"])
    assert code(opened) == (403, "scan-for-another-device")
    assert code(await collected(world, shown["challenge"])) == (404, "scan-ended")
    assert code(await collected(world, shown["challenge"], stranger)) == (404, "scan-ended")


@pytest.mark.parametrize("act", ["session/login", "session/confirm", "admission/admit", "no/such-act"])
async def test_only_acts_that_bind_are_asked_for(world: World, phone: Phone, act: str) -> None:
    statement = phone.device.says(act, {})["statement"]
    assert code(await asked(world, phone.device, statement=statement)) == (422, "scan-of-no-act")


async def test_the_log_counts_no_scans_and_the_table_holds_no_key_to_a_session(
    world: World, phone: Phone
) -> None:
    """R-GEN-04: acts on bids are confirmed this way too."""
    with capture_logs() as lines:
        challenge = (await asked(world)).json()["challenge"]
        await phone.open(challenge)
    assert lines == []
    rows = await world.log.database.fetch("SELECT * FROM scans")
    assert SECRET not in str([dict(row) for row in rows])
