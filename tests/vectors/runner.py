"""Runs a file of vectors: ``{"calendar": {...}, "vectors": [{id, rule, kind, inputs, expected, note}, …]}``.

A case passes if its kind computes exactly ``expected``; a refusal of the rule library counts as the
result ``{"error": CODE}``. Kinds that nobody implements and inputs that cannot be read are failures.
Which prices a mean is taken of, and who are parallel, is compared as sets are: the rules give them no order.
"""

import json
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from bidding.domain.calendar import STATE_COUNCIL, WorkCalendar, holiday_table
from bidding.domain.errors import Refusal
from bidding.domain.scoring import exact_text
from tests.vectors.kinds import KINDS


@dataclass(frozen=True)
class Outcome:
    id: str
    rule: str
    kind: str
    faults: tuple[str, ...]


def run_file(path: Path) -> list[Outcome]:
    """Raises ``OSError`` and ``ValueError`` if the file cannot be read as vectors at all."""
    document = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(document, dict) or not isinstance(document.get("vectors"), list):
        raise ValueError('not a file of vectors: an object with a list "vectors" is expected')
    calendar = calendar_of(document.get("calendar"))
    return [run_case(case, calendar) for case in document["vectors"]]


def calendar_of(plain: dict[str, Any] | None) -> WorkCalendar:
    """The calendar that a file carries, else the installed one."""
    if plain is None:
        return STATE_COUNCIL
    return holiday_table(
        [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in plain["holidays"]],
        map(date.fromisoformat, plain["makeup_workdays"]),
        plain["years"],
    )


def run_case(case: dict[str, Any], calendar: WorkCalendar) -> Outcome:
    kind = str(case.get("kind"))
    return Outcome(
        id=str(case.get("id")), rule=str(case.get("rule")), kind=kind, faults=_faults(case, kind, calendar)
    )


def _faults(case: dict[str, Any], kind: str, calendar: WorkCalendar) -> tuple[str, ...]:
    if kind not in KINDS:
        return (f"unknown kind {kind!r}; known are {', '.join(sorted(KINDS))}",)
    try:
        found = result(kind, case["inputs"], calendar)
    except Exception as error:  # whatever one case does, the others are still to be run
        return (f"cannot be computed: {type(error).__name__}: {error}",)
    return tuple(_differences(_settled(case.get("expected")), _settled(found)))


def result(kind: str, inputs: dict[str, Any], calendar: WorkCalendar) -> dict[str, Any]:
    """What the kind computes; of a refusal its code. Raises whatever inputs that cannot be read raise."""
    try:
        return KINDS[kind](without_nulls(inputs), calendar)
    except Refusal as refusal:
        return {"error": refusal.code.upper().replace("-", "_")}


def without_nulls(inputs: Any) -> Any:
    """A null says the same as an absent field."""
    if isinstance(inputs, dict):
        return {name: without_nulls(value) for name, value in inputs.items() if value is not None}
    return [without_nulls(value) for value in inputs] if isinstance(inputs, list) else inputs


def _settled(result: Any) -> Any:
    """With what has no order in one that is always the same (R-SCORE-11, R-SCORE-13, R-SCORE-15)."""
    told = dict(result) if isinstance(result, dict) else {}
    if "kept" in told:
        told["kept"] = [exact_text(price) for price in sorted(map(Fraction, told["kept"]))]
    if "order" in told:
        told["order"] = [sorted(parallel) for parallel in told["order"]]
    return told or result


def _differences(expected: Any, found: Any, at: str = "") -> list[str]:
    if isinstance(expected, dict) and isinstance(found, dict):
        return [
            difference
            for name in sorted(expected.keys() | found.keys())
            for difference in _differences(
                expected.get(name, "(absent)"), found.get(name, "(absent)"), f"{at}.{name}" if at else name
            )
        ]
    # JSON's true is not its 1, though Python's is
    if expected == found and isinstance(expected, bool) == isinstance(found, bool):
        return []
    return [f"{at or 'result'}: expected {_text(expected)}, found {_text(found)}"]


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
