"""The openings that the browser's fold is tested on are still what ours makes of them."""

from typing import Any

import msgspec
import pytest

from bidding.domain.opening.state import Opening
from tests.live.recording import FILE, folded

RECORDED: dict[str, Any] = msgspec.json.decode(FILE.read_bytes())


@pytest.mark.parametrize("opening", RECORDED["openings"], ids=lambda one: str(one["lot"]))
def test_the_recorded_events_fold_to_the_recorded_state(opening: dict[str, Any]) -> None:
    assert folded(opening["lot"], opening["events"]) == opening["after"], "python -m tests.live.recording"


def test_an_opening_that_has_not_begun_is_the_recorded_one() -> None:
    assert msgspec.json.decode(msgspec.json.encode(Opening())) == RECORDED["unopened"]
