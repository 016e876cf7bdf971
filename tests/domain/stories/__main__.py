"""``python -m tests.domain.stories``: records the stories anew."""

from pathlib import Path

from tests.domain.stories.record import lines
from tests.domain.stories.told import STORIES

FOLDER = Path(__file__).parent

if __name__ == "__main__":
    for name, story in STORIES.items():
        kept: dict[str, object] = {}
        (FOLDER / f"{name}.txt").write_text(
            "".join(f"{line}\n" for line in lines(story(kept), kept)), "utf-8"
        )
