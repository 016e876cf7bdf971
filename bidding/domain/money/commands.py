"""Requests about money."""

from bidding.domain.command import Command
from bidding.domain.money.events import Kind
from bidding.domain.parties import Standing

PLATFORM = frozenset({Standing.PLATFORM})


class RecordBenefits(Command, name="money/record-benefits", by=PLATFORM, guarded=False, forward=False):
    """Record whatever this lot has waived so far and has not recorded yet."""


class RaiseReceivable(Command, name="money/raise-receivable", by=frozenset({Standing.OPERATOR})):
    """Refused on a waived lot (R-WAIVE-06). Bid deposits are recorded on the bidder's own stream instead."""

    kind: Kind
    party: str
    amount_fen: int


class ScheduleReturns(Command, name="money/schedule-returns", by=PLATFORM, guarded=False, forward=False):
    """Fix the last day for each deposit that must go back now."""


class RecordReturn(
    Command, name="money/record-return", by=frozenset({Standing.OPERATOR}), guarded=False, forward=False
):
    """``interest_fen``: bank interest paid with it (R-ENG-25)."""

    bidder: str
    interest_fen: int
