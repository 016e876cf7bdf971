"""The openings that the browser's fold is tested on are still what ours makes of them."""

from typing import Any

import msgspec
import pytest

from bidding.domain.opening.state import Opening
from tests.live.recording import FILE, folded

RECORDED: dict[str, Any] = msgspec.json.decode(FILE.read_bytes())


def keeps(recorded: Any, made: Any) -> bool:
    """Everything recorded is still so; parts that the state got since then may stand beside it."""
    if isinstance(recorded, dict):
        return isinstance(made, dict) and all(
            name in made and keeps(one, made[name]) for name, one in recorded.items()
        )
    if isinstance(recorded, list):
        return len(recorded) == len(made) and all(map(keeps, recorded, made))
    return bool(recorded == made)


@pytest.mark.parametrize("opening", RECORDED["openings"], ids=lambda one: str(one["lot"]))
def test_the_recorded_events_fold_to_the_recorded_state(opening: dict[str, Any]) -> None:
    made = folded(opening["lot"], opening["events"])
    assert keeps(opening["after"], made), "python -m tests.live.recording"


def test_an_opening_that_has_not_begun_is_the_recorded_one() -> None:
    assert keeps(RECORDED["unopened"], msgspec.json.decode(msgspec.json.encode(Opening())))
