"""What a story leaves behind, line by line: what it recorded, what was due after each act, and the state in the end.

::

    @ instant, phase            after an act (of the lot, at that instant)
    > topic {event}             each event that it led to
    ~ {node}                    each node of the timeline that was not there, or was another, before it
    = part {state}              at the end: the parts of the lot, each bid, what is read off the log
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import msgspec

from bidding.domain.calendar import STATE_COUNCIL
from bidding.domain.event import Event
from bidding.domain.lot import PARTS, Lot
from bidding.domain.ruleset import RuleSet, by_version, choose
from bidding.domain.timeline import Node, timeline
from tests.domain.lots import RULESETS

DIGEST = re.compile(r"\b[0-9a-f]{64}\b")


class Act(NamedTuple):
    """After it: the instant, the lot, and all events so far."""

    now: datetime
    lot: Lot
    events: tuple[Event, ...]


def lines(acts: Iterator[Act], kept: dict[str, Any]) -> Iterator[str]:
    """``kept``: filled by the story; what stands beside the lot in the end."""
    known: set[str] = set()
    told = 0
    lot = Lot(lot_id="")
    for now, lot, events in acts:
        yield f"@ {now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} {lot.phase.value}"
        for event in events[told:]:
            yield f"> {event.TOPIC} {_text(event)}"
        told = len(events)
        rules = _rules(lot, now)
        nodes = () if rules is None else timeline(lot, rules, STATE_COUNCIL, now)
        shown = [_node(one) for one in nodes]
        yield from (f"~ {one}" for one in shown if one not in known)
        known = set(shown)
    for name in dict.fromkeys(name for name, _ in PARTS.values()):
        yield f"= {name} {_text(getattr(lot, name))}"
    yield from (f"= {name} {_text(what)}" for name, what in kept.items())


def _rules(lot: Lot, now: datetime) -> RuleSet | None:
    if lot.notice.ruleset:
        return by_version(RULESETS, lot.notice.ruleset)
    regime = lot.admission.regime
    return None if regime is None else choose(RULESETS, regime, now)


def _node(node: Node) -> str:
    assert msgspec.convert(msgspec.to_builtins(node), Node) == node  # no field holds what it does not admit
    return _text({name: value for name, value in msgspec.to_builtins(node).items() if value not in ("", 0)})


def _text(what: Any) -> str:
    """Digests are left out: one of a text that gained a field is another."""
    said = json.dumps(_said(msgspec.to_builtins(what)), ensure_ascii=False, sort_keys=True)
    return DIGEST.sub("#", said)


def _said(what: Any) -> Any:
    """Without the fields that are None: there are more of them than of all others."""
    if isinstance(what, dict):
        return {name: _said(value) for name, value in what.items() if value is not None}
    return [_said(one) for one in what] if isinstance(what, list | tuple) else what


def missing(recorded: list[str], told: list[str]) -> list[str]:
    """Recorded lines that are not told again, in their order. A story may say more, and of an event or the state
    further fields: nothing that it said may be lost or altered."""
    rest = iter(told)
    lost: list[str] = []
    for line in recorded:
        following = list(rest)
        place = next((n for n, one in enumerate(following) if _says(one, line)), None)
        if place is None:
            lost.append(line)
        rest = iter(following if place is None else following[place + 1 :])
    return lost


def _says(told: str, recorded: str) -> bool:
    if told == recorded:
        return True
    head, _, text = recorded.partition(" {")
    if recorded[0] not in ">=" or not text or not told.startswith(f"{head} {{"):
        return False
    return _covers(json.loads(told[len(head) + 1 :]), json.loads("{" + text))


def _covers(told: Any, recorded: Any) -> bool:
    if isinstance(recorded, dict) and isinstance(told, dict):
        return all(name in told and _covers(told[name], value) for name, value in recorded.items())
    if isinstance(recorded, list) and isinstance(told, list):
        return len(told) == len(recorded) and all(map(_covers, told, recorded))
    if isinstance(recorded, str) and isinstance(told, str) and recorded != told:
        if recorded.startswith("{") and told.startswith("{"):  # a record or a receipt in the event
            return _covers(json.loads(told), json.loads(recorded))
        rest = iter(told.splitlines())  # a report
        return "\n" in recorded and all(line in rest for line in recorded.splitlines())
    return bool(told == recorded)
