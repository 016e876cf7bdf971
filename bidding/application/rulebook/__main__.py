"""``python -m bidding.application.rulebook [--check]``: write (or compare) ``docs/rules.md`` of this clone."""

import sys
from pathlib import Path

from bidding.application.rulebook import rulebook
from bidding.application.rulebook.citations import citations, proofs, sources
from bidding.application.rulebook.page import page

ROOT = Path(__file__).resolve().parents[3]
FILE = ROOT / "docs" / "rules.md"


def document(root: Path = ROOT) -> str:
    return page(rulebook(), citations(root, sources(root)), citations(root, proofs(root)))


def main(arguments: list[str]) -> int:
    if arguments == ["--check"]:
        return 0 if FILE.is_file() and FILE.read_text(encoding="utf-8") == document() else 1
    FILE.write_text(document(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
