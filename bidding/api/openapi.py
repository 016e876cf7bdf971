"""``python -m bidding.api.openapi [--check]``: write (or compare) ``openapi.json`` at the repository's root."""

import json
import sys
from pathlib import Path
from typing import Any, cast

from bidding.api.app import create_app
from bidding.api.readers import HANDED_OVER, READERS
from bidding.api.tus import tus_router

FILE = Path(__file__).resolve().parents[2] / "openapi.json"


def document() -> str:
    """The OpenAPI document of the whole API, the same from run to run."""
    absent = cast(Any, None)  # the routes are described, never called
    uploads = tus_router(absent, authenticate=absent, admit=absent, max_size=0)
    made = create_app(None, routers=(*READERS, uploads), excluded=HANDED_OVER).openapi()
    return json.dumps(made, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main(arguments: list[str]) -> int:
    if arguments == ["--check"]:
        return 0 if FILE.is_file() and FILE.read_text(encoding="utf-8") == document() else 1
    FILE.write_text(document(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
