"""docs/attacks.md: every row names tests that exist, or says that it is not built yet."""

import ast
import re
from pathlib import Path

import msgspec
import pytest

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "tests"
ROWS = [
    [cell.strip() for cell in line.strip("| ").split(" | ")]
    for line in (ROOT / "docs" / "attacks.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| attack |")
]
#: Issue 5, "Attacks that must be refused or exposed".
DEMANDED = (
    "changed",
    "removed",
    "inserted",
    "reordered",
    "back-dated",
    "two histories",
    "checkpoint rolled back",
    "bid swapped after closing",
    "release dropped",
    "session key withheld",
    "wrong key released",
    "proof from another log",
    "another lot's salt",
    "false share",
    "last revealer",
    "any byte flipped",
)
CASES = {
    case["name"]
    for case in msgspec.json.decode((TESTS / "vectors" / "records" / "alterations.json").read_bytes())[
        "cases"
    ]
}


def functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {one.name for one in ast.walk(tree) if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_attack_that_the_issue_names_has_a_row() -> None:
    attacks = [row[0] for row in ROWS]
    assert [word for word in DEMANDED if not any(word in attack for attack in attacks)] == []


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_every_row_names_tests_that_exist(row: list[str]) -> None:
    attack, fate, *tests = row
    named = re.findall(r"`([\w/]+\.py)::(\w+)`", " ".join(tests))
    assert named or fate.startswith("not yet: "), f"{attack}: no test, and not said to be not yet built"
    for file, function in named:
        assert (TESTS / file).is_file(), file
        assert function in functions(TESTS / file), f"{file} has no {function}"
    assert set(re.findall(r"\[([^\]]+)\]", " ".join(tests))) <= CASES
