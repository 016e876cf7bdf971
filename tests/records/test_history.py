"""R-STATE-01: the table by which a history is checked is the one that deciders keep, whatever of it a reader sees."""

from collections.abc import Iterable
from itertools import pairwise

import pytest

from bidding.application.record.history import seen_before
from bidding.domain.disclosure import SPECTATOR, visible
from bidding.domain.event import Event
from bidding.domain.lot import PHASE_AFTER, PHASES_BEFORE, Phase
from bidding.domain.parties import Standing
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
    assert all(phase in PHASES_BEFORE[kind] for phase, kind in turns(told.events))
    for standings in READERS.values():
        shown = [event for event in told.events if visible(event, standings)]
        assert all(phase in seen_before(kind) for phase, kind in turns(shown)), standings
