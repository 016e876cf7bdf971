"""R-STATE-01: the table by which a history is checked is the one that deciders keep, whatever of it a reader sees."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import pytest

from bidding.application.record.history import seen_before
from bidding.domain.disclosure import SPECTATOR, visible
from bidding.domain.evaluation.events import CommitteeUnsealed
from bidding.domain.event import Event
from bidding.domain.lot import PHASE_AFTER, PHASES_BEFORE, Phase
from bidding.domain.opening.events import LotFailed
from bidding.domain.parties import Standing
from tests.domain.opening.hall import OFFICER
from tests.domain.opening.test_rerun import decision, missing
from tests.domain.opening.test_rerun_evaluation import opened
from tests.domain.stories.told import STORIES

READERS = {
    "everybody": SPECTATOR,
    "bidder": frozenset({Standing.PARTICIPANT}),
    "committee": frozenset({Standing.COMMITTEE}),
    "office": frozenset({Standing.HOST}),
}


def turns(events: Iterable[Event]) -> list[tuple[Phase, type[Event]]]:
    """Each turn but the first, with the phase before it: a story may begin in the middle."""
    kinds = [type(event) for event in events if type(event) in PHASE_AFTER]
    return [(PHASE_AFTER[before], kind) for before, kind in pairwise(kinds)]


def test_every_turn_has_its_phases() -> None:
    assert set(PHASES_BEFORE) == set(PHASE_AFTER)


@pytest.mark.parametrize("name", STORIES)
def test_a_story_keeps_the_order_of_phases_whoever_reads_it(name: str) -> None:
    *_, told = STORIES[name]({})
    in_order(told.events)


@pytest.mark.parametrize("evaluating", [False, True])
def test_a_lot_that_fails_for_want_of_the_evaluations_key_keeps_it_too(*, evaluating: bool) -> None:
    """R-OPEN-24: the opening has ended by then, and the committee may have signed in."""
    hall = opened("a", "b", "c")
    if evaluating:
        hall.store(CommitteeUnsealed(size=5, experts=4, at=hall.now))
    hall.give(missing("agency"), OFFICER)
    hall.give(decision("fail", ""), OFFICER)
    assert turns(hall.events)[-1] == (Phase.EVALUATING if evaluating else Phase.OPENED, LotFailed)
    in_order(hall.events)


def in_order(events: Sequence[Event]) -> None:
    assert all(phase in PHASES_BEFORE[kind] for phase, kind in turns(events))
    for standings in READERS.values():
        shown = [event for event in events if visible(event, standings)]
        assert all(phase in seen_before(kind) for phase, kind in turns(shown)), standings
