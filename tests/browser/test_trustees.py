"""Trustees at their browsers, for a bid that a browser sealed under P3 in `gm-1` (R-BID-06, R-BID-07)."""

import re
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import Page, expect

from bidding.stage import preparing
from bidding.stage.play import Play
from tests.browser.bidder import BidderAtBrowser, papers
from tests.browser.conftest import Visit
from tests.browser.desks import seat
from tests.browser.trouble import sound
from tests.system.platforms import Stand
from tests.system.tenders import all_hand_in, closed, road, tender

pytestmark = pytest.mark.asyncio(loop_scope="session")

SUITE = "gm-1"
SCREENS = {"agency": "desktop", "supervisor": "desktop", "notary": "phone"}


class Trustees:
    """The three at their pages of the lot, in the place of their command lines."""

    def __init__(self, visit: Visit) -> None:
        self.visit, self.pages = visit, dict[str, Page]()

    async def entrusted(self, play: Play) -> dict[str, Any]:
        """The ceremony; what the notice names."""
        notary = await play.troupe.person("孝感公证处 何敏", "notary")
        for name, member in (
            ("agency", play.agency),
            ("supervisor", play.supervisor),
            ("notary", notary),
        ):
            page = await self.visit(SCREENS[name], "/app/nowhere")
            await seat(page, member)
            self.pages[name] = page
        host = self.pages["agency"]
        await self.at(host, play)
        await host.get_by_label("公证机构的主体编号").fill(notary.party)
        await host.get_by_role("button", name="指定").click()
        await expect(host.get_by_text("公证机构：孝感公证处")).to_be_visible()
        for page in self.pages.values():
            await self.at(page, play)
            await page.get_by_label("密码套件").select_option(SUITE)
            await sound(page)
            await page.get_by_role("button", name="生成并登记").click()
            await expect(page.get_by_text("私钥在本设备")).to_be_visible()
        await host.get_by_role("button", name="封装试验投标").click()
        for page in self.pages.values():
            await page.get_by_role("button", name="打开我的份额").click()
            await expect(page.get_by_role("button", name="打开我的份额")).to_have_count(0)
        for page in self.pages.values():
            await expect(page.get_by_text("✓ 演练通过")).to_be_visible()
            await sound(page)
        keys = (await play.view())["escrow"]["keys"]
        return {"trustees": [{name: one[name] for name in ("trustee", "party", "public")} for one in keys]}

    async def give(self, play: Play, name: str, bids: int) -> None:
        page = self.pages[name]
        await self.at(page, play)
        await page.get_by_role("button", name="交出全部份额").click()
        await expect(page.get_by_text(f"✓ 已交出 {bids} 份")).to_be_visible()
        await sound(page)

    async def at(self, page: Page, play: Play) -> None:
        await page.goto(f"/app/lots/{play.lot}/trustees")
        await expect(page.get_by_role("heading", name="受托人的密钥")).to_be_visible()


async def test_two_trustees_open_at_their_pages_what_a_browser_sealed(
    visit: Visit, stand: Stand, ground: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trustees = Trustees(visit)
    monkeypatch.setattr(preparing, "entrusted", trustees.entrusted)
    script = road(2)
    terms = {**script.terms, "key_policy": "P3", "suites": [SUITE]}
    script = msgspec.structs.replace(script, terms=terms)
    async with tender(stand, ground / "trustees", 2, script) as play:
        bidder = BidderAtBrowser(await visit("phone"), "安陆受托投标有限公司")
        party = await bidder.enrol()
        await bidder.fill(play.lot, papers())
        page = bidder.page
        await page.get_by_role("checkbox", name=re.compile("本投标人自己不持有密钥")).check()
        await sound(page)
        await page.get_by_role("button", name="封装并试开标").click()
        await expect(page.get_by_text("封装时逐字节打开过")).to_be_visible(timeout=60_000)
        await bidder.hand_in()
        await all_hand_in(play)
        await closed(play)
        await play.agency.session.command(play.lot, "opening/publish-roll", {})
        await play.agency.session.command(play.lot, "opening/order-release", {})
        for name in ("supervisor", "notary"):
            await trustees.give(play, name, 3)
        window = (await play.view())["opening"]["release_window"]
        await play.travel(datetime.fromisoformat(window["ends"]), what="")
        view = await play.wait_for("the bids are imported", lambda now: now["opening"]["imported_at"])
        opened = {one["bidder"]: one["opened"] for one in view["opening"]["imported"]}
        assert opened[party]
        assert list(opened.values()) == [True] * 3
