"""Text on A4 pages: Chinese characters take a whole square, others half; lines break where they are full."""

import re
import unicodedata
from collections.abc import Iterator

from bidding.crypto.printable import STEERING

#: Millimetres: the page, its margins, the size of a character, from line to line.
PAGE = (210.0, 297.0)
MARGIN = 22.0
SIZE, LEADING = 4.2, 7.0
_WIDTH = PAGE[0] - 2 * MARGIN
LINES = int((PAGE[1] - 2 * MARGIN) / LEADING)
#: What may not stand at the beginning of a line, and how far it may stand out into the margin instead.
_CLOSING = frozenset("，。、；：？！）》」』】%,.;:?!)")
_OUT = 4 * SIZE
#: What ends a line.
_ENDS = re.compile("[\n\u2028\u2029]")
#: What would turn the line round, and what XML cannot hold (XML 1.0, 2.2).
_LEFT_OUT = re.compile(rf"[{STEERING}\ud800-\udfff\ufffe\uffff]")


def pages(text: str) -> list[list[str]]:
    """The lines of each page; at least one page. A tab is two squares; other controls, of the direction of writing
    too, are left out, and what XML cannot hold."""
    lines = [line for paragraph in _ENDS.split(text) for line in _broken(_plain(paragraph))]
    return [lines[at : at + LINES] for at in range(0, max(1, len(lines)), LINES)]


def advances(line: str) -> list[float]:
    """Millimetres from each character to the next."""
    return [_width(character) for character in line]


def _plain(paragraph: str) -> str:
    """Characters that this Python's Unicode does not know yet stay: a name is written with the newest of them."""
    return _LEFT_OUT.sub("", paragraph.expandtabs(4))


def _broken(paragraph: str) -> Iterator[str]:
    line, width = "", 0.0
    for character in paragraph:
        room = _WIDTH + (_OUT if character in _CLOSING else 0)
        if line and _width(character) and width + _width(character) > room:
            yield line
            line, width = "", 0.0
        line, width = line + character, width + _width(character)
    yield line


def _width(character: str) -> float:
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0.0  # stands on the character before it, or shows nothing
    return SIZE if unicodedata.east_asian_width(character) in {"W", "F", "A"} else SIZE / 2
