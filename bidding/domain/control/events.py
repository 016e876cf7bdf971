"""Facts of control. All are public: everybody must see why a lot stands still (R-PLAT-11)."""

from datetime import datetime

from bidding.domain.event import EVERYONE, Event, SignedAct
from bidding.domain.testclock import TestClock


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
