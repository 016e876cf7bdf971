"""The course that both verifiers follow is the domain's: what was written down for the page stays true (R-STATE-01)."""

import json
from pathlib import Path
from typing import Any

import pytest

from bidding.domain.course import ONCE, STANDS_ON, seen_before
from bidding.domain.event import TOPICS
from bidding.domain.lot import PHASES_BEFORE, Phase
from bidding.domain.opening.events import OpeningEnded, RoomOpened, SubmissionClosed

KNOWN: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).parents[2] / "web" / "src" / "verify" / "known.json").read_text("utf-8")
)["course"]


@pytest.mark.parametrize("topic", sorted(TOPICS))
def test_a_reader_may_have_seen_the_lot_last_in_the_phases_written_down(topic: str) -> None:
    kind, said = TOPICS[topic], KNOWN.get(topic, {})
    phases = seen_before(kind)
    assert (None if phases is None else sorted(phases)) == said.get("phases")
    assert sorted(one.TOPIC for one in STANDS_ON.get(kind, ())) == said.get("on", [])
    assert (kind in ONCE) == said.get("once", False)


def test_it_is_at_least_where_the_domain_decides_it() -> None:
    assert seen_before(SubmissionClosed) == frozenset({Phase.NOTICED})
    assert seen_before(RoomOpened) == frozenset({Phase.NOTICED})
    assert Phase.OPENING in (seen_before(OpeningEnded) or ())
    for kind, phases in PHASES_BEFORE.items():
        assert frozenset(phases) <= (seen_before(kind) or frozenset()), kind
