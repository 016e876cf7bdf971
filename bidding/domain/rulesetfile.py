"""Reading a rule set from its TOML file (R-GEN-03)."""

import re
import tomllib
from collections import Counter

import msgspec

from bidding.domain.ruleset import EngRules, GpRules, RuleSet


class RuleSetError(ValueError):
    """A rule set file that cannot be used. ``line`` counts from 1; ``key`` is a dotted path or ""."""

    def __init__(self, fault: str, *, line: int, key: str = "") -> None:
        super().__init__(fault)
        self.fault = fault
        self.line = line
        self.key = key

    def __str__(self) -> str:
        return f"line {self.line}, key {self.key or '?'}: {self.fault}"


def parse_ruleset(text: str) -> RuleSet:
    """A rule set from the text of one file. Raises ``RuleSetError`` naming line and key."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r"at line (\d+)", str(error))
        # tomllib says "at end of document" when the last line is the broken one
        raise RuleSetError(str(error), line=int(place[1]) if place else len(text.splitlines())) from None
    kinds: dict[object, type[EngRules] | type[GpRules]] = {"ENG": EngRules, "GP": GpRules}
    kind = kinds.get(tables.get("regime"))
    if kind is None:
        fault = f"regime must be ENG or GP, not {tables.get('regime')!r}"
        raise RuleSetError(fault, line=_line_of(text, "regime"), key="regime")
    try:
        return msgspec.convert(tables, kind)
    except msgspec.ValidationError as error:
        fault, _, path = str(error).partition(" - at ")
        # Missing and unknown fields are reported on the table that holds them; name the field as well.
        field = re.search(r"field `([^`]+)`", fault)
        key = ".".join([path.strip("`").removeprefix("$").strip("."), field[1] if field else ""]).strip(".")
        raise RuleSetError(fault, line=_line_of(text, key), key=key) from None


def _line_of(text: str, key: str) -> int:
    """The line of the deepest part of ``key`` that stands in the file."""
    found, parts, line = 1, key.split("."), ""
    table: list[str] = []
    rows: Counter[str] = Counter()
    for number, line in enumerate(text.splitlines(), start=1):
        header, row = re.match(r"\[([^\[\]]+)\]", line), re.match(r"\[\[([^\]]+)\]\]", line)
        if row:
            table = [f"{row[1]}[{rows[row[1]]}]"]
            rows[row[1]] += 1
            here = table
        elif header:
            table = header[1].split(".")
            here = table
        else:
            name = re.match(r"([A-Za-z_]+)\s*=", line)
            here = [*table, name[1]] if name else []
        if here and parts[: len(here)] == here:
            found = number
    return found
