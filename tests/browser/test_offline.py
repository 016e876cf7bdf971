"""The offline sealing page: one file, opened from the disk without any network; its package is handed in both ways."""

import asyncio
import hashlib
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from bidding.api.webclient import FOLDER, OFFLINE
from bidding.client.bid import MANIFEST, BidFolder, address_of, seal, submit
from bidding.crypto.bid import unwrap_ceks
from bidding.crypto.canonical import b64
from bidding.crypto.form import OpeningForm
from bidding.crypto.manifest import manifest_hash
from bidding.crypto.opening import open_form
from bidding.stage.play import BidderOnStage, Play
from tests.browser.bidder import FORM, PRICE_FEN, BidderAtBrowser, papers
from tests.browser.conftest import Visit
from tests.browser.desks import seat
from tests.browser.trouble import sound
from tests.system.platforms import Stand
from tests.system.tenders import tender

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def sealed_offline(page: Page, brief: Path, folder: Path, files: dict[str, Any]) -> Path:
    """Seals on a copy of the page that lies on the disk, with the network switched off; the saved package."""
    copy = folder / OFFLINE
    copy.write_bytes((FOLDER / OFFLINE).read_bytes())
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.context.set_offline(True)
    await page.goto(copy.as_uri())
    await page.locator("input[name=brief]").set_input_files(brief)
    for label, value in FORM.items():
        await page.get_by_label(label, exact=True).fill(value)
    for envelope, chosen in files.items():
        await page.locator(f"input[type=file][name={envelope}]").set_input_files(chosen)
    await sound(page)
    await page.get_by_role("button", name="封装", exact=True).click()
    await expect(page.get_by_text("已封装。请保存投标包")).to_be_visible(timeout=60_000)
    async with page.expect_download() as download:
        await page.get_by_role("button", name="保存投标包").click()
    package = folder / "bid.zip"
    await (await download.value).save_as(package)
    assert [one for one in asked if not one.startswith(("file:", "blob:", "data:"))] == []
    return package


def brief_of(view: dict[str, Any], bidder: str, recipients: Sequence[bytes]) -> str:
    """What a bidder's page saves."""
    return json.dumps(
        {
            "format": "bidding/offline/v1",
            "bidder": bidder,
            "bid_version": 1,
            "supersedes": None,
            "recipients": [{"label": "cli", "public": b64(one)} for one in recipients],
            "lot": view,
        }
    )


async def at_command_line(play: Play, one: BidderOnStage, folder: Path) -> Path:
    view = await play.view(one.member.session)
    device = one.member.session.device
    brief = folder / "brief.json"
    brief.write_text(brief_of(view, one.member.party, [device.opening.public]), encoding="utf-8")
    return brief


async def test_what_the_offline_page_seals_the_command_line_opens_signs_and_hands_in(
    visit: Visit, stand: Stand, ground: Path, tmp_path: Path
) -> None:
    async with tender(stand, ground / "offline-cli", 1) as play:
        one = play.bidders[0]
        brief = await at_command_line(play, one, tmp_path)
        package = await sealed_offline(await visit("desktop"), brief, tmp_path, papers(9_000_000))
        folder = tmp_path / "bid"
        with zipfile.ZipFile(package) as opened:
            assert opened.testzip() is None
            opened.extractall(folder)
        bid, device = BidFolder(folder), one.member.session.device
        ceks = unwrap_ceks(bid.manifest, device.opening.private, device.opening.public)
        form = open_form((folder / "form.sealed").read_bytes(), bid.manifest, ceks["form"]).form
        assert form.price_fen == PRICE_FEN
        answer = await submit(one.member.session, bid)
        assert json.loads(answer["receipt"])["bidder"] == one.member.party


async def test_what_the_offline_page_seals_a_browser_takes_in_tries_and_hands_in(
    visit: Visit, noticed: Play, tmp_path: Path
) -> None:
    bidder = BidderAtBrowser(await visit("phone"), "安陆离线建设有限公司")
    await bidder.enrol()
    page = bidder.page
    await page.goto(f"/app/bidder/lots/{noticed.lot}")
    await page.get_by_text("离线封装", exact=True).click()
    told = hashlib.sha256((FOLDER / OFFLINE).read_bytes()).hexdigest()
    await expect(page.get_by_text(told)).to_be_visible()
    async with page.expect_download() as download:
        await page.get_by_role("button", name="封装资料").click()
    brief = tmp_path / "brief.json"
    await (await download.value).save_as(brief)
    package = await sealed_offline(await visit("desktop"), brief, tmp_path, papers())
    await page.locator("input[name=package]").set_input_files(package)
    await expect(page.get_by_text("逐字节打开，与封装内容一致")).to_be_visible(timeout=60_000)
    await bidder.hand_in()


async def test_what_the_command_line_seals_a_browser_takes_in_tries_and_hands_in(
    visit: Visit, noticed: Play, tmp_path: Path
) -> None:
    """The same device is at both, as where its key file is at the command line."""
    member = noticed.bidders[0].member
    page = await visit("desktop", "/app/nowhere")
    await seat(page, member)
    bidder = BidderAtBrowser(page, member.name)
    paper = tmp_path / "投标文件.pdf"
    await asyncio.to_thread(paper.write_bytes, b"%PDF-1.7\n" + b"sealed elsewhere\n" * 100_000)
    documents = {name: {paper.name: paper} for name in papers()}
    form = OpeningForm(
        price_fen=PRICE_FEN, duration_days=150, quality="合格", project_lead="王工", draw_nonce=b64(bytes(32))
    )
    address = address_of(await noticed.view(), member.party)
    folder = await asyncio.to_thread(seal, address, form, documents, member.session.device, tmp_path / "bid")
    package = tmp_path / "bid.zip"
    with zipfile.ZipFile(package, "w") as packed:
        for file in sorted(folder.path.glob("*.sealed")):
            packed.write(file, file.name)
        packed.write(folder.path / MANIFEST, MANIFEST)
    await page.goto(f"/app/bidder/lots/{noticed.lot}")
    await page.get_by_text("离线封装", exact=True).click()
    await page.locator("input[name=package]").set_input_files(package)
    await expect(page.get_by_text("逐字节打开，与封装内容一致")).to_be_visible(timeout=60_000)
    await expect(page.get_by_role("button", name="查看 投标文件.pdf")).to_have_count(len(documents))
    await bidder.hand_in()
    own = await bidder.get(f"/lots/{noticed.lot}/bid")
    assert own["effective"] == manifest_hash(folder.manifest)


async def test_the_page_works_where_it_is_served_too(visit: Visit, tmp_path: Path) -> None:
    page = await visit("phone", f"/app/{OFFLINE}")
    await expect(page.get_by_role("heading", level=1)).to_have_text("离线封装投标文件")
    await page.get_by_role("button", name="English").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Seal a bid offline")
    wrong = tmp_path / "wrong.json"
    wrong.write_text("{}")
    await page.locator("input[name=brief]").set_input_files(wrong)
    await expect(page.get_by_text("This is no such brief")).to_be_visible()
    await sound(page)
