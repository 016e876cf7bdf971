"""The lot's events in their order give a lot: each from a phase that it is decided in, behind what it rests on
(R-STATE-01)."""

from collections.abc import Iterator, Sequence

from bidding.application.record.read import require
from bidding.domain.bid.state import Bid
from bidding.domain.course import ONCE, STANDS_ON, seen_before
from bidding.domain.event import Event
from bidding.domain.lot import PHASE_AFTER, Phase, replay

CHECK = "history"


def check_history(lot_id: str, events: Sequence[Event], bid: Bid) -> Iterator[str]:
    """``events``: public and added ones of the lot, in their order; ``bid``: the reader's own."""
    check_course([type(event) for event in events])
    lot = replay(lot_id, events)
    own = f", and {len(bid.versions)} versions of the bid of {bid.bidder}" if bid.versions else ""
    yield f"{CHECK}: {len(events)} events of the lot in the order of its phases, now {lot.phase}{own}"


def check_course(kinds: Sequence[type[Event]]) -> None:
    """``Faulty`` for an event that cannot have come where it stands, whatever of the lot its reader was not shown."""
    phase, before = Phase.DRAFT, set[type[Event]]()
    for kind in kinds:
        phases, premises = seen_before(kind), STANDS_ON.get(kind)
        require(phases is None or phase in phases, CHECK, f"{kind.TOPIC}: out of the phase {phase}")
        require(premises is None or not before.isdisjoint(premises), CHECK, _missing(kind))
        require(kind not in ONCE or kind not in before, CHECK, f"{kind.TOPIC}: twice")
        phase = PHASE_AFTER.get(kind, phase)
        before.add(kind)


def _missing(kind: type[Event]) -> str:
    wanted = " or ".join(sorted(one.TOPIC for one in STANDS_ON.get(kind, ())))
    return f"{kind.TOPIC}: nothing before it of what it rests on ({wanted})"
