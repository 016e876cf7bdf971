"""``/healthz``: this process lives. ``/readyz``: what it stands on answers, its views are up to date."""

import asyncio
from collections.abc import Awaitable
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Response

from bidding.api.services import Check, Services, services
from bidding.api.tags import tag

router = APIRouter(tags=[tag("service")])

CHECK_SECONDS = 2.0
RETRY_AFTER = 5  # seconds

OK, BEHIND, DOWN = "ok", "behind", "down"


@router.get("/healthz", summary="The process lives · 进程存活")
async def healthz() -> dict[str, str]:
    return {"status": OK}


@router.get("/readyz", summary="Ready for requests · 可以服务")
async def readyz(found: Annotated[Services, Depends(services)]) -> Response:
    """Database, object store and projections, each ``ok``, ``behind`` or ``down``; 503 unless all are ``ok``.

    ``certification``: by whose certificate it runs (R-PLAT-05); it makes nothing unready, for who reads and who opens
    bids must not suffer by it.

    Neither why nor by how much: a lag counted in events would count the secret ones too (R-GEN-04).
    """
    states = await asyncio.gather(*(_state(check) for check in found.checks.values()))
    parts = dict(zip(found.checks, states, strict=True))
    ready = set(states) <= {OK}
    told: dict[str, object] = {"status": OK if ready else DOWN, "parts": parts}
    if found.certification is not None:
        told["certification"] = found.certification()
    content = msgspec.json.encode(told)
    headers = {} if ready else {"Retry-After": str(RETRY_AFTER)}
    return Response(content, 200 if ready else 503, headers, "application/json")


async def _state(check: Check) -> str:
    asked: Awaitable[bool | None] = check()
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            return BEHIND if await asked is False else OK
    except Exception:
        return DOWN
