"""The draw, done again: commitments before the deadline, each reveal what it was held to, the choice recomputed."""

from collections.abc import Iterator

from bidding.application.draws import choose, fits
from bidding.application.record.read import Read, require
from bidding.domain.notice.events import NoticePublished
from bidding.domain.opening import events as e
from bidding.domain.opening.entries import FrozenBid
from bidding.domain.opening.outcomes import outcomes
from bidding.domain.opening.transcript import transcripts
from bidding.domain.scoring import DrawRule, pools_of
from bidding.domain.scoring.drawrule import ORDER

DRAW = "draw"


def check_draw(read: Read) -> Iterator[str]:
    notice, announced = read.first(NoticePublished), read.first(e.PricesAnnounced)
    rule = notice.terms.draw if notice is not None else None
    opened, drawn = read.first(e.DrawOpened), read.first(e.CoefficientsDrawn)
    if notice is None or rule is None:
        require(opened is None and drawn is None, DRAW, "the notice declares none")
        return
    require(rule.pools == pools_of(notice.terms.price_formula), DRAW, "other choices than the formula's")
    require(rule.order == ORDER, DRAW, "another order of reveals than the specified one")
    require(announced is None or drawn is not None, DRAW, "the bids were announced without it")
    if opened is None:
        return
    _frozen(read, opened)
    yield f"draw: begun on the frozen set of {len(opened.bids)} opened bids, commitments older than the deadline"
    for one in read.all(e.DrawRevealed):
        before = read.lot_before(one)
        require(one.source is before.opening.drawing.awaited, DRAW, f"{one.source.value} out of order")
        require(fits(before, one.source, one.value), DRAW, f"{one.source.value}: not what it committed to")
    for missed in read.all(e.DrawRevealMissed):
        awaited = read.lot_before(missed).opening.drawing.awaited
        require(missed.source is awaited, DRAW, f"{missed.source.value} out of order")
    if drawn is not None:
        yield _chosen(read, rule, drawn)


def _frozen(read: Read, opened: e.DrawOpened) -> None:
    closed = read.first(e.SubmissionClosed)
    order = list(read.events)
    for committed in read.all(e.DrawCommitted):
        require(
            closed is not None and order.index(committed) < order.index(closed),
            DRAW,
            f"the {committed.office.value} committed after the deadline",
        )
    opened_bids = (one for one in outcomes(read.lot_before(opened)) if one.opened)
    bids = sorted((one.entry.bidder, one.form.draw_nonce) for one in opened_bids if one.form is not None)
    frozen = tuple(FrozenBid(bidder=bidder, nonce=nonce) for bidder, nonce in bids)
    require(opened.bids == frozen, DRAW, "other bids or nonces than those opened")
    late = any(order.index(one) > order.index(opened) for one in read.all(e.BidRevoked))
    require(not late, DRAW, "a bid was taken out after the set was frozen")


def _chosen(read: Read, rule: DrawRule, drawn: e.CoefficientsDrawn) -> str:
    before = read.lot_before(drawn)
    require(
        before.opening.drawing.opened_at is not None and before.opening.drawing.awaited is None,
        DRAW,
        "drawn while a reveal was awaited",
    )
    again = transcripts(before)
    require(len(again) == len(drawn.drawn), DRAW, "not one value for each coefficient")
    for pool, transcript, one in zip(rule.pools, again, drawn.drawn, strict=True):
        chosen = choose(transcript, pool.values)
        require(
            (one.coefficient, one.transcript, one.seed, one.value)
            == (pool.coefficient, transcript, chosen.seed, chosen.value),
            DRAW,
            f"{one.coefficient.value}: does not follow from what was revealed",
        )
    said = ", ".join(f"{one.coefficient.value} = {one.value}" for one in drawn.drawn)
    return f"draw: {said} follows from the nonces and the beacon revealed"
