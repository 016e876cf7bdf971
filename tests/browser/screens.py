"""``python -m tests.browser.screens FOLDER``: pictures of the main pages of every role, on a phone and on a desktop."""

import asyncio
import io
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

import structlog
from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

from bidding.cli.demo import scripts
from bidding.compose.settings import Settings
from bidding.stage.cast import Member
from tests.browser.chromium import SCREENS, context, launched
from tests.browser.desks import seat
from tests.browser.scenes import Scene, staged
from tests.system.platforms import Stand, standing
from tests.system.tenders import performed

#: Device pixels to one of the page: sharp enough to read, small enough to keep.
SCALES = {"phone": 1.5, "desktop": 1.0}
#: Colours that a picture keeps; pages have few, and PNG is small by them.
COLOURS = 256
#: Presses of "next event" that bring the replay into the release window.
INTO_THE_WINDOW = 10
SLOW = 90_000


async def as_it_is(page: Page) -> None:
    """Nothing to do first."""


async def into_the_window(page: Page) -> None:
    await page.get_by_role("button", name="暂停").click()
    for _ in range(INTO_THE_WINDOW):
        await page.get_by_role("button", name="下一个事件").click()


async def computed_again(page: Page) -> None:
    await page.get_by_role("button", name="下载公开记录并复算").click()
    await page.get_by_text("复算一致").wait_for()
    await page.locator("#again").scroll_into_view_if_needed()
    await page.evaluate("document.querySelector('#again').scrollIntoView({ block: 'center' })")


async def at_the_bid(page: Page) -> None:
    await page.evaluate("document.querySelector('.textLayer').scrollIntoView({ block: 'start' })")


async def at_the_milestones(page: Page) -> None:
    await page.evaluate("document.querySelector('#milestones').scrollIntoView({ block: 'start' })")


@dataclass(frozen=True)
class Picture:
    """``wanted``: what must stand on the page before it is taken; ``who``: None for a spectator."""

    name: str
    path: str
    wanted: str
    who: Member | None = None
    first: Callable[[Page], Awaitable[None]] = as_it_is


def pictures(finished: str, scene: Scene) -> list[Picture]:
    taking, now, built, read = scene.taking, scene.releasing, scene.built, scene.reading
    bidder = now.bidders[1].member
    return [
        Picture("home", "/app/", "main .walk li"),
        Picture("openings", "/app/openings?mode=test", "main article"),
        Picture("lot", f"/app/lots/{finished}", "main dl"),
        Picture("hall", f"/app/lots/{finished}/hall", "main table"),
        Picture("hall-live", f"/app/lots/{now.lot}/hall", "main table"),
        Picture("replay", f"/app/lots/{finished}/replay", "main .now", first=into_the_window),
        Picture("draw", f"/app/lots/{built.lot}/draw", "#again", first=computed_again),
        Picture("money", f"/app/lots/{finished}/money", "main table"),
        Picture("dashboard", "/app/dashboard?set=demo", "main .figure"),
        Picture("bidder-book", "/app/bidder", "main article", bidder),
        Picture("bidder-bid", f"/app/bidder/lots/{taking.lot}", "#form-title", taking.bidders[0].member),
        Picture("bidder-opening", f"/app/bidder/lots/{now.lot}/opening", "main h2", bidder),
        Picture("bidder-result", f"/app/bidder/lots/{built.lot}/result", "main h2", scene.winner),
        Picture("agency-lots", "/app/agency", "main h2", now.agency),
        Picture(
            "agency-notice", f"/app/agency/lots/{scene.filed.lot}/notice", "main form", scene.filed.agency
        ),
        Picture("agency-opening", f"/app/agency/lots/{now.lot}/opening", "main .steps", now.agency),
        Picture("agency-award", f"/app/agency/lots/{built.lot}/award", "main h2", built.agency),
        Picture(
            "tenderer-performance",
            f"/app/lots/{built.lot}/performance",
            "#milestones",
            built.tenderer,
            at_the_milestones,
        ),
        Picture("expert-seats", "/app/expert", "main h2", scene.expert),
        Picture("expert-reading", f"/app/expert/{read.lot}", ".textLayer", scene.expert, at_the_bid),
        Picture("supervisor-watch", "/app/supervisor", "main h2", now.supervisor),
        Picture("supervisor-lot", f"/app/supervisor/{now.lot}", "main h2", now.supervisor),
        Picture("centre-desk", "/app/centre", "main h1", taking.troupe.operator),
        Picture("centre-file", f"/app/centre/lots/{scene.filed.lot}", "main dl", scene.filed.troupe.operator),
        Picture("account", "/app/account", "main h2", bidder),
    ]


async def taken(browser: Browser, stand: Stand, one: Picture, screen: str) -> bytes:
    """The PNG, of few colours."""
    made = await context(browser, stand.api, screen, device_scale_factor=SCALES[screen])
    page = await made.new_page()
    page.set_default_timeout(SLOW)
    if one.who is not None:
        await page.goto("/app/nowhere")
        await seat(page, one.who)
    await page.goto(one.path)
    await page.locator(one.wanted).first.wait_for()
    await one.first(page)
    await page.wait_for_timeout(800)  # what fades in has come
    shot = await page.screenshot()
    await made.close()
    small, written = (
        Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLOURS, kmeans=1, dither=Image.Dither.NONE),
        io.BytesIO(),
    )
    small.save(written, "PNG", optimize=True)
    return written.getvalue()


async def screens(folder: Path, ground: Path) -> None:
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    async with AsyncExitStack() as stack, async_playwright() as playwright:
        stand = await standing(Settings(data=ground / "data", port=0, live_port=0, demo=True), stack)
        report = await performed(stand, scripts()[0], ground / "finished")
        assert report["ok"], report["error"]
        scene = await staged(stand, stack, ground)
        browser = await launched(playwright)
        for one in pictures(str(report["lot"]), scene):
            for screen in SCREENS:
                (folder / f"{one.name}-{screen}.png").write_bytes(await taken(browser, stand, one, screen))
        await browser.close()


if __name__ == "__main__":
    Path(sys.argv[1]).mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bidding-show-") as place:
        asyncio.run(screens(Path(sys.argv[1]), Path(place)))
