"""Totals and order: exact until one declared rounding, ties by method (R-SCORE-01, R-SCORE-15)."""

from collections.abc import Iterable
from fractions import Fraction

import msgspec

from bidding.domain.evaluation.bids import OpenedBid, opened_bids
from bidding.domain.evaluation.outcome import Candidate, CriterionMean, PriceResult, Ranked
from bidding.domain.given import terms_of
from bidding.domain.lot import Lot
from bidding.domain.notice.terms import TenderTerms
from bidding.domain.ranking import Contender, rank
from bidding.domain.scoring import (
    EngLowestEvaluated,
    GpLowestEvaluated,
    LowPriceFirst,
    PriceFormula,
    Rounding,
    Step,
    exact_text,
)


def ranked(lot: Lot) -> tuple[Ranked, ...]:
    """Every bid whose price was scored, from first to last. Needs ``lot.evaluation.prices``."""
    terms = terms_of(lot)
    bids = {bid.bidder: bid for bid in opened_bids(lot)}
    unordered = {price.bidder: _totalled(lot, terms, price) for price in lot.evaluation.prices}
    credit = {one.bidder: one.rank for one in lot.evaluation.grades}
    groups = rank(
        terms.method,
        [_contender(one, bids[one.bidder], credit.get(one.bidder)) for one in unordered.values()],
    )
    in_order: list[Ranked] = []
    for group in groups:
        place = len(in_order) + 1  # after two parallel firsts comes the third
        in_order.extend(_placed(unordered[bidder], place) for bidder in group)
    return tuple(in_order)


def without(ranking: tuple[Ranked, ...], aside: set[str]) -> tuple[Ranked, ...]:
    """The others ranked on without a gap; those ``aside`` behind them, with their points and no rank."""
    staying = [one for one in ranking if one.bidder not in aside]
    places = {one.rank: 1 + sum(other.rank < one.rank for other in staying) for one in staying}
    behind = [one for one in ranking if one.bidder in aside]
    return (*(_placed(one, places[one.rank]) for one in staying), *(_placed(one, 0) for one in behind))


def candidates_of(lot: Lot, ranking: tuple[Ranked, ...]) -> tuple[Candidate, ...]:
    """R-ENG-17, 招投条例 53: at most as many as declared, in order. Parallel bids are never split, for
    nothing tells them apart: a parallel group that no longer fits is left out, unless it is the first."""
    most = terms_of(lot).candidates
    bids = {bid.bidder: bid for bid in opened_bids(lot)}
    chosen: list[Candidate] = []
    for place in sorted({one.rank for one in ranking if one.rank}):
        group = [one for one in ranking if one.rank == place]
        if chosen and len(chosen) + len(group) > most:
            break
        chosen.extend(_candidate(one, bids[one.bidder]) for one in group)
    return tuple(chosen) if terms_of(lot).decision is None else _unranked(lot, chosen, ranking)


def unranked(ranking: tuple[Ranked, ...], bidders: Iterable[str]) -> tuple[Ranked, ...]:
    """评定分离: the same bids in the order of ``bidders``, without ranks (R-DRAW-04)."""
    by_bidder = {one.bidder: one for one in ranking}
    return tuple(_placed(by_bidder[bidder], 0) for bidder in bidders if bidder in by_bidder)


def _unranked(lot: Lot, chosen: list[Candidate], ranking: tuple[Ranked, ...]) -> tuple[Candidate, ...]:
    """In the order of the opening; the reason says what each is best in, not how far it is ahead."""
    order = [bid.bidder for bid in opened_bids(lot)]
    titles = {one.id: one.title for one in terms_of(lot).criteria}
    best: dict[str, Fraction] = {}
    for one in ranking:
        for mean in one.criteria:
            best[mean.criterion] = max(best.get(mean.criterion, Fraction(0)), Fraction(mean.points))
    points = {one.bidder: one.criteria for one in ranking}
    found = []
    for candidate in sorted(chosen, key=lambda one: order.index(one.bidder)):
        leads = [
            titles[m.criterion] for m in points[candidate.bidder] if Fraction(m.points) == best[m.criterion]
        ]
        reason = "通过评审，响应招标文件的实质性要求" + (f"；{'、'.join(leads)}评价最高" if leads else "")
        found.append(msgspec.structs.replace(candidate, rank=0, total="", reason=reason))
    return tuple(found)


def _totalled(lot: Lot, terms: TenderTerms, price: PriceResult) -> Ranked:
    """Total = price score weighted to its points + Σ criterion means, rounded once."""
    criteria = tuple(
        (criterion.id, _mean_points(lot, price.bidder, criterion.id)) for criterion in terms.criteria
    )
    technical = sum((points for _, points in criteria), Fraction(0))
    formula = terms.price_formula
    by_price_alone = isinstance(formula, GpLowestEvaluated | EngLowestEvaluated)
    weighted, rounding = weighted_score(terms, price.score), rounding_of(formula)
    return Ranked(
        bidder=price.bidder,
        rank=0,
        total="" if by_price_alone else rounding.text(weighted + technical),
        price_score=price.score if by_price_alone else exact_text(weighted, rounding.digits),
        technical=exact_text(technical),
        price_fen=price.price_fen,
        evaluated_fen=price.evaluated_fen,
        criteria=tuple(CriterionMean(criterion=name, points=exact_text(points)) for name, points in criteria),
    )


def total_steps(terms: TenderTerms, one: Ranked, price: PriceResult) -> tuple[Step, ...]:
    """How the total follows from price score and criteria; nothing where price alone ranks."""
    if not one.total:
        return ()
    full = _full(terms.price_formula)
    weighted = f"价格得分 {price.score} × {terms.price_points} ÷ {full}"
    rounding = rounding_of(terms.price_formula)
    return (
        Step(text=weighted, value=exact_text(weighted_score(terms, price.score))),
        Step(text="各评审因素平均分之和", value=one.technical),
        Step(text=f"总分：两者之和，保留{rounding.digits}位（{rounding.mode.value}）", value=one.total),
    )


def _full(formula: PriceFormula) -> str:
    """The most that the price score can be."""
    match formula:
        case LowPriceFirst():
            return formula.weight
        case GpLowestEvaluated() | EngLowestEvaluated():
            return "0"
        case _:
            return formula.full


def weighted_score(terms: TenderTerms, score: str) -> Fraction:
    """R-SCORE-09: a score out of the formula's full marks, brought to the points of price in the total."""
    full = Fraction(_full(terms.price_formula))
    return Fraction(score) * Fraction(terms.price_points) / full if full else Fraction(0)


def rounding_of(formula: PriceFormula) -> Rounding:
    """The declared rounding, which is that of the score; by default two digits, half up (R-SCORE-01)."""
    if isinstance(formula, GpLowestEvaluated | EngLowestEvaluated):
        return Rounding()
    return formula.rounding


def _mean_points(lot: Lot, bidder: str, criterion: str) -> Fraction:
    points = [
        Fraction(score.points)
        for sheet in lot.evaluation.sheets
        for bid in sheet.bids
        if bid.bidder == bidder
        for score in bid.scores
        if score.criterion == criterion
    ]
    return sum(points, Fraction(0)) / len(points)


def _contender(one: Ranked, bid: OpenedBid, credit_rank: int | None) -> Contender:
    return Contender(
        bid=one.bidder,
        price=str(one.price_fen),
        score=one.total or "0",
        evaluated=one.evaluated_fen,
        credit_rank=credit_rank,
        submitted=bid.completed_at,
    )


def _placed(one: Ranked, place: int) -> Ranked:
    return Ranked(
        bidder=one.bidder,
        rank=place,
        total=one.total,
        price_score=one.price_score,
        technical=one.technical,
        price_fen=one.price_fen,
        evaluated_fen=one.evaluated_fen,
        criteria=one.criteria,
    )


def _candidate(one: Ranked, bid: OpenedBid) -> Candidate:
    return Candidate(
        bidder=one.bidder,
        name=bid.name,
        rank=one.rank,
        price_fen=bid.price_fen,
        total=one.total,
        duration_days=bid.duration_days,
        quality=bid.quality,
        project_lead=bid.project_lead,
    )
