"""A lot's bookings, and a room's book."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import msgspec

from bidding.domain.booking.events import (
    LotSlotBooked,
    LotSlotReleased,
    Purpose,
    ReleaseReason,
    RoomCreated,
    SlotBooked,
    SlotReleased,
)
from bidding.domain.event import Event


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """One booking of a lot; ``end`` is the first instant after it."""

    room: str
    room_name: str
    start: datetime
    end: datetime
    purpose: Purpose


class Release(msgspec.Struct, frozen=True, kw_only=True):
    room: str
    purpose: Purpose
    reason: ReleaseReason


class Bookings(msgspec.Struct, frozen=True, kw_only=True):
    """At most one slot for each purpose; ``released``: what was given up and why, oldest first."""

    slots: tuple[Slot, ...] = ()
    released: tuple[Release, ...] = ()

    def slot(self, purpose: Purpose) -> Slot | None:
        return next((slot for slot in self.slots if slot.purpose is purpose), None)


def evolve(bookings: Bookings, event: Event) -> Bookings:
    match event:
        case LotSlotBooked():
            slot = Slot(
                room=event.room,
                room_name=event.room_name,
                start=event.start,
                end=event.end,
                purpose=event.purpose,
            )
            return msgspec.structs.replace(bookings, slots=(*_others(bookings, event.purpose), slot))
        case LotSlotReleased():
            release = Release(room=event.room, purpose=event.purpose, reason=event.reason)
            return Bookings(slots=_others(bookings, event.purpose), released=(*bookings.released, release))
        case _:
            return bookings


def _others(bookings: Bookings, purpose: Purpose) -> tuple[Slot, ...]:
    return tuple(slot for slot in bookings.slots if slot.purpose is not purpose)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a room's book."""

    lot: str
    start: datetime
    end: datetime
    purpose: Purpose


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """The fold of one ``room-<id>`` stream. ``version`` counts its events; 0 = there is no such room."""

    room: str = ""
    version: int = 0
    name: str = ""
    kind: Purpose = Purpose.OPENING
    seats: int = 0
    buffer_minutes: int = 0
    test: bool = False
    entries: tuple[Entry, ...] = ()

    def taken_by(self, start: datetime, end: datetime, *, except_lot: str = "") -> Entry | None:
        """An entry that a booking from ``start`` to ``end`` would touch, the buffer included."""
        buffer = timedelta(minutes=self.buffer_minutes)
        return next(
            (
                entry
                for entry in self.entries
                if entry.lot != except_lot and start < entry.end + buffer and entry.start < end + buffer
            ),
            None,
        )


def evolve_room(room: Room, event: Event) -> Room:
    room = msgspec.structs.replace(room, version=room.version + 1)
    match event:
        case RoomCreated():
            return msgspec.structs.replace(
                room,
                room=event.room,
                name=event.name,
                kind=event.kind,
                seats=event.seats,
                buffer_minutes=event.buffer_minutes,
                test=event.test,
            )
        case SlotBooked():
            entry = Entry(lot=event.lot, start=event.start, end=event.end, purpose=event.purpose)
            return msgspec.structs.replace(room, entries=(*room.entries, entry))
        case SlotReleased():
            kept = tuple(e for e in room.entries if (e.lot, e.purpose) != (event.lot, event.purpose))
            return msgspec.structs.replace(room, entries=kept)
        case _:
            return room


def replay_room(room_id: str, events: Iterable[Event]) -> Room:
    room = Room(room=room_id)
    for event in events:
        room = evolve_room(room, event)
    return room
