"""The log in the browser: nothing is sealed for an unproved notice, and receipts are proved (docs/log.md)."""

from pathlib import Path

import pytest
from playwright.async_api import Route, expect

from bidding.crypto.canonical import canonical
from tests.browser.bidder import BidderAtBrowser, papers
from tests.browser.conftest import Visit
from tests.browser.trouble import sound
from tests.system.platforms import Stand
from tests.system.tenders import tender

pytestmark = pytest.mark.asyncio(loop_scope="session")

SEAL, CHECK = "封装并试开标", "核对入链证明"


async def without_leaves(route: Route) -> None:
    told = {**await (await route.fetch()).json(), "leaves": []}
    await route.fulfill(status=200, content_type="application/json", body=canonical(told).decode())


async def without_witnesses(route: Route) -> None:
    answer = await (await route.fetch()).json()
    named = {**answer, "witnesses": ["notary.example+00000000+BAAA"], "quorum": 1}
    await route.fulfill(status=200, content_type="application/json", body=canonical(named).decode())


async def test_nothing_is_sealed_for_a_notice_that_the_log_does_not_prove_and_a_bid_is_proved_at_once(
    visit: Visit, stand: Stand, ground: Path
) -> None:
    """R-BID-04, R-GEN-05: all bidders see one notice; what was receipted is in the log before the closing leaf."""
    async with tender(stand, ground / "unproved", 1) as play:
        bidder = BidderAtBrowser(await visit("phone"), "安陆核链建设有限公司")
        await bidder.enrol()
        page = bidder.page
        await bidder.fill(play.lot, papers())
        await page.route("**/lots/*/receipts*", without_leaves)
        await page.get_by_role("button", name=SEAL).click()
        await expect(page.get_by_text("日志没有证明这份公告，未封装")).to_be_visible(timeout=30_000)
        await expect(page.get_by_text("不要封装")).to_be_visible()
        await sound(page)
        await page.unroute("**/lots/*/receipts*")
        await page.route("**/log/policy", without_witnesses)
        await page.get_by_role("button", name=SEAL).click()
        await expect(page.get_by_text("日志的信任策略变了，未封装")).to_be_visible()
        await expect(page.get_by_role("button", name="已核对，采用")).to_be_visible()
        await sound(page)
        await page.unroute("**/log/policy")
        await bidder.seal()
        await expect(page.get_by_text("人人所见相同")).to_be_visible()
        await bidder.hand_in()
        await page.goto("/app/bidder")
        await page.get_by_role("button", name=CHECK).click()
        await expect(page.get_by_text("本设备留存的 1 份回执都在日志中")).to_be_visible()
        await expect(page.get_by_text("投标收讫")).to_be_visible()
        await sound(page)


@pytest.mark.parametrize("screen", ["phone", "desktop"])
async def test_anyone_checks_the_proofs_of_a_finished_lot(visit: Visit, finished: str, screen: str) -> None:
    page = await visit(screen, f"/app/lots/{finished}")
    await page.get_by_role("button", name=CHECK).click()
    await expect(page.get_by_text("个事件全部在日志中")).to_be_visible()
    await expect(page.get_by_text("本单位的回执")).to_have_count(0)
    await sound(page)
