"""The draw of the experts, done again from what everybody may see: tickets, not names (R-EVAL-07, R-DRAW-02)."""

from collections.abc import Iterator

from bidding.application.draws import arrange, fits_experts
from bidding.application.record.read import Read, require
from bidding.domain.evaluation import ticketing as t
from bidding.domain.evaluation.lottery import following, seats
from bidding.domain.evaluation.ticketed import transcript_of
from bidding.domain.notice.events import NoticePublished
from bidding.domain.opening import events as opening
from bidding.domain.scoring.drawrule import Source, pool_sha256

EXPERTS = "experts"


def check_experts(read: Read) -> Iterator[str]:
    notice, opened, drawn = (
        read.first(NoticePublished),
        read.first(t.ExpertDrawOpened),
        read.first(t.ExpertsDrawn),
    )
    rule = notice.terms.expert_draw if notice is not None else None
    if rule is None:
        require(opened is None and drawn is None, EXPERTS, "the notice declares no such draw")
        return
    if opened is None:
        return
    _frozen(read, opened)
    yield f"experts: a pool of {len(opened.pool)} tickets frozen after the commitments and before any reveal"
    for one in read.all(t.ExpertDrawRevealed):
        before = read.lot_before(one)
        require(
            one.source is before.evaluation.lottery.drawing.awaited,
            EXPERTS,
            f"{one.source.value} out of order",
        )
        require(
            fits_experts(before, one.source, one.value),
            EXPERTS,
            f"{one.source.value}: not what it committed to",
        )
    for missed in read.all(t.ExpertDrawRevealMissed):
        awaited = read.lot_before(missed).evaluation.lottery.drawing.awaited
        require(missed.source is awaited, EXPERTS, f"{missed.source.value} out of order")
    if drawn is not None:
        yield _drawn(read, drawn)
        yield from _succeeded(read)


def _frozen(read: Read, opened: t.ExpertDrawOpened) -> None:
    tickets = [slip.ticket for slip in opened.pool]
    require(tickets == sorted(set(tickets)), EXPERTS, "a ticket stands twice or out of order")
    named = tuple(f"{slip.ticket} {slip.trade}" for slip in opened.pool)
    require(opened.pool_sha256 == pool_sha256(named), EXPERTS, "the pool is not the one that its hash names")
    before = read.lot_before(opened)
    terms = before.notice.terms
    assert terms is not None, "the notice declares the draw"
    assert terms.expert_draw is not None
    require(
        terms.expert_draw.trades in ((), opened.quotas), EXPERTS, "other conditions than those of the notice"
    )
    asked = sum(quota.count for quota in opened.quotas)
    require(asked == terms.committee_size - terms.tenderer_reps, EXPERTS, "another number than the notice's")
    require(
        before.evaluation.lottery.drawing.commitment(Source.AGENCY) is not None,
        EXPERTS,
        "no agency's commitment",
    )
    order = list(read.events)
    late = [one for one in read.all(t.ExpertDrawCommitted) if order.index(one) > order.index(opened)]
    require(not late, EXPERTS, "committed after the pool was frozen")
    ended = read.first(opening.OpeningEnded)
    require(
        ended is not None and order.index(ended) < order.index(opened),
        EXPERTS,
        "frozen before the opening ended",
    )


def _drawn(read: Read, drawn: t.ExpertsDrawn) -> str:
    before = read.lot_before(drawn)
    lottery = before.evaluation.lottery
    require(
        lottery.drawing.opened_at is not None and lottery.drawing.awaited is None,
        EXPERTS,
        "drawn while a reveal was awaited",
    )
    said = transcript_of(before)
    seed, order = arrange(said, tuple(slip.ticket for slip in lottery.pool))
    sitting = seats(order, lottery.trades, lottery.quotas)
    require(
        (drawn.transcript, drawn.seed, drawn.order, drawn.drawn) == (said, seed, order, sitting),
        EXPERTS,
        "does not follow from what was revealed",
    )
    return f"experts: the {len(sitting)} tickets that sit follow from the nonces and the beacon revealed"


def _succeeded(read: Read) -> Iterator[str]:
    found = read.all(t.ExpertSucceeded)
    for one in found:
        lottery = read.lot_before(one).evaluation.lottery
        waiting = following(lottery, one.trade)
        want = (*one.passed, one.drawn)
        require(waiting[: len(want)] == want, EXPERTS, "a seat was taken out of the order of the draw")
    if found:
        yield f"experts: {len(found)} seats taken later, each by the next of the same order"
