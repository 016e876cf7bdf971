"""Facts of control. All are public: everybody must see why a lot stands still (R-PLAT-11)."""

from datetime import datetime

from bidding.domain.event import EVERYONE, Event, SignedAct
from bidding.domain.testclock import TestClock


class LotSuspended(Event, topic="lot.suspended.v1", audience=EVERYONE):
    """``order``: the number or reference of the supervision order 监督指令."""

    by: str
    at: datetime
    reason: str
    order: str
    signed: SignedAct


class SuspensionLifted(Event, topic="lot.suspension-lifted.v1", audience=EVERYONE):
    by: str
    at: datetime
    reason: str
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
