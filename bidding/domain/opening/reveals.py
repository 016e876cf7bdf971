"""Commitment and reveal, alike in both draws, that of the coefficients and that of the experts (R-DRAW-02)."""

from datetime import datetime, timedelta
from typing import TypeVar

from msgspec.structs import replace

from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, TooEarly, TooLate
from bidding.domain.evaluation import ticketing
from bidding.domain.lot import Lot
from bidding.domain.opening import events
from bidding.domain.opening.offices import office_of
from bidding.domain.opening.parts import Drawing
from bidding.domain.opening.state import AGENCY, SUPERVISOR
from bidding.domain.opening.windows import held_open, lapsed, whole_milliseconds
from bidding.domain.scoring.drawrule import Source

#: Which office answers for a source.
OFFICE_OF = {
    Source.SUPERVISOR: SUPERVISOR,
    Source.AGENCY: AGENCY,
    Source.BEACON: SUPERVISOR,
    Source.RESERVE: AGENCY,
}

Shown = TypeVar(
    "Shown",
    events.DrawRevealed,
    events.DrawRevealMissed,
    ticketing.ExpertDrawRevealed,
    ticketing.ExpertDrawRevealMissed,
)


def committing(lot: Lot, drawing: Drawing, facts: Facts, commitment: str, reserve: str) -> Source:
    """The office that may commit now: once, and the agency, alone, to a reserve too."""
    office = Source(office_of(lot, facts.actor))
    if drawing.commitment(office) is not None:
        raise Conflicting("draw-committed", rule="R-DRAW-02", office=office.value)
    if bool(reserve) is not (office is Source.AGENCY) or reserve == commitment:
        raise Invalid("draw-reserve-is-the-agencys", rule="R-DRAW-02", office=office.value)
    return office


def revealing(lot: Lot, drawing: Drawing, facts: Facts, finding: str | None) -> Source:
    """The source that is revealed: the one waited for, by its office, in its time, and as it was committed to."""
    awaited = drawing.awaited
    if awaited is None:
        raise OutOfOrder("no-reveal-awaited", rule="R-DRAW-02")
    if OFFICE_OF[awaited] != office_of(lot, facts.actor):
        raise OutOfOrder("reveal-not-your-turn", rule="R-DRAW-02", awaited=awaited.value)
    if drawing.window is None or lapsed(lot, drawing.window, facts.now):
        raise TooLate("reveal-over", rule="R-DRAW-02", awaited=awaited.value)
    if finding is not None:
        raise Invalid("reveal-differs", rule="R-DRAW-02", awaited=awaited.value, finding=finding)
    return awaited


def missing(lot: Lot, drawing: Drawing, now: datetime) -> Source | None:
    """The source that has not come in its time; None: none is waited for. Not while an incident lasts: nobody is late
    for an outage (R-INC-01)."""
    awaited, window = drawing.awaited, drawing.window
    if awaited is None or window is None:
        return None
    if held_open(lot, window.ends):
        raise OutOfOrder("incident-open", rule="R-INC-01")
    if now < window.ends:
        raise TooEarly("window-still-open", rule="R-DRAW-02", ends=window.ends)
    return awaited


def require_revealed(drawing: Drawing) -> None:
    if drawing.opened_at is None or drawing.awaited is not None:
        raise OutOfOrder("reveals-awaited", rule="R-DRAW-02")


def waiting(event: Shown, left: Drawing, now: datetime, minutes: int) -> Shown:
    """``event``, with the term of the reveal that it leaves to wait for. ``left``: the draw after it."""
    return event if left.awaited is None else replace(event, until=term(now, minutes))


def term(now: datetime, minutes: int) -> datetime:
    return whole_milliseconds(now) + timedelta(minutes=minutes)
