"""One decision with its clause, and the words that every phase says it in."""

from collections.abc import Iterator
from datetime import datetime
from functools import singledispatch

import msgspec

from bidding.domain.event import Event
from bidding.domain.periods import SHANGHAI


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """``at``: the lot's instant, None where the event has none; ``reasons``: evidence, citations, derivations,
    in the words in which they were recorded; ``about``: a bidder's id or a number."""

    rule: str
    zh: str
    en: str
    article: str = ""
    at: datetime | None = None
    about: str = ""
    reasons: tuple[str, ...] = ()


@singledispatch
def decided(event: Event) -> Iterator[Decision]:
    """The decisions that one event records."""
    yield from ()


def of(rule: str, zh: str, en: str, *, about: str = "", reasons: tuple[str, ...] = ()) -> Decision:
    return Decision(rule=rule, zh=zh, en=en, about=about, reasons=tuple(filter(None, reasons)))


def clock(at: datetime) -> str:
    """Beijing time: every deadline of the law is read in it."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def yuan(fen: int) -> str:
    return f"¥{fen // 100:,}.{fen % 100:02d}"
