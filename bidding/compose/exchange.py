"""The exchange of a service: its projection, and one courier for each target of the settings."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime

from bidding.application.exchange.courier import Courier
from bidding.application.exchange.ports import Channel, Item
from bidding.application.exchange.projection import ExchangeProjection
from bidding.application.keyring import Keyring
from bidding.application.platform import Platform
from bidding.compose.journal import named_by_the_application
from bidding.compose.settings import Settings
from bidding.compose.targets import target
from storage.exchange import Outbox, OutboxItem


class StorageOutbox:
    """``Outbox`` over ``storage.exchange``."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox

    async def serial(self, lot: str, day: date) -> int:
        with named_by_the_application():
            return await self._outbox.serial(lot, day)

    async def save(self, name: str, position: int, items: Sequence[Item]) -> bool:
        with named_by_the_application():
            return await self._outbox.save(name, position, [_stored(item) for item in items])

    async def items(self, channel: Channel, after: int, limit: int) -> list[Item]:
        with named_by_the_application():
            return [_item(one) for one in await self._outbox.items(channel, after, limit)]

    async def reached(self, target: str) -> int:
        with named_by_the_application():
            return await self._outbox.reached(target)

    async def taken(
        self,
        target: str,
        number: int,
        *,
        echo_at: datetime | None = None,
        refused: tuple[str, datetime] | None = None,
    ) -> None:
        with named_by_the_application():
            await self._outbox.taken(target, number, echo_at=echo_at, refused=refused)

    async def refused(self, target: str) -> list[tuple[int, str]]:
        with named_by_the_application():
            return await self._outbox.refused(target)

    async def echoes(self, target: str, now: datetime, limit: int) -> list[tuple[Item, str]]:
        with named_by_the_application():
            return [(_item(one), shown) for one, shown in await self._outbox.echoes(target, now, limit)]

    async def looked(self, target: str, number: int, shown: str, due_at: datetime | None) -> None:
        with named_by_the_application():
            await self._outbox.looked(target, number, shown, due_at)


def _stored(item: Item) -> OutboxItem:
    return OutboxItem(
        number=item.number,
        channel=item.channel,
        lot_id=item.lot,
        kind=item.kind,
        key=item.key,
        stamp=item.stamp,
        hash=item.hash,
        body=item.body,
    )


def _item(one: OutboxItem) -> Item:
    return Item(
        number=one.number,
        channel=Channel(one.channel),
        lot=one.lot_id,
        kind=one.kind,
        key=one.key,
        stamp=one.stamp,
        hash=one.hash,
        body=one.body,
    )


@dataclass(frozen=True)
class Exchange:
    """Runs in the process of the clock. ``woken``: something new is in the outbox."""

    projection: ExchangeProjection
    couriers: tuple[Courier, ...]
    woken: asyncio.Event

    async def wake(self) -> None:
        """For ever: pass it on to every courier."""
        while True:
            await self.woken.wait()
            self.woken.clear()
            for courier in self.couriers:
                courier.woken.set()


def exchange_tasks(exchange: Exchange) -> list[asyncio.Task[None]]:
    """Started; they go on for ever."""
    return [
        asyncio.create_task(exchange.projection.run(), name="exchange"),
        asyncio.create_task(exchange.wake(), name="exchange wake"),
        *(asyncio.create_task(one.run(), name=f"courier {one.name}") for one in exchange.couriers),
    ]


@asynccontextmanager
async def exchanging(
    settings: Settings, platform: Platform, keyring: Keyring, outbox: StorageOutbox
) -> AsyncIterator[Exchange]:
    """Couriers for ``settings.media`` and ``settings.public_services``; their connections are closed at the end."""
    woken = asyncio.Event()
    targets = [
        *((Channel.MEDIA, target(name, place)) for name, place in settings.media_places.items()),
        *((Channel.SERVICE, target(name, place)) for name, place in settings.service_places.items()),
    ]
    try:
        yield Exchange(
            projection=ExchangeProjection(
                platform,
                outbox,
                woken,
                platform_code=settings.platform_code,
                service_code=settings.public_service_code,
                uscc=settings.platform_uscc,
            ),
            couriers=tuple(
                Courier(platform, outbox, channel, one, keyring.receipt) for channel, one in targets
            ),
            woken=woken,
        )
    finally:
        for _, one in targets:
            await one.close()
