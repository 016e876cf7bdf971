"""Every code that a phase refuses with has its words, in both languages, and only words that it can fill."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bidding.application.messages import catalogue, text
from bidding.domain import errors

DOMAIN = Path(errors.__file__).parent
REFUSALS = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.Refusal)
}
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def raised(phase: str) -> Iterator[tuple[str, set[str]]]:
    """(code, names of what was found) for each refusal that the phase's modules construct."""
    files = [DOMAIN / "order.py", *sorted((DOMAIN / phase).glob("*.py"))]
    for file in files:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in REFUSALS:
                code = node.args[0]
                assert isinstance(code, ast.Constant), f"{file.name}:{node.lineno}: a code is a literal"
                yield str(code.value), {keyword.arg for keyword in node.keywords if keyword.arg}


@pytest.mark.parametrize("phase", ["admission", "booking", "notice", "money"])
def test_each_code_has_words_that_what_was_found_can_fill(phase: str) -> None:
    entries = catalogue()
    codes = list(raised(phase))
    assert len(codes) > 3
    for code, found in codes:
        assert code in entries, code
        entry = entries[code]
        for words in (entry.zh, entry.en, entry.zh_next, entry.en_next):
            assert set(PLACEHOLDER.findall(words)) <= found, (code, words)


@pytest.mark.parametrize("phase", ["admission", "booking", "notice", "money"])
def test_no_words_are_left_over(phase: str) -> None:
    source = "".join(file.read_text(encoding="utf-8") for file in sorted(DOMAIN.parent.rglob("*.py")))
    listed = re.findall(
        r"^\[([a-z-]+)\]$",
        (DOMAIN.parent / "application" / "messages" / f"{phase}.toml").read_text(encoding="utf-8"),
        flags=re.MULTILINE,
    )
    assert [code for code in listed if f'"{code}"' not in source] == []


def test_the_words_carry_the_date_that_would_be_lawful() -> None:
    words = text("deadline-too-early", "zh", {"needed": 20, "days": 19, "earliest": "2026-03-22"})
    assert "20" in words.detail
    assert "2026-03-22" in words.next
