"""A lot's events as sentences that anyone can read, in both languages, each with its clause."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache

import msgspec

from bidding.application.datafiles import shipped
from bidding.application.rulebook import rulebook
from bidding.application.rulebook.decisions import Decision, decisions
from bidding.domain.datafile import read
from bidding.domain.event import Event
from bidding.domain.notice.events import NoticePublished

__all__ = ["Entry", "Words", "told", "words"]


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a kind of event is called; ``rule``: under which it happens, where no decision names another."""

    zh: str
    en: str
    rule: str = ""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """``at``: the lot's instant where the event has one, else when it was recorded. ``by``: who gave it, if said."""

    at: datetime
    zh: str
    en: str
    rule: str
    article: str
    by: str
    decisions: tuple[Decision, ...]


@cache
def words() -> Mapping[str, Words]:
    """By topic. Raises ``DataFileError``."""
    return shipped(lambda text: read(text, dict[str, Words]), __name__, "words.toml")


def told(events: Sequence[tuple[datetime, Event]]) -> list[Entry]:
    """One entry for each event, in their order. The first of each pair: when it was recorded."""
    entries = []
    law: list[Event] = []  # the notice says under which law what follows stands
    for recorded_at, event in events:
        before = len(decisions(law))
        entries.append(_entry(recorded_at, event, decisions([*law, event])[before:]))
        if isinstance(event, NoticePublished):
            law = [event]
    return entries


def _entry(recorded_at: datetime, event: Event, decided: tuple[Decision, ...]) -> Entry:
    said = words()[event.TOPIC]
    rule = decided[0].rule if decided else said.rule
    known = rulebook().rules.get(rule)
    own = getattr(event, "at", None)
    return Entry(
        at=own if isinstance(own, datetime) else recorded_at,
        zh=said.zh,
        en=said.en,
        rule=rule,
        article="" if known is None else known.article,
        by=str(getattr(event, "by", "")),
        decisions=decided,
    )
