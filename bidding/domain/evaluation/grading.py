"""The credit grades that a tie may come down to, taken once and before anything is ranked (R-SCORE-15)."""

from collections.abc import Sequence

from bidding.domain.command import Facts
from bidding.domain.credit.lists import CreditGrade
from bidding.domain.errors import Conflicting, OutOfOrder
from bidding.domain.evaluation import events as e
from bidding.domain.evaluation.bids import opened_bids
from bidding.domain.event import Event
from bidding.domain.given import deadline_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.order import require_phase
from bidding.domain.ranking import Method

#: Methods whose ties come down to the credit grade.
GRADED = frozenset({Method.ENG_REASONABLE_LOW})


def grades_wait(lot: Lot) -> bool:
    """Whether the method needs grades and the opened bidders have none yet."""
    terms = lot.notice.terms
    if terms is None or terms.method not in GRADED or lot.phase not in (Phase.OPENED, Phase.EVALUATING):
        return False
    return lot.evaluation.graded_at is None and bool(opened_bids(lot))


def record_grades(lot: Lot, facts: Facts, *, grades: Sequence[CreditGrade]) -> list[Event]:
    """Of every opened bidder, in the order of the announcement; ``grades`` as the book stood at T0."""
    require_phase(lot, Phase.OPENED, Phase.EVALUATING, rule="R-SCORE-15")
    if lot.evaluation.graded_at is not None:
        raise Conflicting("credit-grades-recorded", rule="R-SCORE-15")
    by_bidder = {one.bidder: one for one in grades}
    return [
        e.CreditGradesRecorded(
            grades=tuple(by_bidder[bid.bidder] for bid in opened_bids(lot)),
            as_of=deadline_of(lot),
            at=facts.now,
        )
    ]


def require_graded(lot: Lot) -> None:
    if grades_wait(lot):
        raise OutOfOrder("credit-grades-missing", rule="R-SCORE-15")
