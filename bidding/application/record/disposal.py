"""Deletes a lot's files once the log says that they are disposed of (R-GP-18 采购法 42, R-ARCH-01).

What the public record needs stays: it was read out to everybody, and without it the record could not be checked.
"""

import structlog

from bidding.application.bids import bid_stream
from bidding.application.following import Follower
from bidding.application.platform import Platform, lot_stream
from bidding.application.ports import Recorded
from bidding.application.record.export import Records
from bidding.application.shelves import Shelf
from bidding.domain.archive.events import FilesDisposed
from bidding.domain.bid.events import BidReceived

log = structlog.get_logger(__name__)


class Disposal(Follower):
    """The event is in the log before the first file goes; what does not go at once goes when the store answers."""

    topics = (FilesDisposed.TOPIC,)

    def __init__(self, platform: Platform, records: Records) -> None:
        super().__init__(platform)
        self._records = records

    @property
    def name(self) -> str:
        return "disposal"

    async def take(self, one: Recorded) -> bool:
        """Raises ``Unavailable``: then it is taken again."""
        lot_id, objects = one.stream.removeprefix(lot_stream("")), self._platform.objects
        lot = await self._platform.load(lot_id)
        keys = [key for shelf in Shelf async for key in objects.keys(shelf.of(lot))]
        for bid in await self._platform.journal.load_prefix(bid_stream(lot_id, "")):
            if isinstance(bid.event, BidReceived):
                keys += [sealed.key for sealed in bid.event.objects]
        kept = set((await self._records.form_keys(lot)).values())
        going = [key for key in dict.fromkeys(keys) if key not in kept]
        for key in going:
            await objects.delete(key)
        log.info("archive.disposed", lot=lot_id, files=len(going))
        return True
