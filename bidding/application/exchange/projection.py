"""Fills the outbox from the log's public events: a projection of its own, made anew from position 0 at will."""

import asyncio
import hashlib
from collections.abc import Sequence
from contextlib import aclosing

import structlog

from bidding.application.exchange import concluding, hall, tendering
from bidding.application.exchange.ports import Channel, Item, Outbox
from bidding.application.exchange.publication import KINDS, content_hash, published
from bidding.application.exchange.record import BEIJING, Codes, DataRecord, record, stamp
from bidding.application.leading import lead
from bidding.application.platform import Platform, lot_stream
from bidding.application.ports import Recorded
from bidding.domain.admission.filing import Category, Mode
from bidding.domain.codes import unified_deal_code
from bidding.domain.disclosure import is_public
from bidding.domain.lot import Lot, evolve
from bidding.domain.notice.state import Notice

log = structlog.get_logger(__name__)

NAME = "exchange"
_PREFIX = lot_stream("")
#: Events of other streams after which the checkpoint is moved past them.
PASSED = 250
#: 交易分类 of the national listings [M]; kept apart from the code, but part of its check (R-CODE-05).
DEAL_CLASS = {
    Category.BUILDING: "A01",
    Category.MUNICIPAL: "A02",
    Category.TRANSPORT: "A03",
    Category.WATER: "A07",
    Category.GOODS: "D01",
    Category.SERVICES: "D03",
}


class ExchangeProjection:
    """``platform_code``: this platform's own; ``service_code``: of the public service platform; ``uscc``: of whoever
    runs this platform. ``woken`` is set when there is something new to send."""

    def __init__(
        self,
        platform: Platform,
        outbox: Outbox,
        woken: asyncio.Event,
        *,
        platform_code: str,
        service_code: str,
        uscc: str,
    ) -> None:
        self._platform, self._outbox, self._woken = platform, outbox, woken
        self._platform_code, self._service_code, self._uscc = platform_code, service_code, uscc

    async def run(self) -> None:
        await lead(self._platform.gate, NAME, self._follow, part="exchange")

    async def _follow(self) -> None:
        after = await self._platform.journal.checkpoint(NAME) or 0
        async with aclosing(self._platform.journal.subscribe(after)) as events:
            async for one in events:
                if one.stream.startswith(_PREFIX) and is_public(one.event):
                    await self.project(one)
                    after = one.position
                elif one.position - after >= PASSED:
                    await self._outbox.save(NAME, one.position, ())
                    after = one.position

    async def project(self, one: Recorded) -> None:
        """What ``one``'s commit brings; what is kept already stays as it is."""
        recorded = [each for each in await self._platform.journal.load(one.stream) if is_public(each.event)]
        items = await self.items(one.stream.removeprefix(_PREFIX), recorded)
        fresh = [item for item in items if item.stamp == stamp(one.recorded_at)]
        if await self._outbox.save(NAME, one.position, fresh):
            self._woken.set()

    async def items(self, lot_id: str, public: Sequence[Recorded]) -> list[Item]:
        """Nothing of a lot before its notice, and nothing of a test lot ever."""
        made: dict[tuple[Channel, str, str], Item] = {}
        last: dict[str, dict[str, str]] = {}
        lot, codes = Lot(lot_id=lot_id), None
        for one in public:
            lot = evolve(lot, one.event)
            if lot.notice.published_at is None or lot.notice.mode is not Mode.LIVE:
                continue
            codes = codes or await self._codes(lot_id, lot.notice)
            for row in (
                *tendering.rows(lot, one.event),
                *hall.rows(lot, one.event),
                *concluding.rows(lot, one.event),
            ):
                found = record(lot_id, row, codes, one.recorded_at)
                if last.get(found.key) != row.fields:
                    last[found.key] = row.fields
                    made[Channel.SERVICE, found.key, found.stamp] = _sent(lot_id, found)
            if type(one.event) in KINDS:
                item = _repeated(lot_id, one)
                made[Channel.MEDIA, item.key, item.stamp] = item
        return list(made.values())

    async def _codes(self, lot_id: str, notice: Notice) -> Codes:
        """R-CODE-05, R-CODE-06. The project's own code where it has one, else the platform's number of the lot."""
        assert notice.published_at is not None
        assert notice.category is not None
        day = notice.published_at.astimezone(BEIJING).date()
        serial = await self._outbox.serial(lot_id, day)
        code = (notice.project.project_code if notice.project else "") or notice.number
        return Codes(
            project=code,
            section=f"{code}{notice.section:03d}",
            deal=unified_deal_code(DEAL_CLASS[notice.category], self._uscc, day, serial),
            platform=self._platform_code,
            service=self._service_code,
        )


def _sent(lot_id: str, found: DataRecord) -> Item:
    body = found.encoded()
    return Item(
        channel=Channel.SERVICE,
        lot=lot_id,
        kind=found.table,
        key=found.key,
        stamp=found.stamp,
        hash=hashlib.sha256(body).hexdigest(),
        body=body,
    )


def _repeated(lot_id: str, one: Recorded) -> Item:
    kind = KINDS[type(one.event)]
    key = f"{lot_id}/{kind}-{one.feed_position}"
    return Item(
        channel=Channel.MEDIA,
        lot=lot_id,
        kind=kind,
        key=key,
        stamp=stamp(one.recorded_at),
        hash=content_hash(one.event),
        body=published(lot_id, key, one.event),
    )
