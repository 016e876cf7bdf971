"""R-STATE-01: the table by which a history is checked is the one that deciders keep, whatever of it a reader sees."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

import pytest

from bidding.domain.course import HAPPENS_IN, ONCE, STANDS_ON, seen_before
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
from tests.domain.test_order import ROWS
from tests.records.coursed import FILE, changed, faulty, played, written

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
        assert all(phase in (seen_before(kind) or ()) for phase, kind in turns(shown)), standings
        kinds = [type(event) for event in shown]
        for at, kind in enumerate(kinds):
            # What is nowhere in it stands before the story's beginning.
            told = STANDS_ON.get(kind, frozenset()).intersection(kinds)
            assert not told or not told.isdisjoint(kinds[:at]), kind.TOPIC
        assert all(kinds.count(kind) <= 1 for kind in ONCE)


def test_nobody_is_shown_an_event_without_what_it_rests_on() -> None:
    """It would be a fault where there is none."""
    for kind, premises in STANDS_ON.items():
        assert all(SPECTATOR <= one.AUDIENCE for one in premises), kind.TOPIC
    assert set(HAPPENS_IN).isdisjoint(PHASES_BEFORE)


#: The one command that leads to each; its phases are those that deciders keep (tests/domain/admits.txt).
LED_BY = {
    "lot.clarified.v1": "notice/clarify",
    "lot.draw-committed.v1": "opening/commit-draw",
    "lot.reference-price-committed.v1": "opening/commit-reference",
    "lot.room-opened.v1": "opening/open-room",
    "lot.form-keys-published.v1": "opening/publish-form-key",
    "lot.bids-imported.v1": "opening/import",
    "lot.prices-announced.v1": "opening/announce",
    "lot.bidder-confirmed.v1": "opening/confirm",
    "lot.confirmation-closed.v1": "opening/close-confirmation",
    "lot.opening-objection-raised.v1": "opening/object",
    "lot.opening-objection-answered.v1": "opening/answer-objection",
    "lot.opening-objection-decided.v1": "opening/decide-objection",
    "lot.record-signed.v1": "opening/sign-record",
    "lot.draw-opened.v1": "opening/open-draw",
    "lot.draw-revealed.v1": "opening/reveal-draw",
    "lot.draw-reveal-missed.v1": "opening/miss-reveal",
    "lot.coefficients-drawn.v1": "opening/draw-coefficients",
    "lot.reference-price-revealed.v1": "opening/reveal-reference",
    "lot.reference-price-abandoned.v1": "opening/abandon-reference",
    "lot.expert-draw-opened.v1": "evaluation/open-draw",
}


def test_the_phases_are_those_that_deciders_keep() -> None:
    assert {kind.TOPIC: sorted(phases) for kind, phases in HAPPENS_IN.items()} == {
        topic: sorted(ROWS[command][1:]) for topic, command in LED_BY.items()
    }


def test_both_verifiers_are_held_to_one_table_of_altered_histories() -> None:
    assert FILE.read_bytes() == written(), "run: python -m tests.records.coursed"


def test_the_played_history_holds_and_altered_ones_fail() -> None:
    topics = played()
    assert faulty(topics) == ""
    for kind, premises in STANDS_ON.items():
        if kind.TOPIC in topics:
            without = [topic for topic in topics if topic not in {one.TOPIC for one in premises}]
            assert faulty(without), kind.TOPIC
            assert faulty(changed(topics, "first", topics.index(kind.TOPIC))), kind.TOPIC
    for kind in (*HAPPENS_IN, *ONCE):
        if kind.TOPIC in topics:
            assert faulty(changed(topics, "twice", topics.index(kind.TOPIC))), kind.TOPIC
