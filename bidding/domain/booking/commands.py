"""Requests about rooms and slots."""

from datetime import datetime

from bidding.domain.booking.events import Purpose, ReleaseReason
from bidding.domain.command import Command
from bidding.domain.parties import Standing


class CreateRoom(
    Command, name="booking/create-room", by=frozenset({Standing.OPERATOR}), guarded=False, forward=False
):
    """Acts on the room's stream, not on a lot."""

    room: str
    name: str
    kind: Purpose
    seats: int
    buffer_minutes: int
    test: bool = False


class Book(Command, name="booking/book", by=frozenset({Standing.HOST})):
    room: str
    start: datetime
    end: datetime
    purpose: Purpose


class Release(Command, name="booking/release", by=frozenset({Standing.HOST})):
    purpose: Purpose


class Move(Command, name="booking/move", by=frozenset({Standing.PLATFORM}), guarded=False, forward=False):
    """The reaction to a moved deadline: the opening slot follows it, or is released (R-SVC-04)."""


class Vacate(Command, name="booking/vacate", by=frozenset({Standing.PLATFORM}), guarded=False, forward=False):
    """The reaction to a suspension, failure or termination: one slot is released (R-SVC-04)."""

    purpose: Purpose
    reason: ReleaseReason
