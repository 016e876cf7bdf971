"""A play in progress: the lot, its cast, its clock, and what has been done so far."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bidding.client.bid import BidFolder
from bidding.client.draw import DrawDesk
from bidding.client.office import OfficeDesk
from bidding.client.session import Problem, Session
from bidding.client.trustee import TrusteeDesk
from bidding.client.watching import watch
from bidding.stage.cast import Member, Troupe
from bidding.stage.script import BidPlan, Script
from bidding.stage.theatre import Theatre

#: Seconds that the platform may take for something it does by itself.
PATIENCE = 90.0
POLL = 0.05


class PlayFailed(Exception):
    """A step came out otherwise than it must."""


@dataclass
class BidderOnStage:
    plan: BidPlan
    member: Member
    folder: BidFolder | None = None
    receipts: list[dict[str, Any]] = field(default_factory=list)
    #: Signed refusals, canonical.
    refusals: list[str] = field(default_factory=list)

    @property
    def kept(self) -> list[str]:
        """Every paper that the platform signed for what this bidder handed in, as it was given."""
        return [*(one["receipt"] for one in self.receipts), *self.refusals]


@dataclass
class Step:
    name: str
    seconds: float
    ok: bool = True
    error: str = ""


@dataclass
class Play:
    """``folder``: where the parties keep their papers and sealed bids; ``exports``: where what was exported to be
    verified is left, the same if None. ``steps``: for the report."""

    script: Script
    troupe: Troupe
    theatre: Theatre
    live_url: str
    folder: Path
    exports: Path | None = None
    lot: str = ""
    agency: Member = field(init=False)
    tenderer: Member = field(init=False)
    supervisor: Member = field(init=False)
    bidders: list[BidderOnStage] = field(default_factory=list)
    experts: list[Member] = field(default_factory=list)
    representative: Member = field(init=False)
    offices: dict[str, OfficeDesk] = field(default_factory=dict)
    #: Their parts in a draw, where the formula asks for one.
    draws: dict[str, DrawDesk] = field(default_factory=dict)
    #: By trustee, where the notice declares the escrow.
    trustees: dict[str, TrusteeDesk] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    seen: list[dict[str, Any]] = field(default_factory=list)
    waived_fen: int = 0
    #: The trade of this play's own experts: the pool keeps those of earlier plays.
    trade: str = field(default_factory=lambda: f"演示专业 {secrets.token_hex(3)}")

    async def step(self, name: str, done: Awaitable[Any]) -> Any:
        """Carry out one step and note how it went. Any refusal ends the play, with the step's name."""
        began = time.monotonic()
        try:
            result = await done
        except (Problem, PlayFailed, OSError, LookupError) as error:
            self.steps.append(Step(name, time.monotonic() - began, ok=False, error=str(error)))
            raise PlayFailed(f"{name}: {error}") from error
        self.steps.append(Step(name, time.monotonic() - began))
        return result

    async def together(self, name: str, acts: Iterable[Awaitable[Any]]) -> list[Any]:
        """Several parties act at once."""
        found: list[Any] = await self.step(name, asyncio.gather(*acts))
        return found

    async def refused(self, name: str, code: str, act: Awaitable[Any]) -> None:
        """The step must be refused, with this code."""
        try:
            await act
        except Problem as problem:
            self.steps.append(Step(name, 0.0, ok=problem.code == code, error=problem.code))
            if problem.code != code:
                raise PlayFailed(f"{name}: refused as {problem.code}, not {code}") from problem
            self.theatre.said("平台", f"拒绝:{problem.detail}", problem.next_step)
        else:
            self.steps.append(Step(name, 0.0, ok=False, error="not refused"))
            raise PlayFailed(f"{name}: was not refused")

    @property
    def shelf(self) -> Path:
        """Where exports of this lot lie."""
        if self.exports is None:
            return self.folder
        place = self.exports / self.lot
        place.mkdir(parents=True, exist_ok=True)
        return place

    async def view(self, session: Session | None = None) -> dict[str, Any]:
        return await (session or self.agency.session).lot(self.lot)

    async def now(self) -> datetime:
        return datetime.fromisoformat((await self.view())["now"])

    async def wait_for(
        self, what: str, holds: Callable[[dict[str, Any]], Any], session: Session | None = None
    ) -> dict[str, Any]:
        """The lot's view, as soon as the platform has brought it to where it ``holds``."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            view = await self.view(session)
            if holds(view):
                return view
            await asyncio.sleep(POLL)
        raise PlayFailed(f"{what}: not within {PATIENCE:.0f} s")

    async def set_clock(self, **fields: Any) -> None:
        await self.agency.session.command(self.lot, "control/set-test-clock", fields)

    async def travel(self, until: datetime, *, what: str) -> None:
        """Let the lot's time run, at the script's accelerator, to the virtual instant ``until``; then at 1."""
        now = await self.now()
        if until <= now:
            return
        await self.set_clock(rate=self.script.accelerator, until=until.astimezone().isoformat(), then_rate=1)
        with self.theatre.waiting(what):
            while await self.now() < until:  # noqa: ASYNC110 - the instant is the platform's, so it is asked
                await asyncio.sleep(POLL)

    async def wait_on(self, **duration: float) -> None:
        await self.travel(await self.now() + timedelta(**duration), what="时间流逝")

    async def spectate(self, *, shown: bool) -> None:
        """Follow the lot as anybody may, without login, until cancelled."""
        async with aclosing(watch(self.live_url, self.lot)) as frames:
            async for frame in frames:
                self.seen.append(frame)
                if shown and frame["type"] == "event":
                    self.theatre.live(frame["event"])

    def named(self, name: str) -> BidderOnStage:
        return next(one for one in self.bidders if one.plan.name == name)
