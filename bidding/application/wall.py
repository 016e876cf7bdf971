"""挂图作战: what a screen on the wall shows, none of it secret (R-NB-ZX-05): the openings of now and of the next day,
and the public events of the last."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from bidding.application.chronicle import words
from bidding.application.platform import Platform, lot_stream
from bidding.application.ports import LotRow
from bidding.domain.lot import Phase

DAY = timedelta(hours=24)
#: Phases in which people are in the hall.
RUNNING = (Phase.CLOSED.value, Phase.OPENING.value)
#: Lots of a kind on one screen; places of the feed that one answer looks through at most.
SCREEN, LOOKED = 12, 500


class WallEvent(msgspec.Struct, frozen=True, kw_only=True):
    """``zh``, ``en``: what its kind is called: a screen tells no more of it. ``position``: in the public feed."""

    position: int
    at: datetime
    lot: str
    title: str
    type: str
    zh: str
    en: str


class WallFeed(msgspec.Struct, frozen=True, kw_only=True):
    """Newest first. ``next``: give it as ``before`` for what came before; null: the day is told."""

    events: tuple[WallEvent, ...]
    next: int | None


class Wall:
    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    async def running(self, mode: str) -> Sequence[LotRow]:
        rows, _ = await self._platform.readmodels.lots(mode=mode, phases=RUNNING, limit=SCREEN)
        return rows

    async def coming(self, mode: str) -> Sequence[LotRow]:
        """Whose deadline is in the next day, the soonest first. Test lots have days of their own: none of them."""
        if mode != "live":
            return ()
        now = self._platform.clock.now()
        rows, _ = await self._platform.readmodels.lots(
            mode=mode, phases=(Phase.NOTICED.value,), closing=(now, now + DAY), limit=SCREEN
        )
        return sorted(rows, key=lambda row: (row.deadline or now, row.lot_id))

    async def feed(self, mode: str, before: int | None, limit: int) -> WallFeed:
        """Public events of the last 24 hours below place ``before`` of the feed (None: from its end)."""
        journal, since = self._platform.journal, self._platform.clock.now() - DAY
        end = await journal.feed_end() if before is None else before - 1
        start = max(0, end - LOOKED)
        looked = await journal.feed(start, end - start) if end > start else []
        titles: dict[str, str] = {}
        shown: list[WallEvent] = []
        for one in reversed(looked):
            if one.recorded_at < since:
                return WallFeed(events=tuple(shown), next=None)
            place = one.feed_position or 0
            if len(shown) == limit:
                return WallFeed(events=tuple(shown), next=place + 1)
            lot_id = one.stream.removeprefix(lot_stream(""))
            if await self._platform.mode_of(lot_id) != mode:
                continue
            if lot_id not in titles:
                titles[lot_id] = (await self._platform.load(lot_id)).notice.title
            said = words()[one.event.TOPIC]
            shown.append(
                WallEvent(
                    position=place,
                    at=one.recorded_at,
                    lot=lot_id,
                    title=titles[lot_id],
                    type=one.event.TOPIC,
                    zh=said.zh,
                    en=said.en,
                )
            )
        return WallFeed(events=tuple(shown), next=start + 1 if start else None)
