"""What control has laid over the lot."""

from datetime import datetime

import msgspec

from bidding.domain.control.events import (
    LotSuspended,
    LotTerminated,
    SuspensionExpired,
    SuspensionLifted,
    TestClockSet,
)
from bidding.domain.event import Event
from bidding.domain.testclock import TestClock


class Suspension(msgspec.Struct, frozen=True, kw_only=True):
    """While one lies over the lot (``until`` None) no forward command succeeds (F-34).

    ``ends``: when it ends by itself; ``complaint``: during whose handling, 0 = none."""

    by: str
    at: datetime
    reason: str
    order: str
    complaint: int = 0
    ends: datetime | None = None
    until: datetime | None = None


class Control(msgspec.Struct, frozen=True, kw_only=True):
    """``past``: lifted suspensions, oldest first; their spans are clocks that stood still (R-TIME-07)."""

    suspended: Suspension | None = None
    past: tuple[Suspension, ...] = ()
    terminated_at: datetime | None = None
    termination_reason: str = ""
    clock: TestClock | None = None
    mode: str = "live"


def evolve(control: Control, event: Event) -> Control:
    replace = msgspec.structs.replace
    match event:
        case LotSuspended():
            suspension = Suspension(
                by=event.by,
                at=event.at,
                reason=event.reason,
                order=event.order,
                complaint=event.complaint,
                ends=event.ends,
            )
            return replace(control, suspended=suspension)
        case SuspensionLifted() | SuspensionExpired():
            if control.suspended is None:
                return control
            lifted = replace(control.suspended, until=event.at)
            return replace(control, suspended=None, past=(*control.past, lifted))
        case LotTerminated():
            return replace(control, terminated_at=event.at, termination_reason=event.reason, suspended=None)
        case TestClockSet():
            return replace(control, clock=event.clock, mode="test")
        case _:
            return control
