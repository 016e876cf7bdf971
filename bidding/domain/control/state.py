"""What control has laid over the lot."""

from datetime import datetime

import msgspec

from bidding.domain.control.events import (
    Addressee,
    EventsProduced,
    LotSuspended,
    LotTerminated,
    OrderAcknowledged,
    OrderFulfilled,
    OrderKind,
    SupervisionOrderIssued,
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


class Acknowledgement(msgspec.Struct, frozen=True, kw_only=True):
    addressee: Addressee
    at: datetime


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A supervision order, and what its addressees answered."""

    number: int
    kind: OrderKind
    addressees: tuple[Addressee, ...]
    text: str
    wanted: tuple[str, ...]
    at: datetime
    acknowledge_by: datetime
    due: datetime | None
    acknowledgements: tuple[Acknowledgement, ...] = ()
    fulfilled_at: datetime | None = None
    late: bool = False

    @property
    def acknowledged(self) -> frozenset[Addressee]:
        return frozenset(one.addressee for one in self.acknowledgements)


class Control(msgspec.Struct, frozen=True, kw_only=True):
    """``past``: lifted suspensions, oldest first; their spans are clocks that stood still (R-TIME-07)."""

    suspended: Suspension | None = None
    past: tuple[Suspension, ...] = ()
    terminated_at: datetime | None = None
    termination_reason: str = ""
    clock: TestClock | None = None
    mode: str = "live"
    orders: tuple[Order, ...] = ()


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
        case SupervisionOrderIssued():
            order = Order(
                number=event.number,
                kind=event.kind,
                addressees=event.addressees,
                text=event.text,
                wanted=event.wanted,
                at=event.at,
                acknowledge_by=event.acknowledge_by,
                due=event.due,
            )
            return replace(control, orders=(*control.orders, order))
        case OrderAcknowledged() | OrderFulfilled() | EventsProduced():
            orders = tuple(
                _answered(one, event) if one.number == event.number else one for one in control.orders
            )
            return replace(control, orders=orders)
        case _:
            return control


def _answered(order: Order, event: OrderAcknowledged | OrderFulfilled | EventsProduced) -> Order:
    replace = msgspec.structs.replace
    match event:
        case OrderAcknowledged():
            new = (one for one in event.addressees if one not in order.acknowledged)
            done = tuple(Acknowledgement(addressee=one, at=event.at) for one in new)
            return replace(order, acknowledgements=(*order.acknowledgements, *done))
        case OrderFulfilled():
            return replace(order, fulfilled_at=event.at, late=event.late)
        case _:
            return replace(order, fulfilled_at=order.fulfilled_at or event.at)
