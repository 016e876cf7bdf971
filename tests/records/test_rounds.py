"""R-EVAL-07, R-DRAW-02: every round of the experts' draw is checked as the first is, from public events alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import cast

import pytest
from msgspec.structs import replace

from bidding.application.record.format import LotRecord
from bidding.application.record.lotteries import check_experts
from bidding.application.record.read import Faulty, Read
from bidding.domain.disclosure import is_public
from bidding.domain.evaluation import ticketing as t
from bidding.domain.event import Event
from bidding.domain.lot import Lot, evolve
from bidding.domain.notice.events import NoticePublished
from bidding.domain.opening.events import OpeningEnded
from tests.domain.evaluation.tender import NOW
from tests.domain.evaluation.test_rounds import begun, drawn
from tests.domain.opening.hall import Hall


@dataclass(frozen=True)
class Played(Read):
    """From a lot whose earlier phases are written down as they stand."""

    base: Lot = field(default_factory=Lot)

    def lot_before(self, event: Event) -> Lot:
        lot = self.base
        for one in self.events[2 : self.events.index(event)]:
            lot = evolve(lot, one)
        return lot


def played() -> tuple[Lot, list[Event]]:
    """Two draws, the second for one seat; the notice and the opening's end first."""
    at = begun()
    drawn(at)
    first = type(at)()
    (notice,) = [one for one in Hall().events if isinstance(one, NoticePublished)]
    assert first.lot.notice.terms is not None
    told = replace(notice, terms=first.lot.notice.terms)
    ended = OpeningEnded(at=NOW, record="", record_hash="")
    return first.lot, [told, ended, *(one for one in at.events if is_public(one))]


def said(lot: Lot, events: Sequence[Event]) -> list[str]:
    record = cast(LotRecord, None)  # the checks look at the events alone
    return list(check_experts(Played(record=record, events=tuple(events), base=lot)))


def test_both_rounds_hold() -> None:
    lines = said(*played())
    assert lines[0] == "experts: a pool of 12 tickets frozen after the commitments and before any reveal"
    assert "experts: round 2, for 1 seats that the order could not fill" in lines
    assert lines[-1] == "experts: the 1 tickets that sit follow from the nonces and the beacon revealed"


def changed(kind: type[Event], **fields: object) -> Callable[[list[Event]], None]:
    """The last event of that kind, with other fields."""

    def change(events: list[Event]) -> None:
        at = max(place for place, one in enumerate(events) if isinstance(one, kind))
        events[at] = replace(events[at], **fields)

    return change


def undrawn(events: list[Event]) -> None:
    events.remove(next(one for one in events if isinstance(one, t.ExpertsDrawn)))


def late(events: list[Event]) -> None:
    committed = next(one for one in events if isinstance(one, t.ExpertDrawCommitted) and one.anchor)
    events.remove(committed)
    events.insert(
        events.index([one for one in events if isinstance(one, t.ExpertDrawOpened)][-1]) + 1, committed
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (changed(t.ExpertRoundOpened, round=3), "a round out of turn"),
        (changed(t.ExpertRoundOpened, quotas=()), "other seats than the round's"),
        (changed(t.ExpertsDrawn, drawn=()), "does not follow"),
        (changed(t.ExpertDrawRevealed, value="A" * 43), "not what it committed to"),
        (undrawn, "another round before the one before had drawn"),
        (late, "committed after the pool was frozen"),
    ],
)
def test_what_is_altered_in_a_round_is_exposed(change: Callable[[list[Event]], None], reason: str) -> None:
    lot, events = played()
    change(events)
    with pytest.raises(Faulty, match=reason):
        said(lot, events)
