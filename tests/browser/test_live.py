"""An opening watched live by several at once: every step appears by itself, prices at one moment, a cut is healed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import expect

from bidding.stage import opening
from bidding.stage.play import Play
from tests.browser.conftest import Visit
from tests.browser.trouble import expected, sound
from tests.system.platforms import Stand
from tests.system.tenders import all_hand_in, approach, closed, tender

pytestmark = pytest.mark.asyncio(loop_scope="session")

#: Milliseconds: the play signs, seals and opens with real keys in the same process.
PATIENCE = 60_000


@pytest_asyncio.fixture(loop_scope="session")
async def play(stand: Stand, ground: Path) -> AsyncIterator[Play]:
    """A tender of three sealed bids, shortly before its deadline."""
    async with AsyncExitStack() as stack:
        found = await stack.enter_async_context(tender(stand, ground / "live", bidders=3))
        await all_hand_in(found)
        await approach(found, timedelta(minutes=2))
        yield found


async def test_three_watch_an_opening_from_countdown_to_record(visit: Visit, play: Play) -> None:
    hall = f"/app/lots/{play.lot}/hall"
    phone, desktop = await visit("phone", hall), await visit("desktop", hall)
    for page in (phone, desktop):
        await expect(page.get_by_role("timer")).to_be_visible()
        await expect(page.get_by_text("截止之前，谁投了标、投了多少家，任何人都看不到")).to_be_visible()
        for one in play.bidders:
            await expect(page.get_by_text(one.plan.name)).to_have_count(0)
    await sound(phone)

    await closed(play)
    await expect(desktop.get_by_text("投标已截止，共收到 3 份投标文件")).to_be_visible(timeout=PATIENCE)

    # The phone loses its network before the prices are read out, and finds everything when it is back.
    await phone.context.set_offline(True)
    await expect(phone.get_by_text("连接中断，正在重连")).to_be_visible()
    playing = asyncio.create_task(opening.opening(play))
    try:
        roll = desktop.get_by_role("region", name="投标人")
        await expect(roll.get_by_role("row")).to_have_count(4, timeout=PATIENCE)
        prices = desktop.get_by_role("region", name="开标一览表")
        await expect(prices.get_by_text("元", exact=False).first).to_be_visible(timeout=PATIENCE)
        late = await visit("phone", hall)
        await expect(late.get_by_role("region", name="开标一览表").get_by_role("row")).to_have_count(4)
        await expect(phone.get_by_role("region", name="开标一览表")).to_have_count(0)
    finally:
        await playing
    await phone.context.set_offline(False)
    for page in (phone, desktop, late):
        await expect(page.get_by_role("heading", name="开标结束")).to_be_visible(timeout=PATIENCE)
        for one in play.bidders:
            row = page.get_by_role("region", name="开标一览表").get_by_role("row", name=one.plan.name)
            await expect(row).to_contain_text("万元")
        await expect(page.get_by_role("region", name="开标记录")).to_contain_text("监督部门签署于")
        await sound(page)
    expected(phone, "ERR_INTERNET_DISCONNECTED", "WebSocket")


async def test_nothing_that_the_page_asks_for_tells_of_bids_before_the_deadline(
    visit: Visit, play: Play
) -> None:
    page = await visit("desktop")
    said: list[str] = []
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: said.append(str(frame))))

    async def heard(path: str) -> None:
        async with page.expect_response(lambda answer: "/lots/" in answer.url or "/lots?" in answer.url):
            await page.goto(path)
        await page.wait_for_load_state("networkidle")
        said.append(await page.content())

    for path in (f"/app/lots/{play.lot}", f"/app/lots/{play.lot}/hall", "/app/openings?mode=test"):
        await heard(path)
    for one in play.bidders:
        assert not any(one.plan.name in text or one.member.party in text for text in said)
