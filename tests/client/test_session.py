"""A party's connection: what is asked again, under which key, and what is signed anew."""

import hashlib
from typing import Any

import httpx2
import msgspec
import pytest

from bidding.client.session import LOOKS, Problem, Session
from bidding.crypto.canonical import unb64
from bidding.crypto.credentials import DeviceCredential
from bidding.crypto.signing import Signed
from bidding.crypto.statement import verify_statement
from tests.client.platform import Scripted, problem, session

DONE = httpx2.Response(200, content=b'{"version":8}')


def at(version: int) -> httpx2.Response:
    return httpx2.Response(200, content=b"{}", headers={"ETag": f'"{version}"'})


async def test_a_guarded_command_that_was_overtaken_looks_again() -> None:
    platform = Scripted({"GET": [at(7), at(9)], "POST": [problem(412, "lot-changed"), DONE]})
    async with session(platform, DeviceCredential.generate()) as party:
        assert await party.command("lot-1", "notice/clarify", {"text": "澄清", "affects_bids": False}) == {
            "version": 8
        }
    assert [one.headers["If-Match"] for one in platform.of("POST")] == ['"7"', '"9"']
    keys = [one.headers["Idempotency-Key"] for one in platform.of("POST")]
    assert len(set(keys)) == 2  # another version is another request


async def test_it_gives_up_after_so_many_looks() -> None:
    platform = Scripted({"GET": [at(7)], "POST": [problem(412, "lot-changed", version=9)]})
    async with session(platform, DeviceCredential.generate()) as party:
        with pytest.raises(Problem) as refused:
            await party.command("lot-1", "notice/clarify", {"text": "澄清", "affects_bids": False})
    assert (refused.value.code, refused.value.found) == ("lot-changed", {"version": 9})
    assert len(platform.of("POST")) == LOOKS


async def test_an_unguarded_command_does_not_look_at_all() -> None:
    platform = Scripted({"POST": [DONE]})
    async with session(platform, DeviceCredential.generate()) as party:
        await party.command("lot-1", "bid/sign-in")
    (sent,) = platform.requests
    assert "If-Match" not in sent.headers


async def test_another_refusal_than_a_moved_version_is_final() -> None:
    platform = Scripted({"GET": [at(7)], "POST": [problem(409, "wrong-phase")]})
    async with session(platform, DeviceCredential.generate()) as party:
        with pytest.raises(Problem, match=r"wrong-phase: 说明 下一步"):
            await party.command("lot-1", "notice/clarify", {"text": "澄清", "affects_bids": False})
    assert len(platform.of("POST")) == 1


@pytest.mark.parametrize("lost", [httpx2.ReadError("cut"), httpx2.ConnectError("away")])
async def test_after_a_lost_connection_the_same_request_goes_out_again(lost: Exception) -> None:
    platform = Scripted({"POST": [lost, DONE]})
    async with session(platform, DeviceCredential.generate()) as party:
        await party.command("lot-1", "bid/sign-in")
    first, second = platform.requests
    assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
    assert platform.bodies[0] == platform.bodies[1]  # the same statement, not one signed anew


async def test_a_connection_lost_twice_is_told() -> None:
    platform = Scripted({"POST": [httpx2.ReadError("cut")]})
    async with session(platform, DeviceCredential.generate()) as party:
        with pytest.raises(httpx2.ReadError):
            await party.command("lot-1", "bid/sign-in")
    assert len(platform.requests) == 2


async def test_what_has_no_key_is_not_sent_twice() -> None:
    platform = Scripted({"POST": [httpx2.ReadError("cut"), DONE]})
    async with session(platform) as party:
        with pytest.raises(httpx2.ReadError):
            await party.post("/sessions/challenges", {"credential": "x"}, keyed=False)
    assert len(platform.requests) == 1


async def test_a_binding_command_travels_as_a_statement_that_its_device_signed() -> None:
    platform = Scripted({"POST": [DONE]})
    device = DeviceCredential.generate()
    async with session(platform, device) as party:
        await party.command("lot-1", "bid/withdraw", {"manifest_hash": "ab" * 32})
    sent: dict[str, Any] = msgspec.json.decode(platform.bodies[0])
    text = msgspec.json.encode(sent["statement"], order="sorted")
    said = verify_statement(Signed(text, unb64(sent["signature"])), device.signing.public)
    assert (said.act, said.lot, said.credential) == ("bid/withdraw", "lot-1", device.id)
    assert said.body == {"manifest_hash": "ab" * 32}
    assert said.by == hashlib.sha256(device.signing.public).hexdigest()[:24]


async def test_a_given_key_is_used() -> None:
    platform = Scripted({"POST": [DONE]})
    async with session(platform, DeviceCredential.generate()) as party:
        await party.command("lot-1", "bid/sign-in", key="mine-0123456789")
    assert platform.requests[0].headers["Idempotency-Key"] == "mine-0123456789"


@pytest.mark.parametrize("body", [b"<html>Bad Gateway</html>", b"[]", b""])
async def test_an_answer_that_is_no_problem_document_is_still_a_problem(body: bytes) -> None:
    platform = Scripted({"GET": [httpx2.Response(502, content=body)]})
    async with session(platform) as party:
        with pytest.raises(Problem) as refused:
            await party.get("/lots")
    assert (refused.value.status, refused.value.code) == (502, "502")


def test_a_spectator_signs_nothing() -> None:
    with pytest.raises(ValueError, match="no device"):
        Session("http://platform").signed("bid/sign-in", "lot-1", {})
