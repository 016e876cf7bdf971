"""What each event leaves in the state is what was written down: nothing of an event is dropped or put elsewhere.

An event of a new kind, or a further line, is no fault; a line that is not there any more, or another, is.
"""

import pytest

from bidding.domain.event import TOPICS
from bidding.domain.lot import PARTS, Lot
from tests.domain.folds.told import recorded, told
from tests.domain.sampling import sample

RECORDED = recorded()


@pytest.mark.parametrize("topic", sorted(RECORDED))
def test_an_event_leaves_what_it_says(topic: str) -> None:
    now = set(told(TOPICS[topic]))
    assert [line for line in RECORDED[topic] if line not in now] == []


@pytest.mark.parametrize("module", PARTS)
def test_a_part_takes_no_notice_of_another_parts_events(module: str) -> None:
    name, fold = PARTS[module]
    part = getattr(Lot(lot_id="lot-1"), name)
    for other in TOPICS.values():
        if other.__module__ not in PARTS or PARTS[other.__module__][0] != name:
            assert fold(part, sample(other)) == part, other
