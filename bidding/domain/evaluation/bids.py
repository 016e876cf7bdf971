"""The bids that the evaluation takes from the opening."""

from datetime import datetime

import msgspec

from bidding.domain.lot import Lot
from bidding.domain.regime import Regime

#: The envelope that is opened in public; all others are opened for the evaluation alone.
FORM = "form"
QUALIFICATION = "qualification"


class OpenedBid(msgspec.Struct, frozen=True, kw_only=True):
    """A bid as announced at the opening; ``completed_at``, of its receipt, may break a tie (R-SCORE-15)."""

    bidder: str
    name: str
    price_fen: int
    duration_days: int
    quality: str
    project_lead: str
    completed_at: datetime


def opened_bids(lot: Lot) -> tuple[OpenedBid, ...]:
    """Every bid whose form was opened and announced, in the order of the announcement.

    Not one that is shut to the evaluation by a finding of whose fault that is: it counts as revoked or withdrawn.
    """
    if lot.opening.announcement is None:
        return ()
    shut = {fault.bidder for fault in lot.opening.faults}
    completed = {entry.bidder: entry.completed_at for entry in lot.opening.roll}
    return tuple(
        OpenedBid(
            bidder=row.bidder,
            name=row.name,
            price_fen=row.form.price_fen,
            duration_days=row.form.duration_days,
            quality=row.form.quality,
            project_lead=row.form.project_lead,
            completed_at=completed[row.bidder],
        )
        for row in lot.opening.announcement.table
        if row.form is not None and row.bidder not in shut
    )


def above_limit(lot: Lot, bid: OpenedBid) -> bool:
    """招投条例 51(五), R-GP-12: above the limit (GP: or budget); equal is not above (R-SCORE-14)."""
    ceiling = price_ceiling(lot)
    return ceiling is not None and bid.price_fen > ceiling


def price_ceiling(lot: Lot) -> int | None:
    """分: the 最高投标限价 (ENG), the lower of limit and budget (GP); None: no limit was set."""
    limit = lot.notice.price_limit_fen
    if lot.notice.regime is not Regime.GP:
        return limit
    return lot.notice.base_fen if limit is None else min(limit, lot.notice.base_fen)


def to_be_scored(lot: Lot) -> tuple[OpenedBid, ...]:
    """The opened bids that neither arithmetic nor the purchaser's qualification review has put out."""
    unqualified = {one.bidder for one in lot.evaluation.qualification if not one.qualified}
    return tuple(
        bid for bid in opened_bids(lot) if bid.bidder not in unqualified and not above_limit(lot, bid)
    )
