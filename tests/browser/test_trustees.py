"""Trustees at their browsers, for bids that browsers sealed: P3 in `gm-1`, P2 in `intl-pq` (R-BID-06, R-BID-07)."""

import hashlib
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import Page, expect

from bidding.client.bid import release
from bidding.client.office import OfficeDesk
from bidding.stage import preparing
from bidding.stage.play import Play
from tests.browser.bidder import PRICE_FEN, BidderAtBrowser, papers
from tests.browser.conftest import Visit
from tests.browser.desks import seat
from tests.browser.trouble import sound
from tests.system.platforms import Stand
from tests.system.tenders import all_hand_in, approach, closed, road, tender

pytestmark = pytest.mark.asyncio(loop_scope="session")

SCREENS = {"agency": "desktop", "supervisor": "desktop", "notary": "phone"}


class Trustees:
    """The three at their pages of the lot, in the place of their command lines."""

    def __init__(self, visit: Visit, suite: str) -> None:
        self.visit, self.suite, self.pages = visit, suite, dict[str, Page]()

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
            await page.get_by_label("密码套件").select_option(self.suite)
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
    trustees = Trustees(visit, "gm-1")
    monkeypatch.setattr(preparing, "entrusted", trustees.entrusted)
    script = road(2)
    terms = {**script.terms, "key_policy": "P3", "suites": [trustees.suite]}
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


async def test_a_report_is_signed_by_both_offices_and_two_trustees_open_for_who_lost_its_keys(
    visit: Visit, stand: Stand, ground: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """P2: of two bids that browsers sealed with ML-KEM, one is released by its own key, one opened by trustees."""
    trustees = Trustees(visit, "intl-pq")
    monkeypatch.setattr(preparing, "entrusted", trustees.entrusted)
    script = road(1)
    terms = {**script.terms, "key_policy": "P2", "suites": [trustees.suite]}
    script = msgspec.structs.replace(script, terms=terms)
    async with tender(stand, ground / "lost-keys", 1, script) as play:
        able = BidderAtBrowser(await visit("phone"), "安陆抗量子建设有限公司")
        unable = BidderAtBrowser(await visit("desktop"), "安陆丢机建设有限公司")
        parties = [await one.enrol() for one in (able, unable)]
        for one in (able, unable):
            await one.fill(play.lot, papers())
            await one.seal()
            await one.hand_in()
        await all_hand_in(play)
        await approach(play, timedelta(minutes=40))
        page = able.page
        await page.goto(f"/app/bidder/lots/{play.lot}/opening")
        await page.get_by_role("button", name="签到").click()
        await expect(page.get_by_text("已签到")).to_be_visible()
        await closed(play)
        agency, supervisor = play.agency.session, play.supervisor.session
        await agency.command(play.lot, "opening/publish-roll", {})
        offices = [
            OfficeDesk(agency, "agency", play.lot, suite=trustees.suite),
            OfficeDesk(supervisor, "supervisor", play.lot, suite=trustees.suite),
        ]
        for office in offices:
            await office.announce_keys()
        await agency.command(play.lot, "opening/order-release", {})
        await page.get_by_role("button", name="解密我的投标").click()
        await expect(page.get_by_text("已解密。")).to_be_visible()
        for bidder in play.bidders:
            assert bidder.folder is not None
            await release(bidder.member.session, bidder.folder)
        window = (await play.view())["opening"]["release_window"]
        await play.travel(datetime.fromisoformat(window["ends"]), what="")
        await play.wait_for("the window ends", lambda now: now["opening"]["release_window"]["ended"])

        evidence = "书面申请：手机损坏，恢复码遗失"
        await report(trustees, play, unable.name, evidence)
        (signed,) = (await play.view())["escrow"]["reports"]
        assert (signed["bidders"], signed["agreed"]) == ([parties[1]], ["agency", "supervisor"])
        assert signed["evidence_hash"] == hashlib.sha256(evidence.encode()).hexdigest()
        for name in ("supervisor", "notary"):
            await trustees.give(play, name, 1)
        await expect(trustees.pages["notary"].get_by_text("可打开", exact=True)).to_be_visible()
        for office in offices:
            await office.publish_form_key()
        await play.wait_for("the bids are imported", lambda now: now["opening"]["imported_at"])
        await agency.command(play.lot, "opening/announce", {})
        table = (await play.view())["opening"]["announcement"]["table"]
        prices = {one["bidder"]: one["form"]["price_fen"] for one in table}
        assert [prices[party] for party in parties] == [PRICE_FEN] * 2


async def report(trustees: Trustees, play: Play, lost: str, evidence: str) -> None:
    """The agency says who cannot release, the supervisor agrees, each at its page."""
    host, other = trustees.pages["agency"], trustees.pages["supervisor"]
    await trustees.at(host, play)
    form = host.locator("details", has=host.get_by_text("投标人的密钥丢失，不能解密"))
    await form.locator("summary").click()
    await form.get_by_role("checkbox").check()
    await expect(form.get_by_role("checkbox", name=lost)).to_be_checked()
    await form.get_by_label("经过").fill("投标人手机损坏，不能解密")
    await form.get_by_label("证据（其摘要随报告公布）").fill(evidence)
    await sound(host)
    await form.get_by_role("button", name="签署并提出").click()
    await expect(host.get_by_text("待另一方签署")).to_be_visible()
    await trustees.at(other, play)
    await expect(other.get_by_text("投标人手机损坏，不能解密")).to_be_visible()
    await sound(other)
    await other.get_by_role("button", name="同意并签署").click()
    await expect(other.get_by_text("已生效")).to_be_visible()
