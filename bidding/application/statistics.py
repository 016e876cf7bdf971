"""The statistics projection: one pure fold over the feed of public events (R-STAT-01…08, R-LEDG-01).

A running platform's feed and the generated data set go through the same fold. Events may come again and
lots in any interleaving: only the order within a lot counts, and that is the feed's.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

import msgspec

from bidding.application.datafiles import shipped
from bidding.application.rulesets import load_rulesets
from bidding.domain.benefits.facts import LotFacts, evolve
from bidding.domain.benefits.figures import Deviation, Indicators, deviations, indicators
from bidding.domain.benefits.lines import Given, Line, lines, rounds
from bidding.domain.benefits.rates import Rates, parse_rates
from bidding.domain.calendar import STATE_COUNCIL, WorkCalendar
from bidding.domain.event import Event
from bidding.domain.periods import local_date
from bidding.domain.registry import TOPICS


class PublicEvent(msgspec.Struct, frozen=True, kw_only=True):
    """An event of the feed. ``position``: its feed position, gapless among public events."""

    position: int
    at: datetime
    lot: str
    event: Event


class Folded(msgspec.Struct, frozen=True, kw_only=True):
    """The state: everything up to ``position`` is in. Encode it to go on later where one stopped."""

    position: int = 0
    lots: dict[str, LotFacts] = {}

    def title(self, lot: str) -> str:
        """ "" before its notice."""
        noticed = self.lots[lot].noticed
        return noticed.title if noticed else ""


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What can be said of a period: its lines, the indicators of its lots, and what does not add up."""

    lines: tuple[Line, ...]
    indicators: Indicators
    deviations: tuple[Deviation, ...]


def fold(events: Iterable[PublicEvent], start: Folded | None = None) -> Folded:
    """``start`` and what came after it; events at or before its position are passed over."""
    before = start or Folded()
    lots, position = dict(before.lots), before.position
    for one in events:
        if one.position <= position:
            continue
        facts = lots.get(one.lot) or LotFacts(lot=one.lot)
        lots[one.lot] = evolve(facts, one.position, one.event)
        position = one.position
    return Folded(position=position, lots=lots)


def statement(
    folded: Folded, *, first: str = "", last: str = "9999-99", calendar: WorkCalendar = STATE_COUNCIL
) -> Statement:
    """The months ``first`` to ``last`` ("2023-05"), both included; a lot belongs to the month of its T0."""
    known = rounds(folded.lots.values())
    given = Given(rates=load_rates(), rulesets=load_rulesets(), calendar=calendar, rounds=known)
    found = tuple(
        line
        for lot in sorted(folded.lots)
        for line in lines(folded.lots[lot], given)
        if first <= line.month <= last
    )
    within = [facts for facts in folded.lots.values() if first <= _month(facts) <= last]
    wrong = tuple(one for facts in sorted(within, key=_name) for one in deviations(facts, given.rulesets))
    return Statement(lines=found, indicators=indicators(within, found, known), deviations=wrong)


def from_feed(content: Mapping[str, Any]) -> PublicEvent:
    """One entry of ``GET /feed``. Raises ``KeyError`` for a type that this version does not know,
    ``msgspec.ValidationError`` for fields that are not the event's."""
    fields = dict(content["event"])
    kind = TOPICS[fields.pop("type")]
    return PublicEvent(
        position=content["position"],
        at=msgspec.convert(content["at"], datetime),
        lot=content["lot"],
        event=msgspec.convert(fields, kind),
    )


@cache
def load_rates() -> Rates:
    """The unit table and the LPR that the package ships: ``bidding/domain/benefits/rates.toml``."""
    return shipped(parse_rates, "bidding.domain", "benefits", "rates.toml")


def _month(facts: LotFacts) -> str:
    return "" if facts.closed is None else f"{local_date(facts.closed.deadline):%Y-%m}"


def _name(facts: LotFacts) -> str:
    return facts.lot
