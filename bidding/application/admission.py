"""Admission: the file names a tenderer, who must be a registered one; its project may be known already (R-NB-HM-05)."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from bidding.application.platform import Call, Handler, Plan, Platform
from bidding.domain.admission.commands import Submit
from bidding.domain.admission.decide import submit
from bidding.domain.admission.filing import Mode
from bidding.domain.admission.state import Admission
from bidding.domain.command import Command, Facts
from bidding.domain.lot import Lot
from bidding.domain.registration.state import Party

#: How many of a tenderer's latest lots are looked through for papers of the project.
LOOKED_AT = 50


class Parties(Protocol):
    async def party(self, party_id: str) -> Party:
        """The party, or an empty one at version 0."""
        ...


class Bars(Protocol):
    async def operator_unit(self, party: Party) -> str:
        """The unit of the operator's own group that the party is or belongs to; "" for none (R-PLAT-07)."""
        ...


class AdmissionDesk:
    def __init__(self, platform: Platform, parties: Parties, bars: Bars) -> None:
        self._platform, self._parties, self._bars = platform, parties, bars

    @property
    def handlers(self) -> Mapping[type[Command], Handler]:
        return {Submit: self._submit}

    async def earlier(self, tenderer: str, mode: Mode, but: str = "") -> Sequence[Admission]:
        """The tenderer's latest files of that mode, newest first, without the lot ``but``."""
        lots = await self._platform.readmodels.lots_of(tenderer, limit=LOOKED_AT)
        files = [(await self._platform.load(one)).admission for one in lots if one != but]
        return [one for one in files if one.mode is mode]

    async def _submit(self, lot: Lot, command: Submit, call: Call, facts: Facts) -> Plan:
        tenderer = await self._parties.party(command.tenderer)
        host = await self._parties.party(call.actor.party)
        barred = await self._bars.operator_unit(host)
        known = await self.earlier(command.tenderer, command.mode, lot.lot_id) if tenderer.version else ()
        return Plan(
            events=submit(lot, command, facts, tenderer=tenderer, operator_unit=barred, earlier=known)
        )
