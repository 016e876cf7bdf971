"""Every refusal of bid, opening and control has its text and next step, made of what the refusal found."""

import ast
import string
import tomllib
from importlib import resources
from pathlib import Path

import pytest

import bidding.domain.errors as errors

PHASES = ("bid", "opening", "control")
REFUSALS = {name for name, kind in vars(errors).items() if isinstance(kind, type)}
#: Given to every phase, with their texts in api.toml.
SHARED = {"wrong-phase"}


def raised(phase: str) -> dict[str, list[set[str]]]:
    """Code → the names of what was found, at each place that raises it."""
    found: dict[str, list[set[str]]] = {}
    for file in sorted((Path(errors.__file__).parent / phase).glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id=name), args=[code, *_], keywords=keywords) if name in REFUSALS:
                    named = {keyword.arg or "" for keyword in keywords}
                    found.setdefault(ast.literal_eval(code), []).append(named)
    return found


def texts() -> dict[str, dict[str, str]]:
    together: dict[str, dict[str, str]] = {}
    for phase in PHASES:
        file = resources.files("bidding.application.messages").joinpath(f"{phase}.toml")
        together |= tomllib.loads(file.read_text(encoding="utf-8"))
    return together


@pytest.mark.parametrize("phase", PHASES)
def test_every_refusal_is_explained_in_both_languages(phase: str) -> None:
    known = texts()
    codes = raised(phase)
    assert codes
    for code in set(codes) - SHARED:
        assert set(known[code]) == {"zh", "en", "zh_next", "en_next"}, code
        assert all(known[code].values()), code


@pytest.mark.parametrize("phase", PHASES)
def test_texts_use_only_what_every_place_that_refuses_has_found(phase: str) -> None:
    known = texts()
    for code, places in raised(phase).items():
        if code in SHARED:
            continue
        wanted = {
            name for text in known[code].values() for _, name, _, _ in string.Formatter().parse(text) if name
        }
        for found in places:
            assert wanted <= found, (code, wanted - found)
