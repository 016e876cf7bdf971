"""Tenders stopped where every role has something to look at, and who looks."""

from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from bidding.cli.demo import scripts
from bidding.client.bid import release
from bidding.client.office import OfficeDesk
from bidding.crypto.session import Office
from bidding.domain.periods import SHANGHAI
from bidding.stage import concluding, opening, preparing, sealing
from bidding.stage.cast import Member, Troupe
from bidding.stage.play import Play
from bidding.stage.theatre import Silence
from tests.system.platforms import Stand
from tests.system.tenders import all_hand_in, approach, closed, shortened, tender


@dataclass(frozen=True)
class Scene:
    """``filed``: admitted, without a notice; ``taking``: bids are taken; ``releasing``: keys are being released;
    ``reading``: its committee scores, ``expert`` among them; ``built``: a private work under way."""

    filed: Play
    taking: Play
    releasing: Play
    reading: Play
    expert: Member
    built: Play

    @property
    def winner(self) -> Member:
        paid = next(one for one in self.built.bidders if one.plan.name == self.built.script.expect.winner)
        return paid.member


async def staged(stand: Stand, stack: AsyncExitStack, ground: Path) -> Scene:
    reading, expert = await _reading(stand, stack, ground / "reading")
    return Scene(
        filed=await _filed(stand, stack, ground / "filed"),
        taking=await stack.enter_async_context(tender(stand, ground / "taking", 3)),
        releasing=await _releasing(stand, stack, ground / "releasing"),
        reading=reading,
        expert=expert,
        built=await _built(stand, stack, ground / "built"),
    )


def _play(stand: Stand, stack: AsyncExitStack, folder: Path, number: int) -> Play:
    folder.mkdir()
    return Play(
        script=shortened(scripts()[number]),
        troupe=Troupe(stand.api, stack, stand.operator),
        theatre=Silence(),
        live_url=stand.live,
        folder=folder,
    )


async def _filed(stand: Stand, stack: AsyncExitStack, folder: Path) -> Play:
    play = _play(stand, stack, folder, 1)
    await preparing.cast(play)
    await preparing.admission(play)
    await preparing.booking(play)
    return play


async def _releasing(stand: Stand, stack: AsyncExitStack, folder: Path) -> Play:
    """Three bids at the opening, one of them released."""
    script = shortened(scripts()[0])
    kept = [msgspec.structs.replace(one, withdraws=False, releases=True) for one in script.bids[:3]]
    script = msgspec.structs.replace(script, bids=tuple(kept))
    play = await stack.enter_async_context(tender(stand, folder, 0, script))
    await all_hand_in(play)
    await approach(play, timedelta(minutes=40))
    for one in play.bidders:
        await one.member.session.command(play.lot, "bid/sign-in", {})
    await closed(play)
    await play.agency.session.command(play.lot, "opening/publish-roll", {})
    offices: tuple[tuple[Office, Member], ...] = (("agency", play.agency), ("supervisor", play.supervisor))
    for name, member in offices:
        await OfficeDesk(member.session, name, play.lot, folder / f"{name}.keys").announce_keys()
    await play.agency.session.command(play.lot, "opening/order-release", {})
    assert play.bidders[0].folder is not None
    await release(play.bidders[0].member.session, play.bidders[0].folder)
    return play


async def _reading(stand: Stand, stack: AsyncExitStack, folder: Path) -> tuple[Play, Member]:
    """A committee that has signed in, and one of its members."""
    play = _play(stand, stack, folder, 0)
    await preparing.cast(play)
    await preparing.admission(play)
    await preparing.booking(play)
    await preparing.notice(play)
    await sealing.bids(play)
    await sealing.signing_in(play)
    await opening.opening(play)
    for office in play.offices.values():
        await office.disclose_evaluation_key()
    terms = play.script.terms
    asked = {
        "representatives": [play.representative.party],
        "trades": [{"trade": play.trade, "count": terms["committee_size"] - terms["tenderer_reps"]}],
    }
    await play.agency.session.command(play.lot, "evaluation/draw", asked)
    everybody = (*play.experts, play.representative)
    views = [(one, await play.view(one.session)) for one in everybody]
    members = [one for one, view in views if "committee" in view["standings"]]
    for member in members:
        await member.session.command(play.lot, "evaluation/sign-in", {})
    await play.wait_for("envelopes", lambda now: now["evaluation"]["envelopes"], members[0].session)
    return play, members[0]


async def _built(stand: Stand, stack: AsyncExitStack, folder: Path) -> Play:
    """The private works: coefficient drawn, contract filed, one of two milestones delivered and asked for."""
    play = _play(stand, stack, folder, 4)
    await preparing.cast(play)
    await preparing.admission(play)
    await preparing.booking(play)
    await preparing.notice(play)
    await sealing.bids(play)
    await sealing.signing_in(play)
    await opening.opening(play)
    await concluding.evaluation(play)
    await concluding.award(play)
    await concluding.contract(play)
    await concluding.money(play)
    view = await play.view()
    today = datetime.fromisoformat(view["now"]).astimezone(SHANGHAI).date()
    half = view["contract"]["price_fen"] // 2
    payer = play.tenderer.session
    builder = next(one for one in play.bidders if one.member.party == view["award"]["winner"]).member.session
    milestones = [
        {"name": name, "due": str(today + timedelta(days=days)), "amount_fen": amount, "inspection_days": 10}
        for name, days, amount in (
            ("主体结构完工", 90, half),
            ("竣工验收", 180, view["contract"]["price_fen"] - half),
        )
    ]
    said: tuple[tuple[str, dict[str, object]], ...] = (
        ("deliver", {"milestone": 1, "on": str(today)}),
        ("inspect", {"milestone": 1, "on": str(today), "passed": True}),
        ("send-invoice", {"invoice": "04200226-1107", "milestone": 1, "amount_fen": half}),
        ("record-payment", {"invoice": "04200226-1107", "amount_fen": half // 4, "on": str(today)}),
    )
    await payer.command(play.lot, "performance/set-milestones", {"milestones": milestones})
    for name, fields in said:
        by = builder if name in ("deliver", "send-invoice") else payer
        await by.command(play.lot, f"performance/{name}", fields)
    return play
