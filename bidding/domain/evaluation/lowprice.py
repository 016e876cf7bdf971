"""Abnormally low prices: a warning, the chance to explain, the committee's judgement (R-SCORE-05).

87号令 60 [M], 12号令 21 [M]. Nothing here rejects: the shares are declared in the tender document, what lies
below one is told to the committee, and only its majority rejects, after the bidder could explain.
"""

from collections.abc import Iterable
from fractions import Fraction

from bidding.domain.command import Facts
from bidding.domain.errors import OutOfOrder
from bidding.domain.evaluation import events as e
from bidding.domain.evaluation.bids import OpenedBid, above_limit, opened_bids, price_ceiling, to_be_scored
from bidding.domain.evaluation.requests import LowPrice, RequestKind
from bidding.domain.evaluation.sheets import Ground, RejectionVote
from bidding.domain.event import Event
from bidding.domain.given import terms_of
from bidding.domain.lot import Lot
from bidding.domain.scoring import Step, exact_text


def low_prices(lot: Lot) -> tuple[LowPrice, ...]:
    """The bids still to be scored whose price lies below a declared share of mean, next price or ceiling."""
    bids = to_be_scored(lot)
    found = ((bid, tuple(_below(lot, bid, bids))) for bid in bids)
    return tuple(
        LowPrice(bidder=bid.bidder, price_fen=bid.price_fen, below=below) for bid, below in found if below
    )


def warned(lot: Lot, facts: Facts) -> list[Event]:
    """The warning, if there is anything to warn of that the committee was not told before."""
    found = low_prices(lot)
    if not found or found == lot.evaluation.low_prices:
        return []
    return [e.LowPricesFound(found=found, at=facts.now)]


def require_explained(lot: Lot, votes: Iterable[RejectionVote], facts: Facts) -> None:
    """Raises ``OutOfOrder`` for a vote on ground 五 against a price that is not above the limit, hence too low,
    while its bidder had no chance to explain it."""
    prices = {bid.bidder: bid for bid in opened_bids(lot)}
    heard = {
        one.bidder
        for one in lot.evaluation.requests
        if one.kind is RequestKind.LOW_PRICE and one.had_its_chance(facts.now)
    }
    for vote in votes:
        if (
            vote.ground is Ground.PRICE
            and vote.bidder not in heard
            and not above_limit(lot, prices[vote.bidder])
        ):
            raise OutOfOrder("low-price-unexplained", rule="R-SCORE-05", bidder=vote.bidder)


def judged(lot: Lot, rejections: Iterable[e.BidRejected]) -> list[Event]:
    """What the votes made of each explanation that was asked for."""
    rejected = {one.bidder for one in rejections if one.ground is Ground.PRICE and not one.by_rule}
    asked = [
        one
        for one in lot.evaluation.requests
        if one.kind is RequestKind.LOW_PRICE and one.asked_at is not None
    ]
    replied = {one.bidder for one in asked if one.replied_at is not None}
    return [
        e.PriceExplanationJudged(
            bidder=bidder,
            accepted=bidder not in rejected,
            replied=bidder in replied,
            against=_against(lot, bidder),
            members=len(lot.evaluation.sheets),
        )
        for bidder in dict.fromkeys(one.bidder for one in asked)
    ]


def _against(lot: Lot, bidder: str) -> int:
    return sum(
        any(vote.bidder == bidder and vote.ground is Ground.PRICE for vote in sheet.rejections)
        for sheet in lot.evaluation.sheets
    )


def _below(lot: Lot, bid: OpenedBid, bids: tuple[OpenedBid, ...]) -> Iterable[Step]:
    declared, ceiling = terms_of(lot).low_price, price_ceiling(lot)
    prices = sorted(one.price_fen for one in bids)
    higher = [price for price in prices if price > bid.price_fen]
    mean = Fraction(sum(prices), len(prices))
    if declared.of_mean and bid.price_fen < mean * Fraction(declared.of_mean):
        yield Step(
            text=f"低于平均报价的 {declared.of_mean}（分）",
            value=exact_text(mean * Fraction(declared.of_mean)),
        )
    if declared.of_next and higher and bid.price_fen < higher[0] * Fraction(declared.of_next):
        value = exact_text(higher[0] * Fraction(declared.of_next))
        yield Step(text=f"低于次低报价的 {declared.of_next}（分）", value=value)
    if declared.of_limit and ceiling is not None and bid.price_fen < ceiling * Fraction(declared.of_limit):
        value = exact_text(ceiling * Fraction(declared.of_limit))
        yield Step(text=f"低于最高限价的 {declared.of_limit}（分）", value=value)
