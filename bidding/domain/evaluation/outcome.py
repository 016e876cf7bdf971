"""What the evaluation computes from the sheets: price scores, totals, ranks, candidates.

Scores are decimal text: events hold no floats, and what was rounded stays as it was rounded.
"""

import msgspec

from bidding.domain.evaluation.sheets import Ground
from bidding.domain.scoring import Sme, Step


class QualificationResult(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """GP: the purchaser's finding on one supplier; a no needs ``page`` and ``reason`` (R-GP-10).

    ``sme``, ``domestic``: what its declarations prove for the price deductions (R-SCORE-06, R-SCORE-07);
    ``brand``: of the core product that it offers (R-SCORE-05). ``promised``: qualified by its promise; the proof is
    looked at before it is awarded anything (R-NB-HM-04).
    """

    bidder: str
    qualified: bool
    page: str = ""
    reason: str = ""
    sme: Sme = Sme.NONE
    domestic: bool = False
    brand: str = ""
    promised: bool = False


class EnvelopeResult(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One envelope: ``status`` OPENED or the layer that failed; ``object_key`` of the plaintext."""

    bidder: str
    envelope: str
    status: str
    plaintext_sha256: str = ""
    length: int = 0
    object_key: str = ""


class PriceResult(msgspec.Struct, frozen=True, kw_only=True):
    """``price_fen`` as bid; ``evaluated_fen`` after deductions, exact text; ``score`` rounded as declared,
    empty where the method ranks by price alone."""

    bidder: str
    price_fen: int
    evaluated_fen: str
    score: str
    derivation: tuple[Step, ...] = ()


class CriterionMean(msgspec.Struct, frozen=True, kw_only=True):
    """``points``: the mean of the members; exact text ``n/d`` where it has no finite decimal expansion."""

    criterion: str
    points: str


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """``rank`` from 1, equal ranks are parallel (R-SCORE-15), 0: not to be recommended, for another bidder stands
    for the same brand (R-SCORE-05); ``technical``: sum of the criteria.

    ``price_score``: exact, brought to the points of price, with at least the declared digits; ``total``:
    rounded once."""

    bidder: str
    rank: int
    total: str
    price_score: str
    technical: str
    price_fen: int
    evaluated_fen: str
    criteria: tuple[CriterionMean, ...] = ()


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """中标候选人, as it will be publicised: what its opening form says, and its rank.

    评定分离: ``rank`` 0 and no ``total``, but the ``reason`` why it is recommended (R-DRAW-04)."""

    bidder: str
    name: str
    rank: int
    price_fen: int
    total: str
    duration_days: int
    quality: str
    project_lead: str
    reason: str = ""


class RejectedBid(msgspec.Struct, frozen=True, kw_only=True):
    bidder: str
    name: str
    ground: Ground
    page: str
    reason: str
