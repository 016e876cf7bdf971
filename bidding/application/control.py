"""What control needs from outside: the platform's clock for a test lot, the log for an order to produce."""

from collections.abc import Mapping

from bidding.application.bids import bid_stream
from bidding.application.deliveries import readers_of
from bidding.application.keyring import Keyring
from bidding.application.platform import Call, Handler, Plan, Platform, described, lot_stream
from bidding.domain.command import Command, Facts
from bidding.domain.control.commands import Produce, SetTestClock
from bidding.domain.control.decide import set_test_clock
from bidding.domain.control.orders import produce
from bidding.domain.lot import Lot


class ControlDesk:
    def __init__(self, platform: Platform, keyring: Keyring) -> None:
        self._platform, self._keyring = platform, keyring

    @property
    def handlers(self) -> Mapping[type[Command], Handler]:
        return {SetTestClock: self._set_test_clock, Produce: self._produce}

    async def _set_test_clock(self, lot: Lot, command: SetTestClock, call: Call, facts: Facts) -> Plan:
        return Plan(events=set_test_clock(lot, command, facts, real=self._platform.clock.now()))

    async def _produce(self, lot: Lot, command: Produce, call: Call, facts: Facts) -> Plan:
        """What the order names, out of the lot's own stream and those of its bids and readers."""
        journal = self._platform.journal
        recorded = list(await journal.load(lot_stream(lot.lot_id)))
        for prefix in (bid_stream(lot.lot_id, ""), readers_of(self._keyring, lot.lot_id)):
            recorded += await journal.load_prefix(prefix)
        stored = [(one.stream, one.version, one.event) for one in recorded]
        events, handed = produce(lot, command, facts, stored=stored)
        shown = [
            {"stream": stream, "version": version, **described(event)} for stream, version, event in handed
        ]
        return Plan(events=events, answer={"produced": shown})
