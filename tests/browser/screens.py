"""``python -m tests.browser.screens FOLDER``: pictures of the main pages on a phone and on a desktop."""

import asyncio
import sys
from pathlib import Path

from playwright.async_api import Page, async_playwright

from tests.browser.chromium import SCREENS, context, launched
from tests.browser.showing import playing

#: Name of the picture: address, and what must stand on the page before it is taken.
PAGES = {
    "home": ("/app/", "main .walk li"),
    "openings": ("/app/openings?mode=test", "main article"),
    "lot": ("/app/lots/{lot}", "main dl"),
    "hall": ("/app/lots/{lot}/hall", "main table"),
    "replay": ("/app/lots/{lot}/replay", "main .now"),
    "dashboard": ("/app/dashboard?set=test", "main .figure"),
}
#: Presses of "next event" that bring the replay into the release window.
INTO_THE_WINDOW = 10


async def prepared(page: Page, name: str) -> None:
    if name == "replay":
        await page.get_by_role("button", name="暂停").click()
        for _ in range(INTO_THE_WINDOW):
            await page.get_by_role("button", name="下一个事件").click()
    await page.wait_for_timeout(800)  # what fades in has come


async def screens(folder: Path) -> None:
    async with playing() as (address, lot), async_playwright() as playwright:
        browser = await launched(playwright)
        for screen in SCREENS:
            made = await context(browser, address, screen, device_scale_factor=1)
            for name, (path, wanted) in PAGES.items():
                page = await made.new_page()
                await page.goto(path.format(lot=lot))
                await page.locator(wanted).first.wait_for()
                await prepared(page, name)
                await page.screenshot(path=folder / f"{name}-{screen}.png")
                await page.close()
            await made.close()
        await browser.close()


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    asyncio.run(screens(Path(sys.argv[1])))
