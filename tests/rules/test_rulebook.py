"""The rulebook's data against the code and the tests: nothing cited is unknown, nothing claimed is unproved."""

import ast
from pathlib import Path

import pytest

from bidding.application.rulebook import Feature, Rule, Status, rulebook
from bidding.application.rulebook.__main__ import FILE, ROOT, document, main
from bidding.application.rulebook.citations import (
    NOWHERE,
    Places,
    citations,
    cited,
    features_cited,
    proofs,
    sources,
)
from bidding.application.rulebook.page import page, uncited

BOOK = rulebook()
CODE = citations(ROOT, sources(ROOT))
TESTS = citations(ROOT, proofs(ROOT))
#: Rows that a test names by their own number.
ROWS = set().union(*(features_cited(path.read_text("utf-8")) for path in proofs(ROOT)))

#: Carried out, but named by no test. May only shrink.
UNCITED = {
    "R-PLAT-03",
    "R-PLAT-06",
    "R-BID-07",
    "R-PAIN-02",
    "R-PAIN-03",
    "R-PAIN-04",
    "R-PAIN-05",
    "R-PAIN-07",
    "R-DEC-02",
    "R-DEC-03",
    "R-DEC-05",
    "R-DEC-06",
    "R-DEC-07",
    "R-DEC-10",
}
#: How many must-rules the data had last; there may be more.
MUST = 200


# What counts as a citation


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('rule="R-ENG-21"', {("R-ENG-21", False)}),
        ("(R-GP-06, 07, 08; 87号令 38)", {(f"R-GP-{n}", False) for n in ("06", "07", "08")}),
        ("R-ENG-11/25, R-GP-07:", {("R-ENG-11", False), ("R-ENG-25", False), ("R-GP-07", False)}),
        ("R-BID-01…03.", {(f"R-BID-0{n}", True) for n in (1, 2, 3)}),
        ("R-NB-HF-03; R-ENG-24, 30 days", {("R-NB-HF-03", False), ("R-ENG-24", False)}),
        ("R-CODE-123 R-X", set()),
    ],
)
def test_numbers_lists_and_ranges_are_citations(text: str, found: set[tuple[str, bool]]) -> None:
    assert set(cited(text)) == found


def test_a_range_counts_only_where_the_number_itself_does_not_stand(tmp_path: Path) -> None:
    first, second = tmp_path / "a.py", tmp_path / "b.py"
    first.write_text('"""R-BID-01…03"""\nrule = "R-BID-02"\n')
    second.write_text('"""R-BID-01…02"""\n')
    found = citations(tmp_path, [first, second])
    assert found["R-BID-02"] == Places(named=("a.py",), ranged=("b.py",))
    assert found["R-BID-03"] == Places(ranged=("a.py",))


# Every id is known


def test_every_rule_that_code_or_tests_cite_is_in_the_data() -> None:
    assert (CODE.keys() | TESTS.keys()) - BOOK.rules.keys() == set()


def test_every_rule_is_said_in_both_languages_with_its_source() -> None:
    for number, rule in BOOK.rules.items():
        assert all((rule.title, rule.article, rule.zh, rule.en, rule.group)), number
        assert bool(rule.missing_zh) == bool(rule.missing_en), number
        assert [name for name in rule.files if not (ROOT / name).is_file()] == [], number


def test_a_must_rule_is_enforced_somewhere_or_says_why_not() -> None:
    silent = [
        number
        for number, rule in BOOK.rules.items()
        if rule.level == "must" and number not in CODE and not rule.files and not rule.missing_en
    ]
    assert silent == []


def test_the_list_of_rules_that_no_test_cites_only_shrinks() -> None:
    found = set(uncited(BOOK, CODE, TESTS))
    assert found - UNCITED == set(), "a rule is carried out: let a test cite it"
    assert BOOK.rules.keys() >= UNCITED


def test_every_must_rule_has_its_line_on_the_page() -> None:
    """By number, from the data; what is taken out of the data is missed by ``MUST``."""
    lines = {
        line.split(" | ")[0].removeprefix("| ") for line in document().splitlines() if line.startswith("| R-")
    }
    must = {number for number, rule in BOOK.rules.items() if rule.level == "must"}
    assert must - lines == set()
    assert len(must) >= MUST


# The acceptance rows: all there, and honest


def test_every_row_has_its_line() -> None:
    assert list(BOOK.features) == [f"F-{number:02}" for number in range(1, 66)]


@pytest.mark.parametrize("number", BOOK.features)
def test_a_row_keeps_to_what_it_claims(number: str) -> None:
    row = BOOK.features[number]
    assert row.rules
    assert set(row.rules) <= BOOK.rules.keys()
    complete = row.status is Status.ENFORCED
    assert complete == (not row.missing_zh) == (not row.missing_en), (
        "what is not complete says what is missing"
    )
    assert bool(row.files) == (row.status is not Status.NOT_YET)
    assert [name for name in row.files if not (ROOT / name).is_file()] == []
    if row.status is not Status.NOT_YET:
        assert _shown(number, row), "no test cites its rules"


def _shown(number: str, row: Feature) -> bool:
    """By its number, by named tests that exist, or by a citation of every one of its rules."""
    if row.tests:
        return all(_exists(name) for name in row.tests)
    return number in ROWS or all(TESTS.get(rule, NOWHERE).any for rule in row.rules)


def _exists(name: str) -> bool:
    file, _, function = name.partition("::")
    path = ROOT / file
    if not path.is_file():
        return False
    defined = {
        node.name
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    return function in defined if function else any(one.startswith("test_") for one in defined)


def test_a_row_without_proof_is_found_out() -> None:
    row = Feature(level="must", zh="无", en="none", rules=("R-BID-08", "R-NO-99"), status=Status.ENFORCED)
    assert not _shown("F-99", row)
    assert not _exists("tests/rules/test_rulebook.py::test_that_is_not_there")


# The page


def test_the_page_is_what_the_code_gives_now() -> None:
    assert FILE.read_text(encoding="utf-8") == document(), "run: python -m bidding.application.rulebook"
    assert main(["--check"]) == 0


def test_the_page_says_where_who_tests_and_what_is_missing() -> None:
    rule = Rule(
        group="G",
        title="标题",
        article="法 1",
        level="must",
        zh="句。",
        en="Line.",
        missing_zh="无",
        missing_en="none",
    )
    book = type(BOOK)(rules={"R-G-01": rule}, features={}, nodes={}, who={}, states={})
    text = page(book, {"R-G-01": Places(ranged=("bidding/a.py",))}, {"R-G-01": Places(named=("tests/b.py",))})
    line = next(one for one in text.splitlines() if one.startswith("| R-G-01"))
    assert "`a.py` *(chapter)*<br>欠 无<br>missing: none | `b.py` |" in line
