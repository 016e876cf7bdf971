"""What must not happen on a page: errors, refused loads, breaches of its policy, serious axe findings."""

import json
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from playwright.async_api import ConsoleMessage, Page, Request

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
_RUN = """async () => (await axe.run(document, { resultTypes: ['violations'] })).violations
  .filter((one) => ['serious', 'critical'].includes(one.impact))
  .map((one) => ({ id: one.id, help: one.help, nodes: one.nodes.map((node) => node.target.join(' ')) }))"""


TROUBLES: MutableMapping[Page, "Trouble"] = WeakKeyDictionary()


class Trouble:
    """Listens to a page. ``found`` fills as things go wrong."""

    def __init__(self, page: Page) -> None:
        TROUBLES[page] = self
        self.found: list[str] = []
        page.on("pageerror", lambda error: self.found.append(f"error: {error}"))
        page.on("console", self._said)
        page.on("requestfailed", self._failed)

    def _said(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.found.append(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # left by navigating away
            self.found.append(f"request: {request.url} {request.failure}")


def expected(page: Page, *parts: str) -> None:
    """Forget the trouble that contains one of these, because the test provoked it."""
    trouble = TROUBLES[page]
    trouble.found = [one for one in trouble.found if not any(part in one for part in parts)]


async def axe(page: Page) -> list[dict[str, Any]]:
    """Serious and critical findings on the page as it stands."""
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = await page.evaluate(_RUN)
    return found


async def fits(page: Page) -> bool:
    """Nothing sticks out sideways."""
    return bool(
        await page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth + 1"
        )
    )


async def sound(page: Page) -> None:
    """Asserts that the page has no serious axe finding and does not scroll sideways."""
    found = await axe(page)
    assert found == [], json.dumps(found, ensure_ascii=False, indent=1)
    assert await fits(page), f"{page.url} is wider than its screen"
