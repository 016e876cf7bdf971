"""Erasing personal data on a supervisor's order (个人信息保护法 47): the event first, then what it says.

The event that says what is erased is appended before anything is; the log then admits this one change and no other
(``storage/migrations/0060_erasure.sql``). Whatever ends in between is made up for by giving the command again.
"""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import msgspec
from msgspec.structs import replace

from bidding.application.experts import STREAM as EXPERTS
from bidding.application.identity import Identity, described, party_stream
from bidding.application.log.sequencer import BEAT
from bidding.application.platform import Call, Platform, lot_stream
from bidding.application.ports import Recorded, Unavailable
from bidding.domain.archive.erasable import about
from bidding.domain.archive.keeping import ended_at, retention
from bidding.domain.command import Facts
from bidding.domain.disclosure import sight, visible
from bidding.domain.errors import Conflicting, Forbidden, Unknown
from bidding.domain.event import Event, encode
from bidding.domain.experts.state import replay as replay_pool
from bidding.domain.given import rules_of
from bidding.domain.lot import Lot
from bidding.domain.lot import replay as replay_lot
from bidding.domain.parties import Actor
from bidding.domain.permissions import authorise
from bidding.domain.registration.commands import EraseData, OrderErasure
from bidding.domain.registration.erasure import Keeping, digest, erase, order_erasure, ordered, without
from bidding.domain.registration.events import Erased, PersonalDataErased, PersonalPart
from bidding.domain.registration.state import Party

#: Beats of the log that an erasure waits for at most: what is to be erased must be a leaf.
PATIENCE = 4


class Eraser(Protocol):
    """The database's narrow right to erase. Every method may raise ``Unavailable``."""

    async def permitted(self) -> bool:
        """Whether this process has the right."""
        ...

    async def erase(self, erasing: int, left: Sequence[tuple[int, bytes, bytes]]) -> bool:
        """Put state and metadata in the place of the events at these positions, as the event at ``erasing`` says, and
        forget the answers about its stream. False, and nothing: one of them is no leaf of the log yet."""
        ...

    async def lots_naming(self, text: str) -> list[str]:
        """Streams of lots with an event whose content has ``text`` in it."""
        ...


async def patiently(eraser: Eraser, erasing: int, left: Sequence[tuple[int, bytes, bytes]]) -> None:
    """As ``Eraser.erase``, once the log has come so far. Raises ``Unavailable``."""
    for _ in range(PATIENCE):
        if await eraser.erase(erasing, left):
            return
        await asyncio.sleep(BEAT)
    raise Unavailable("log", 2)


class Erasures:
    def __init__(self, platform: Platform, identity: Identity, eraser: Eraser) -> None:
        self._platform, self._identity, self._eraser = platform, identity, eraser

    async def order(self, party_id: str, command: OrderErasure, call: Call) -> bytes:
        """By a supervisor, signed. The answer describes the party. Raises as ``Identity``."""
        authorise(call.actor, OrderErasure, Lot())
        return await self._identity.change(
            party_id, call, lambda party: order_erasure(party, command, self._facts(call))
        )

    async def erase(self, party_id: str, command: EraseData, call: Call) -> bytes:
        """By an operator, who carries out the order. Given again for an order that was begun, it is finished."""
        authorise(call.actor, EraseData, Lot())
        party = await self._identity.party(party_id)
        if party.version == 0:
            raise Unknown("no-such-party")
        if not await self._eraser.permitted():
            raise Forbidden("erasure-without-right")
        if ordered(party, command.order).done is not None:
            answer = msgspec.json.encode(described(party))
        else:
            answer = await self._recorded(party, command, call)
        await self._carry_out(party_id)
        return answer

    async def _recorded(self, party: Party, command: EraseData, call: Call) -> bytes:
        parts = ordered(party, command.order).parts
        left = [
            Erased(event=str(one.event_id), left=digest(state, metadata))
            for one in await self._about(party.party)
            for _, state, metadata in _left(one, party.party, parts)
        ]
        keeping = await self._keeping(party.party, call.actor)
        pool = replay_pool(one.event for one in await self._platform.journal.load(EXPERTS))
        listed = any(one.party == party.party for one in pool.members)

        def decided(now: Party) -> list[Event]:
            if now.version != party.version:
                raise Conflicting("erasure-overtaken")
            return erase(now, command, self._facts(call), keeping=keeping, listed=listed, left=left)

        return await self._identity.change(party.party, call, decided)

    async def _carry_out(self, party_id: str) -> None:
        """Whatever this party's erasures say. Done already: nothing happens."""
        about = await self._about(party_id)
        for said in about:
            if not isinstance(said.event, PersonalDataErased):
                continue
            named = {one.event: one.left for one in said.event.erased}
            left = [
                row
                for one in about
                if str(one.event_id) in named
                for row in _left(one, party_id, said.event.parts)
                if digest(*row[1:]) == named[str(one.event_id)]
            ]
            await patiently(self._eraser, said.position, left)

    async def _about(self, party_id: str) -> list[Recorded]:
        """The events that may hold a party's personal data."""
        journal = self._platform.journal
        return [*await journal.load(party_stream(party_id)), *await journal.load(EXPERTS)]

    async def _keeping(self, party_id: str, actor: Actor) -> list[Keeping]:
        """Lots that name the party, as far as the operator may see that they do: whoever asked must not learn from a
        refusal who bids (R-GEN-04). An erased contact keeps no bid from being opened."""
        found = []
        for stream in await self._eraser.lots_naming(party_id):
            lot_id = stream.removeprefix(lot_stream(""))
            recorded = await self._platform.journal.load(stream)
            lot = replay_lot(lot_id, (one.event for one in recorded))
            seen = sight(actor, lot)
            if any(visible(one.event, seen) and party_id.encode() in encode(one.event) for one in recorded):
                named = any(about(one.event, party_id) for one in recorded)
                found.append(replace(self._kept(lot, actor), named=named))
        return found

    def _kept(self, lot: Lot, actor: Actor) -> Keeping:
        if ended_at(lot) is None:
            return Keeping(lot=lot.lot_id, until=None, rule="R-ARCH-01")
        facts = Facts(now=self._platform.lot_now(lot), actor=actor, rulesets=tuple(self._platform.rulesets))
        term = retention(lot, rules_of(lot, facts))
        return Keeping(lot=lot.lot_id, until=term.until, rule=term.rule)

    def _facts(self, call: Call) -> Facts:
        return Facts(now=self._platform.clock.now(), actor=call.actor, signed=call.signed)


def _left(one: Recorded, party: str, parts: Sequence[PersonalPart]) -> list[tuple[int, bytes, bytes]]:
    """(position, state, metadata) as they stand once ``parts`` are erased; none where the event has nothing of them."""
    stripped = without(one.event, party, parts)
    if stripped == one.event:
        return []
    metadata = msgspec.json.encode(replace(one.meta, address=""), order="sorted")
    return [(one.position, encode(stripped), metadata)]
