"""What the routes stand on. The composition root makes one; a route reaches it through its request."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from fastapi import Request

from bidding.application.identity import Identity
from bidding.application.login import Login
from bidding.application.platform import Call, Outcome
from bidding.application.scans import Scanning
from bidding.domain.command import Command
from bidding.domain.operation import Standing

#: Raises (anything) or returns: the part answers. ``False``: it answers, but lags behind.
Check = Callable[[], Awaitable[bool | None]]


class Executes(Protocol):
    """``bidding.application.platform.Platform``, as far as a command's route needs it."""

    async def execute(self, lot_id: str, command: Command, call: Call) -> Outcome: ...

    async def create(self, command: Command, call: Call) -> tuple[str, Outcome]: ...


@dataclass(frozen=True)
class Services:
    """``checks``: what ``/readyz`` asks, by name; ``certification``: how the platform stands today (R-PLAT-05)."""

    platform: Executes
    identity: Identity
    login: Login
    scans: Scanning
    checks: Mapping[str, Check] = field(default_factory=dict)
    certification: Callable[[], Standing] | None = None


def services(request: Request) -> Services:
    found = request.app.state.services
    assert isinstance(found, Services), "the application was made without services: for its schema only"
    return found
