"""The draw of the price coefficients at the opening (R-OPEN-27, R-DRAW-01, R-DRAW-02; ``docs/draws.md``).

Commitments before T0 and the chain's head in the notice fix what each office can reveal before anybody knows a bid;
the draw begins only when the set of opened bids is frozen, so nobody can pick which bid "fails" to steer the base;
the order of the reveals leaves nobody who knows the outcome while it can still be another.
"""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from bidding.domain.bidcount import CountDecision
from bidding.domain.command import Facts
from bidding.domain.errors import Forbidden, OutOfOrder, TooLate
from bidding.domain.event import Event
from bidding.domain.given import deadline_of, rules_of, signed_of, terms_of
from bidding.domain.lot import Lot, Phase, evolve
from bidding.domain.opening import commands as c
from bidding.domain.opening import events as e
from bidding.domain.opening.adjudicating import pending
from bidding.domain.opening.entries import DrawnCoefficient, FrozenBid
from bidding.domain.opening.offices import office_of
from bidding.domain.opening.outcomes import expected, outcomes
from bidding.domain.opening.reveals import (
    Shown,
    committing,
    missing,
    require_revealed,
    revealing,
    term,
    waiting,
)
from bidding.domain.opening.state import SUPERVISOR
from bidding.domain.opening.transcript import transcripts
from bidding.domain.opening.windows import submission_over
from bidding.domain.order import require_phase
from bidding.domain.scoring import DrawRule, Source


class Chosen(NamedTuple):
    """``seed`` in hex."""

    seed: str
    value: str


#: Canonical transcript, pool → what it comes to.
Choose = Callable[[str, tuple[str, ...]], Chosen]


def anchor_draw(lot: Lot, command: c.AnchorDraw, facts: Facts) -> list[Event]:
    """While the lot is prepared; a later head replaces an earlier one, until the notice fixes it."""
    require_phase(lot, Phase.SUBMITTED, Phase.ADMITTED, rule="R-DRAW-02")
    _require_supervisor(lot, facts)
    return [
        e.DrawAnchored(anchor=command.anchor, by=facts.actor.party, at=facts.now, signed=signed_of(facts))
    ]


def commit_draw(lot: Lot, command: c.CommitDraw, facts: Facts) -> list[Event]:
    """Once for each office, before T0: who committed twice could choose which nonce to show."""
    require_phase(lot, Phase.NOTICED, rule="R-DRAW-02")
    _rule(lot)
    if submission_over(lot, facts.now):
        raise TooLate("draw-commitment-too-late", rule="R-DRAW-02", deadline=deadline_of(lot))
    office = committing(lot, lot.opening.drawing, facts, command.commitment, command.reserve)
    return [
        e.DrawCommitted(
            office=office,
            commitment=command.commitment,
            reserve=command.reserve,
            by=facts.actor.party,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def open_draw(lot: Lot, command: c.OpenDraw, facts: Facts) -> list[Event]:
    """R-DRAW-01: every outcome is final and the bids are imported. Given again it does nothing."""
    require_phase(lot, Phase.OPENING, rule="R-DRAW-01")
    _rule(lot)
    if lot.opening.drawing.opened_at is not None:
        return []
    if not frozen(lot):
        raise OutOfOrder("opened-set-not-frozen", rule="R-DRAW-01")
    if expected(lot, rules_of(lot, facts)).decision is not CountDecision.CONTINUE:
        raise OutOfOrder("held-for-supervisor", rule="R-OPEN-09")
    opened = [one for one in outcomes(lot) if one.opened and one.form is not None]
    bids = tuple(
        FrozenBid(bidder=one.entry.bidder, nonce=one.form.draw_nonce)
        for one in sorted(opened, key=lambda one: one.entry.bidder)
        if one.form is not None
    )
    committed = {one.source for one in lot.opening.drawing.commitments}
    uncommitted = tuple(one for one in (Source.SUPERVISOR, Source.AGENCY) if one not in committed)
    until = term(facts.now, _rule(lot).reveal_minutes)
    return [e.DrawOpened(at=facts.now, bids=bids, uncommitted=uncommitted, until=until)]


def frozen(lot: Lot) -> bool:
    """Whether nothing can change any more which bids are opened."""
    return lot.opening.imported_at is not None and not pending(lot)


def reveal_draw(lot: Lot, command: c.RevealDraw, facts: Facts, *, finding: str | None) -> list[Event]:
    """``finding``: set by the application if the value is not what commitment or chain hold this office to."""
    require_phase(lot, Phase.OPENING, rule="R-DRAW-02")
    _rule(lot)
    source = revealing(lot, lot.opening.drawing, facts, finding)
    revealed = e.DrawRevealed(
        source=source,
        value=command.value,
        by=facts.actor.party,
        at=facts.now,
        until=None,
        signed=signed_of(facts),
    )
    return [_waiting(lot, revealed, facts.now)]


def miss_reveal(lot: Lot, command: c.MissReveal, facts: Facts) -> list[Event]:
    """The source is left out, for all to see."""
    require_phase(lot, Phase.OPENING, rule="R-DRAW-02")
    source = missing(lot, lot.opening.drawing, facts.now)
    if source is None:
        return []
    return [_waiting(lot, e.DrawRevealMissed(source=source, at=facts.now, until=None), facts.now)]


def draw_coefficients(lot: Lot, command: c.DrawCoefficients, facts: Facts, *, choose: Choose) -> list[Event]:
    """All that is declared has come or was missed: what follows is arithmetic. Given again it does nothing."""
    require_phase(lot, Phase.OPENING, rule="R-OPEN-27")
    rule, drawing = _rule(lot), lot.opening.drawing
    if drawing.drawn:
        return []
    require_revealed(drawing)
    drawn = []
    for pool, transcript in zip(rule.pools, transcripts(lot), strict=True):
        chosen = choose(transcript, pool.values)
        drawn.append(
            DrawnCoefficient(
                coefficient=pool.coefficient, value=chosen.value, seed=chosen.seed, transcript=transcript
            )
        )
    return [e.CoefficientsDrawn(at=facts.now, drawn=tuple(drawn))]


def require_drawn(lot: Lot) -> None:
    """Raises ``OutOfOrder``: 批量导入, then the draw, then 唱标 (R-OPEN-27)."""
    if terms_of(lot).draw is not None and not lot.opening.drawing.drawn:
        raise OutOfOrder("coefficients-not-drawn", rule="R-OPEN-27")


def _waiting(lot: Lot, event: Shown, now: datetime) -> Shown:
    return waiting(event, evolve(lot, event).opening.drawing, now, _rule(lot).reveal_minutes)


def _rule(lot: Lot) -> DrawRule:
    rule = terms_of(lot).draw
    if rule is None:
        raise OutOfOrder("lot-draws-nothing", rule="R-DRAW-01")
    return rule


def _require_supervisor(lot: Lot, facts: Facts) -> None:
    if office_of(lot, facts.actor) != SUPERVISOR:
        raise Forbidden("not-an-office", rule="R-OPEN-04")
