"""The lot's events in their order give a lot: each turn comes from a phase that it is decided in (R-STATE-01)."""

from collections.abc import Iterator, Sequence

from bidding.application.record.read import require
from bidding.domain.bid.state import Bid
from bidding.domain.event import Event
from bidding.domain.lot import PHASE_AFTER, PHASES_BEFORE, Phase, replay
from bidding.domain.parties import Standing

CHECK = "history"


def check_history(lot_id: str, events: Sequence[Event], bid: Bid) -> Iterator[str]:
    """``events``: public and added ones of the lot, in their order; ``bid``: the reader's own."""
    phase = Phase.DRAFT
    for event in events:
        after = PHASE_AFTER.get(type(event))
        if after is not None:
            require(phase in seen_before(type(event)), CHECK, f"{event.TOPIC}: out of the phase {phase}")
            phase = after
    lot = replay(lot_id, events)
    own = f", and {len(bid.versions)} versions of the bid of {bid.bidder}" if bid.versions else ""
    yield f"{CHECK}: {len(events)} events of the lot in the order of its phases, now {lot.phase}{own}"


def seen_before(kind: type[Event]) -> frozenset[Phase]:
    """The phases in which a reader may last have seen the lot: it is not shown every turn."""
    found = set(PHASES_BEFORE[kind])
    hidden = [other for other in PHASE_AFTER if not _with(kind, other)]
    while True:
        more = {phase for one in hidden if PHASE_AFTER[one] in found for phase in PHASES_BEFORE[one]}
        if more <= found:
            return frozenset(found)
        found |= more


def _with(kind: type[Event], other: type[Event]) -> bool:
    """Whether everybody who is shown ``kind`` is shown ``other``."""
    return Standing.ANYONE in other.AUDIENCE or kind.AUDIENCE <= other.AUDIENCE
