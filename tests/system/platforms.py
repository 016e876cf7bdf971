"""Platforms under test: started in this process, with their operator enrolled over HTTP."""

from contextlib import AsyncExitStack
from dataclasses import dataclass

from bidding.compose.running import running
from bidding.compose.service import Service
from bidding.compose.settings import Settings
from bidding.crypto.credentials import DeviceCredential
from bidding.stage.cast import Member, first_operator
from bidding.stage.dataset import two_years

PARTS = frozenset({"api", "live", "clock"})


@dataclass(frozen=True)
class Stand:
    """``service``: what runs in this process. Tests act through ``api`` and ``live``, and only break or look
    inside by ``service``."""

    service: Service
    api: str
    live: str
    operator: Member


async def standing(
    settings: Settings, stack: AsyncExitStack, parts: frozenset[str] = PARTS, operator: Member | None = None
) -> Stand:
    """Start it; the stack stops it. ``operator``: of a platform on the same database that has one already."""
    service, addresses = await stack.enter_async_context(running(settings, parts, two_years))
    api = addresses.api or ""
    if operator is None:
        operator = await first_operator(api, DeviceCredential.generate(), stack, service.bootstrap)
    return Stand(service, api, addresses.live or "", operator)
