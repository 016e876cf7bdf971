"""What becomes of a bid, and of its deposit (R-BID-10; 20号令 26–28, 31; 招投条例 35).

The rows are tried in order and the first that matches decides. Fault is a finding with evidence, never
a default: without it an undecrypted bid is held (R-BID-08).
"""

from datetime import datetime
from enum import StrEnum

import msgspec

from bidding.domain.periods import on_time
from bidding.domain.regime import Regime


class BidOutcome(StrEnum):
    REFUSED_NOT_ENCRYPTED = "REFUSED_NOT_ENCRYPTED"
    WITHDRAWN = "WITHDRAWN"
    DEEMED_WITHDRAWN_INCOMPLETE = "DEEMED_WITHDRAWN_INCOMPLETE"
    REFUSED_LATE = "REFUSED_LATE"
    REVOKED = "REVOKED"
    OPENED = "OPENED"
    OPENED_BY_REMEDY = "OPENED_BY_REMEDY"
    DEEMED_REVOKED = "DEEMED_REVOKED"
    DEEMED_WITHDRAWN_OTHER_FAULT = "DEEMED_WITHDRAWN_OTHER_FAULT"
    HELD_FOR_ADJUDICATION = "HELD_FOR_ADJUDICATION"


class DepositFate(StrEnum):
    RETURN_WITHIN_5_DAYS = "RETURN_WITHIN_5日"
    RETURN_WITHIN_5_WORKDAYS = "RETURN_WITHIN_5工作日"
    MAY_BE_KEPT = "MAY_BE_KEPT"
    CREDIT_RECORD_ONLY = "CREDIT_RECORD_ONLY"
    FROZEN = "FROZEN"
    NORMAL = "NORMAL"
    NONE = "NONE"


class Fault(StrEnum):
    BIDDER = "BIDDER"
    OTHER = "OTHER"
    PENDING = "PENDING"


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """``completed`` is the instant that the receipt states; None while bytes are missing."""

    started: datetime
    completed: datetime | None
    encrypted: bool


class Decryption(msgspec.Struct, frozen=True, kw_only=True):
    """``remedy_works``: a remedy that the tender document declares brought the bid open; a spare file does
    so only if its digest equals the one committed in the receipt (R-PAIN-05)."""

    done: bool = False
    remedy_works: bool = False
    fault: Fault = Fault.PENDING
    evidence: bool = False


class BidFate(msgspec.Struct, frozen=True, kw_only=True):
    """``counts_toward_three`` is None while undecided; ``term`` is the statute's word, "" if it has none."""

    outcome: BidOutcome
    term: str
    counts_toward_three: bool | None
    deposit: DepositFate
    may_claim_loss: bool


#: The statute's word per outcome, and whether the bid counts as one of three.
CONSEQUENCES: dict[BidOutcome, tuple[str, bool | None]] = {
    BidOutcome.REFUSED_NOT_ENCRYPTED: ("拒收", False),
    BidOutcome.WITHDRAWN: ("撤回", False),
    BidOutcome.DEEMED_WITHDRAWN_INCOMPLETE: ("视为撤回", False),
    BidOutcome.REFUSED_LATE: ("拒收", False),
    BidOutcome.REVOKED: ("撤销", True),
    BidOutcome.OPENED: ("", True),
    BidOutcome.OPENED_BY_REMEDY: ("", True),
    BidOutcome.DEEMED_REVOKED: ("视为撤销", True),
    BidOutcome.DEEMED_WITHDRAWN_OTHER_FAULT: ("视为撤回", False),
    BidOutcome.HELD_FOR_ADJUDICATION: ("", None),
}


def decide_fate(
    *,
    regime: Regime,
    deposit_held: bool,
    deadline: datetime,
    uploads: tuple[Upload, ...],
    pull_outs: tuple[datetime, ...] = (),
    decryption: Decryption,
) -> BidFate:
    """The fate of one bidder's submission at lot level.

    ``pull_outs``: the instants of every request to withdraw or revoke. ``deposit_held`` is False in a
    waived lot. Raises ``ValueError`` without any upload: there is no bid to judge.
    """
    if not uploads:
        raise ValueError("a bidder who never uploaded has no bid")
    outcome = _outcome(deadline, uploads, pull_outs, decryption)
    term, counts = CONSEQUENCES[outcome]
    return BidFate(
        outcome=outcome,
        term=term,
        counts_toward_three=counts,
        deposit=deposit_fate(outcome, regime, deposit_held),
        may_claim_loss=outcome is BidOutcome.DEEMED_WITHDRAWN_OTHER_FAULT,
    )


def _outcome(
    deadline: datetime, uploads: tuple[Upload, ...], pull_outs: tuple[datetime, ...], decryption: Decryption
) -> BidOutcome:
    sealed = [upload for upload in uploads if upload.encrypted]
    withdrawals = [at for at in pull_outs if on_time(at, deadline)]
    effective = [
        upload
        for upload in sealed
        if upload.completed is not None
        and on_time(upload.completed, deadline)
        and all(upload.completed > withdrawn for withdrawn in withdrawals)
    ]
    if not sealed:
        return BidOutcome.REFUSED_NOT_ENCRYPTED
    if withdrawals and not effective:
        return BidOutcome.WITHDRAWN
    if not effective:
        started = any(on_time(upload.started, deadline) for upload in sealed)
        return BidOutcome.DEEMED_WITHDRAWN_INCOMPLETE if started else BidOutcome.REFUSED_LATE
    if len(withdrawals) < len(pull_outs):
        return BidOutcome.REVOKED
    return _after_release(decryption)


def _after_release(decryption: Decryption) -> BidOutcome:
    if decryption.done:
        return BidOutcome.OPENED
    if decryption.remedy_works:
        return BidOutcome.OPENED_BY_REMEDY
    if decryption.evidence and decryption.fault is Fault.BIDDER:
        return BidOutcome.DEEMED_REVOKED
    if decryption.evidence and decryption.fault is Fault.OTHER:
        return BidOutcome.DEEMED_WITHDRAWN_OTHER_FAULT
    return BidOutcome.HELD_FOR_ADJUDICATION


def deposit_fate(outcome: BidOutcome, regime: Regime, deposit_held: bool) -> DepositFate:
    """招投条例 35; in a waived lot revocation has credit consequences only, never a payment (R-WAIVE-09)."""
    revoked = outcome in {BidOutcome.REVOKED, BidOutcome.DEEMED_REVOKED}
    if not deposit_held:
        return DepositFate.CREDIT_RECORD_ONLY if revoked else DepositFate.NONE
    if revoked:
        return DepositFate.MAY_BE_KEPT
    if outcome in {BidOutcome.OPENED, BidOutcome.OPENED_BY_REMEDY}:
        return DepositFate.NORMAL
    if outcome is BidOutcome.HELD_FOR_ADJUDICATION:
        return DepositFate.FROZEN
    # R-BID-09: 招投条例 35 counts 日, 87号令 38 counts 工作日
    return DepositFate.RETURN_WITHIN_5_DAYS if regime is Regime.ENG else DepositFate.RETURN_WITHIN_5_WORKDAYS
