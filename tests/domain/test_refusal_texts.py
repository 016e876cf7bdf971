"""Whatever module of the domain refuses: its code has words, in both languages, with the next step.

The scan follows refusals through subclasses (``super().__init__("code")``) and through parameters named
``code``; a code that it could not find in the source would itself be a failure.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import bidding.domain
from bidding.application.messages import LANGUAGES, catalogue, text
from bidding.domain.errors import Refusal
from tests.domain.refusing import TABLE

DOMAIN = Path(str(bidding.domain.__file__)).parent
MODULES = {path: ast.parse(path.read_text("utf-8")) for path in sorted(DOMAIN.rglob("*.py"))}


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def refusal_classes() -> set[str]:
    """Names of ``Refusal`` and of every class under it, found by their bases."""
    bases = {
        node.name: {_name(base) for base in node.bases}
        for tree in MODULES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    known = {Refusal.__name__}
    while more := {name for name, under in bases.items() if under & known} - known:
        known |= more
    return known


def fixed_code_classes() -> set[str]:
    """Refusals whose constructor takes no code: the one they set themselves counts, not their arguments."""
    return {
        node.name
        for tree in MODULES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for method in node.body
        if isinstance(method, ast.FunctionDef)
        and method.name == "__init__"
        and "code" not in {one.arg for one in method.args.args}
    }


def _constants(node: ast.expr) -> list[str] | None:
    """The strings that the expression may be; None if it is not made of constants."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        first, second = _constants(node.body), _constants(node.orelse)
        return None if first is None or second is None else first + second
    return None


def constructions() -> Iterator[tuple[str, ast.Call, list[str] | None]]:
    """Where, the call that makes a refusal, its codes (None: the code comes from elsewhere)."""
    classes, fixed = refusal_classes(), fixed_code_classes()
    for path, tree in MODULES.items():
        inside = {
            id(call)
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef) and node.name in classes
            for call in ast.walk(node)
            if isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and call.func.attr == "__init__"
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            if _name(node.func) in classes - fixed or id(node) in inside:
                yield f"{path.relative_to(DOMAIN)}:{node.lineno}", node, _constants(node.args[0])


def handed_on() -> set[str]:
    """Codes given to a function by its parameter ``code``, directly or in a dictionary of keywords."""
    takers = {
        node.name
        for tree in MODULES.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and "code" in {one.arg for one in (*node.args.args, *node.args.kwonlyargs)}
    }
    found: set[str] = set()
    for tree in MODULES.values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node.func) in takers:
                given = [keyword.value for keyword in node.keywords if keyword.arg == "code"]
            elif isinstance(node, ast.Dict):
                pairs = zip(node.keys, node.values, strict=True)
                given = [value for key, value in pairs if key is not None and _constants(key) == ["code"]]
            else:
                continue
            found.update(code for value in given for code in _constants(value) or ())
    return found


CONSTRUCTIONS = tuple(constructions())
CODES = sorted({code for _, _, codes in CONSTRUCTIONS for code in codes or ()} | handed_on())


def test_the_scan_finds_refusals_of_every_kind() -> None:
    assert {"Forbidden", "Suspended", "CalendarUnknown"} <= refusal_classes()
    assert {"wrong-phase", "criterion-unpublished", "calendar-unknown", "k-not-in-set"} <= set(CODES)


def test_a_code_that_is_not_written_out_is_a_parameter_named_code() -> None:
    unclear = [
        where
        for where, call, codes in CONSTRUCTIONS
        if codes is None and not (isinstance(call.args[0], ast.Name) and call.args[0].id == "code")
    ]
    assert unclear == []


@pytest.mark.parametrize("code", CODES)
def test_a_refusal_has_its_words_and_its_next_step(code: str) -> None:
    assert code in catalogue(), f"{code} has no entry in bidding/application/messages/*.toml"
    for language in LANGUAGES:
        said = text(code, language, {})
        assert said.detail
        assert said.next


def test_every_refusal_stands_in_the_table() -> None:
    """What the fixtures of ``conftest`` hold the refusals to; a new one takes a line in ``refusals.txt``."""
    missing = sorted({code for code in CODES if code not in TABLE})
    assert missing == [], "python -m tests.domain.refusing drafts their lines"
    source = "".join(path.read_text("utf-8") for path in sorted(DOMAIN.parent.rglob("*.py")))
    assert [code for code in TABLE if f'"{code}"' not in source] == []


@pytest.mark.parametrize("phase", ["evaluation", "award", "contract"])
def test_the_words_use_only_what_the_refusal_found(phase: str) -> None:
    for where, call, codes in CONSTRUCTIONS:
        if not where.startswith(f"{phase}/"):
            continue
        given = {keyword.arg for keyword in call.keywords}
        for code in codes or ():
            entry = catalogue()[code]
            for words in (entry.zh, entry.en, entry.zh_next, entry.en_next):
                named = {part.split("}")[0] for part in words.split("{")[1:]}
                assert named <= given | {"code"}, (where, code)
