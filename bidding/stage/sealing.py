"""Act four: sealed bids, replaced, withdrawn, refused; and the close at T0."""

import asyncio
import hashlib
import secrets
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from bidding.client.bid import address_of, deposit_asked, seal, submit
from bidding.client.session import Problem
from bidding.crypto.bid import replacing
from bidding.crypto.canonical import b64
from bidding.crypto.form import OpeningForm
from bidding.crypto.manifest import manifest_hash
from bidding.domain.guarantee import bid_validity_ends
from bidding.domain.periods import local_date
from bidding.stage.guarantor import BANK, bid_guarantee
from bidding.stage.papers import write_pdf
from bidding.stage.play import BidderOnStage, Play, PlayFailed
from bidding.stage.theatre import local, yuan

MIB = 1024 * 1024
GUARANTEE = "GUARANTEE"
TITLES = {"qualification": "资格审查资料", "technical": "技术文件", "commercial": "商务文件"}


async def bids(play: Play) -> None:
    play.theatre.act("投标:在自己的设备上加密,断点续传,签名回执")
    await play.wait_on(days=3)
    await play.together("seal and submit", (first(play, one) for one in play.bidders))
    total = sum(one.folder.manifest.sealed_length for one in play.bidders if one.folder)
    play.theatre.said("投标人", "密封投标文件已上传", f"共 {total / MIB:.1f} MiB 密文")
    await _nobody_can_tell(play)
    await play.wait_on(days=2)
    for one in play.bidders:
        if one.plan.replaces_fen is not None:
            await play.step(f"{one.plan.name} replaces its bid", _replace(play, one))
            play.theatre.said(one.plan.name, "截止前替换投标文件", "后一份有效,前一份作废")
        if one.plan.withdraws:
            assert one.folder is not None
            await play.step(
                f"{one.plan.name} withdraws",
                one.member.session.command(
                    play.lot, "bid/withdraw", {"manifest_hash": manifest_hash(one.folder.manifest)}
                ),
            )
            play.theatre.said(one.plan.name, "截止前撤回投标", "投标人数仍然保密")


async def first(play: Play, one: BidderOnStage) -> None:
    price = one.plan.price_fen if one.plan.replaces_fen is None else one.plan.replaces_fen
    papers = await asyncio.to_thread(_papers, play, one)
    view, form = await play.view(one.member.session), _form(one, price)
    if one.plan.deposit == GUARANTEE:
        form = await guaranteed(play, one, form, papers, view)
    address = address_of(view, one.member.party)
    spare = spare_of(play, one) if one.plan.spared else None
    one.folder = await asyncio.to_thread(
        partial(seal, spare=spare), address, form, papers, one.member.session.device, _folder(play, one, 1)
    )
    one.receipts.append(await submit(one.member.session, one.folder, qualifications=one.plan.qualifications))
    if one.plan.deposit and one.plan.deposit != GUARANTEE:
        amount_fen = await _asked_fen(play, one)
        await play.troupe.operator.session.command(
            play.lot,
            "bid/record-deposit",
            {
                "bidder": one.member.party,
                "amount_fen": amount_fen,
                "form": one.plan.deposit,
                "reference": f"{one.plan.name} 保证金",
            },
        )


async def guaranteed(
    play: Play,
    one: BidderOnStage,
    form: OpeningForm,
    papers: dict[str, dict[str, Path]],
    view: dict[str, Any],
) -> OpeningForm:
    """The form with a bank's letter inside; the guarantee document goes into the first envelope of documents."""
    path = play.folder / f"{one.member.party}-guarantee.pdf"
    text = [f"兹为 {one.plan.name} 向 {view['notice']['tenderer_name']} 提供投标担保。"]
    await asyncio.to_thread(write_pdf, path, "投标保函", BANK, text, 0, f"{one.member.party}-guarantee")
    papers[min(papers)]["投标保函.pdf"] = path
    terms, deadline = view["notice"]["terms"], datetime.fromisoformat(view["notice"]["deadline"])
    letter = bid_guarantee(
        lot=play.lot,
        principal=one.plan.name,
        principal_uscc=(await one.member.session.get("/parties/me"))["uscc"],
        beneficiary=view["notice"]["tenderer_name"],
        amount_fen=await _asked_fen(play, one),
        issued_on=local_date(datetime.fromisoformat(view["now"])),
        valid_until=bid_validity_ends(deadline, terms["bid_validity_days"]),
        document_sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
    )
    return replace(form, guarantee=letter)


async def _asked_fen(play: Play, one: BidderOnStage) -> int:
    return await deposit_asked(one.member.session, play.lot, play.script.terms["bid_deposit_fen"])


async def _replace(play: Play, one: BidderOnStage) -> None:
    assert one.folder is not None
    version, supersedes = replacing(one.folder.manifest)
    papers = await asyncio.to_thread(_papers, play, one)
    address = address_of(
        await play.view(one.member.session), one.member.party, version=version, supersedes=supersedes
    )
    one.folder = await asyncio.to_thread(
        seal,
        address,
        _form(one, one.plan.price_fen),
        papers,
        one.member.session.device,
        _folder(play, one, version),
    )
    one.receipts.append(await submit(one.member.session, one.folder, qualifications=one.plan.qualifications))


def spare_of(play: Play, one: BidderOnStage) -> Path:
    """Where the bidder keeps its unencrypted spare file."""
    return play.folder / f"{one.member.party}-spare.zip"


def _folder(play: Play, one: BidderOnStage, version: int) -> Path:
    return play.folder / one.member.party / f"v{version}"


def _form(one: BidderOnStage, price_fen: int) -> OpeningForm:
    return OpeningForm(
        price_fen=price_fen,
        duration_days=one.plan.duration_days,
        quality=one.plan.quality,
        project_lead=one.plan.lead,
        draw_nonce=b64(secrets.token_bytes(32)),
    )


def _papers(play: Play, one: BidderOnStage) -> dict[str, dict[str, Path]]:
    """Real PDF files for every envelope that the tender asks for, beside the form."""
    found: dict[str, dict[str, Path]] = {}
    sizes = play.script.documents
    for term in play.script.terms["envelopes"]:
        name = term["name"]
        if name == "form":
            continue
        path = play.folder / one.member.party / f"{name}.pdf"
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            size = int(getattr(sizes, name) * MIB)
            text = [play.script.lot["title"], f"{one.plan.name} 承诺完全响应招标文件的实质性要求。"]
            write_pdf(path, TITLES[name], one.plan.name, text, size, f"{one.member.party}-{name}")
        found[name] = {f"{TITLES[name]}.pdf": path}
    return found


async def _nobody_can_tell(play: Play) -> None:
    """Agency, centre, supervisor and public see neither names nor number before T0."""
    names = {one.plan.name for one in play.bidders} | {one.member.party for one in play.bidders}
    readers = (play.agency, play.supervisor, play.troupe.operator, play.tenderer)
    for reader in readers:
        text = str(await play.view(reader.session))
        if any(name in text for name in names):
            raise PlayFailed(f"{reader.name} can tell who bids before the deadline")
    play.theatre.said("平台", "代理、监督、中心查询标段:无投标人名称,无数量", "R-GEN-04")


async def signing_in(play: Play) -> None:
    play.theatre.act("签到与截止")
    deadline = datetime.fromisoformat((await play.view())["notice"]["deadline"])
    await play.travel(deadline - timedelta(minutes=40), what="等待开标日")
    present = [one for one in play.bidders if not one.plan.withdraws]
    await play.together(
        "sign in", (one.member.session.command(play.lot, "bid/sign-in", {}) for one in present)
    )
    play.theatre.said("投标人", "线上签到", f"{local(deadline)} 截止")
    await play.travel(deadline, what="等待截止")
    await play.wait_for("submission closes by itself", lambda view: view["phase"] != "noticed")
    late = present[0]
    assert late.folder is not None
    try:
        await late.member.session.command(play.lot, "bid/submit", _resubmission(late))
    except Problem as problem:
        if problem.code != "bid-late" or "receipt" not in problem.found:
            raise PlayFailed(f"a late bid is refused as {problem.code}, without receipt") from problem
        late.refusals.append(problem.found["receipt"])
        play.theatre.said("平台", f"逾期投标拒收:{problem.detail}", "拒收也有签名回执")
    else:
        raise PlayFailed("a late bid was accepted")


def _resubmission(one: BidderOnStage) -> dict[str, Any]:
    assert one.folder is not None
    signed = one.folder.signed
    return {
        "manifest": signed.payload.decode(),
        "manifest_signature": b64(signed.signature),
        "uploads": one.folder.uploads,
    }


async def receipts_hold(play: Play) -> None:
    """Every bidder's receipt names its own bid; none is numbered in sequence."""
    numbers = [receipt["receipt_number"] for one in play.bidders for receipt in one.receipts]
    if len(set(numbers)) != len(numbers) or any(len(number) != 26 for number in numbers):
        raise PlayFailed("receipt numbers are not random")
    cheapest = min(one.plan.price_fen for one in play.bidders)
    play.theatre.said("平台", f"最低价 {yuan(cheapest)} 此刻只有其投标人自己知道")
