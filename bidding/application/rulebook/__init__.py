"""The rulebook as data: every rule id that the code cites, in this project's own words.

``python -m bidding.application.rulebook`` makes ``docs/rules.md`` of it and of what the code and tests cite.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Literal

import msgspec

from bidding.application.datafiles import shipped
from bidding.domain.datafile import read
from bidding.domain.timeline import State, Step, Who

__all__ = ["Feature", "Level", "Rule", "Rulebook", "Status", "Words", "rulebook"]

Level = Literal["must", "should", "could"]


class Status(StrEnum):
    """How far an acceptance row is carried out; what is missing is said beside it."""

    ENFORCED = "enforced"
    IN_PART = "in part"
    NOT_YET = "not yet"


class Words(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    zh: str
    en: str


class Rule(Words, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``zh``, ``en``: the rule in one sentence; ``missing_*``: what of it is not built, or not here.

    ``files``: where it is carried out without being cited by its number."""

    group: str
    title: str
    article: str
    level: Level
    files: tuple[str, ...] = ()
    missing_zh: str = ""
    missing_en: str = ""


class Feature(Words, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An acceptance row. ``files``: where it is carried out; ``tests``: those that show it without citing its rules."""

    level: Level
    rules: tuple[str, ...]
    status: Status
    files: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    missing_zh: str = ""
    missing_en: str = ""


class Rulebook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    rules: Mapping[str, Rule]
    features: Mapping[str, Feature]
    nodes: Mapping[Step, Words]
    who: Mapping[Who, Words]
    states: Mapping[State, Words]


@cache
def rulebook() -> Rulebook:
    """Raises ``DataFileError``."""
    return shipped(lambda text: read(text, Rulebook), __name__, "rulebook.toml")
