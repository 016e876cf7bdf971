"""A tender left open for newcomers: whoever comes takes a part's device, and the other parties act by themselves."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx2
import msgspec

from bidding.application.demonstration import Part, Visitor
from bidding.client.bid import release
from bidding.client.session import Problem
from bidding.crypto.canonical import b64
from bidding.stage import preparing, sealing
from bidding.stage.cast import Member
from bidding.stage.play import BidderOnStage, Play
from bidding.stage.script import Documents, Script

TITLE = "孝南区滨湖路人行道改造工程施工（请您来办）"
#: Seconds between two looks of the parties that act by themselves.
LOOK = 2.0
SIGN_IN = timedelta(minutes=60)
SMALL = Documents(qualification=0.1, technical=0.1, commercial=0.1)


def open_script(script: Script) -> Script:
    """The tender of ``script`` where nobody withdraws, is late or objects: what happens is up to who comes."""
    bids = tuple(
        msgspec.structs.replace(one, replaces_fen=None, withdraws=False, releases=True, objects="")
        for one in script.bids[:4]
    )
    return msgspec.structs.replace(
        script,
        lot={**script.lot, "title": TITLE},
        bids=bids,
        documents=SMALL,
        correction=False,
        clarification="",
        suspension=False,
        accelerator=1_000_000,
    )


async def opened(play: Play) -> tuple[Visitor, ...]:
    """Brings the play to where bids are taken, all but one handed in; the parts that are left to who comes."""
    await preparing.cast(play)
    await preparing.admission(play)
    await preparing.booking(play)
    await preparing.notice(play)
    await play.together("seal and submit", (sealing.first(play, one) for one in companions(play)))
    free = play.bidders[-1].member
    parts: tuple[tuple[Part, Member], ...] = (
        ("agency", play.agency),
        ("tenderer", play.tenderer),
        ("bidder", free),
        ("supervisor", play.supervisor),
        ("expert", play.representative),
        ("operator", play.troupe.operator),
    )
    return tuple(_visitor(part, member, play.trade if part == "expert" else "") for part, member in parts)


def companions(play: Play) -> list[BidderOnStage]:
    """The bidders that act by themselves."""
    return play.bidders[:-1]


def _visitor(part: Part, member: Member, trade: str) -> Visitor:
    device = member.session.device
    return Visitor(
        part=part,
        party=member.party,
        name=member.name,
        credential=device.id,
        signing=b64(device.signing.private),
        opening=b64(device.opening.private),
        trade=trade,
    )


@dataclass
class Company:
    """The companions of whoever plays: until cancelled each does what is its turn, as soon as it can be done."""

    play: Play
    done: set[tuple[str, str]] = field(default_factory=set)

    async def keep(self) -> None:
        while True:
            with suppress(Problem, httpx2.HTTPError):
                await self.look()
            await asyncio.sleep(LOOK)

    async def look(self) -> None:
        """One look at the lot, and what follows from it."""
        view = await self.play.view()
        for one in companions(self.play):
            await self._bidder(one, view)
        if view["phase"] in ("opened", "evaluating"):
            for expert in self.play.experts:
                await self._expert(expert)

    async def _bidder(self, one: BidderOnStage, view: dict[str, Any]) -> None:
        opening, session, lot = view["opening"], one.member.session, self.play.lot
        deadline = datetime.fromisoformat(view["notice"]["deadline"])
        now = datetime.fromisoformat(view["now"])
        window, confirming = opening["release_window"], opening["confirmation_window"]
        folder = one.folder
        assert folder is not None
        if deadline - SIGN_IN <= now < deadline:
            await self._once(one.member, "sign-in", lambda: session.command(lot, "bid/sign-in", {}))
        elif window and not window["ended"]:
            await self._once(one.member, "release", lambda: release(session, folder))
        elif confirming and not opening["silence"]:
            table = {"table_hash": opening["announcement"]["table_hash"]}
            await self._once(one.member, "confirm", lambda: session.command(lot, "opening/confirm", table))
        contract = view["contract"]
        if contract["contract_hash"] and view["award"]["winner"] == one.member.party:
            text = {"contract_hash": contract["contract_hash"]}
            await self._once(
                one.member, text["contract_hash"], lambda: session.command(lot, "contract/sign", text)
            )

    async def _expert(self, member: Member) -> None:
        session, lot = member.session, self.play.lot
        view = await self.play.view(session)
        evaluation = view["evaluation"]
        if "committee" not in view["standings"]:
            return
        await self._once(member, "seat", lambda: session.command(lot, "evaluation/sign-in", {}))
        if evaluation["envelopes"]:
            sheet = {"sheet": self._sheet(view), "rejections": []}
            await self._once(member, "score", lambda: session.command(lot, "evaluation/submit-scores", sheet))
        if evaluation["draft_hash"]:
            report = {"report_hash": evaluation["draft_hash"]}
            await self._once(member, "report", lambda: session.command(lot, "evaluation/sign-report", report))

    def _sheet(self, view: dict[str, Any]) -> list[dict[str, Any]]:
        """Full points where they are counted, nine tenths where they are judged: whoever comes can agree."""
        criteria = self.play.script.terms["criteria"]
        scores = [
            {
                "criterion": one["id"],
                "points": one["max_points"]
                if one["kind"] == "objective"
                else str(int(one["max_points"]) * 9 // 10),
                "reason": f"{one['title']}:方案完整,措施可行",
                "page": "技术文件第1页",
            }
            for one in criteria
        ]
        opened = (one["bidder"] for one in view["opening"]["imported"] if one["opened"])
        return [{"bidder": bidder, "scores": scores} for bidder in opened]

    async def _once(self, member: Member, what: str, act: Callable[[], Awaitable[Any]]) -> None:
        """What is refused now is tried again at the next look."""
        key = (member.party, what)
        if key in self.done:
            return
        with suppress(Problem):
            await act()
            self.done.add(key)
