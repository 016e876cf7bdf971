"""Rooms: a slot stands in the room's stream and in the lot's, committed together or not at all."""

from collections.abc import Mapping

import msgspec

from bidding.application.platform import Call, Handler, Plan, Platform
from bidding.application.ports import Meta, Request, VersionMoved, Write
from bidding.domain.booking.commands import Book, CreateRoom, Move, Release, Vacate
from bidding.domain.booking.decide import Booked, book, create_room, move, release, vacate
from bidding.domain.booking.state import Room, replay_room
from bidding.domain.command import Command, Facts
from bidding.domain.errors import Conflicting
from bidding.domain.lot import Lot
from bidding.domain.permissions import authorise

_PREFIX = "room-"


def room_stream(room: str) -> str:
    return f"{_PREFIX}{room}"


class BookingDesk:
    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    @property
    def handlers(self) -> Mapping[type[Command], Handler]:
        return {Book: self._book, Release: self._release, Move: self._move, Vacate: self._vacate}

    async def room(self, room_id: str) -> Room:
        """The room, or an empty one at version 0."""
        recorded = await self._platform.journal.load(room_stream(room_id))
        return replay_room(room_id, (one.event for one in recorded))

    async def rooms(self) -> list[Room]:
        recorded = await self._platform.journal.load_prefix(_PREFIX)
        names = dict.fromkeys(one.stream for one in recorded)
        return [
            replay_room(name.removeprefix(_PREFIX), (one.event for one in recorded if one.stream == name))
            for name in names
        ]

    async def create_room(self, command: CreateRoom, call: Call) -> bytes:
        answered = await self._platform.replayed(call)
        if answered is not None:
            return answered
        authorise(call.actor, CreateRoom, Lot())
        room = await self.room(command.room)
        events = create_room(room, command, Facts(now=self._platform.clock.now(), actor=call.actor))
        answer = msgspec.json.encode(replay_room(command.room, events))
        request = Request(
            scope=call.actor.party, key=call.idempotency_key, hash=call.request_hash, answer=answer
        )
        meta = Meta(actor=call.actor.party, credential=call.actor.credential, address=call.address)
        write = Write(stream=room_stream(command.room), expected=room.version, events=events)
        try:
            await self._platform.journal.append([write], meta=meta, request=request)
        except VersionMoved:
            raise Conflicting("room-exists", rule="R-SVC-04", room=command.room) from None
        return answer

    async def _book(self, lot: Lot, command: Book, call: Call, facts: Facts) -> Plan:
        room = await self.room(command.room)
        return _plan(room, book(lot, command, facts, room=room))

    async def _release(self, lot: Lot, command: Release, call: Call, facts: Facts) -> Plan:
        decided = release(lot, command, facts)
        return _plan(await self._held(lot, command.purpose), decided)

    async def _move(self, lot: Lot, command: Move, call: Call, facts: Facts) -> Plan:
        slot = next((one for one in lot.bookings.slots if one.purpose == "OPENING"), None)
        if slot is None:
            return Plan()
        room = await self.room(slot.room)
        return _plan(room, move(lot, command, facts, room=room))

    async def _vacate(self, lot: Lot, command: Vacate, call: Call, facts: Facts) -> Plan:
        decided = vacate(lot, command, facts)
        if not decided.lot:
            return Plan()
        return _plan(await self._held(lot, command.purpose), decided)

    async def _held(self, lot: Lot, purpose: str) -> Room:
        slot = next(one for one in lot.bookings.slots if one.purpose == purpose)
        return await self.room(slot.room)


def _plan(room: Room, booked: Booked) -> Plan:
    """A room that changed since makes the commit fail: two lots cannot take one slot."""
    if not booked.room:
        return Plan(events=booked.lot)
    write = Write(stream=room_stream(room.room), expected=room.version, events=booked.room)
    return Plan(events=booked.lot, writes=[write])
