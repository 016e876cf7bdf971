"""All halls of the process: loaded when the first listener comes, kept while there is one, fed by one subscription."""

import asyncio
from collections.abc import Iterator
from contextlib import aclosing, contextmanager

import structlog

from bidding.application.platform import Platform, lot_stream
from bidding.application.ports import Recorded, Unavailable
from bidding.live.hall import Hall

log = structlog.get_logger(__name__)

_LOTS = lot_stream("")


class Halls:
    """``idle``: how many halls without visitors are kept at most between two sweeps."""

    def __init__(self, platform: Platform, *, idle: int = 64) -> None:
        self._platform, self._idle = platform, idle
        self._halls: dict[str, Hall] = {}
        self._loading: dict[str, asyncio.Task[Hall | None]] = {}

    def __len__(self) -> int:
        return len(self._halls)

    def all(self) -> list[Hall]:
        return list(self._halls.values())

    async def find(self, lot_id: str) -> Hall | None:
        """The lot's hall, None for a lot that does not exist. Raises ``Unavailable``.

        The caller counts itself a visitor before it awaits anything, or the hall may be swept away.
        """
        while (hall := self._halls.get(lot_id)) is None:
            loading = self._loading.get(lot_id)
            if loading is None:  # a thousand spectators come at once: the lot is loaded once
                loading = self._loading[lot_id] = asyncio.create_task(self._load(lot_id))
                loading.add_done_callback(lambda _: self._loading.pop(lot_id, None))
            if await asyncio.shield(loading) is None:
                return None
        return hall

    async def _load(self, lot_id: str) -> Hall | None:
        recorded = await self._platform.journal.load(lot_stream(lot_id))
        if not recorded:
            return None
        hall = Hall(lot_id, recorded, self._platform.lot_now)
        self._make_room()
        self._halls[lot_id] = hall
        try:
            # What was committed during the first look was not delivered here, for the hall was not known yet.
            await self.catch_up(hall)
        except Unavailable:
            self._halls.pop(lot_id, None)
            raise
        return hall

    async def catch_up(self, hall: Hall) -> None:
        for one in await self._platform.journal.load(lot_stream(hall.lot_id), after=len(hall.recorded)):
            hall.take(one)

    def holds(self, hall: Hall) -> bool:
        """Whether it is still fed."""
        return self._halls.get(hall.lot_id) is hall

    def _make_room(self) -> None:
        if len(self._halls) >= self._idle:
            self.sweep()

    def sweep(self) -> None:
        """Forget halls that nobody visits: they are loaded again when somebody comes."""
        for lot_id, hall in list(self._halls.items()):
            if not hall.visitors and lot_id not in self._loading:
                del self._halls[lot_id]

    async def follow(self) -> None:
        """Carry new events into the halls, for ever. One subscription, whatever the number of halls."""
        after = 0
        while True:
            try:
                after = max(after, await self._platform.journal.position())
                for hall in self.all():
                    with self.contained(hall):
                        await self.catch_up(hall)
                async with aclosing(self._platform.journal.subscribe(after)) as events:
                    async for one in events:
                        await self._deliver(one)
                        after = one.position
            except Unavailable as error:
                log.warning("live.store-unavailable", retry_after=error.retry_after)
                await asyncio.sleep(error.retry_after)

    async def _deliver(self, one: Recorded) -> None:
        hall = self._halls.get(one.stream.removeprefix(_LOTS)) if one.stream.startswith(_LOTS) else None
        if hall is None:
            return
        with self.contained(hall):
            try:
                hall.take(one)
            except LookupError:
                await self.catch_up(hall)

    @contextmanager
    def contained(self, hall: Hall) -> Iterator[None]:
        """What is wrong with one lot closes its hall and no other; who comes back loads it anew."""
        try:
            yield
        except Unavailable:
            raise
        except Exception as error:
            log.error("live.hall-failed", lot=hall.lot_id, error=type(error).__name__)
            if self._halls.get(hall.lot_id) is hall:
                del self._halls[hall.lot_id]
            hall.close()
