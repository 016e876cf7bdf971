"""Who was not at the opening, and what follows from it (R-ROOM-02, R-GP-13; 87号令 42)."""

from typing import NamedTuple

from bidding.domain.errors import OutOfOrder
from bidding.domain.given import regime_of, terms_of
from bidding.domain.lot import Lot
from bidding.domain.notice.absence import absence_of
from bidding.domain.notice.terms import Absence


class Absent(NamedTuple):
    """``means``: an ``Absence``; empty, as ``bidders`` is, where it means nothing."""

    bidders: tuple[str, ...] = ()
    means: str = ""


def absent(lot: Lot) -> Absent:
    """Who neither signed in before T0 nor was heard of since: no key, no call for help, no objection, no confirmation.

    Nobody is absent while the release window can still run.
    """
    opening = lot.opening
    means = absence_of(terms_of(lot), regime_of(lot))
    if means is None or opening.imported_at is None:
        return Absent()
    parts = (opening.released, opening.spares, opening.help, opening.objections, opening.confirmed)
    heard = {one.bidder for part in parts for one in part}
    bidders = tuple(one.bidder for one in opening.roll if not one.signed_in and one.bidder not in heard)
    return Absent(bidders, means.value) if bidders else Absent()


def require_present(lot: Lot, bidder: str) -> None:
    """Raises ``OutOfOrder``: the document says that who is absent has waived what he asks for now."""
    found = absent(lot)
    if found.means == Absence.WAIVES and bidder in found.bidders:
        raise OutOfOrder("waived-by-absence", rule="R-ROOM-02")
