"""States what a lot's history is made of once a stage has ended, so that nothing can be left out of it afterwards.

The statement is an event, and so a leaf itself: root and number of the lot's events, by their commitments. A record
shows all of them, those withheld as salted hashes; whoever leaves one out, or puts one in, does not come to the root.
"""

from collections.abc import Mapping, Sequence

import structlog

from bidding.application.following import Follower
from bidding.application.log.ports import LogStore, RawEvent
from bidding.application.log.sequencer import LogIdentity, split
from bidding.application.platform import Platform, lot_stream
from bidding.application.ports import Recorded
from bidding.crypto.log.leaf import commitment, logged_bytes
from bidding.crypto.log.tiles import WIDTH
from bidding.crypto.parts import root
from bidding.domain.errors import Refusal
from bidding.domain.timestamp.commands import StateHistory
from bidding.domain.timestamp.decide import STATED

log = structlog.get_logger(__name__)

_LOTS = lot_stream("")


class Historian(Follower):
    """States the history up to each event of ``STATED``; what was stated before a crash is refused."""

    def __init__(self, platform: Platform, store: LogStore, identity: LogIdentity) -> None:
        super().__init__(platform)
        self._store, self._identity = store, identity

    @property
    def name(self) -> str:
        return "history"

    async def take(self, one: Recorded) -> bool:
        if not one.stream.startswith(_LOTS) or not isinstance(one.event, STATED):
            return False
        raw = (await self._store.events_of(one.stream))[: one.version]
        kept = await erased_commitments(self._store, raw)
        top = root([committed(self._identity, event, kept) for event in raw]).hex()
        try:
            await self._platform.act(
                one.stream.removeprefix(_LOTS), StateHistory(events=one.version, root=top)
            )
        except Refusal as refusal:
            log.info(
                "history.not-stated", code=refusal.code
            )  # kept before a crash, or failed before the close
        return True


async def erased_commitments(store: LogStore, events: Sequence[RawEvent]) -> dict[int, bytes]:
    """Position → what the leaf holds, of those whose personal data were erased: nothing else tells it any more."""
    erased = [one for one in events if not one.salt]
    if not erased:
        return {}
    streams = sorted({one.stream for one in erased})
    leaves = await store.leaves_of(streams, (await store.head()).size)
    places = {one.position: leaves[one.position] for one in erased}
    tiles = await store.tiles(sorted({(0, leaf // WIDTH) for leaf in places.values()}))
    return {position: split(tiles[0, leaf // WIDTH])[leaf % WIDTH] for position, leaf in places.items()}


def committed(identity: LogIdentity, event: RawEvent, erased: Mapping[int, bytes]) -> bytes:
    """What the event's leaf holds of it: its salted hash, 32 bytes. ``erased``: of those that have no salt any more."""
    kept = erased.get(event.position)
    return kept if kept is not None else commitment(logged_bytes(identity.logged(event)), event.salt)
