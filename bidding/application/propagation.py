"""A change of a party, carried to its open records: bids before the roll, lots after it (R-NB-HS-01, R-NB-HS-03).

What was carried stands in the record it was carried to, so doing it again adds nothing, and a crash in between is
made up for at the party's next change.
"""

from collections.abc import Awaitable, Callable
from functools import partial

from bidding.application.admission import Parties
from bidding.application.bids import BidDesk, bid_stream
from bidding.application.platform import Call, Platform, lot_stream
from bidding.application.ports import VersionMoved, Write
from bidding.domain.bid.events import BidderPartyChanged
from bidding.domain.conflict.decide import changed
from bidding.domain.contract.renaming import renamed
from bidding.domain.event import Event
from bidding.domain.lot import Lot, Phase
from bidding.domain.opening.entries import RollEntry
from bidding.domain.parties import PLATFORM
from bidding.domain.registration.events import Carried, Change

ATTEMPTS = 8
#: Lots of one page.
PAGE = 50
#: Nothing of the lot is open any more.
OVER = frozenset({Phase.FAILED, Phase.TERMINATED})


class Propagation:
    def __init__(self, platform: Platform, parties: Parties, bids: BidDesk) -> None:
        self._platform, self._parties, self._bids = platform, parties, bids

    async def party_changed(self, party: str) -> None:
        """Everything the party has reported, to every lot on which it has handed in a bid."""
        reported = (await self._parties.party(party)).changes
        if not reported:
            return
        await self._as_tenderer(party, reported)
        for lot_id, since in (await self._bids.placed_since(party)).items():
            changes = tuple(one for one in reported if one.at >= since)
            await self._carry(partial(self._outstanding, lot_id, party, changes))

    async def _as_tenderer(self, party: str, changes: tuple[Change, ...]) -> None:
        """The contracts of its own lots: whichever of the changes a contract knows already is not told again."""
        after: str | None = None
        while page := await self._platform.readmodels.lots_of(party, after=after, limit=PAGE):
            for lot_id in page:
                await self._carry(partial(self._of_tender, lot_id, party, changes))
            after = page[-1]

    async def _carry(self, outstanding: Callable[[], Awaitable[Write | None]]) -> None:
        for _ in range(ATTEMPTS):
            write = await outstanding()
            if write is None:
                return
            try:
                await self._platform.journal.append([write], meta=self._platform.meta(Call(actor=PLATFORM)))
            except VersionMoved:
                continue  # somebody wrote to it meanwhile: look again
            return

    async def _of_tender(self, lot_id: str, party: str, changes: tuple[Change, ...]) -> Write | None:
        lot = await self._platform.load(lot_id)
        if lot.notice.tenderer != party:
            return None
        facts = self._platform.facts(lot, Call(actor=PLATFORM))
        events = renamed(lot, party, [Carried(change=one, at=facts.now) for one in changes], facts)
        return Write(stream=lot_stream(lot_id), expected=lot.version, events=events) if events else None

    async def _outstanding(self, lot_id: str, party: str, changes: tuple[Change, ...]) -> Write | None:
        """What the lot's record lacks. Before the roll the lot's stream may not tell who bids (R-GEN-04)."""
        lot = await self._platform.load(lot_id)
        facts = self._platform.facts(lot, Call(actor=PLATFORM))
        entry = _entry_of(lot, party)
        events: list[Event]
        if entry is not None:
            if lot.phase in OVER:
                return None
            carried = [Carried(change=one, at=facts.now) for one in changes]
            events = [
                *renamed(lot, party, carried, facts),
                *changed(lot, entry.bidder, party, carried, facts),
            ]
            return Write(stream=lot_stream(lot_id), expected=lot.version, events=events) if events else None
        if lot.opening.roll or lot.phase in OVER:
            return None
        bid = await self._bids.bid(lot_id, party)
        events = [
            BidderPartyChanged(lot=lot_id, bidder=party, change=one, at=facts.now)
            for one in changes
            if one not in {known.change for known in bid.changes}
        ]
        return (
            Write(stream=bid_stream(lot_id, party), expected=bid.version, events=events) if events else None
        )


def _entry_of(lot: Lot, party: str) -> RollEntry | None:
    return next((one for one in lot.opening.roll if party in one.parties), None)
