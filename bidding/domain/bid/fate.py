"""What became of one bidder's submission, from its own stream and the opening (R-BID-10)."""

from bidding.domain.bid.deposits import deposit_state
from bidding.domain.bid.state import Bid
from bidding.domain.bidfate import BidFate, BidOutcome, Decryption, Fault, decide_fate
from bidding.domain.given import deadline_of, regime_of
from bidding.domain.lot import Lot
from bidding.domain.opening.outcomes import HELD_DEPOSITS, outcome_of

_DECRYPTIONS = {
    BidOutcome.OPENED: Decryption(done=True),
    BidOutcome.OPENED_BY_REMEDY: Decryption(remedy_works=True),
    BidOutcome.DEEMED_REVOKED: Decryption(fault=Fault.BIDDER, evidence=True),
    BidOutcome.DEEMED_WITHDRAWN_OTHER_FAULT: Decryption(fault=Fault.OTHER, evidence=True),
}


def fate(lot: Lot, bid: Bid) -> BidFate | None:
    """The outcome with its consequences as known now; None if nothing sealed was ever begun."""
    if not bid.fate_uploads:
        return None
    standing = outcome_of(lot, bid.bidder)
    return decide_fate(
        regime=regime_of(lot),
        deposit_held=deposit_state(lot, bid) in HELD_DEPOSITS,
        deadline=deadline_of(lot),
        uploads=bid.fate_uploads,
        pull_outs=bid.pull_outs,
        decryption=_DECRYPTIONS.get(standing.outcome, Decryption()) if standing else Decryption(),
    )
