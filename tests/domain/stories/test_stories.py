"""Stories told again: every event, every node of the timeline and the state are what they were when they were recorded.

Events are kept for fifteen years and more (R-ARCH-01): what an act records, and what is folded from it, may gain
fields and never lose or alter one. ``python -m tests.domain.stories`` records the stories anew; read its diff.
"""

import pytest

from tests.domain.stories.__main__ import FOLDER
from tests.domain.stories.record import lines, missing
from tests.domain.stories.told import STORIES


@pytest.mark.parametrize("name", STORIES)
def test_a_story_is_told_as_it_was_recorded(name: str) -> None:
    recorded = (FOLDER / f"{name}.txt").read_text("utf-8").splitlines()
    kept: dict[str, object] = {}
    assert missing(recorded, list(lines(STORIES[name](kept), kept))) == []
