"""Login: challenges work once, failures look alike, sessions end, cookies are strict."""

import hashlib
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from bidding.application.login import CHALLENGE_LIFE
from tests.api.conftest import World
from tests.api.devices import Device


async def challenge(world: World, device: Device) -> str:
    answer = await world.http.post("/sessions/challenges", json={"credential": device.id})
    assert answer.status_code == 201
    found: str = answer.json()["challenge"]
    return found


async def sent(world: World, said: dict[str, Any]) -> httpx2.Response:
    return await world.http.post("/sessions", json=said)


async def test_the_session_names_the_party_its_roles_and_its_device(world: World) -> None:
    device = await world.enrol("bidder", "agency")
    current = (await world.http.get("/sessions/current", headers=device.headers)).json()
    assert current["party"]["roles"] == ["agency", "bidder"]
    assert current["credential"] == device.id


async def test_who_is_nobody_is_told_so_without_an_error_but_not_with_a_token_that_is_none(
    world: World,
) -> None:
    nobody = await world.http.get("/sessions/current")
    assert (nobody.status_code, nobody.content) == (204, b"")
    ended = await world.http.get("/sessions/current", headers={"Cookie": "bidding-session=gone"})
    assert ended.status_code == 204
    refused = await world.http.get("/sessions/current", headers={"Authorization": "Bearer gone"})
    assert refused.status_code == 401


async def test_only_the_tokens_hash_is_stored(world: World) -> None:
    device = await world.enrol("bidder")
    rows = await world.log.database.fetch("SELECT * FROM sessions")
    assert [row["token_hash"] for row in rows] == [hashlib.sha256(device.token.encode()).digest()]
    assert device.token not in str([dict(row) for row in rows])


async def test_a_challenge_is_answered_for_devices_that_do_not_exist_too(world: World) -> None:
    known = await world.enrol("bidder")
    answers = [
        (await world.http.post("/sessions/challenges", json={"credential": one})).json()
        for one in (known.id, "0" * 64)
    ]
    assert [sorted(answer) for answer in answers] == [["challenge", "expires_at"]] * 2
    assert len({answer["challenge"] for answer in answers}) == 2


async def test_a_challenge_works_once(world: World) -> None:
    device = await world.enrol("bidder")
    said = device.says("session/login", {"challenge": await challenge(world, device)})
    assert (await sent(world, said)).status_code == 201
    assert (await sent(world, said)).status_code == 401


async def test_a_challenge_ends_after_two_minutes(world: World) -> None:
    device = await world.enrol("bidder")
    said = device.says("session/login", {"challenge": await challenge(world, device)})
    world.clock.passes(CHALLENGE_LIFE)
    assert (await sent(world, said)).status_code == 401


async def test_a_failed_attempt_uses_the_challenge_up(world: World) -> None:
    device, thief = await world.enrol("bidder"), Device()
    nonce = await challenge(world, device)
    forged = device.says("session/login", {"challenge": nonce})
    forged["signature"] = thief.says("session/login", {"challenge": nonce})["signature"]
    assert (await sent(world, forged)).status_code == 401
    assert (await sent(world, device.says("session/login", {"challenge": nonce}))).status_code == 401


async def test_every_failure_gets_the_same_answer(world: World) -> None:
    device, other = await world.enrol("bidder"), await world.enrol("bidder")
    stranger = Device()

    async def by(who: Device, challenged: Device, **changed: Any) -> dict[str, Any]:
        return who.says("session/login", {"challenge": await challenge(world, challenged)}, **changed)

    wrong_signature = await by(device, device)
    wrong_signature["signature"] = stranger.says("session/login", {"challenge": "x"})["signature"]
    attempts = {
        "unknown party": await by(stranger, stranger),
        "wrong signature": wrong_signature,
        "another's challenge": await by(device, other),
        "in another's name": await by(device, device, by=other.party),
        "made-up challenge": device.says("session/login", {"challenge": "A" * 43}),
        "no challenge": device.says("session/login", {}),
        "another act": (await by(device, device)) | {},
    }
    attempts["another act"] = device.says("bid/submit", {"challenge": await challenge(world, device)})
    attempts["for a lot"] = await by(device, device, lot="some-lot")
    attempts["no statement"] = {"statement": {}, "signature": "x"}
    answers = {name: await sent(world, said) for name, said in attempts.items()}
    told = {
        name: (answer.status_code, {k: v for k, v in answer.json().items() if k != "instance"})
        for name, answer in answers.items()
    }
    assert all(one == told["unknown party"] for one in told.values()), told
    assert told["unknown party"][0] == 401
    assert told["unknown party"][1]["code"] == "login-refused"


async def test_an_expired_session_says_so(world: World) -> None:
    device = await world.enrol("bidder")
    world.clock.passes(timedelta(hours=12))
    answer = await world.http.get("/parties/me", headers=device.headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "session-ended")
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_logging_out_ends_the_session_and_may_be_repeated(world: World) -> None:
    device = await world.enrol("bidder")
    for _ in range(2):
        answer = await world.http.delete("/sessions/current", headers=device.headers)
        assert answer.status_code == 204
    answer = await world.http.get("/parties/me", headers=device.headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "session-ended")


async def test_without_a_token_the_answer_says_how_to_log_in(world: World) -> None:
    answer = await world.http.get("/parties/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "login-needed")
    assert "/sessions/challenges" in answer.json()["next"]


async def test_the_cookie_is_httponly_and_strict_and_its_token_stays_out_of_the_body(world: World) -> None:
    device = await world.enrol("bidder")
    said = device.says("session/login", {"challenge": await challenge(world, device)})
    answer = await world.http.post("/sessions", json={**said, "carrier": "cookie"})
    assert "token" not in answer.json()
    cookie = answer.headers["set-cookie"].lower()
    assert all(part in cookie for part in ("httponly", "samesite=strict", "path=/"))
    assert "secure" not in cookie  # plain HTTP
    assert (await world.http.get("/parties/me")).status_code == 200


async def test_over_https_the_cookie_is_secure_and_the_answer_demands_https(world: World) -> None:
    device = await world.enrol("bidder")
    transport = httpx2.ASGITransport(app=world.app)
    async with httpx2.AsyncClient(transport=transport, base_url="https://test") as https:
        said = device.says("session/login", {"challenge": await challenge(world, device)})
        answer = await https.post("/sessions", json={**said, "carrier": "cookie"})
    assert "secure" in answer.headers["set-cookie"].lower()
    assert "max-age" in answer.headers["strict-transport-security"]


@pytest.mark.parametrize("header", ["Bearer", "Bearer  ", "Basic abc", "Bearer \u00fc", "bearer nonsense"])
async def test_odd_authorization_headers_are_no_session(world: World, header: str) -> None:
    headers = {b"Authorization": header.encode("latin-1")}
    answer = await world.http.get("/parties/me", headers=headers)
    assert answer.status_code == 401
