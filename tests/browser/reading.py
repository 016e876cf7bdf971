"""What stands on a page as people read it, held against what the platform said: another language, keys of words.

A page in English may show Chinese only as data: names, titles, texts that people wrote. All of that came in an answer.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.async_api import Page

CLIENT = Path(__file__).parents[2] / "web" / "src"
#: Han and full-width punctuation.
CHINESE = re.compile(r"[\u3001-\u303f\u4e00-\u9fff\uff01-\uff5e]+")
#: Names of the client's parts, of which a word that is missing shows: ``agencyNotice.lead``.
PARTS = sorted(
    {
        one
        for file in CLIENT.rglob("*.ts")
        for one in re.findall(r"\bwords\('([\w-]+)'", file.read_text(encoding="utf-8"))
    }
)
RAW_KEY = re.compile(rf"\b(?:{'|'.join(PARTS)})(?:\.[a-zA-Z][\w-]*)+")

#: Keeps every answer's text, the live ones too, before the page's own code runs.
LISTEN = """(() => {
  const heard = (window.heard = [])
  const asked = window.fetch
  window.fetch = async (...said) => {
    const answer = await asked(...said)
    heard.push(await answer.clone().text().catch(() => ''))
    return answer
  }
  const Socket = window.WebSocket
  window.WebSocket = class extends Socket {
    constructor(...said) {
      super(...said)
      this.addEventListener('message', ({ data }) => heard.push(String(data)))
    }
  }
})()"""

#: Texts, labels and hints of the page, but for what is marked as of a language of its own.
_SHOWN = """() => {
  const found = []
  const walk = (node) => {
    if (node.nodeType === Node.TEXT_NODE) found.push(node.textContent)
    if (node.nodeType !== Node.ELEMENT_NODE || ['SCRIPT', 'STYLE', 'NOSCRIPT', 'PRE'].includes(node.tagName)) return
    if (node !== document.documentElement && node.lang && node.lang !== document.documentElement.lang) return
    if (node.classList.contains('textLayer')) return // a bid's own page
    for (const name of ['aria-label', 'title', 'alt', 'placeholder'])
      if (node.hasAttribute(name)) found.push(node.getAttribute(name))
    for (const one of node.childNodes) walk(one)
  }
  walk(document.documentElement)
  return found.map((one) => one.trim()).filter(Boolean)
}"""


async def shown(page: Page) -> list[str]:
    """Every text on the page, hidden ones too: what is folded is unfolded by somebody."""
    found: list[str] = await page.evaluate(_SHOWN)
    return found


async def unspoken(page: Page) -> list[str]:
    """Keys of words that the page shows for want of the words."""
    return [one for one in await shown(page) if RAW_KEY.search(one)]


async def untranslated(page: Page) -> list[str]:
    """Chinese on an English page that no answer brought, or that an answer brought with its English beside it."""
    answers: list[str] = await page.evaluate("() => window.heard")
    data = "\n".join(answers)
    twins = {one for answer in answers for one in _twins(answer)}
    found = [
        run
        for one in await shown(page)
        for run in ([one] if one in twins else CHINESE.findall(one))
        if run in twins or run not in data
    ]
    return list(dict.fromkeys(found))


def _twins(answer: str) -> Iterator[str]:
    """Chinese texts that have their English beside them."""
    try:
        said = json.loads(answer)
    except ValueError:
        return
    waiting: list[Any] = [said]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            zh, en = one.get("zh"), one.get("en")
            if isinstance(zh, str) and en and en != zh and CHINESE.search(zh):
                yield zh
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
