"""By the keyboard alone: a bidder's whole way, its release through a cut network, and the spectators' pages.

Sealed in the browser and released by the command line, sealed by the command line and released in the browser: the
same key is at both.
"""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import FileChooser, Locator, Page, expect

from bidding.client.bid import MANIFEST, BidFolder, release
from bidding.stage.play import BidderOnStage, Play
from tests.browser.bidder import FORM, PRICE_FEN, BidderAtBrowser, papers
from tests.browser.conftest import Visit
from tests.browser.desks import seat
from tests.browser.test_bidder import announced, offices
from tests.browser.trouble import expected
from tests.system.platforms import Stand
from tests.system.tenders import closed, hand_in, tender

pytestmark = pytest.mark.asyncio(loop_scope="session")

#: Stops of the keyboard on one page; who needs more has lost the way.
MOST = 120
PRESSES = 3
PATIENCE = 10.0  # seconds


async def reach(page: Page, wanted: Locator) -> None:
    """Tab until it has the focus."""
    await wanted.wait_for(state="attached")
    for _ in range(MOST):
        if await wanted.evaluate("(one) => one === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not come to {wanted}")


async def press(page: Page, wanted: Locator) -> None:
    await reach(page, wanted)
    await page.keyboard.press("Enter")


async def at_browser(visit: Visit, one: BidderOnStage) -> BidderAtBrowser:
    """The very device that the bidder has at the command line."""
    page = await visit("desktop", "/app/nowhere")
    await seat(page, one.member)
    return BidderAtBrowser(page, one.plan.name)


class Choosers:
    """Hears of the page's file choosers from its first to its last: hearing begun and ended at each can miss one."""

    def __init__(self, page: Page) -> None:
        self._heard: asyncio.Queue[FileChooser] = asyncio.Queue()
        page.on("filechooser", self._heard.put_nowait)

    async def opened(self, page: Page, wanted: Locator) -> FileChooser:
        """Space opens it; pressed again, as people do, where a busy machine has dropped it."""
        for _ in range(PRESSES):
            await page.keyboard.press("Space")
            try:
                return await asyncio.wait_for(self._heard.get(), timeout=PATIENCE)
            except TimeoutError:
                await reach(page, wanted)
        raise AssertionError(f"Space opens no file chooser at {wanted}")


async def finds_and_hands_in(bidder: BidderAtBrowser, play: Play) -> None:
    page = bidder.page
    choosers = Choosers(page)
    title = (await play.view())["notice"]["title"]
    await page.goto("/app/bidder/lots?mode=test")
    await reach(page, page.get_by_role("searchbox"))
    await page.keyboard.type(title)
    await page.keyboard.press("Enter")
    await press(page, page.locator(f"main article a[href$='/{play.lot}']"))
    await expect(page.get_by_label("投标报价", exact=True)).to_be_visible()
    for label, value in FORM.items():
        await reach(page, page.get_by_label(label, exact=True))
        await page.keyboard.type(value)
    for envelope, chosen in papers().items():
        wanted = page.locator(f"input[type=file][name={envelope}]")
        await reach(page, wanted)
        await (await choosers.opened(page, wanted)).set_files(chosen)
    await press(page, page.get_by_role("button", name="封装并试开标"))
    await expect(page.get_by_text("逐字节打开，与封装内容一致")).to_be_visible(timeout=60_000)
    await press(page, page.get_by_role("button", name="递交投标"))
    await bidder.received()


async def releases_when_the_network_is_back(page: Page, play: Play) -> None:
    """Pressed twice while there is none: nothing has gone out, and it goes out by itself when there is one again."""
    await page.goto(f"/app/bidder/lots/{play.lot}/opening")
    await offices(play)
    button = page.get_by_role("button", name="解密我的投标")
    await reach(page, button)
    await page.context.set_offline(True)
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("alert").get_by_text("网络").first).to_be_visible(timeout=20_000)
    assert not (await play.view())["opening"]["released"]
    await page.context.set_offline(False)
    await expect(page.get_by_text("已解密。")).to_be_visible(timeout=30_000)


async def test_two_bidders_by_keyboard_each_sealed_where_the_other_releases(
    visit: Visit, stand: Stand, ground: Path
) -> None:
    """R-PAIN-06: no plugin; R-OPEN-24: the key is released from the bidder's own device, once, whatever the network."""
    async with tender(stand, ground / "keyboard", 3) as play:
        at_home, at_desk, third = play.bidders
        for one in (at_desk, third):
            await hand_in(play, one)
        bidder = await at_browser(visit, at_home)
        await finds_and_hands_in(bidder, play)
        own = await bidder.get(f"/lots/{play.lot}/bid")

        other = (await at_browser(visit, at_desk)).page
        await closed(play)
        await releases_when_the_network_is_back(other, play)
        expected(other, "ERR_INTERNET_DISCONNECTED", "Failed to load resource", "WebSocket")
        folder = ground / "keyboard" / "from-the-browser"
        await asyncio.to_thread(folder.mkdir)
        await asyncio.to_thread((folder / MANIFEST).write_text, own["versions"][0]["manifest"])
        await release(at_home.member.session, BidFolder(folder))
        assert third.folder is not None
        await release(third.member.session, third.folder)
        await announced(play)
        table = (await play.view())["opening"]["announcement"]["table"]
        prices = {one["bidder"]: one["form"]["price_fen"] for one in table}
        told = {one.member.party: one.plan.price_fen for one in (at_desk, third)}
        assert prices == {at_home.member.party: PRICE_FEN, **told}
        await expect(other.get_by_text("您的投标已打开")).to_be_visible()


async def test_a_spectator_goes_from_the_first_page_to_an_opening_and_through_its_replay_by_keyboard(
    visit: Visit, finished: str
) -> None:
    page = await visit("desktop", "/app/")
    await press(page, page.locator("main .roles a[href$='/openings']"))
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    await page.goto("/app/openings?mode=test")
    await press(page, page.locator(f"main article a[href*='{finished}']").first)
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    await page.goto(f"/app/lots/{finished}/replay")
    await press(page, page.get_by_role("button", name="暂停"))
    await press(page, page.get_by_role("button", name="下一个事件"))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="下一个事件")).to_be_focused()
    await page.goto(f"/app/lots/{finished}")
    await press(page, page.get_by_role("link", name="回放开标"))
    await expect(page.get_by_role("button", name="下一个事件")).to_be_visible()
