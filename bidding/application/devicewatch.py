"""R-CRED-01: each day, the clock reminds every bidder whose certificate ends or was changed under a sealed bid.

Each open lot is looked over on every day of its own, whether anybody bids on it or not, and what is found is told in
the bidder's own stream alone: neither the lot nor anything public moves by it (R-GEN-04).
"""

from datetime import date
from functools import partial

import structlog

from bidding.application.admission import Parties
from bidding.application.bids import all_bids, bid_stream
from bidding.application.leading import lead, paced
from bidding.application.platform import Call, Platform
from bidding.application.ports import VersionMoved, Write
from bidding.domain.admission.filing import Mode
from bidding.domain.bid.reminding import remind_of_devices
from bidding.domain.bid.state import Bid
from bidding.domain.lot import Lot, Phase
from bidding.domain.parties import PLATFORM
from bidding.domain.periods import local_date

log = structlog.get_logger(__name__)

NAME = "device-watch"
#: Seconds between two looks at which lots have come to a new day.
PACE = 60.0
#: Lots of one page.
PAGE = 50


class DeviceWatch:
    """``_seen``: lot → the last of its days that was looked over here; lost with the process, which costs a look."""

    def __init__(self, platform: Platform, parties: Parties) -> None:
        self._platform, self._parties = platform, parties
        self._seen: dict[str, date] = {}

    async def run(self) -> None:
        """For ever. A store that does not answer delays a reminder, and loses none."""
        await lead(self._platform.gate, NAME, partial(paced, self.step, PACE), part="device-watch")

    async def step(self) -> None:
        """Every open lot whose day has not been looked over yet."""
        open_lots = [lot for mode in Mode for lot in await self._open(mode)]
        self._seen = {lot: day for lot, day in self._seen.items() if lot in open_lots}
        for lot_id in open_lots:
            lot = await self._platform.load(lot_id)
            today = local_date(self._platform.lot_now(lot))
            if self._seen.get(lot_id) == today:
                continue
            for bid in await all_bids(self._platform, lot_id):
                await self._remind(lot, bid)
            self._seen[lot_id] = today

    async def _open(self, mode: Mode) -> list[str]:
        found: list[str] = []
        cursor = None
        while True:
            page, cursor = await self._platform.readmodels.lots(
                mode=mode.value, phases=[Phase.NOTICED.value], after=cursor, limit=PAGE
            )
            found += [one.lot_id for one in page]
            if cursor is None:
                return found

    async def _remind(self, lot: Lot, bid: Bid) -> None:
        party = await self._parties.party(bid.bidder)
        call = Call(actor=PLATFORM)
        events = remind_of_devices(
            lot, self._platform.facts(lot, call), bid=bid, credentials=party.credentials
        )
        if not events:
            return
        write = Write(stream=bid_stream(lot.lot_id, bid.bidder), expected=bid.version, events=events)
        try:
            await self._platform.journal.append([write], meta=self._platform.meta(call))
        except VersionMoved:
            # The bidder is at work on it this minute: what it does looks at its devices by itself.
            log.info("device-watch.overtaken")
