"""Tenders brought to where a test begins, by the scenarios' own steps over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from bidding.cli.demo import scripts
from bidding.cli.run import perform
from bidding.client.bid import BidFolder, address_of, seal, submit
from bidding.crypto.canonical import b64
from bidding.crypto.form import OpeningForm
from bidding.stage import preparing
from bidding.stage.cast import Troupe
from bidding.stage.play import BidderOnStage, Play
from bidding.stage.script import BidPlan, Documents, Script
from bidding.stage.sealing import GUARANTEE, guaranteed
from bidding.stage.theatre import Silence
from tests.system.platforms import Stand

TINY = Documents(qualification=0.1, technical=0.1, commercial=0.1)
NAMES = ("甲建设有限公司", "乙建设有限公司", "丙建设有限公司", "丁建设有限公司", "戊建设有限公司")


def shortened(script: Script, accelerator: int = 1_000_000) -> Script:
    """The same tender with small papers, at a faster clock."""
    return msgspec.structs.replace(script, documents=TINY, accelerator=accelerator)


def plans(count: int) -> tuple[BidPlan, ...]:
    return tuple(
        BidPlan(
            name=name, price_fen=470_000_000 + number * 1_000_000, duration_days=150, lead=f"负责人{number}"
        )
        for number, name in enumerate(NAMES[:count])
    )


def road(bidders: int) -> Script:
    """The waived works tender, with as many bidders as wanted."""
    script = next(one for one in scripts() if one.expect.ending == "failed-at-deadline")
    expect = msgspec.structs.replace(script.expect, opened=bidders)
    return msgspec.structs.replace(shortened(script), bids=plans(bidders), expect=expect)


def private(bidders: int, *, guarantees: bool) -> Script:
    """The tender that asks a deposit; with ``guarantees`` every bidder encloses one in its bid."""
    script = next(one for one in scripts() if one.expect.waiver_row == "D6")
    bids = plans(bidders)
    if guarantees:
        bids = tuple(msgspec.structs.replace(one, deposit=GUARANTEE) for one in bids)
    return msgspec.structs.replace(shortened(script), bids=bids)


async def performed(stand: Stand, script: Script, folder: Path) -> dict[str, Any]:
    """A whole scenario; its report."""
    await asyncio.to_thread(folder.mkdir)
    return await perform(
        shortened(script),
        url=stand.api,
        live_url=stand.live,
        operator=stand.operator,
        theatre=Silence(),
        folder=folder,
    )


@asynccontextmanager
async def tender(
    stand: Stand, folder: Path, bidders: int, script: Script | None = None
) -> AsyncIterator[Play]:
    """A noticed lot whose bidders hold the tender document; its clock runs at 1, 20 days before T0.

    ``script``: another tender than the waived works."""
    await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
    async with AsyncExitStack() as stack:
        play = Play(
            script=script or road(bidders),
            troupe=Troupe(stand.api, stack, stand.operator),
            theatre=Silence(),
            live_url=stand.live,
            folder=folder,
        )
        await preparing.cast(play)
        await preparing.admission(play)
        await preparing.booking(play)
        await preparing.notice(play)
        yield play


async def deadline(play: Play) -> datetime:
    return datetime.fromisoformat((await play.view())["notice"]["deadline"])


async def approach(play: Play, before: timedelta) -> None:
    """Let time run to ``before`` T0."""
    await play.travel(await deadline(play) - before, what="")


async def closed(play: Play) -> dict[str, Any]:
    """Let T0 pass; the lot as it stands then."""
    await play.travel(await deadline(play), what="")
    return await play.wait_for("submission closes", lambda view: view["phase"] != "noticed")


def papers(play: Play, one: BidderOnStage) -> dict[str, dict[str, Path]]:
    """Small files for every envelope but the form: what they hold is no matter here."""
    found: dict[str, dict[str, Path]] = {}
    for term in play.script.terms["envelopes"]:
        if term["name"] != "form":
            path = play.folder / f"{one.member.party}-{term['name']}.pdf"
            path.write_bytes(b"%PDF-1.7\n" + f"{one.plan.name} {term['name']}\n".encode() * 200)
            found[term["name"]] = {"投标文件.pdf": path}
    return found


def form(one: BidderOnStage, price_fen: int | None = None) -> OpeningForm:
    return OpeningForm(
        price_fen=price_fen or one.plan.price_fen,
        duration_days=one.plan.duration_days,
        quality=one.plan.quality,
        project_lead=one.plan.lead,
        draw_nonce=b64(bytes(32)),
    )


async def sealed(play: Play, one: BidderOnStage, **changed: Any) -> BidFolder:
    """A sealed bid in a folder of its own, not handed in. ``changed``: fields of its address that are untrue."""
    address = address_of(await play.view(one.member.session), one.member.party)
    for name, value in changed.items():
        object.__setattr__(address, name, value)
    place = play.folder / f"{one.member.party}-{len(list(play.folder.iterdir()))}"
    said, documents = form(one), papers(play, one)
    if one.plan.deposit == GUARANTEE:
        said = await guaranteed(play, one, said, documents, await play.view(one.member.session))
    folder = await asyncio.to_thread(seal, address, said, documents, one.member.session.device, place)
    one.folder = folder
    return folder


async def hand_in(play: Play, one: BidderOnStage, **changed: Any) -> dict[str, Any]:
    """Seal and submit; the answer with the receipt."""
    answer = await submit(one.member.session, await sealed(play, one, **changed))
    one.receipts.append(answer)
    return answer


async def all_hand_in(play: Play) -> None:
    await asyncio.gather(*(hand_in(play, one) for one in play.bidders))


def submission(folder: BidFolder) -> dict[str, Any]:
    """The body of ``bid/submit``, once its uploads are there."""
    signed = folder.signed
    return {
        "manifest": signed.payload.decode(),
        "manifest_signature": b64(signed.signature),
        "uploads": folder.uploads,
    }
