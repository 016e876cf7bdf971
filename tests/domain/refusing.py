"""The table of refusals: ``refusals.txt``. A row's columns: code, the rules that it is refused by, what was found.

Rules: ``-`` for none, ``*`` for any. ``name?``: what may be found to be missing; all else that is found is something.
``python -m tests.domain.refusing`` drafts the rows of new codes from the source, to be read before they are kept.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
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


FILE = Path(__file__).with_name("refusals.txt")


def _read() -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = defaultdict(list)
    for line in FILE.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        code, rules, *found = line.split()
        cited = frozenset("" if rule == "-" else rule for rule in rules.split(","))
        some = frozenset(name for name in found if not name.endswith("?"))
        rows[code].append(Row(cited, frozenset(name.removesuffix("?") for name in found), some))
    return dict(rows)


TABLE = _read()


def _drafts() -> Iterator[str]:
    for path in sorted(Path("bidding/domain").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant)):
                continue
            named = {one.arg: one.value for one in node.keywords if one.arg is not None}
            code = node.args[0].value
            if not isinstance(code, str) or not code.islower() or "rule" not in named or code in TABLE:
                continue
            rule = named.pop("rule")
            yield _line(code, str(rule.value) if isinstance(rule, ast.Constant) else ANY, sorted(named))


def _line(code: str, rules: str, found: list[str]) -> str:
    return f"{code:<33}  {rules:<28} {' '.join(found)}".rstrip()


if __name__ == "__main__":
    head, *kept = FILE.read_text("utf-8").splitlines()
    FILE.write_text("\n".join((head, *sorted({*kept, *_drafts()}))) + "\n", "utf-8")
