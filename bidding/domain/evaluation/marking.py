"""A member's sheet: what it must hold, and what may still be changed once all have been seen."""

from collections.abc import Iterable
from decimal import Decimal

from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, Unknown
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation import events as e
from bidding.domain.evaluation.abnormal import open_abnormal
from bidding.domain.evaluation.adjusting import check_adjustments
from bidding.domain.evaluation.asking import require_answered
from bidding.domain.evaluation.bids import opened_bids, to_be_scored
from bidding.domain.evaluation.lowprice import require_explained
from bidding.domain.evaluation.reviewing import require_envelopes
from bidding.domain.evaluation.sheets import BidScores, Sheet
from bidding.domain.event import Event
from bidding.domain.given import signed_of, terms_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.notice.terms import Criterion, CriterionKind
from bidding.domain.order import require_phase
from bidding.domain.regime import Regime


def submit_scores(lot: Lot, command: c.SubmitScores, facts: Facts) -> list[Event]:
    """Kept from everybody until the last sheet is in; then all are revealed together."""
    require_phase(lot, Phase.EVALUATING, rule="R-STATE-01")
    evaluation = lot.evaluation
    member = facts.actor.party
    if member not in evaluation.signed_in:
        raise OutOfOrder("not-signed-in", rule="R-EVAL-07")
    if lot.notice.regime is Regime.GP and not evaluation.qualification:
        raise OutOfOrder("qualification-not-reviewed", rule="R-GP-10")
    require_envelopes(lot)
    require_answered(lot, facts)
    _check_sheet(lot, command)
    require_explained(lot, command.rejections, facts)
    sheet = Sheet(member=member, bids=command.sheet, rejections=command.rejections)
    earlier = next((one for one in evaluation.sheets if one.member == member), None)
    if evaluation.revealed and earlier is not None:
        _check_correction(lot, earlier, sheet)
    submitted = e.ScoreSheetSubmitted(
        member=member,
        bids=command.sheet,
        rejections=command.rejections,
        at=facts.now,
        signed=signed_of(facts),
    )
    sheets = (*(one for one in evaluation.sheets if one.member != member), sheet)
    events: list[Event] = [submitted]
    if earlier is None:
        events.append(e.SheetReceived(count=len(sheets)))
    if not evaluation.vacant and {one.member for one in sheets} == set(evaluation.members):
        by_seat = {one.member: one for one in sheets}
        events.append(e.ScoresRevealed(sheets=tuple(by_seat[party] for party in evaluation.members)))
    return events


def differing_objective(lot: Lot, sheets: Iterable[Sheet]) -> list[tuple[str, str]]:
    """(bidder, criterion) wherever members differ on an objective criterion (R-SCORE-05, 87号令 64), or on a factor
    of the evaluated price: its amount follows from the published standard, and nothing of it is to be judged."""
    objective = {one.id for one in terms_of(lot).criteria if one.kind is CriterionKind.OBJECTIVE}
    given: dict[tuple[str, str], set[Decimal]] = {}
    for sheet in sheets:
        for bid in sheet.bids:
            for score in bid.scores:
                if score.criterion in objective:
                    given.setdefault((bid.bidder, score.criterion), set()).add(Decimal(score.points))
            for one in bid.adjustments:
                given.setdefault((bid.bidder, one.factor), set()).add(Decimal(one.amount_fen))
    return sorted(key for key, points in given.items() if len(points) > 1)


def _check_sheet(lot: Lot, command: c.SubmitScores) -> None:
    opened = {bid.bidder: bid.price_fen for bid in opened_bids(lot)}
    scored = [one.bidder for one in command.sheet]
    voted = [vote.bidder for vote in command.rejections]
    for bidder in (*scored, *voted):
        if bidder not in opened:
            raise Unknown("bid-not-opened", rule="R-OPEN-02", bidder=bidder)
    for bidders in (scored, voted):
        if len(set(bidders)) != len(bidders):
            raise Invalid("bid-twice", rule="R-EVAL-03", bidders=bidders)
    missing = sorted({bid.bidder for bid in to_be_scored(lot)} - {*scored, *voted})
    if missing:
        raise Invalid("sheet-incomplete", rule="R-EVAL-03", missing=missing)
    criteria = {one.id: one for one in terms_of(lot).criteria}
    for one in command.sheet:
        _check_bid(one, criteria)
        check_adjustments(terms_of(lot).price_formula, one, opened[one.bidder])


def _check_bid(bid: BidScores, criteria: dict[str, Criterion]) -> None:
    """R-EVAL-03, 招投条例 49: the published criteria, all of them and no others, each within its maximum."""
    named = [score.criterion for score in bid.scores]
    unpublished = [name for name in named if name not in criteria]
    if unpublished:
        raise Invalid(
            "criterion-unpublished",
            rule="R-EVAL-03",
            bidder=bid.bidder,
            criteria=unpublished,
            published=list(criteria),
        )
    if sorted(named) != sorted(criteria):
        raise Invalid(
            "criteria-incomplete",
            rule="R-EVAL-03",
            bidder=bid.bidder,
            missing=[name for name in criteria if name not in named],
            twice=sorted({name for name in named if named.count(name) > 1}),
        )
    for score in bid.scores:
        most = criteria[score.criterion].max_points
        if Decimal(score.points) > Decimal(most):
            raise Invalid(
                "points-out-of-range",
                rule="R-SCORE-05",
                bidder=bid.bidder,
                criterion=score.criterion,
                points=score.points,
                max_points=most,
            )


def _check_correction(lot: Lot, earlier: Sheet, later: Sheet) -> None:
    """R-SCORE-05: once scores have been seen they may change only where objective points differ between
    members or one's own are 畸高 or 畸低, and be added where a vote to reject found no majority. Everything else stays
    as it was."""
    if lot.evaluation.ranking:
        raise Conflicting("scores-ranked", rule="R-SCORE-05")
    if later.rejections != earlier.rejections:
        raise Invalid("votes-final", rule="R-SCORE-05")
    open_points = set(differing_objective(lot, lot.evaluation.sheets))
    open_points |= {
        (one.bidder, one.criterion)
        for one in open_abnormal(lot, lot.evaluation.sheets)
        if one.member == later.member
    }
    after = {bid.bidder: (*bid.scores, *bid.adjustments) for bid in later.bids}
    for bid in earlier.bids:
        said = [(score.criterion, score) for score in bid.scores]
        for name, one in (*said, *((one.factor, one) for one in bid.adjustments)):
            if (bid.bidder, name) not in open_points and one not in after.get(bid.bidder, ()):
                raise Invalid("points-final", rule="R-SCORE-05", bidder=bid.bidder, criterion=name)
