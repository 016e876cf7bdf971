"""What the money side records on the lot's stream, all of it after the roll is public or later."""

from datetime import date, datetime
from enum import StrEnum

from bidding.domain.event import EVERYONE, OFFICES, Event


class Kind(StrEnum):
    """两金一费 (R-WAIVE-01)."""

    BID_DEPOSIT = "BID_DEPOSIT"
    PERFORMANCE_BOND = "PERFORMANCE_BOND"
    INFO_FEE = "INFO_FEE"


class BenefitRecorded(Event, topic="lot.benefit-recorded.v1", audience=EVERYONE):
    """What one party did not have to pay (R-STAT-01…03), in 分.

    ``counterfactual_fen``: what it would have been; ``row``: row of the waiver table. For a lot that failed
    its roll stays secret: then ``party`` is empty and ``bids`` says for how many the sum stands.
    """

    kind: Kind
    party: str
    bids: int
    counterfactual_fen: int
    waived_fen: int
    row: str
    rule: str


class ReceivableRaised(Event, topic="lot.receivable-raised.v1", audience=OFFICES):
    """Never on a waived lot (R-WAIVE-06)."""

    kind: Kind
    party: str
    amount_fen: int
    rule: str


class DepositReturnDue(Event, topic="lot.deposit-return-due.v1", audience=OFFICES):
    """``due``: the last day to return it, by ``rule``."""

    bidder: str
    amount_fen: int
    due: date
    rule: str


class DepositsReturned(Event, topic="lot.deposits-returned.v1", audience=OFFICES):
    """The host's account of one return: amount and the bank interest that goes with it, in 分."""

    bidder: str
    amount_fen: int
    interest_fen: int
    at: datetime
    late: bool
