"""The words for everything that is refused: one TOML catalogue per phase, Chinese and English.

``[code-slug]`` with ``zh``, ``en`` (what is the matter) and ``zh_next``, ``en_next`` (what to do now); each
may use ``{placeholders}`` of what the refusal found. A code stands in one catalogue only. What was found wrong comes in
the words of ``words/reasons.toml``, so that no sentence is in two languages.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from functools import cache
from importlib import resources
from typing import Any, Literal

import msgspec

from bidding.application.datafiles import shipped
from bidding.domain.datafile import read

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")

_PLACEHOLDER = re.compile(r"\{([a-z_][a-z0-9_]*)\}")
_BEIJING = timezone(timedelta(hours=8))  # the law's clock; China has no other zone and no summer time
_SEPARATOR = {"zh": "、", "en": ", "}
_UNSAID = "…"
#: Placeholders that say what is wrong, not whom or what it is about.
_REASONS = frozenset({"reason", "reasons", "finding", "failure", "faults"})
#: Placeholders that come in words: those, and who may do it.
_WORDED = _REASONS | {"needed"}


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    zh: str
    en: str
    zh_next: str
    en_next: str


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``codes``: zh and en of each; ``phrases``, ``patterns``: of English ones the zh."""

    codes: dict[str, tuple[str, str]]
    phrases: dict[str, str]
    patterns: dict[str, str]


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """``detail``: what is the matter; ``next``: what the reader can do now."""

    detail: str
    next: str


@cache
def catalogue() -> dict[str, Entry]:
    """All entries by code. A code stands in one catalogue only: the tests see to that, not a running server."""
    return {code: entry for entries in catalogues().values() for code, entry in entries.items()}


def catalogues() -> dict[str, dict[str, Entry]]:
    """The entries of each catalogue by its name. Raises ``DataFileError`` for an incomplete one."""
    names = sorted(file.name for file in resources.files(__name__).iterdir())
    return {
        name.removesuffix(".toml"): shipped(lambda text: read(text, dict[str, Entry]), __name__, name)
        for name in names
        if name.endswith(".toml")
    }


@cache
def words() -> Words:
    """Raises ``DataFileError``."""
    return shipped(lambda text: read(text, Words), __name__, "words", "reasons.toml")


def word(said: str, language: Language) -> str:
    """What a code or phrase means; one that nobody has words for, such as an authority's own, stays as it is."""
    known = words()
    if said in known.codes:
        return known.codes[said][LANGUAGES.index(language)]
    if language == "en":
        return said
    if said in known.phrases:
        return known.phrases[said]
    for pattern, zh in known.patterns.items():
        match = re.fullmatch(pattern, said)
        if match is not None:
            return zh.format(*match.groups())
    return said


def text(code: str, language: Language, found: Mapping[str, Any]) -> Text:
    """The words for ``code``; an unknown code is said as such, so a refusal never fails for want of words."""
    entry = catalogue().get(code) or catalogue()["unexplained"]
    said = {"code": code, **found}
    if language == "zh":
        return Text(detail=_fill(entry.zh, language, said), next=_fill(entry.zh_next, language, said))
    return Text(detail=_fill(entry.en, language, said), next=_fill(entry.en_next, language, said))


def language_of(accept: str) -> Language:
    """The better of the two for an ``Accept-Language`` header (RFC 9110, 12.5.4); Chinese when in doubt."""
    best: dict[Language, float] = {"zh": 0.0, "en": 0.0}
    for part in accept.lower().split(",")[:32]:
        tag, _, parameters = part.strip().partition(";")
        weight = _weight(parameters)
        for language in LANGUAGES:
            if tag == "*" or tag.split("-")[0] == language:
                best[language] = max(best[language], weight)
    return "en" if best["en"] > best["zh"] else "zh"


def _weight(parameters: str) -> float:
    match = re.fullmatch(r"\s*q=([01](?:\.\d{0,3})?)\s*", parameters)
    return float(match.group(1)) if match else (1.0 if not parameters.strip() else 0.0)


def _fill(template: str, language: Language, found: Mapping[str, Any]) -> str:
    # Not str.format: a template could then reach into attributes of what was found.
    def filled(match: re.Match[str]) -> str:
        value = found.get(match.group(1), _UNSAID)
        return _said(_worded(value, language) if match.group(1) in _WORDED else value, language)

    return _PLACEHOLDER.sub(filled, template)


def _worded(value: Any, language: Language) -> Any:
    match value:
        case str():
            return word(str(value), language)
        case Sequence() | set() | frozenset():
            return [_worded(one, language) for one in value]
        case _:
            return value


def _said(value: Any, language: Language) -> str:
    match value:
        case bool():
            return {"zh": ("否", "是"), "en": ("no", "yes")}[language][value]
        case datetime():
            local = value.astimezone(_BEIJING) if value.tzinfo else value
            return f"{local:%Y-%m-%d %H:%M:%S}" + {"zh": "(北京时间)", "en": " (Beijing time)"}[language]
        case str():
            return str(value)
        case Mapping():
            return _SEPARATOR[language].join(f"{key}: {_said(one, language)}" for key, one in value.items())
        case Sequence() | set() | frozenset():
            return _SEPARATOR[language].join(_said(one, language) for one in value)
        case _:
            return str(value)
