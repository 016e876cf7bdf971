"""``/healthz`` is the process; ``/readyz`` is what it stands on, without a number that could count bids."""

import asyncio
from collections.abc import Mapping
from typing import Any, cast

import httpx2
import pytest

from bidding.api import health
from bidding.api.app import create_app
from bidding.api.services import Check, Services


async def ask(path: str, checks: Mapping[str, Check]) -> httpx2.Response:
    absent = cast(Any, None)  # health asks nobody but the checks
    app = create_app(Services(platform=absent, identity=absent, login=absent, scans=absent, checks=checks))
    transport = httpx2.ASGITransport(app=app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as http:
        return await http.get(path)


async def fine() -> None:
    return None


async def behind() -> bool:
    return False


async def broken() -> bool:
    raise ConnectionRefusedError("postgresql://user:password@host")


async def stuck() -> bool:
    await asyncio.Event().wait()
    return True


async def test_the_process_lives_whatever_else_does_not() -> None:
    answer = await ask("/healthz", {"database": broken})
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


async def test_ready_when_all_parts_are() -> None:
    answer = await ask("/readyz", {"database": fine, "objects": fine})
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "parts": {"database": "ok", "objects": "ok"}}


async def test_not_ready_names_the_part_and_no_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "CHECK_SECONDS", 0.05)
    answer = await ask("/readyz", {"database": broken, "projections": behind, "objects": stuck})
    assert answer.status_code == 503
    assert answer.json()["parts"] == {"database": "down", "projections": "behind", "objects": "down"}
    assert answer.headers["retry-after"]
    assert "password" not in answer.text
