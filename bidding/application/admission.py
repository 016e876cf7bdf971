"""Admission: the file names a tenderer, who must be a registered one."""

from collections.abc import Mapping
from typing import Protocol

from bidding.application.platform import Call, Handler, Plan
from bidding.domain.admission.commands import Submit
from bidding.domain.admission.decide import submit
from bidding.domain.command import Command, Facts
from bidding.domain.lot import Lot
from bidding.domain.registration.state import Party


class Parties(Protocol):
    async def party(self, party_id: str) -> Party:
        """The party, or an empty one at version 0."""
        ...


class Bars(Protocol):
    async def operator_unit(self, party: Party) -> str:
        """The unit of the operator's own group that the party is or belongs to; "" for none (R-PLAT-07)."""
        ...


class AdmissionDesk:
    def __init__(self, parties: Parties, bars: Bars) -> None:
        self._parties, self._bars = parties, bars

    @property
    def handlers(self) -> Mapping[type[Command], Handler]:
        return {Submit: self._submit}

    async def _submit(self, lot: Lot, command: Submit, call: Call, facts: Facts) -> Plan:
        tenderer = await self._parties.party(command.tenderer)
        host = await self._parties.party(call.actor.party)
        barred = await self._bars.operator_unit(host)
        return Plan(events=submit(lot, command, facts, tenderer=tenderer, operator_unit=barred))
