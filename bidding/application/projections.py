"""The read models: the public list of lots, whose they are, and the timers, folded from the log.

All are per lot, and a lot's stream is short: each change folds the lot anew instead of keeping a second
copy of the state in step. Dropping the tables and starting from position 0 gives the same rows.
"""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from datetime import datetime

import msgspec
import structlog

from bidding.application.platform import Platform, lot_stream
from bidding.application.ports import LotRow, Offices, Recorded, Timer, Unavailable
from bidding.application.reactions import pending
from bidding.domain.alert.commands import RaiseAlerts
from bidding.domain.alert.decide import next_alert
from bidding.domain.control import decide as control
from bidding.domain.disclosure import SPECTATOR, view
from bidding.domain.lot import Lot, Phase, replay
from bidding.domain.registry import due
from bidding.domain.ruleset import by_version

log = structlog.get_logger(__name__)

NAME = "lots"
#: Events of other streams after which the checkpoint is moved past them; readiness allows a thousand.
PASSED = 250
_PREFIX = lot_stream("")


class LotsProjection:
    """``woken`` is set whenever timers may have changed."""

    def __init__(self, platform: Platform, woken: asyncio.Event) -> None:
        self._platform, self._woken = platform, woken

    async def run(self) -> None:
        while True:
            try:
                await self._follow()
            except Unavailable as error:
                log.warning("projection.store-unavailable", retry_after=error.retry_after)
                await asyncio.sleep(error.retry_after)

    async def _follow(self) -> None:
        after = await self._platform.journal.checkpoint(NAME) or 0
        async with aclosing(self._platform.journal.subscribe(after)) as events:
            async for one in events:
                if one.stream.startswith(_PREFIX):
                    await self.project(one)
                    after = one.position
                elif one.position - after >= PASSED:
                    await self._platform.readmodels.passed(NAME, one.position)
                    after = one.position

    async def project(self, one: Recorded) -> None:
        lot_id = one.stream.removeprefix(_PREFIX)
        recorded = await self._platform.journal.load(one.stream)
        lot = replay(lot_id, (each.event for each in recorded))
        offices = Offices(
            parties=tuple(
                sorted(
                    {
                        lot.admission.host,
                        lot.admission.tenderer,
                        *lot.prequalification.members,
                        *lot.evaluation.members,
                    }
                    - {""}
                )
            ),
            filed_at=recorded[0].recorded_at,
        )
        waits = timers(lot, one.recorded_at) + self._alerts(lot, one.recorded_at)
        await self._platform.readmodels.save_lot(
            NAME, one.position, public_row(lot_id, recorded), lot_id, waits, offices
        )
        self._woken.set()

    def _alerts(self, lot: Lot, now: datetime) -> list[Timer]:
        """When the next duty turns red, or an alert goes further up (R-NB-ZX-02): the rules and the calendar tell."""
        if not lot.notice.ruleset:
            return []
        rules = by_version(self._platform.rulesets, lot.notice.ruleset)
        clock = lot.control.clock
        at = next_alert(lot, rules, self._platform.calendar, self._platform.lot_time(lot, now))
        if at is None:
            return []
        due_at = clock.real_of(at) if clock else at
        return [Timer(subject=lot.lot_id, kind=RaiseAlerts.NAME, due_at=max(due_at, now))]


def timers(lot: Lot, now: datetime) -> list[Timer]:
    """What the lot waits for and what is to be done at once, at platform instants.

    While it is suspended, its suspension's own end and no more (R-TIME-07, R-GP-22)."""
    clock, suspended = lot.control.clock, lot.control.suspended is not None
    waits = [
        Timer(subject=lot.lot_id, kind=kind, due_at=clock.real_of(at) if clock else at)
        for kind, at in (control.due(lot) if suspended else due(lot))
    ]
    if suspended:
        return waits
    return waits + [Timer(subject=lot.lot_id, kind=kind, due_at=now) for kind in pending(lot)]


def public_row(lot_id: str, recorded: Sequence[Recorded]) -> LotRow | None:
    """The lot's line in public lists, from public events only; None before the notice."""
    public = view(lot_id, (one.event for one in recorded), SPECTATOR)
    if public.phase in (Phase.DRAFT, Phase.SUBMITTED, Phase.ADMITTED):
        return None
    notice, first = public.notice, public.notice.prequalification
    positions = [one.feed_position for one in recorded if one.feed_position is not None]
    return LotRow(
        lot_id=lot_id,
        project_code=notice.project.project_code if notice.project else "",
        title=notice.title,
        category=notice.category or "",
        regime=notice.regime or "",
        region=notice.region,
        mode=notice.mode,
        phase=public.phase,
        deadline=notice.deadline,
        noticed_at=notice.published_at or (first.noticed_at if first is not None else None),
        tenderer=notice.tenderer_name,
        agency=notice.agency_name,
        feed_position=max(positions),
        doc=msgspec.json.encode(public),
    )
