"""What a member of the committee has to do next, or whom it waits for (R-EVAL-01, R-EVAL-07, R-ROOM-06)."""

from enum import StrEnum

from bidding.domain.errors import OutOfOrder
from bidding.domain.evaluation.abnormal import Abnormal, open_abnormal
from bidding.domain.evaluation.bids import to_be_scored
from bidding.domain.evaluation.marking import differing_objective
from bidding.domain.evaluation.reviewing import require_envelopes
from bidding.domain.lot import Lot, Phase
from bidding.domain.regime import Regime


class Duty(StrEnum):
    """``WAIT_…``: others have to act."""

    SIGN_IN = "sign-in"
    WAIT_MEMBERS = "wait-members"
    WAIT_ENVELOPES = "wait-envelopes"
    WAIT_QUALIFICATION = "wait-qualification"
    SCORE = "score"
    WAIT_SHEETS = "wait-sheets"
    CORRECT = (
        "correct"  # objective points differ, own ones are 畸高 or 畸低, or a vote to reject found no majority
    )
    COMPILE = "compile"
    STATE_COMPETITION = "state-competition"
    WAIT_STATEMENTS = "wait-statements"
    SIGN = "sign"
    WAIT_SIGNATURES = "wait-signatures"
    DONE = "done"


def duty_of(lot: Lot, member: str) -> Duty:
    """``lot``: the whole of it. ``member``: a party that has a seat."""
    evaluation = lot.evaluation
    if lot.phase is Phase.OPENED:
        return Duty.WAIT_MEMBERS if member in evaluation.signed_in else Duty.SIGN_IN
    if lot.phase is not Phase.EVALUATING:
        return Duty.DONE
    if member not in evaluation.signed_in:
        return Duty.SIGN_IN
    if evaluation.draft:
        closed = member in {one.member for one in evaluation.signatures}
        return Duty.WAIT_SIGNATURES if closed else Duty.SIGN
    if evaluation.competition_questioned:
        said = member in {one.member for one in evaluation.competition}
        return Duty.WAIT_STATEMENTS if said else Duty.STATE_COMPETITION
    return _scoring(lot, member)


def to_correct(lot: Lot, member: str) -> tuple[tuple[str, str], ...]:
    """(bidder, criterion) that the member must still settle once all sheets were revealed; criterion empty: the
    whole bid, which the member voted to reject and the majority did not (R-SCORE-05, R-EVAL-02)."""
    evaluation = lot.evaluation
    mine = next((one for one in evaluation.sheets if one.member == member), None)
    if not evaluation.revealed or mine is None:
        return ()
    scored = {bid.bidder for bid in mine.bids}
    against = len(evaluation.sheets)
    bare = [
        (bid.bidder, "")
        for bid in to_be_scored(lot)
        if bid.bidder not in scored and 2 * _most_votes(lot, bid.bidder) <= against
    ]
    return (*bare, *differing_objective(lot, evaluation.sheets))


def to_confirm(lot: Lot, member: str) -> tuple[Abnormal, ...]:
    """The member's own points that are 畸高 or 畸低, neither corrected nor stood by (R-SCORE-05)."""
    evaluation = lot.evaluation
    if not evaluation.revealed or evaluation.ranking:
        return ()
    return tuple(one for one in open_abnormal(lot, evaluation.sheets) if one.member == member)


def _open(lot: Lot, member: str) -> bool:
    return bool(to_correct(lot, member) or to_confirm(lot, member))


def _scoring(lot: Lot, member: str) -> Duty:
    evaluation = lot.evaluation
    try:
        require_envelopes(lot)
    except OutOfOrder:
        return Duty.WAIT_ENVELOPES
    if lot.notice.regime is Regime.GP and not evaluation.qualification:
        return Duty.WAIT_QUALIFICATION
    if member not in {one.member for one in evaluation.sheets}:
        return Duty.SCORE
    if not evaluation.revealed:
        return Duty.WAIT_SHEETS
    if _open(lot, member):
        return Duty.CORRECT
    if any(_open(lot, other) for other in evaluation.members):
        return Duty.WAIT_SHEETS
    return Duty.COMPILE


def _most_votes(lot: Lot, bidder: str) -> int:
    """The most votes that any one ground found against the bid."""
    votes: dict[str, int] = {}
    for sheet in lot.evaluation.sheets:
        for one in sheet.rejections:
            if one.bidder == bidder:
                votes[one.ground] = votes.get(one.ground, 0) + 1
    return max(votes.values(), default=0)
