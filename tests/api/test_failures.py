"""The store down, a defect inside: nothing half-done, nothing told, a way back (503 with Retry-After)."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from structlog.testing import capture_logs

from bidding.application.ports import NoRoom, Unavailable, VersionMoved
from tests.api.conftest import World
from tests.api.lots import filing

SECRET = "content-that-stays-inside"


def raising(error: Exception) -> Callable[..., Awaitable[Any]]:
    async def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail


async def test_with_the_database_gone_every_request_is_answered_503_with_retry_after(world: World) -> None:
    agency, tenderer = await world.enrol("agency"), await world.enrol("tenderer")
    await world.log.close()
    answers = [
        await world.http.get("/parties/me", headers=agency.headers),
        await world.http.post("/sessions/challenges", json={"credential": agency.id}),
        await world.post("/lots", filing(tenderer), agency),
    ]
    for answer in answers:
        assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
        assert int(answer.headers["retry-after"]) >= 1
        assert "Idempotency-Key" in answer.json()["next"]
    await world.log.open()


async def test_after_the_database_came_back_the_same_key_succeeds(world: World) -> None:
    agency, tenderer = await world.enrol("agency"), await world.enrol("tenderer")
    key = {**agency.headers, **world.key()}
    await world.log.close()
    assert (await world.http.post("/lots", json=filing(tenderer), headers=key)).status_code == 503
    await world.log.open()
    assert (await world.http.post("/lots", json=filing(tenderer), headers=key)).status_code == 201


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Unavailable("object store", 7), 503, "unavailable"),
        (NoRoom("database", 60), 507, "no-room"),
        (VersionMoved("bid-secret-stream", 3, 4), 409, "version-moved"),
    ],
)
async def test_what_the_ports_report_is_told_without_their_words(
    world: World, monkeypatch: pytest.MonkeyPatch, error: Exception, status: int, code: str
) -> None:
    agency, tenderer = await world.enrol("agency"), await world.enrol("tenderer")
    monkeypatch.setattr(world.platform, "create", raising(error))
    answer = await world.post("/lots", filing(tenderer), agency)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["retry-after"]
    assert "bid-secret" not in answer.text


async def test_a_defect_is_a_500_with_a_request_id_and_no_content(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    agency, tenderer = await world.enrol("agency"), await world.enrol("tenderer")
    monkeypatch.setattr(world.platform, "create", raising(RuntimeError(SECRET)))
    with capture_logs() as lines:
        answer = await world.post("/lots", filing(tenderer), agency)
    assert (answer.status_code, answer.json()["code"]) == (500, "internal-error")
    assert SECRET not in answer.text
    [failed] = [line for line in lines if line["event"] == "failed"]
    assert failed["error"] == "RuntimeError"
    assert failed["request"] == answer.headers["x-request-id"]
    assert any("test_failures.py" in frame for frame in failed["where"])
    assert SECRET not in str(lines)
