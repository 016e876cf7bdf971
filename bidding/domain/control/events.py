"""Facts of control. What stops or ends a lot is public; orders are for those they concern (R-PLAT-11)."""

from datetime import datetime
from enum import StrEnum

import msgspec

from bidding.domain.complaint.events import Paper
from bidding.domain.event import EVERYONE, OFFICES, SUPERVISION, Event, SignedAct
from bidding.domain.testclock import TestClock


class OrderKind(StrEnum):
    SUSPEND = "SUSPEND"
    RESUME = "RESUME"
    PRODUCE = "PRODUCE"  # 调取资料
    CORRECT = "CORRECT"  # 责令改正


class Addressee(StrEnum):
    HOST = "host"
    TENDERER = "tenderer"
    OPERATOR = "operator"
    PLATFORM = "platform"  # the system itself: it produces events, and needs no acknowledging


class ProducedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """``sha256``: hex, of the event's stored bytes."""

    stream: str
    version: int
    topic: str
    sha256: str


class LotSuspended(Event, topic="lot.suspended.v1", audience=EVERYONE, omit_defaults=True):
    """``order``: the number or reference of the supervision order 监督指令.

    ``complaint``: number of the complaint that it serves, 0 = none; ``ends``: when it ends by itself (R-GP-22).
    """

    by: str
    at: datetime
    reason: str
    order: str
    signed: SignedAct
    complaint: int = 0
    ends: datetime | None = None


class SuspensionLifted(Event, topic="lot.suspension-lifted.v1", audience=EVERYONE):
    by: str
    at: datetime
    reason: str
    signed: SignedAct


class SuspensionExpired(Event, topic="lot.suspension-expired.v1", audience=EVERYONE):
    """The thirty days of a stop during a complaint are over (采购法 57): the lot goes on."""

    at: datetime
    complaint: int


class SupervisionOrderIssued(Event, topic="lot.supervision-order-issued.v1", audience=OFFICES):
    """``acknowledge_by``: first instant too late to acknowledge; ``due``: to fulfil, None = no instant was set;
    ``wanted``: names of papers, or event types asked of the platform."""

    number: int
    kind: OrderKind
    reference: str
    addressees: tuple[Addressee, ...]
    text: str
    wanted: tuple[str, ...]
    by: str
    at: datetime
    acknowledge_by: datetime
    due: datetime | None
    signed: SignedAct


class OrderAcknowledged(Event, topic="lot.order-acknowledged.v1", audience=OFFICES):
    number: int
    addressees: tuple[Addressee, ...]
    by: str
    at: datetime
    late: bool
    signed: SignedAct


class OrderFulfilled(Event, topic="lot.order-fulfilled.v1", audience=OFFICES):
    number: int
    by: str
    report: str
    papers: tuple[Paper, ...]
    at: datetime
    late: bool
    signed: SignedAct


class EventsProduced(Event, topic="lot.events-produced.v1", audience=SUPERVISION):
    """Who took what on which order: the audit of every look that an order opened (F-47)."""

    number: int
    produced: tuple[ProducedEvent, ...]
    by: str
    at: datetime
    signed: SignedAct


class LotTerminated(Event, topic="lot.terminated.v1", audience=EVERYONE):
    """终止招标 (R-ENG-33): nothing of the lot goes on; deposits go back with interest."""

    by: str
    at: datetime
    reason: str
    rule: str
    signed: SignedAct


class TestClockSet(Event, topic="lot.test-clock-set.v1", audience=EVERYONE):
    """Only lots of ``mode: test`` ever have one, and nobody may take such a lot for a real one."""

    __test__ = False  # not a test case, whatever its name says to pytest

    clock: TestClock
