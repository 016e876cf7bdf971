"""The draws of the experts, done again from what everybody may see: tickets, not names (R-EVAL-07, R-DRAW-02)."""

from collections.abc import Iterator, Sequence

from bidding.application.draws import arrange, fits_experts
from bidding.application.record.read import Read, require
from bidding.domain.evaluation import ticketing as t
from bidding.domain.evaluation.lottery import following, seats
from bidding.domain.evaluation.ticketed import transcript_of
from bidding.domain.event import Event
from bidding.domain.notice.events import NoticePublished
from bidding.domain.opening import events as opening
from bidding.domain.scoring.drawrule import Source, pool_sha256

EXPERTS = "experts"


def check_experts(read: Read) -> Iterator[str]:
    notice = read.first(NoticePublished)
    rule = notice.terms.expert_draw if notice is not None else None
    if rule is None:
        begun = (
            read.first(t.ExpertDrawOpened) or read.first(t.ExpertsDrawn) or read.first(t.ExpertRoundOpened)
        )
        require(begun is None, EXPERTS, "the notice declares no such draw")
        return
    for number, part in enumerate(_rounds(read), start=1):
        if number > 1:
            yield _another(read, number, part)
        yield from _round(read, number, part)


def _rounds(read: Read) -> list[list[Event]]:
    parts: list[list[Event]] = [[]]
    for one in read.events:
        if isinstance(one, t.ExpertRoundOpened):
            parts.append([])
        parts[-1].append(one)
    return parts


def _another(read: Read, number: int, part: Sequence[Event]) -> str:
    """That nobody in the order could sit is the platform's word: who they are stays sealed."""
    begun = part[0]
    assert isinstance(begun, t.ExpertRoundOpened), "a part begins with its round"
    before = read.lot_before(begun).evaluation.lottery
    require(bool(before.order), EXPERTS, "another round before the one before had drawn")
    require(begun.round == number, EXPERTS, "a round out of turn")
    return f"experts: round {number}, for {sum(one.count for one in begun.quotas)} seats that the order could not fill"


def _round(read: Read, number: int, part: Sequence[Event]) -> Iterator[str]:
    opened = next((one for one in part if isinstance(one, t.ExpertDrawOpened)), None)
    if opened is None:
        return
    _frozen(read, number, part, opened)
    yield f"experts: a pool of {len(opened.pool)} tickets frozen after the commitments and before any reveal"
    for one in part:
        if isinstance(one, t.ExpertDrawRevealed):
            before = read.lot_before(one)
            awaited = before.evaluation.lottery.drawing.awaited
            require(one.source is awaited, EXPERTS, f"{one.source.value} out of order")
            fit = fits_experts(before, one.source, one.value)
            require(fit, EXPERTS, f"{one.source.value}: not what it committed to")
        if isinstance(one, t.ExpertDrawRevealMissed):
            awaited = read.lot_before(one).evaluation.lottery.drawing.awaited
            require(one.source is awaited, EXPERTS, f"{one.source.value} out of order")
    for drawn in part:
        if isinstance(drawn, t.ExpertsDrawn):
            yield _drawn(read, drawn)
            yield from _succeeded(read, part)


def _frozen(read: Read, number: int, part: Sequence[Event], opened: t.ExpertDrawOpened) -> None:
    tickets = [slip.ticket for slip in opened.pool]
    require(tickets == sorted(set(tickets)), EXPERTS, "a ticket stands twice or out of order")
    named = tuple(f"{slip.ticket} {slip.trade}" for slip in opened.pool)
    require(opened.pool_sha256 == pool_sha256(named), EXPERTS, "the pool is not the one that its hash names")
    before = read.lot_before(opened)
    terms, lottery = before.notice.terms, before.evaluation.lottery
    assert terms is not None, "the notice declares the draw"
    assert terms.expert_draw is not None
    if lottery.whole:
        declared = terms.expert_draw.trades in ((), opened.quotas)
        require(declared, EXPERTS, "other conditions than those of the notice")
        asked = sum(quota.count for quota in opened.quotas)
        experts = terms.committee_size - terms.tenderer_reps
        require(asked == experts, EXPERTS, "another number than the notice's")
    else:
        require(opened.quotas == lottery.quotas, EXPERTS, "other seats than the round's")
    agencys = lottery.drawing.commitment(Source.AGENCY)
    require(agencys is not None, EXPERTS, "no agency's commitment")
    order = list(part)
    late = [one for one in order[order.index(opened) :] if isinstance(one, t.ExpertDrawCommitted)]
    require(not late, EXPERTS, "committed after the pool was frozen")
    ended = read.first(opening.OpeningEnded)
    events = list(read.events)
    require(
        ended is not None and events.index(ended) < events.index(opened),
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


def _succeeded(read: Read, part: Sequence[Event]) -> Iterator[str]:
    found = [one for one in part if isinstance(one, t.ExpertSucceeded)]
    for one in found:
        lottery = read.lot_before(one).evaluation.lottery
        waiting = following(lottery, one.trade)
        want = (*one.passed, one.drawn)
        require(waiting[: len(want)] == want, EXPERTS, "a seat was taken out of the order of the draw")
    if found:
        yield f"experts: {len(found)} seats taken later, each by the next of the same order"
