"""Looking at timelines in tests."""

from datetime import datetime

import msgspec

from bidding.domain.calendar import STATE_COUNCIL, WorkCalendar
from bidding.domain.lot import Lot
from bidding.domain.ruleset import by_version
from bidding.domain.timeline import Node, Step, timeline
from tests.domain.lots import RULESETS


def nodes(lot: Lot, now: datetime, calendar: WorkCalendar = STATE_COUNCIL) -> list[Node]:
    found = list(timeline(lot, by_version(RULESETS, lot.notice.ruleset), calendar, now))
    assert (
        msgspec.convert(msgspec.to_builtins(found), list[Node]) == found
    )  # no field holds what it does not admit
    return found


def steps(lot: Lot, now: datetime) -> set[Step]:
    return {one.step for one in nodes(lot, now)}


def node(lot: Lot, step: Step, now: datetime, about: str = "") -> Node:
    """The one node of that step (and about that)."""
    (found,) = [one for one in nodes(lot, now) if one.step is step and about in {"", one.about}]
    return found
