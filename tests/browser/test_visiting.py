"""A newcomer to the demonstration takes one part after another of a tender that is under way."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect
from pydantic import SecretStr

from bidding.cli.demo import scripts
from bidding.compose.settings import Settings
from bidding.stage.cast import Troupe
from bidding.stage.play import Play
from bidding.stage.theatre import Silence
from bidding.stage.visiting import open_script, opened
from storage.server import EmbeddedServer
from tests.browser.chromium import context
from tests.browser.trouble import Trouble, sound
from tests.system.platforms import standing

pytestmark = pytest.mark.asyncio(loop_scope="session")

#: What is taken up, and what stands on the page that it leads to.
PARTS = {
    "投标人": "开标一览表",
    "监督部门": "现在需要您办理",
    "评标委员会成员": "我的评标任务",
    "交易中心": "进场受理",
    "招标人": "时间表",
    "代理机构": "演示时钟",
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def address(pg_server: EmbeddedServer, ground: Path) -> AsyncIterator[str]:
    """A demonstration that has just begun: nothing is played yet but the tender for whoever comes."""
    dsn = SecretStr(pg_server.create_database("visiting"))
    settings = Settings(data=ground / "visiting", port=0, live_port=0, database_url=dsn, demo=True)
    async with AsyncExitStack() as stack:
        stand = await standing(settings, stack)
        folder = ground / "visitors"
        await asyncio.to_thread(folder.mkdir)
        play = Play(
            script=open_script(scripts()[0]),
            troupe=Troupe(stand.api, stack, stand.operator),
            theatre=Silence(),
            live_url=stand.live,
            folder=folder,
        )
        stand.service.demonstration.visitors = await opened(play)
        stand.service.demonstration.lot = play.lot
        yield stand.api


async def take(page: Page, part: str) -> None:
    await page.goto("/app/")
    await page.locator(".parts button").filter(has_text=part).first.click()
    await page.wait_for_url(re.compile("/app/."), timeout=30_000)  # the first page speaks of some of it too
    await expect(page.locator("main").get_by_text(PARTS[part]).first).to_be_visible(timeout=30_000)


@pytest.mark.parametrize("screen", ["phone", "desktop"])
async def test_every_part_leads_to_its_own_work(chromium: Browser, address: str, screen: str) -> None:
    made = await context(chromium, address, screen)
    page = await made.new_page()
    trouble = Trouble(page)
    await page.goto("/app/")
    await expect(page.get_by_role("heading", name="再亲手办一场")).to_be_visible()
    await sound(page)
    for part in PARTS:
        await take(page, part)
        await sound(page)
    if screen == "phone":
        await page.locator("summary", has_text="演示时钟").click()
        await page.get_by_role("button", name="拨到截止前 50 分钟").click()
        await expect(page.get_by_text("正在办理…")).to_have_count(0, timeout=30_000)
        await expect(page.get_by_role("button", name="拨到截止前 50 分钟")).to_have_count(0)
        await expect(page.get_by_role("button", name="拨到投标截止")).to_be_visible()
    await page.goto("/app/")
    await expect(page.locator(".parts button[aria-pressed=true]")).to_have_count(1)
    assert trouble.found == []
    await made.close()
