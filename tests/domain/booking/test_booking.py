"""Slots: R-SVC-04, F-62."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from bidding.domain.admission.filing import Mode
from bidding.domain.booking import decide
from bidding.domain.booking.commands import Book, CreateRoom, Move, Release, Vacate
from bidding.domain.booking.events import Purpose, ReleaseReason, SlotBooked, SlotReleased
from bidding.domain.booking.state import Room, evolve_room, replay_room
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, Refusal, TooLate, Unknown
from bidding.domain.lot import Lot
from bidding.domain.notice.events import DeadlineMoved
from tests.domain.lots import (
    DEADLINE,
    EVALUATION_ROOM,
    OPENING_ROOM,
    OPERATOR,
    admitted,
    at,
    booked,
    eng_filing,
    facts,
    fold,
    noticed,
    submitted,
)

START, END = at(31, 9), at(31, 12)


def slot(start: datetime = START, end: datetime = END, **changes: Any) -> Book:
    return replace(Book(room="kb1", start=start, end=end, purpose=Purpose.OPENING), **changes)


def taken(start: datetime, end: datetime, *, lot: str = "lot-2") -> Room:
    return evolve_room(
        OPENING_ROOM,
        SlotBooked(room="kb1", lot=lot, start=start, end=end, purpose=Purpose.OPENING),
    )


def refused(command: Book, *, lot: Lot | None = None, room: Room = OPENING_ROOM) -> Refusal:
    with pytest.raises(Refusal) as caught:
        decide.book(lot or admitted(), command, facts(), room=room)
    return caught.value


def moved(lot: Lot, deadline: datetime) -> Lot:
    return fold(lot, [DeadlineMoved(previous=DEADLINE, deadline=deadline, rule="R-ENG-04")])


def test_a_booking_stands_in_the_rooms_book_and_in_the_lot() -> None:
    found = decide.book(admitted(), slot(), facts(), room=OPENING_ROOM)
    room = fold_room(found)
    lot = fold(admitted(), found.lot)
    assert [entry.lot for entry in room.entries] == ["lot-1"]
    held = lot.bookings.slot(Purpose.OPENING)
    assert held is not None
    assert (held.room_name, held.start, held.end) == ("开标一室", at(31, 9), at(31, 12))


def fold_room(found: decide.Booked, room: Room = OPENING_ROOM) -> Room:
    for event in found.room:
        room = evolve_room(room, event)
    return room


@pytest.mark.parametrize(
    ("start", "end", "free"),
    [
        (at(31, 12, 30), at(31, 14), True),
        (at(31, 12, 29), at(31, 14), False),
        (at(31, 7), at(31, 8, 30), True),
        (at(31, 7), at(31, 8, 31), False),
        (at(31, 10), at(31, 11), False),
        (at(31, 8), at(31, 13), False),
    ],
)
def test_two_lots_never_overlap_and_the_buffer_is_kept(start: datetime, end: datetime, free: bool) -> None:
    room = taken(at(31, 9), at(31, 12))
    if free:
        assert decide.book(admitted(), slot(start, end), facts(), room=room).lot
        return
    refusal = refused(slot(start, end), room=room)
    assert isinstance(refusal, Conflicting)
    assert "lot-2" not in str(refusal), "another host's lot may not be public yet"


def test_a_released_slot_is_free_again() -> None:
    room = evolve_room(
        taken(at(31, 9), at(31, 12)),
        SlotReleased(room="kb1", lot="lot-2", purpose=Purpose.OPENING, reason=ReleaseReason.LOT_FAILED),
    )
    assert decide.book(admitted(), slot(), facts(), room=room).room


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (slot(at(28, 9), at(28, 12)), "slot-on-day-off"),
        (slot(at(6, 9, month=4), at(6, 12, month=4)), "slot-on-day-off"),
        (slot(at(31, 12), at(31, 12)), "slot-malformed"),
        (slot(at(30, 9), at(31, 9)), "slot-malformed"),
        (slot(at(2, 9), at(2, 12)), "slot-in-the-past"),
    ],
)
def test_a_slot_lies_ahead_on_one_working_day(command: Book, code: str) -> None:
    assert refused(command).code == code


def test_a_make_up_saturday_is_a_working_day() -> None:
    assert decide.book(
        admitted(), slot(at(9, 9, month=5), at(9, 12, month=5)), facts(), room=OPENING_ROOM
    ).lot


def test_a_room_serves_its_own_purpose_and_mode() -> None:
    assert isinstance(refused(slot(), room=Room()), Unknown)
    assert refused(slot(), room=EVALUATION_ROOM).code == "room-not-fitted"
    assert refused(slot(), room=replace(OPENING_ROOM, test=True)).code == "room-of-other-mode"
    test_lot = admitted(eng_filing(mode=Mode.TEST))
    assert refused(slot(), lot=test_lot).code == "room-of-other-mode"


def test_a_lot_holds_one_slot_for_each_purpose() -> None:
    assert refused(slot(), lot=booked()).code == "slot-held-already"
    evaluation = slot(purpose=Purpose.EVALUATION, room="pb1")
    assert decide.book(booked(), evaluation, facts(), room=EVALUATION_ROOM).lot


def test_nothing_is_booked_before_admission() -> None:
    assert isinstance(refused(slot(), lot=submitted()), OutOfOrder)


def test_after_the_notice_the_opening_slot_must_hold_the_deadline() -> None:
    lot = noticed()
    lot = fold(lot, decide.vacate(lot, vacate(ReleaseReason.LOT_SUSPENDED), facts()).lot)
    late = slot(DEADLINE + timedelta(minutes=1), at(31, 12))
    assert refused(late, lot=lot).code == "slot-misses-deadline"
    assert refused(slot(at(31, 8), DEADLINE), lot=lot).code == "slot-misses-deadline"
    assert decide.book(lot, slot(DEADLINE, at(31, 12)), facts(), room=OPENING_ROOM).lot


def vacate(reason: ReleaseReason) -> Vacate:
    return Vacate(purpose=Purpose.OPENING, reason=reason)


def test_a_host_releases_a_slot_until_the_notice_promises_it() -> None:
    found = decide.release(booked(), Release(purpose=Purpose.OPENING), facts())
    assert fold(booked(), found.lot).bookings.slots == ()
    with pytest.raises(OutOfOrder):
        decide.release(noticed(), Release(purpose=Purpose.OPENING), facts())
    with pytest.raises(Unknown):
        decide.release(admitted(), Release(purpose=Purpose.OPENING), facts())


def test_a_failed_lot_gives_its_slot_back_with_the_reason() -> None:
    lot = noticed()
    found = decide.vacate(lot, vacate(ReleaseReason.LOT_FAILED), facts())
    after = fold(lot, found.lot)
    assert [release.reason for release in after.bookings.released] == [ReleaseReason.LOT_FAILED]
    assert decide.vacate(after, vacate(ReleaseReason.LOT_FAILED), facts()).lot == []


def test_the_opening_slot_follows_a_moved_deadline() -> None:
    lot = moved(noticed(), at(3, 9, 30, month=4))
    found = decide.move(lot, Move(), facts(), room=OPENING_ROOM)
    held = fold(lot, found.lot).bookings.slot(Purpose.OPENING)
    assert held is not None
    assert (held.start, held.end) == (at(3, 9, month=4), at(3, 11, 30, month=4))
    assert [entry.start for entry in fold_room(found).entries] == [at(3, 9, month=4)]


def test_a_slot_that_cannot_follow_is_released_with_the_reason() -> None:
    lot = moved(noticed(), at(3, 9, 30, month=4))
    room = taken(at(3, 11, 45, month=4), at(3, 14, month=4))
    found = decide.move(lot, Move(), facts(), room=room)
    after = fold(lot, found.lot)
    assert after.bookings.slot(Purpose.OPENING) is None
    assert [release.reason for release in after.bookings.released] == [ReleaseReason.DEADLINE_MOVED]


def test_a_lots_own_old_slot_does_not_stand_in_its_way() -> None:
    lot = moved(noticed(), DEADLINE + timedelta(hours=2, minutes=30))
    own = taken(DEADLINE - timedelta(minutes=30), DEADLINE + timedelta(hours=2), lot="lot-1")
    assert len(decide.move(lot, Move(), facts(), room=own).lot) == 2


def test_a_slot_that_still_holds_the_deadline_stays() -> None:
    lot = moved(noticed(), DEADLINE + timedelta(hours=1))
    assert decide.move(lot, Move(), facts(), room=OPENING_ROOM) == decide.Booked(room=[], lot=[])


def test_a_room_is_created_once() -> None:
    command = CreateRoom(room="kb9", name="开标九室", kind=Purpose.OPENING, seats=0, buffer_minutes=15)
    room = replay_room("kb9", decide.create_room(Room(), command, facts(OPERATOR)))
    assert (room.version, room.name, room.buffer_minutes) == (1, "开标九室", 15)
    with pytest.raises(Conflicting):
        decide.create_room(room, command, facts(OPERATOR))
    with pytest.raises(Invalid):
        decide.create_room(Room(), replace(command, buffer_minutes=-1), facts(OPERATOR))


def test_a_slot_that_begins_now_is_too_late() -> None:
    with pytest.raises(TooLate):
        decide.book(admitted(), slot(), facts(now=at(31, 9)), room=OPENING_ROOM)
