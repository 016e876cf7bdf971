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


#: The innermost elements that reach beyond the screen, if the page scrolls sideways.
_WIDE = """() => {
  const { scrollWidth, clientWidth } = document.documentElement
  if (scrollWidth <= clientWidth + 1) return []
  const beyond = (one) => one.getBoundingClientRect().right > clientWidth + 1
  const out = [...document.body.querySelectorAll('*')].filter(beyond)
  const inner = out.filter((one) => !out.some((other) => other !== one && one.contains(other)))
  return inner.map((one) => one.outerHTML.slice(0, 160))
}"""


async def faults(page: Page) -> list[str]:
    """Serious axe findings, and what sticks out sideways."""
    found = [json.dumps(one, ensure_ascii=False) for one in await axe(page)]
    wide: list[str] = await page.evaluate(_WIDE)
    return [*found, *(f"wider than the screen: {one}" for one in wide)]


async def sound(page: Page) -> None:
    """Asserts that the page has no serious axe finding and does not scroll sideways."""
    found = await faults(page)
    assert found == [], f"{page.url}\n" + "\n".join(found)
