"""Facts of performance. They are the parties', the centre's and the supervisor's; that a public body pays late is
everyone's (款项条例 18)."""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from bidding.domain.event import EVERYONE, NOBODY, OFFICES, Event, SignedAct
from bidding.domain.parties import Standing

PARTIES = OFFICES | {Standing.WINNER}


class Milestone(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``due``: last day to deliver; ``inspection_days`` 0: delivery alone starts the payment clock, else acceptance
    does, which is due within them; ``payment_days``: as agreed, at most what the law allows."""

    name: str
    due: date
    amount_fen: int
    inspection_days: int = 0
    payment_days: int = 30


class Instalment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    due: date
    amount_fen: int


class LegalReviewRecorded(Event, topic="lot.legal-review-recorded.v1", audience=PARTIES):
    """合法性审查 of exactly the text with this hash, before it is signed (R-NB-HF-01)."""

    contract_hash: str
    reviewer: str
    passed: bool
    opinion: str
    at: datetime
    signed: SignedAct


class ContractEntered(Event, topic="lot.contract-entered.v1", audience=EVERYONE):
    """合同入库: the unified number without which no payment is asked for (R-NB-HF-01)."""

    unified_number: str
    contract_number: str
    at: datetime


class MilestonesSet(Event, topic="lot.milestones-set.v1", audience=PARTIES):
    """``agreed_annual``: yearly rate of late interest as decimal text, "" where none was agreed; ``lpr_1y``: the
    one-year LPR at signing (R-NB-HF-03)."""

    milestones: tuple[Milestone, ...]
    agreed_annual: str
    lpr_1y: str
    at: datetime
    signed: SignedAct


class Delivered(Event, topic="lot.delivered.v1", audience=PARTIES):
    milestone: int
    on: date
    late: bool
    at: datetime
    signed: SignedAct


class Inspected(Event, topic="lot.inspected.v1", audience=PARTIES):
    """``late``: after the agreed inspection days, so the payment clock began at their end (款项条例 10)."""

    milestone: int
    on: date
    passed: bool
    note: str
    late: bool
    at: datetime
    signed: SignedAct


class Invoiced(Event, topic="lot.invoiced.v1", audience=PARTIES):
    """``starts``: the day that the payment clock counts from; ``due``: the last day to pay, by ``rule``."""

    invoice: str
    milestone: int
    amount_fen: int
    starts: date
    due: date
    rule: str
    at: datetime
    signed: SignedAct


class PaymentMade(Event, topic="lot.payment-made.v1", audience=PARTIES):
    """``interest_fen``: owed on this amount for ``days_late`` (款项条例 17)."""

    invoice: str
    amount_fen: int
    on: date
    days_late: int
    interest_fen: int
    at: datetime
    signed: SignedAct


class PaymentOverdue(Event, topic="lot.payment-overdue.v1", audience=EVERYONE):
    """By the clock: ``amount_fen`` of the undisputed part is still owed after its last day."""

    invoice: str
    amount_fen: int
    due: date
    rule: str


class PaymentSettled(Event, topic="lot.payment-settled.v1", audience=EVERYONE):
    """What was overdue is paid, the disputed part apart: the public hears the end of what it heard of before
    (款项条例 18). ``days_late``: from the last day of the invoice to the payment."""

    invoice: str
    due: date
    on: date
    days_late: int


class MilestoneDone(Event, topic="lot.milestone-done.v1", audience=EVERYONE):
    """An obligation of the contract is fulfilled: delivered or, where acceptance is agreed, accepted (R-STAT-08).
    Neither what it was nor what it cost is told. ``late``: delivered after ``due``."""

    milestone: int
    due: date
    on: date
    late: bool


class DisputeRaised(Event, topic="lot.payment-dispute-raised.v1", audience=PARTIES):
    """款项条例 15: only the disputed part waits; the rest stays due on its day."""

    invoice: str
    amount_fen: int
    reason: str
    at: datetime
    signed: SignedAct


class DisputeSettled(Event, topic="lot.payment-dispute-settled.v1", audience=PARTIES):
    """``owed_fen``: of the disputed part, due as it was; the rest is not owed."""

    invoice: str
    owed_fen: int
    at: datetime
    signed: SignedAct


class RepaymentProposed(Event, topic="lot.repayment-proposed.v1", audience=PARTIES):
    invoice: str
    instalments: tuple[Instalment, ...]
    at: datetime
    signed: SignedAct


class RepaymentAgreed(Event, topic="lot.repayment-agreed.v1", audience=PARTIES):
    """R-NB-HF-06: the debt is classed anew, never deleted."""

    invoice: str
    instalments: tuple[Instalment, ...]
    at: datetime
    signed: SignedAct


class SupplementAgreed(Event, topic="lot.supplement-agreed.v1", audience=PARTIES):
    """补充合同. ``total_fen``: of all supplements so far (R-GP-26)."""

    amount_fen: int
    total_fen: int
    subject: str
    at: datetime
    signed: SignedAct


class ContractChanged(Event, topic="lot.contract-changed.v1", audience=EVERYONE):
    """合同变更, told with each supplement (R-DATA-01; 采购条例 50). ``number`` counts from 1; ``total_fen``: of all
    supplements so far."""

    number: int
    subject: str
    amount_fen: int
    total_fen: int
    at: datetime


class SettlementProposed(Event, topic="lot.settlement-proposed.v1", audience=PARTIES):
    amount_fen: int
    at: datetime
    signed: SignedAct


class ContractSettled(Event, topic="lot.contract-settled.v1", audience=EVERYONE):
    """结算: what the contract came to, and the day on which its last obligation was fulfilled (R-DATA-01)."""

    amount_fen: int
    finished_on: date
    at: datetime
    signed: SignedAct


class Cause(StrEnum):
    """Why a yearly commitment was not kept (R-NB-HF-05)."""

    OVER_PROMISE = "OVER_PROMISE"  # 承诺超出职权或能力
    POLICY_CHANGE = "POLICY_CHANGE"  # 政策调整
    FISCAL_DIFFICULTY = "FISCAL_DIFFICULTY"  # 财政困难
    HANDOVER_GAP = "HANDOVER_GAP"  # 交接脱节


class CommitmentMade(Event, topic="commitment.made.v1", audience=NOBODY):
    """年度承诺 on the unit's own stream; its list is public. ``due``: the last day to keep it."""

    number: int
    party: str
    name: str
    year: int
    text: str
    due: date
    at: datetime
    signed: SignedAct


class CommitmentKept(Event, topic="commitment.kept.v1", audience=NOBODY):
    """``evidence``: what shows it; ``late``: after ``due``, so that it was rectified."""

    number: int
    evidence: str
    late: bool
    at: datetime
    signed: SignedAct


class CommitmentBroken(Event, topic="commitment.broken.v1", audience=NOBODY):
    """The unit says itself that it did not keep it: the cause, its response, and by when it will (R-NB-HF-05)."""

    number: int
    cause: Cause
    response: str
    agreed: date
    at: datetime
    signed: SignedAct
