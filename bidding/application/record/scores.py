"""Scores, computed again as far as this reader was shown what they rest on (R-SCORE-01, R-SCORE-03, R-EVAL-03).

Committee and supervisor hold the sheets: every score, rank and the signed report follow. The offices hold means
and totals: price scores, totals and ranks follow. Anyone else holds prices, formula, coefficients and who was
rejected: price scores follow, and the totals of the candidates must leave for the committee what it could give.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction
from io import BytesIO

from bidding.application.record.read import Read, require
from bidding.domain.award.events import CandidatesPublicised
from bidding.domain.command import Facts
from bidding.domain.evaluation import events as e
from bidding.domain.evaluation.adjusting import factors_of
from bidding.domain.evaluation.bids import opened_bids
from bidding.domain.evaluation.brands import best_of_brand, lowest_of_brand
from bidding.domain.evaluation.compiling import price_scores, ranking_of, rejections, scored_prices
from bidding.domain.evaluation.outcome import Ranked
from bidding.domain.evaluation.ranking import ranked, rounding_of, weighted_score
from bidding.domain.evaluation.report import text_hash
from bidding.domain.evaluation.signing import reported
from bidding.domain.given import terms_of
from bidding.domain.lot import Lot
from bidding.domain.parties import PLATFORM
from bidding.domain.ranking import Contender, Method, rank
from bidding.domain.regime import Regime
from bidding.domain.scoring import PriceScore, exact_text

SCORES = "scores"


def check_scores(read: Read) -> Iterator[str]:
    if read.first(e.PricesScored) is not None:
        yield from _from_sheets(read)
    elif read.first(e.EvaluationReported) is not None:
        yield from _from_means(read)
    else:
        yield from _from_prices(read)


def _from_sheets(read: Read) -> Iterator[str]:
    for scored in read.all(e.PricesScored):
        before = read.lot_before(scored)
        votes = tuple(rejections(before))
        require(votes == before.evaluation.rejected, SCORES, "the rejections do not follow from the votes")
        require(scored_prices(before) == scored, SCORES, "the price scores do not follow")
    rankings = read.all(e.BidsRanked)
    for one in rankings:
        before = read.lot_before(one)
        prices = before.evaluation.prices
        found = next((known for known in reversed(read.all(e.PricesScored)) if known.scores == prices), None)
        require(found is not None, SCORES, "ranked before any price was scored")
        assert found is not None
        settled = before.evaluation.same_brand
        require(brands_of(before) == settled, SCORES, "which bid stands for its brand does not follow")
        require(
            ranking_of(before, found) == one, SCORES, "totals, ranks or report do not follow from the sheets"
        )
    hashes = {one.report_hash for one in rankings}
    signed = read.all(e.ReportSigned)
    require({one.report_hash for one in signed} <= hashes, SCORES, "a member signed another report")
    for closed in read.all(e.EvaluationReported):
        again = reported(read.lot_before(closed), closed.at)
        require(again == closed, SCORES, "what was reported is not what the members closed")
    yield f"scores: sheets, price scores, totals, ranks and report computed again; {len(signed)} members signed it"


def brands_of(lot: Lot) -> tuple[e.SameBrandResolved, ...]:
    """R-SCORE-05: draws are made again from the bytes that were recorded for them. ``lot``: with its price scores."""
    spent = "".join(one.pick.random for one in lot.evaluation.same_brand if one.pick is not None)
    facts = Facts(
        now=datetime.fromtimestamp(0, UTC), actor=PLATFORM, random=BytesIO(bytes.fromhex(spent)).read
    )
    method = terms_of(lot).method
    if method is Method.GP_COMPREHENSIVE:
        return tuple(best_of_brand(lot, ranked(lot), facts))
    if method is not Method.GP_LOWEST_EVALUATED:
        return ()
    out = {one.bidder for one in lot.evaluation.rejected}
    return tuple(lowest_of_brand(lot, (b.bidder for b in opened_bids(lot) if b.bidder not in out), facts))


def _from_means(read: Read) -> Iterator[str]:
    for told in read.all(e.EvaluationReported):
        lot = read.lot_before(told)
        rejected = {one.bidder for one in told.rejected}
        placed = {one.bidder for one in told.ranking}
        opened = {one.bidder for one in opened_bids(lot)}
        require(placed | rejected <= opened and not placed & rejected, SCORES, "ranked and rejected at once")
        again = {one.bid: one for one in price_scores(lot, opened - placed).scores}
        for one in told.ranking:
            _placed(lot, one, again[one.bidder])
        _in_order(lot, told.ranking)
        require(text_hash(told.report) == told.report_hash, SCORES, "the report has another hash")
        yield f"scores: price scores, totals and ranks of {len(placed)} bids computed again from the committee's means"


def _placed(lot: Lot, one: Ranked, again: PriceScore) -> None:
    terms = terms_of(lot)
    # What the members add or take off by published factors (R-SCORE-09) stands in their sheets alone.
    known = not factors_of(terms.price_formula)
    require(
        not known or one.evaluated_fen == again.evaluated, SCORES, f"{one.bidder}: another evaluated price"
    )
    technical = sum((Fraction(mean.points) for mean in one.criteria), Fraction(0))
    require(one.technical == exact_text(technical), SCORES, f"{one.bidder}: other points than the criteria's")
    if not one.total:
        return
    weighted, rounding = weighted_score(terms, again.score or "0"), rounding_of(terms.price_formula)
    require(
        (one.price_score, one.total)
        == (exact_text(weighted, rounding.digits), rounding.text(weighted + technical)),
        SCORES,
        f"{one.bidder}: price score or total do not follow",
    )


def _in_order(lot: Lot, ranking: tuple[Ranked, ...]) -> None:
    """Ranks by method. Rank 0: apart, for another stands for the brand, or nobody is ranked (R-DRAW-04)."""
    ranked = [one for one in ranking if one.rank]
    if terms_of(lot).method is Method.ENG_REASONABLE_LOW:
        # Credit grades are not shown to the offices, and may come before the instant that they could compare.
        order = [(-Fraction(one.total), one.price_fen) for one in sorted(ranked, key=lambda one: one.rank)]
        require(order == sorted(order), SCORES, "ranks do not follow from the totals")
        return
    completed = {one.bidder: one.completed_at for one in opened_bids(lot)}
    contenders = [
        Contender(
            bid=one.bidder,
            price=str(one.price_fen),
            score=one.total or "0",
            evaluated=one.evaluated_fen,
            submitted=completed[one.bidder],
        )
        for one in ranked
    ]
    found: dict[str, int] = {}
    for group in rank(terms_of(lot).method, contenders):
        found.update(dict.fromkeys(group, len(found) + 1))
    require({one.bidder: one.rank for one in ranked} == found, SCORES, "ranks do not follow from the totals")


def _from_prices(read: Read) -> Iterator[str]:
    """The declarations behind deductions are not public (R-SCORE-06), so this is for works alone."""
    published = read.first(CandidatesPublicised)
    if published is None or read.lot.notice.regime is not Regime.ENG:
        return
    lot = read.lot_before(published)
    if factors_of(terms_of(lot).price_formula):  # what they come to is not public (R-SCORE-09)
        return
    terms, out = terms_of(lot), {one.bidder for one in published.rejected}
    again = {one.bid: one for one in price_scores(lot, out).scores if one.bid not in out}
    most = sum((Fraction(one.max_points) for one in terms.criteria), Fraction(0))
    half_digit = Fraction(1, 10 ** rounding_of(terms.price_formula).digits)
    for one in published.candidates:
        require(one.bidder in again, SCORES, f"{one.bidder}: a candidate without a valid bid")
        if one.total:
            rest = Fraction(one.total) - weighted_score(terms, again[one.bidder].score or "0")
            fits = -half_digit <= rest <= most + half_digit
            require(fits, SCORES, f"{one.bidder}: the total leaves {float(rest):.2f} points to the committee")
    totals = [Fraction(one.total) for one in published.candidates if one.total]
    require(totals == sorted(totals, reverse=True), SCORES, "a lower total stands before a higher one")
    yield f"scores: price scores of {len(again)} valid bids computed again; the candidates' totals fit them"
