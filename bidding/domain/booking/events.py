"""What booking (时间场地预约, R-SVC-04) records, on the room's stream and on the lot's."""

from datetime import datetime
from enum import StrEnum

from bidding.domain.event import OFFICES, Event
from bidding.domain.parties import Standing

#: Who may read a room's book: it names other hosts' lots before their notices.
CENTRE = frozenset({Standing.OPERATOR, Standing.SUPERVISOR})


class Purpose(StrEnum):
    """What a slot is for, and what a room is fitted for: an opening room may be virtual, an evaluation room
    has seats and recording (R-SVC-04)."""

    OPENING = "OPENING"
    EVALUATION = "EVALUATION"


class ReleaseReason(StrEnum):
    HOST_REQUEST = "HOST_REQUEST"
    DEADLINE_MOVED = "DEADLINE_MOVED"
    LOT_SUSPENDED = "LOT_SUSPENDED"
    LOT_FAILED = "LOT_FAILED"
    LOT_TERMINATED = "LOT_TERMINATED"


class RoomCreated(Event, topic="room.created.v1", audience=CENTRE):
    """``buffer_minutes``: kept free between two bookings; ``test``: a room of test lots only."""

    room: str
    name: str
    kind: Purpose
    seats: int
    buffer_minutes: int
    test: bool


class SlotBooked(Event, topic="room.slot-booked.v1", audience=CENTRE):
    room: str
    lot: str
    start: datetime
    end: datetime
    purpose: Purpose


class SlotReleased(Event, topic="room.slot-released.v1", audience=CENTRE):
    room: str
    lot: str
    purpose: Purpose
    reason: ReleaseReason


class LotSlotBooked(Event, topic="lot.slot-booked.v1", audience=OFFICES):
    room: str
    room_name: str
    start: datetime
    end: datetime
    purpose: Purpose


class LotSlotReleased(Event, topic="lot.slot-released.v1", audience=OFFICES):
    room: str
    purpose: Purpose
    reason: ReleaseReason
