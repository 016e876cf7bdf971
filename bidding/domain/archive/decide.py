"""R-GP-18 (采购法 42; 采购条例 46), R-ARCH-01 (DA/T 103-2024 [M]): what becomes of files, and of personal data."""

from collections.abc import Callable
from typing import Any

from bidding.domain.archive.commands import ConfirmErasure, DisposeFiles, EraseLotData, OrderLotErasure
from bidding.domain.archive.erasing import confirm_erasure
from bidding.domain.archive.events import FilesDisposed
from bidding.domain.archive.keeping import retention
from bidding.domain.command import Command, Facts
from bidding.domain.errors import OutOfOrder, TooEarly
from bidding.domain.event import Event
from bidding.domain.given import rules_of, signed_of
from bidding.domain.lot import Lot
from bidding.domain.periods import local_date


def dispose(lot: Lot, command: DisposeFiles, facts: Facts) -> list[Event]:
    """Once, and not before the day after the last."""
    kept = retention(lot, rules_of(lot, facts))
    if local_date(facts.now) <= kept.until:
        raise TooEarly("archive-term-running", rule=kept.rule, until=kept.until, years=kept.years)
    if lot.archive.disposed_at is not None:
        raise OutOfOrder("archive-disposed", rule=kept.rule, at=lot.archive.disposed_at)
    return [
        FilesDisposed(kept_until=kept.until, reason=command.reason, at=facts.now, signed=signed_of(facts))
    ]


DECIDERS: dict[type[Command], Callable[[Lot, Any, Facts], list[Event]]] = {
    DisposeFiles: dispose,
    ConfirmErasure: confirm_erasure,
}
#: Command → the function and what it takes beside (lot, command, facts), as keyword arguments.
NEEDS_MORE: dict[type[Command], str] = {
    OrderLotErasure: "erasing.order_lot_erasure: events, all of the lot's in their order",
    EraseLotData: "erasing.erase_lot_data: erased, stripped, of what is left of each event",
}
