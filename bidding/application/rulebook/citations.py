"""Which file cites which rule: ``R-ENG-21``, lists as ``R-GP-06, 07`` or ``R-ENG-11/25``, ranges as ``R-BID-01…05``."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

_ID = r"R-[A-Z]+(?:-[A-Z]+)?-\d\d"
_END = r"[,;:.)\]\"']| \(|$"  # what may follow a list: "R-ENG-24, 30 days" is none
_CITED = re.compile(
    rf"({_ID})(?!\d)(?:…(\d\d)(?!\d)|((?:/\d\d(?!\w))+|(?:, \d\d(?!\w))+(?={_END})))?", re.MULTILINE
)
_FEATURE = re.compile(r"\bF-\d\d\b")
#: The data themselves name every rule; their tests cite samples.
_OWN = "rulebook"
_OWN_TESTS = "test_rulebook.py"


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """Files by path from the root. ``named``: the rule stands there by its number; ``ranged``: only within a range."""

    named: tuple[str, ...] = ()
    ranged: tuple[str, ...] = ()

    @property
    def any(self) -> tuple[str, ...]:
        return self.named or self.ranged


NOWHERE = Places()


def cited(text: str) -> Iterator[tuple[str, bool]]:
    """Every rule that the text cites, and whether only as part of a range."""
    for match in _CITED.finditer(text):
        stem, first = match[1][:-2], int(match[1][-2:])
        if match[2]:
            yield from ((f"{stem}{number:02}", True) for number in range(first, int(match[2]) + 1))
        else:
            yield match[1], False
            yield from ((stem + number, False) for number in re.findall(r"\d\d", match[3] or ""))


def features_cited(text: str) -> set[str]:
    return set(_FEATURE.findall(text))


def sources(root: Path) -> list[Path]:
    """Code and data of the packages."""
    found = [path for part in ("bidding", "storage") for path in (root / part).rglob("*")]
    return sorted(
        path for path in found if path.suffix in {".py", ".toml", ".sql"} and _OWN not in path.parts
    )


def proofs(root: Path) -> list[Path]:
    """The tests, and the worked cases that they run: each names its rule."""
    tests = [path for path in (root / "tests").rglob("*.py") if path.name != _OWN_TESTS]
    return sorted([*tests, *(root / "tests" / "vectors" / "rules").glob("*.json")])


def citations(root: Path, files: Iterable[Path]) -> Mapping[str, Places]:
    """Rule → places, for all files that cite any."""
    named: dict[str, list[str]] = {}
    ranged: dict[str, list[str]] = {}
    for path in files:
        found = set(cited(path.read_text(encoding="utf-8")))
        for rule, only_range in found:
            if not only_range or (rule, False) not in found:
                (ranged if only_range else named).setdefault(rule, []).append(
                    path.relative_to(root).as_posix()
                )
    return {
        rule: Places(named=tuple(named.get(rule, ())), ranged=tuple(ranged.get(rule, ())))
        for rule in sorted(named.keys() | ranged.keys())
    }
