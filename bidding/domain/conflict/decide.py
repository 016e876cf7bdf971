"""Decisions about conflicts (F-63): the check with the roll, the supervisor's word, the bar before the award."""

from collections.abc import Callable, Sequence
from typing import Any

from bidding.domain.command import Command, Facts
from bidding.domain.conflict import commands as c
from bidding.domain.conflict import events as e
from bidding.domain.conflict.findings import Conflict, RollUnits, counting, find_conflicts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, Unknown
from bidding.domain.event import Event
from bidding.domain.given import deadline_of, regime_of, signed_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.order import require_phase
from bidding.domain.registration.changes import BY_CONSENT
from bidding.domain.registration.events import Carried
from bidding.domain.relations import Unit

#: From the roll to the award notice: before it nothing is known, after it the award itself must be attacked.
OPEN = (
    Phase.OPENING,
    Phase.OPENED,
    Phase.EVALUATING,
    Phase.EVALUATED,
    Phase.PUBLICISED,
    Phase.DETERMINED,
)


def check(
    lot: Lot, facts: Facts, *, roll: Sequence[RollUnits], tenderer: Unit | None, agency: Unit | None
) -> list[Event]:
    """Comes with the roll, in its commit: the check and what it found, or that it found nothing."""
    units = [unit for bid in roll for unit in bid.units]
    return [
        e.ConflictsChecked(
            conflicts=find_conflicts(regime_of(lot), roll, tenderer=tenderer, agency=agency),
            undeclared=tuple(dict.fromkeys(unit.party for unit in units if unit.head is None)),
            grades=counting(roll),
            at=facts.now,
        )
    ]


def decide(lot: Lot, command: c.DecideConflict, facts: Facts) -> list[Event]:
    """招投条例 34, 37, 采购条例 18, 22: the authority's word on one finding, given once."""
    require_phase(lot, *OPEN, rule="R-ENG-31")
    if command.number not in {one.number for one in lot.conflicts.found}:
        raise Unknown("no-such-conflict", rule="R-ENG-31", number=command.number)
    if lot.conflicts.decision(command.number) is not None:
        raise Conflicting("conflict-decided", rule="R-ENG-31", number=command.number)
    if not command.reason.strip():
        raise Invalid("conflict-without-reason", rule="R-ENG-31")
    return [
        e.ConflictDecided(
            number=command.number,
            upheld=command.upheld,
            reason=command.reason.strip(),
            by=facts.actor.party,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def standing(lot: Lot) -> tuple[Conflict, ...]:
    """Undecided findings of which a bid is still in the running: the clause voids every bid concerned."""
    running = {one.bidder for one in lot.evaluation.ranking}
    running.update(one.bidder for one in lot.evaluation.candidates)
    return tuple(one for one in lot.conflicts.undecided if running.intersection(one.bids))


def require_settled(lot: Lot, bidder: str) -> None:
    """Before a winner is determined. Raises ``OutOfOrder`` while a finding stands, ``Invalid`` for a barred bid."""
    waiting = standing(lot)
    if waiting:
        raise OutOfOrder("conflicts-unsettled", rule=waiting[0].rule, numbers=[one.number for one in waiting])
    if bidder in lot.conflicts.barred:
        raise Invalid("bid-barred-by-conflict", rule="R-ENG-31", bidder=bidder)
    if bidder in lot.conflicts.unreviewed:
        raise OutOfOrder("bidder-change-unreviewed", rule="R-ENG-32", bidder=bidder)
    if bidder in lot.conflicts.disqualified:
        raise Invalid("bid-barred-by-change", rule="R-ENG-32", bidder=bidder)


def changed(lot: Lot, bidder: str, party: str, changes: Sequence[Carried], facts: Facts) -> list[Event]:
    """R-NB-HS-03: those changes of ``party`` that the lot has not been told of. After the deadline nothing is
    edited silently; a mere new name from before it needs no review."""
    told = {(one.party, one.change) for one in lot.conflicts.changes}
    return [
        e.BidderChanged(
            bidder=bidder,
            party=party,
            change=one.change,
            review=one.change.kind not in BY_CONSENT or one.at >= deadline_of(lot),
            at=facts.now,
        )
        for one in changes
        if (party, one.change) not in told
    ]


def review_change(lot: Lot, command: c.ReviewChange, facts: Facts) -> list[Event]:
    """招投条例 38: a bidder that has lost its qualification has an invalid bid."""
    require_phase(lot, *OPEN, rule="R-ENG-32")
    if command.bidder not in lot.conflicts.unreviewed:
        raise Unknown("no-change-to-review", rule="R-ENG-32", bidder=command.bidder)
    if not command.reason.strip():
        raise Invalid("review-without-reason", rule="R-ENG-32")
    return [
        e.BidderChangeReviewed(
            bidder=command.bidder,
            qualified=command.qualified,
            reason=command.reason.strip(),
            by=facts.actor.party,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


DECIDERS: dict[type[Command], Callable[..., Any]] = {
    c.DecideConflict: decide,
    c.ReviewChange: review_change,
}
