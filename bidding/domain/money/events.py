"""What the money side records on the lot's stream, all of it after the roll is public or later."""

from datetime import date, datetime
from enum import StrEnum

from bidding.domain.credit.grounds import Graded
from bidding.domain.event import COMMITTEE, EVERYONE, OFFICES, PARTICIPANTS, Event, SignedAct
from bidding.domain.guarantee import GuaranteeFault, GuaranteeKind, OfferedGuarantee
from bidding.domain.parties import Standing

#: Whom the bond of the contract concerns.
WINNERS = OFFICES | {Standing.WINNER}


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


class GuaranteeGraded(Event, topic="lot.guarantee-graded.v1", audience=OFFICES | COMMITTEE):
    """One bidder's deposit, with the roll, or the winner's bond, with the filed contract: what its credit made of it,
    and on which bases (R-NB-SS-02)."""

    kind: Kind
    bidder: str
    graded: Graded
    at: datetime


class GuaranteeEnd(StrEnum):
    RETURNED = "RETURNED"  # 退还: nothing can come of it any more
    LAPSED = "LAPSED"  # 失效: the last day it could be claimed on has passed
    CLAIMED = "CLAIMED"  # 索赔


class GuaranteeDisclosed(Event, topic="lot.guarantee-disclosed.v1", audience=EVERYONE):
    """With the prices and never before them (R-GUAR-01): a guarantee lay in this bid, and what is wrong with it.

    ``amount_fen`` in 分; ``valid_until``: the last day to claim on; empty fields and None: not readable.
    """

    kind: GuaranteeKind
    bidder: str
    number: str
    issuer: str
    amount_fen: int
    valid_until: date | None
    faults: tuple[GuaranteeFault, ...]


class GuaranteeJudged(
    Event, topic="lot.guarantee-judged.v1", audience=COMMITTEE | frozenset({Standing.HOST})
):
    """R-GUAR-01: people judge it, the platform only finds faults. ``page``: of the bid, where it stands."""

    bidder: str
    number: str
    accepted: bool
    reason: str
    page: str
    by: str
    at: datetime
    signed: SignedAct


class GuaranteeEnded(Event, topic="lot.guarantee-ended.v1", audience=PARTICIPANTS):
    """The issuer is free. ``rule``: by which it went back, or may be claimed."""

    kind: GuaranteeKind
    bidder: str
    number: str
    end: GuaranteeEnd
    amount_fen: int
    rule: str
    at: datetime


class GuaranteeClaimed(Event, topic="lot.guarantee-claimed.v1", audience=PARTICIPANTS):
    """The tenderer asks the issuer to pay ``amount_fen`` 分 of it, with the reason (R-ENG-34)."""

    kind: GuaranteeKind
    bidder: str
    number: str
    amount_fen: int
    reason: str
    rule: str
    at: datetime
    signed: SignedAct


class PerformanceGuaranteeLodged(Event, topic="lot.performance-guarantee-lodged.v1", audience=WINNERS):
    """履约保函, after the award. ``letter`` as its issuer signed it (see ``OfferedGuarantee``)."""

    bidder: str
    guarantee: OfferedGuarantee
    at: datetime
    signed: SignedAct


class KeptKind(StrEnum):
    """R-WAIVE-02, 款项条例 13: lawful deposits that no waiver touches."""

    QUALITY_DEPOSIT = "QUALITY_DEPOSIT"  # 工程质量保证金
    WAGES_DEPOSIT = "WAGES_DEPOSIT"  # 农民工工资保证金


class KeptDepositNoted(Event, topic="lot.kept-deposit-noted.v1", audience=WINNERS):
    """The contract asks one of the never-waived deposits; ``amount_fen`` in 分, ``form``: CASH or GUARANTEE."""

    kind: KeptKind
    party: str
    amount_fen: int
    form: str
    at: datetime
