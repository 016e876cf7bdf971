"""Lots that a supervisor stopped and let go on (R-PLAT-11)."""

from datetime import datetime

from bidding.domain.control.events import LotSuspended, SuspensionLifted
from bidding.domain.lot import Lot, evolve
from tests.domain.lots import SIGNED


def stopped(lot: Lot, since: datetime) -> Lot:
    return evolve(lot, LotSuspended(by="officer", at=since, reason="核查", order="1", signed=SIGNED))


def resumed(lot: Lot, since: datetime, until: datetime) -> Lot:
    """Suspended and lifted again."""
    return evolve(stopped(lot, since), SuspensionLifted(by="officer", at=until, reason="完毕", signed=SIGNED))
