"""The table of refusals: ``refusals.txt``. A row's columns: code, the rules that it is refused by, what was found.

Rules: ``-`` for none, ``*`` for any. ``name?``: what may be found to be missing; all else that is found is something.
"""

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

#: In the column of rules: acts of many phases refuse with this code, each by the rule of its own.
ANY = "*"


class Row(NamedTuple):
    """``rules``: "" for a refusal by none. ``some``: those of ``found`` that are never None."""

    rules: frozenset[str]
    found: frozenset[str]
    some: frozenset[str]

    def fits(self, rule: str, found: Mapping[str, Any]) -> bool:
        known = rule in self.rules or ANY in self.rules
        return known and self.found == found.keys() and all(found[name] is not None for name in self.some)


def _read() -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = defaultdict(list)
    for line in Path(__file__).with_name("refusals.txt").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        code, rules, *found = line.split()
        cited = frozenset("" if rule == "-" else rule for rule in rules.split(","))
        some = frozenset(name for name in found if not name.endswith("?"))
        rows[code].append(Row(cited, frozenset(name.removesuffix("?") for name in found), some))
    return dict(rows)


TABLE = _read()
