"""The clock of a test lot runs against the platform's."""

from collections.abc import Mapping

from bidding.application.platform import Call, Handler, Plan, Platform
from bidding.domain.command import Command, Facts
from bidding.domain.control.commands import SetTestClock
from bidding.domain.control.decide import set_test_clock
from bidding.domain.lot import Lot


class ControlDesk:
    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    @property
    def handlers(self) -> Mapping[type[Command], Handler]:
        return {SetTestClock: self._set_test_clock}

    async def _set_test_clock(self, lot: Lot, command: SetTestClock, call: Call, facts: Facts) -> Plan:
        return Plan(events=set_test_clock(lot, command, facts, real=self._platform.clock.now()))
