"""Decisions of the booking (时间场地预约, R-SVC-04).

They touch two streams. ``Booked`` says what goes where; the commit carries both streams' versions as
guards, so that two lots cannot take one slot.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec

from bidding.domain.admission.filing import Mode
from bidding.domain.booking.commands import Book, CreateRoom, Move, Release, Vacate
from bidding.domain.booking.events import (
    LotSlotBooked,
    LotSlotReleased,
    Purpose,
    ReleaseReason,
    RoomCreated,
    SlotBooked,
    SlotReleased,
)
from bidding.domain.booking.state import Room, Slot
from bidding.domain.command import Command, Facts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, TooLate, Unknown
from bidding.domain.event import Event
from bidding.domain.given import calendar_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.order import require_phase
from bidding.domain.periods import local_date

#: Until when each room is still needed.
NEEDED_IN: dict[Purpose, tuple[Phase, ...]] = {
    Purpose.OPENING: (Phase.ADMITTED, Phase.PREQUALIFYING, Phase.NOTICED),
    Purpose.EVALUATION: (
        Phase.ADMITTED,
        Phase.PREQUALIFYING,
        Phase.NOTICED,
        Phase.CLOSED,
        Phase.OPENING,
        Phase.OPENED,
        Phase.EVALUATING,
    ),
}


class Booked(msgspec.Struct, frozen=True, kw_only=True):
    """Events for the room's stream and for the lot's, to be committed together or not at all."""

    room: list[Event]
    lot: list[Event]


def create_room(room: Room, command: CreateRoom, facts: Facts) -> list[Event]:
    """A new room, on its own stream."""
    if room.version:
        raise Conflicting("room-exists", rule="R-SVC-04", room=command.room)
    if command.seats < 0 or command.buffer_minutes < 0 or not command.name.strip():
        raise Invalid("room-malformed", rule="R-SVC-04")
    return [
        RoomCreated(
            room=command.room,
            name=command.name,
            kind=command.kind,
            seats=command.seats,
            buffer_minutes=command.buffer_minutes,
            test=command.test,
        )
    ]


def book(lot: Lot, command: Book, facts: Facts, *, room: Room) -> Booked:
    """R-SVC-04: a slot in a fitting room, on a working day, with no overlap and the buffer kept."""
    require_phase(lot, *NEEDED_IN[command.purpose], rule="R-SVC-04")
    held = lot.bookings.slot(command.purpose)
    if held is not None:
        raise Conflicting("slot-held-already", rule="R-SVC-04", room=held.room, purpose=command.purpose.value)
    check_slot(lot, room, command.purpose, command.start, command.end, facts)
    deadline = lot.notice.deadline
    if (
        command.purpose is Purpose.OPENING
        and deadline is not None
        and not command.start <= deadline < command.end
    ):
        raise Invalid("slot-misses-deadline", rule="R-SVC-04", deadline=deadline)
    return _booked(lot, room, command.purpose, command.start, command.end)


def release(lot: Lot, command: Release, facts: Facts) -> Booked:
    """Give a slot back. Once the lot is noticed its opening slot only moves: the notice promises it."""
    slot = _held(lot, command.purpose)
    if command.purpose is Purpose.OPENING and lot.phase is Phase.NOTICED:
        raise OutOfOrder("opening-slot-promised", rule="R-SVC-04", deadline=lot.notice.deadline)
    return _released(lot, slot, ReleaseReason.HOST_REQUEST)


def move(lot: Lot, command: Move, facts: Facts, *, room: Room) -> Booked:
    """R-SVC-04: the opening slot follows a moved deadline, as long before and after it as it was, in the same
    room if that is free; else it is released with the reason. Nothing if it still holds the deadline."""
    slot = lot.bookings.slot(Purpose.OPENING)
    deadline = lot.notice.deadline
    if slot is None or deadline is None or slot.start <= deadline < slot.end:
        return Booked(room=[], lot=[])
    lead = _lead(lot, slot)
    start, end = deadline - lead, deadline - lead + (slot.end - slot.start)
    given_up = _released(lot, slot, ReleaseReason.DEADLINE_MOVED)
    if room.taken_by(start, end, except_lot=lot.lot_id) is not None:
        return given_up
    taken = _booked(lot, room, Purpose.OPENING, start, end)
    return Booked(room=[*given_up.room, *taken.room], lot=[*given_up.lot, *taken.lot])


def vacate(lot: Lot, command: Vacate, facts: Facts) -> Booked:
    """R-SVC-04: release on suspension, failure or termination. Giving it twice is harmless."""
    slot = lot.bookings.slot(command.purpose)
    return Booked(room=[], lot=[]) if slot is None else _released(lot, slot, command.reason)


def check_slot(lot: Lot, room: Room, purpose: Purpose, start: datetime, end: datetime, facts: Facts) -> None:
    """The rules for any slot; raises the refusal. ``room`` is the folded stream of the room asked for."""
    if room.version == 0:
        raise Unknown("room-unknown", rule="R-SVC-04")
    if room.kind is not purpose:
        raise Invalid("room-not-fitted", rule="R-SVC-04", kind=room.kind.value, purpose=purpose.value)
    if room.test != (lot.admission.mode is Mode.TEST):
        raise Invalid("room-of-other-mode", rule="R-SVC-04", mode=lot.admission.mode.value)
    if start >= end or local_date(start) != local_date(end):
        raise Invalid("slot-malformed", rule="R-SVC-04")
    if start <= facts.now:
        raise TooLate("slot-in-the-past", rule="R-SVC-04", start=start)
    if not calendar_of(facts).is_workday(local_date(start)):
        raise Invalid("slot-on-day-off", rule="R-SVC-04", day=local_date(start))
    taken = room.taken_by(start, end)
    if taken is not None:
        # Whose it is stays unsaid: another host's lot may not be noticed yet.
        raise Conflicting(
            "slot-taken",
            rule="R-SVC-04",
            taken_from=taken.start,
            taken_until=taken.end,
            buffer_minutes=room.buffer_minutes,
        )


def _lead(lot: Lot, slot: Slot) -> timedelta:
    """How long before the deadline the slot began, by the last deadline that it held."""
    for change in reversed(lot.notice.deadline_changes):
        if slot.start <= change.previous < slot.end:
            return change.previous - slot.start
    return timedelta(0)


def _held(lot: Lot, purpose: Purpose) -> Slot:
    slot = lot.bookings.slot(purpose)
    if slot is None:
        raise Unknown("no-slot-held", rule="R-SVC-04", purpose=purpose.value)
    return slot


def _booked(lot: Lot, room: Room, purpose: Purpose, start: datetime, end: datetime) -> Booked:
    return Booked(
        room=[SlotBooked(room=room.room, lot=lot.lot_id, start=start, end=end, purpose=purpose)],
        lot=[LotSlotBooked(room=room.room, room_name=room.name, start=start, end=end, purpose=purpose)],
    )


def _released(lot: Lot, slot: Slot, reason: ReleaseReason) -> Booked:
    return Booked(
        room=[SlotReleased(room=slot.room, lot=lot.lot_id, purpose=slot.purpose, reason=reason)],
        lot=[LotSlotReleased(room=slot.room, purpose=slot.purpose, reason=reason)],
    )


DECIDERS: dict[type[Command], Callable[..., list[Event]]] = {}
NEEDS_MORE: dict[type[Command], str] = {
    CreateRoom: "room: the Room instead of the lot; events go to the room's stream",
    Book: "room: the Room that the command names; returns Booked (room's and lot's events)",
    Release: "returns Booked: the room's stream is that of the slot held",
    Move: "room: the Room of the opening slot held; returns Booked",
    Vacate: "returns Booked: the room's stream is that of the slot held",
}
