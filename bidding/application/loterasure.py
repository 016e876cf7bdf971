"""Erasing personal data in a lot's events on a supervisor's order (个人信息保护法 47): the event first, then the deed.

As in the register (``bidding.application.erasure``), by the same right; and once it is done an event that says so,
after which lists and views are made anew.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec
from msgspec.structs import replace

from bidding.application.erasure import Eraser, patiently
from bidding.application.log.ports import LogStore, RawEvent
from bidding.application.log.sequencer import LogIdentity
from bidding.application.platform import Call, Handler, Plan, Platform, lot_stream
from bidding.crypto.log.leaf import logged_bytes
from bidding.domain.archive.commands import ConfirmErasure, EraseLotData, OrderLotErasure
from bidding.domain.archive.erasable import erasable, without
from bidding.domain.archive.erasing import erase_lot_data, order_lot_erasure, ordered
from bidding.domain.archive.events import LotDataErased, Stripped
from bidding.domain.command import Command, Facts
from bidding.domain.disclosure import sight, visible
from bidding.domain.errors import Forbidden
from bidding.domain.event import decode
from bidding.domain.lot import Lot
from bidding.domain.parties import Actor
from bidding.domain.permissions import authorise
from bidding.domain.registration.erasure import digest
from bidding.domain.registration.events import Erased


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A text that can be erased. ``number``: of the event in the lot, from 1; ``field``: pointer (RFC 6901)."""

    number: int
    field: str
    topic: str
    text: str


class LotErasures:
    def __init__(self, platform: Platform, eraser: Eraser, store: LogStore, identity: LogIdentity) -> None:
        self._platform, self._eraser, self._store, self._identity = platform, eraser, store, identity

    @property
    def handlers(self) -> Mapping[type[Command], Handler]:
        return {OrderLotErasure: self._order, EraseLotData: self._erase}

    async def held(self, lot_id: str, actor: Actor) -> list[Held]:
        """For who may order it: every text that can be, of the events that the actor sees. Raises as ``Platform``."""
        recorded, lot = await self._platform.recorded(lot_id, actor)
        authorise(actor, OrderLotErasure, lot)
        mine = sight(actor, lot)
        return [
            Held(number=number, field=field, topic=one.event.TOPIC, text=text)
            for number, one in enumerate(recorded, start=1)
            if visible(one.event, mine)
            for field, text in erasable(one.event).items()
        ]

    async def _order(self, lot: Lot, command: OrderLotErasure, call: Call, facts: Facts) -> Plan:
        recorded = await self._platform.journal.load(lot_stream(lot.lot_id))
        events = [one.event for one in recorded]
        return Plan(events=order_lot_erasure(lot, command, facts, events=events))

    async def _erase(self, lot: Lot, command: EraseLotData, call: Call, facts: Facts) -> Plan:
        if not await self._eraser.permitted():
            raise Forbidden("erasure-without-right")
        ordered(lot, command.order)
        left = _left(await self._raw(lot), lot, command.order)
        events = erase_lot_data(
            lot,
            command,
            facts,
            erased=[Erased(event=one.event_id, left=digest(one.state, one.metadata)) for one in left],
            stripped=[Stripped(event=one.event_id, sha256=self._stripped(one)) for one in left],
        )
        return Plan(events=events, afterwards=partial(self._carry_out, lot.lot_id))

    async def _carry_out(self, lot_id: str) -> None:
        """Whatever this lot's erasures say. Done already: nothing happens."""
        lot = await self._platform.load(lot_id)
        raw = await self._raw(lot)
        for one in raw:
            if one.topic != LotDataErased.TOPIC:
                continue
            said = decode(one.topic, one.state)
            assert isinstance(said, LotDataErased)
            named = {each.event: each.left for each in said.erased}
            left = [
                (each.position, each.state, each.metadata)
                for each in _left(raw, lot, said.order)
                if digest(each.state, each.metadata) == named.get(each.event_id)
            ]
            await patiently(self._eraser, one.position, left)
            await self._platform.act(lot_id, ConfirmErasure(order=said.order))

    async def _raw(self, lot: Lot) -> list[RawEvent]:
        return await self._store.events_of(lot_stream(lot.lot_id))

    def _stripped(self, one: RawEvent) -> str:
        return hashlib.sha256(logged_bytes(self._identity.logged(one))).hexdigest()


def _left(raw: Sequence[RawEvent], lot: Lot, order: int) -> list[RawEvent]:
    """The events of the order as they stand once it is carried out, and with it all that were said before it."""
    mine = ordered(lot, order)
    before = [
        one
        for one in lot.archive.erasures
        if one.said_at is not None and (mine.said_at is None or one.said_at <= mine.said_at)
    ]
    fields: dict[int, list[str]] = {}
    for place in (place for one in (*before, mine) for place in one.places):
        fields.setdefault(place.number, []).append(place.field)
    return [
        _without(raw[number - 1], fields[number]) for number in sorted({one.number for one in mine.places})
    ]


def _without(one: RawEvent, fields: Iterable[str]) -> RawEvent:
    """Whose address asked goes too."""
    metadata: dict[str, Any] = msgspec.json.decode(one.metadata)
    left = {name: value for name, value in metadata.items() if name != "address"}
    return replace(
        one, state=without(one.state, fields), metadata=msgspec.json.encode(left, order="sorted"), salt=b""
    )
