"""The state of the experts' draw, its transcript, and who sits by it: pure functions that the verifier uses too."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from bidding.domain.evaluation import ticketing as e
from bidding.domain.evaluation.members import PoolMember, TradeQuota
from bidding.domain.event import Event
from bidding.domain.opening.parts import DrawCommitment, Drawing, DrawReveal, MissedReveal, Window
from bidding.domain.scoring.drawrule import Source

VERSION = 1


class Lottery(msgspec.Struct, frozen=True, kw_only=True):
    """``order``: every ticket of the pool in the order drawn; ``used``: seated at some time, or passed over.

    ``tickets``, ``representatives``, ``excluded``: in the platform's own state alone. ``round``: of the draws of this
    lot, each with commitments, a pool and an order of its own; ``anchor``: of a later one's beacon; ``whole``: for the
    whole committee, not for the seats that were left.
    """

    drawing: Drawing = Drawing()
    pool: tuple[e.Slip, ...] = ()
    pool_sha256: str = ""
    quotas: tuple[TradeQuota, ...] = ()
    tickets: tuple[e.Ticket, ...] = ()
    representatives: tuple[PoolMember, ...] = ()
    excluded: int = 0
    order: tuple[str, ...] = ()
    used: tuple[str, ...] = ()
    seed: str = ""
    round: int = 1
    anchor: str = ""
    whole: bool = True

    @property
    def begun(self) -> bool:
        """Once an order has been drawn, seats are taken by it or by a later round's, never by chance alone."""
        return bool(self.order) or self.round > 1

    @property
    def trades(self) -> dict[str, str]:
        return {slip.ticket: slip.trade for slip in self.pool}


def evolve(lottery: Lottery, event: Event) -> Lottery:
    known = lottery.drawing
    match event:
        case e.ExpertDrawCommitted():
            found = [(event.office, event.commitment), (Source.RESERVE, event.reserve)]
            committed = tuple(
                DrawCommitment(source=source, commitment=one, by=event.by, at=event.at)
                for source, one in found
                if one
            )
            return replace(
                lottery,
                drawing=replace(known, commitments=(*known.commitments, *committed)),
                anchor=event.anchor or lottery.anchor,
            )
        case e.ExpertRoundOpened():
            return Lottery(round=event.round, quotas=event.quotas, whole=event.whole)
        case e.ExpertPoolSealed():
            return replace(
                lottery,
                tickets=event.tickets,
                representatives=event.representatives,
                excluded=event.excluded,
            )
        case e.ExpertDrawOpened():
            drawing = replace(known, opened_at=event.at, uncommitted=event.uncommitted, window=_window(event))
            return replace(
                lottery,
                drawing=drawing,
                pool=event.pool,
                pool_sha256=event.pool_sha256,
                quotas=event.quotas,
            )
        case e.ExpertDrawRevealed():
            shown = DrawReveal(source=event.source, value=event.value, by=event.by, at=event.at)
            drawing = replace(known, reveals=(*known.reveals, shown), window=_window(event))
            return replace(lottery, drawing=drawing)
        case e.ExpertDrawRevealMissed():
            missed = MissedReveal(source=event.source, at=event.at)
            drawing = replace(known, missed=(*known.missed, missed), window=_window(event))
            return replace(lottery, drawing=drawing)
        case e.ExpertsDrawn():
            return replace(
                lottery,
                drawing=replace(known, drawn_at=event.at),
                seed=event.seed,
                order=event.order,
                used=event.drawn,
            )
        case e.ExpertSucceeded():
            return replace(lottery, used=(*lottery.used, *event.passed, event.drawn))
        case _:
            return lottery


def _window(event: e.ExpertDrawOpened | e.ExpertDrawRevealed | e.ExpertDrawRevealMissed) -> Window | None:
    if event.until is None:
        return None
    return Window(opens=event.at, planned=event.until, ends=event.until)


def transcript(lot_id: str, notice_hash: str, lottery: Lottery, anchor: str) -> str:
    """Canonical JSON; ``anchor``: what the beacon stands behind, the chain's head or its value shown last."""
    drawing = lottery.drawing
    said = {
        "v": VERSION,
        "lot": lot_id,
        "notice": notice_hash,
        "draw": e.purpose(lottery.round),
        "pool": lottery.pool,
        "pool_sha256": lottery.pool_sha256,
        "quotas": lottery.quotas,
        "order": e.ORDER,
        "nonces": [_nonce(drawing, source) for source in (Source.SUPERVISOR, Source.AGENCY)],
        "beacon": {"anchor": anchor, "value": _value(drawing, Source.BEACON)},
        "reserve": _nonce(drawing, Source.RESERVE),
    }
    return msgspec.json.encode(said, order="sorted").decode()


def _nonce(drawing: Drawing, source: Source) -> dict[str, Any]:
    committed = drawing.commitment(source)
    return {
        "source": source,
        "party": committed.by if committed else None,
        "commitment": committed.commitment if committed else None,
        "nonce": _value(drawing, source),
    }


def _value(drawing: Drawing, source: Source) -> str | None:
    shown = drawing.reveal(source)
    return shown.value if shown else None


def seats(order: Sequence[str], trades: dict[str, str], quotas: Sequence[TradeQuota]) -> tuple[str, ...]:
    """The tickets that sit, quota by quota, each time the first ones of the order that fit."""
    taken: list[str] = []
    for quota in quotas:
        fitting = [one for one in order if one not in taken and quota.trade in ("", trades[one])]
        taken += fitting[: quota.count]
    return tuple(taken)


def following(lottery: Lottery, trade: str) -> tuple[str, ...]:
    """Who may still sit, the next first: those of the trade in the order of the draw, then all others in it."""
    trades = lottery.trades
    left = [one for one in lottery.order if one not in lottery.used]
    return tuple(sorted(left, key=lambda one: trade not in ("", trades[one])))
