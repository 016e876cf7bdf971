"""``python -m tests.browser.weights``: what the spectators' pages weigh and when they can be used, on a slow phone.

The phone: Chromium throttled to a quarter of this machine's speed on a slow 4G (1.6 Mbit/s, 150 ms), nothing cached.
The best of ``RUNS``: what else this machine does can only make a page slower. Writes ``docs/weights.md``.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

from playwright.async_api import Browser, CDPSession, async_playwright

from tests.browser.chromium import context, launched
from tests.browser.showing import playing

TABLE = Path(__file__).parents[2] / "docs" / "weights.md"
LIMIT = 150_000  # bytes of gzipped JavaScript
SOON = 2_000  # milliseconds until a page can be used
SLOWER = 4  # times
RUNS = 3
NETWORK: dict[str, float] = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}

HEAD = """# What the spectators' pages weigh

Written by `make weights`. A phone of 360×740 pixels in Chromium with nothing cached, throttled by DevTools:
{down} Mbit/s down, {up} Mbit/s up, {latency} ms for every request, the processor {slower} times slower (as Lighthouse's
slow 4G). HTTP/1.1 without TLS, gzip, the best of {runs} loads. Usable: what the reader came for stands on the page, and
the thread is idle. The limits are {limit} kB of JavaScript and {soon} s.

| page | JavaScript, gzip | all | first paint | usable |
|---|--:|--:|--:|--:|
"""

#: Usable: what the reader came for stands on the page, and the page answers.
PAGES = {
    "首页 home": ("/app/", "main .roles a"),
    "开标大厅 openings": ("/app/openings?mode=test", "main article"),
    "开标现场 hall": ("/app/lots/{lot}/hall", "main table"),
    "回放 replay": ("/app/lots/{lot}/replay", "main .now"),
    "标段 lot": ("/app/lots/{lot}", "main dl"),
    "账本 dashboard": ("/app/dashboard?set=test", "main .figure"),
}

#: Kept by the page itself: to be asked again and again from outside keeps a slow phone busy. Once what is wanted can be
#: seen: the next frame after an idle moment, when nothing of ours keeps the thread any more.
_USABLE = """(() => {
  window.usable = new Promise((done) => {
    const look = () => {
      if (!document.querySelector(%s)?.getClientRects().length) return
      watching.disconnect()
      requestIdleCallback(() => requestAnimationFrame(() => done(performance.now())))
    }
    const watching = new MutationObserver(look)
    watching.observe(document, { childList: true, subtree: true })
  })
})()"""
PATIENCE = 60  # seconds


class Weight(NamedTuple):
    """Bytes over the wire; milliseconds from the request to the first paint and to being usable."""

    page: str
    script: int
    all: int
    painted: int
    usable: int


async def weighed(browser: Browser, address: str, name: str, path: str, wanted: str) -> Weight:
    made = await context(browser, address, "phone", extra_http_headers={"Accept-Encoding": "gzip"})
    page = await made.new_page()
    session: CDPSession = await made.new_cdp_session(page)
    await session.send("Network.enable")
    await session.send("Network.emulateNetworkConditions", NETWORK)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    kinds: dict[str, str] = {}
    sizes: dict[str, int] = {}

    def responded(said: dict[str, Any]) -> None:
        kinds[said["requestId"]] = said["type"]

    def finished(said: dict[str, Any]) -> None:
        sizes[said["requestId"]] = int(said["encodedDataLength"])

    session.on("Network.responseReceived", responded)
    session.on("Network.loadingFinished", finished)
    await page.add_init_script(_USABLE % json.dumps(wanted))
    await page.goto(path, wait_until="commit")
    async with asyncio.timeout(PATIENCE):
        usable = await page.evaluate("usable")
    painted = await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0")
    script = sum(size for request, size in sizes.items() if kinds.get(request) == "Script")
    await made.close()
    return Weight(name, script, sum(sizes.values()), round(painted), round(usable))


async def weights() -> list[Weight]:
    async with playing() as (address, lot), async_playwright() as playwright:
        browser = await launched(playwright)
        found = [
            min(
                [await weighed(browser, address, name, path.format(lot=lot), wanted) for _ in range(RUNS)],
                key=lambda one: one.usable,
            )
            for name, (path, wanted) in PAGES.items()
        ]
        await browser.close()
    return found


def table(found: list[Weight]) -> str:
    rows = (
        f"| {one.page} | {one.script / 1000:.1f} kB | {one.all / 1000:.1f} kB"
        f" | {one.painted / 1000:.2f} s | {one.usable / 1000:.2f} s |\n"
        for one in found
    )
    head = HEAD.format(
        down=NETWORK["downloadThroughput"] * 8 / 1e6,
        up=NETWORK["uploadThroughput"] * 8 / 1e6,
        latency=NETWORK["latency"],
        slower=SLOWER,
        runs=RUNS,
        limit=LIMIT // 1000,
        soon=SOON // 1000,
    )
    return head + "".join(rows)


def main() -> int:
    told = table(found := asyncio.run(weights()))
    TABLE.write_text(told, encoding="utf-8")
    sys.stdout.write(told)
    return 0 if all(one.script <= LIMIT and one.usable <= SOON for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
