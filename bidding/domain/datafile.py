"""Reading the data files that the program ships: whatever is wrong with one is named by its line and key (R-GEN-03)."""

import re
import tomllib
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
#: Names of tables and fields, and numbers of rows, from the outermost in.
Place = tuple[str | int, ...]

_BARE = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
_DOTTED = rf"{_BARE}(?:\s*\.\s*{_BARE})*"
_LINE = re.compile(rf"\s*(?:\[\[(?P<row>{_DOTTED})\]\]|\[(?P<table>{_DOTTED})\]|(?P<field>{_DOTTED})\s*=)")
_STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_]*)|\[([0-9]+)\]|\[(\.\.\.)\]")


class DataFileError(ValueError):
    """A data file that cannot be used. ``line`` counts from 1; ``key``: a dotted path, "" if none is meant; ``file``:
    its name, where that is known."""

    def __init__(self, fault: str, *, line: int, key: str = "", file: str = "") -> None:
        super().__init__(fault)
        self.fault = fault
        self.line = line
        self.key = key
        self.file = file

    def __str__(self) -> str:
        where = f"{self.file}, " if self.file else ""
        return f"{where}line {self.line}, key {self.key or '?'}: {self.fault}"


def read(text: str, kind: type[T]) -> T:
    """The file's whole text as ``kind``. Raises ``DataFileError``."""
    return fitted(text, tables(text), kind)


def tables(text: str) -> dict[str, Any]:
    """Raises ``DataFileError`` for what is no TOML."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        # tomllib says "at end of document" when the last line is the broken one
        line = int(place[1]) if place else len(text.splitlines())
        raise DataFileError(str(error), line=line) from None


def fitted(text: str, found: dict[str, Any], kind: type[T]) -> T:
    """``found``: the tables of ``text``. Raises ``DataFileError``."""
    try:
        return msgspec.convert(found, kind)
    except msgspec.ValidationError as error:
        fault, place = _told(str(error))
        place = _named(found, kind, place, str(error))
        # Missing and unknown fields are reported on the table that holds them; name the field as well.
        field = re.search(r"field `([^`]+)`", fault)
        raise damaged(text, fault, (*place, field[1]) if field else place) from None


def damaged(text: str, fault: str, place: Place) -> DataFileError:
    """What is to be raised for something wrong at ``place``."""
    key = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return DataFileError(fault, line=_line_of(text, place), key=key.removeprefix("."))


def require_once(text: str, table: str, rows: Sequence[Hashable]) -> None:
    """``rows``: what each row of ``[[table]]`` is about. Raises ``DataFileError`` for the first that is told again."""
    for number, row in enumerate(rows):
        if row in rows[:number]:
            raise damaged(text, f"{table} has a line twice", (table, number))


def _told(error: str) -> tuple[str, tuple[str | int | None, ...]]:
    """(fault, place) of msgspec's words; None: one key of a mapping, it does not say which."""
    fault, _, path = error.partition(" - at ")
    steps = _STEP.findall(path)
    return fault, tuple(None if any_ else int(row) if row else name for name, row, any_ in steps)


def _named(found: Any, kind: Any, place: tuple[str | int | None, ...], error: str) -> Place:
    """``place`` with the names of the keys: of each mapping the first that alone has the same fault."""
    known: Place = ()
    for step in place:
        if step is None:
            names = [str(name) for name in _at(found, known)]
            step = next((one for one in names if _fails(_alone(found, known, one), kind, error)), names[0])
        known = (*known, step)
    return known


def _at(found: Any, place: Place) -> Any:
    for step in place:
        found = found[step]
    return found


def _alone(found: Any, place: Place, name: str) -> Any:
    """``found``, but of the mapping at ``place`` the key ``name`` alone."""
    if not place:
        return {name: found[name]}
    first, *rest = place
    inner = _alone(found[first], tuple(rest), name)
    if isinstance(found, list):
        return [inner if number == first else one for number, one in enumerate(found)]
    return {**found, first: inner}


def _fails(found: Any, kind: Any, error: str) -> bool:
    try:
        msgspec.convert(found, kind)
    except msgspec.ValidationError as again:
        return str(again) == error
    return False


def _line_of(text: str, place: Place) -> int:
    """The line of the deepest part of ``place`` that stands in the file."""
    found = 1
    for number, here in _places(text):
        if place[: len(here)] == here:
            found = number
    return found


def _places(text: str) -> Iterator[tuple[int, Place]]:
    """Each line that begins a table, a row or a field, and which."""
    table: Place = ()
    rows: Counter[Place] = Counter()
    for number, line in enumerate(text.splitlines(), start=1):
        match = _LINE.match(line)
        if match is None:
            continue
        if match["field"]:
            yield number, (*table, *_keys(match["field"]))
            continue
        *outer, last = _keys(match["row"] or match["table"])
        table = _within(rows, outer)
        if match["row"]:
            rows[(*table, last)] += 1
        table = _within(rows, [*outer, last])
        yield number, table


def _within(rows: Counter[Place], keys: Sequence[str]) -> Place:
    """The keys of a header, each array of tables followed by the number of its last row."""
    place: Place = ()
    for key in keys:
        place = (*place, key)
        if place in rows:
            place = (*place, rows[place] - 1)
    return place


def _keys(dotted: str) -> list[str]:
    """``a."b.c"`` → a and b.c, as TOML reads them."""
    keys: list[str] = []
    found: Any = tomllib.loads(f"{dotted} = 0")
    while isinstance(found, dict):
        ((key, found),) = found.items()
        keys.append(key)
    return keys
