"""How a bidder's own result came about, number by number, once the award notice is out (R-SCORE-01, R-AWARD-01).

87号令 69 [M]: a loser is told its own score and rank. Of the members' points only the mean is shown: who gave what is
a member's opinion, which stays within the committee (招投法 44).
"""

import msgspec

from bidding.domain.errors import OutOfOrder
from bidding.domain.evaluation.outcome import PriceResult, RejectedBid
from bidding.domain.evaluation.ranking import total_steps
from bidding.domain.given import terms_of
from bidding.domain.lot import Lot
from bidding.domain.notice.terms import CriterionKind
from bidding.domain.ranking import TIES
from bidding.domain.scoring import Step


class OwnCriterion(msgspec.Struct, frozen=True, kw_only=True):
    """``points``: the mean of ``members`` members, exact; all gave the same where ``kind`` is objective."""

    criterion: str
    title: str
    kind: CriterionKind
    max_points: str
    points: str
    members: int


class OwnResult(msgspec.Struct, frozen=True, kw_only=True):
    """``formula``: canonical JSON of the pinned one; amounts in 分, exact text. ``rank`` 0: not ranked.

    ``ties``: what decides between equal bids, in this order; ``same_brand``: the brand for which another bidder stands.
    """

    bidder: str
    rejected: RejectedBid | None = None
    same_brand: str = ""
    formula: str = ""
    base_fen: str = ""
    base_derivation: tuple[Step, ...] = ()
    price: PriceResult | None = None
    criteria: tuple[OwnCriterion, ...] = ()
    total: str = ""
    total_derivation: tuple[Step, ...] = ()
    rank: int = 0
    ties: tuple[str, ...] = ()


def own_result(lot: Lot, bidder: str) -> OwnResult:
    """Raises ``OutOfOrder`` before the award notice."""
    if lot.award.issued_at is None:
        raise OutOfOrder("result-not-issued", rule="R-AWARD-01")
    evaluation, terms = lot.evaluation, terms_of(lot)
    fallen = next((one for one in evaluation.reported_rejections if one.bidder == bidder), None)
    brand = next((one.brand for one in evaluation.same_brand if bidder in one.others), "")
    price = next((one for one in evaluation.prices if one.bidder == bidder), None)
    ranked = next((one for one in evaluation.ranking if one.bidder == bidder), None)
    if price is None or ranked is None:
        return OwnResult(bidder=bidder, rejected=fallen, same_brand=brand)
    means = {one.criterion: one.points for one in ranked.criteria}
    return OwnResult(
        bidder=bidder,
        same_brand=brand,
        formula=evaluation.formula,
        base_fen=evaluation.base_fen,
        base_derivation=evaluation.base_derivation,
        price=price,
        criteria=tuple(
            OwnCriterion(
                criterion=one.id,
                title=one.title,
                kind=one.kind,
                max_points=one.max_points,
                points=means[one.id],
                members=len(evaluation.sheets),
            )
            for one in terms.criteria
        ),
        total=ranked.total,
        total_derivation=total_steps(terms, ranked, price),
        rank=ranked.rank,
        ties=TIES[terms.method],
    )
