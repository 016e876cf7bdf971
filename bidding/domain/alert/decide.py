"""Raising, escalating and acknowledging alerts (R-NB-ZX-02, F-55). The clock may ask twice: nothing is raised twice."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from bidding.domain.alert import commands as c
from bidding.domain.alert import events as e
from bidding.domain.alert.state import Alert
from bidding.domain.calendar import WorkCalendar
from bidding.domain.command import Command, Facts
from bidding.domain.errors import Conflicting, TooEarly, Unknown
from bidding.domain.event import Event
from bidding.domain.given import calendar_of, rules_of, signed_of
from bidding.domain.lot import Lot
from bidding.domain.ruleset import RuleSet
from bidding.domain.timeline import Kind, Node, State, Step, timeline

#: How long an alert waits to be acknowledged before it goes further up. No law names a term.
ESCALATE = timedelta(hours=24)
NEXT = {e.Level.OWNER: e.Level.UNIT_HEAD, e.Level.UNIT_HEAD: e.Level.SUPERVISOR}
#: Duties whose very existence is the supervisor's secret.
SECRET = frozenset({Step.COMPLAINT_INTAKE})


def raise_alerts(lot: Lot, command: c.RaiseAlerts, facts: Facts) -> list[Event]:
    """Every duty that is late and has no alert yet, and every alert that nobody acknowledged in a day."""
    rules, calendar = rules_of(lot, facts), calendar_of(facts)
    first = next_alert(lot, rules, calendar, facts.now)
    if first is None:
        return []
    if facts.now < first:
        raise TooEarly("alert-not-due", rule="R-NB-ZX-02", at=first)
    waiting = list(_unalerted(lot, rules, calendar, facts.now))
    late = [one for one in waiting if one.due is not None and facts.now >= one.due]
    numbers = range(len(lot.alerts.all) + 1, len(lot.alerts.all) + 1 + len(late))
    raised = [_raised(one, number, facts.now) for one, number in zip(late, numbers, strict=True)]
    further: list[Event] = [
        e.AlertEscalated(number=one.number, level=NEXT[one.level], at=facts.now)
        for one, at in _escalating(lot, rules, calendar, facts.now)
        if facts.now >= at
    ]
    return [*raised, *further]


def next_alert(lot: Lot, rules: RuleSet, calendar: WorkCalendar, now: datetime) -> datetime | None:
    """When the clock must look next: the earliest instant at which a duty turns red, or an alert goes up.

    It follows from the lot's state: whatever changes it (an event) sets the timer anew.
    """
    instants = [one.due for one in _unalerted(lot, rules, calendar, now) if one.due is not None]
    instants += [at for _, at in _escalating(lot, rules, calendar, now)]
    return min(instants, default=None)


def acknowledge(lot: Lot, command: c.AcknowledgeAlert, facts: Facts) -> list[Event]:
    found = next((one for one in lot.alerts.all if one.number == command.number), None)
    if found is None:
        raise Unknown("no-such-alert", rule="R-NB-ZX-02", number=command.number)
    if found.acknowledged_at is not None:
        raise Conflicting("alert-acknowledged", rule="R-NB-ZX-02", number=found.number)
    return [
        e.AlertAcknowledged(
            number=found.number,
            by=facts.actor.party,
            note=command.note,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def _undone(lot: Lot, rules: RuleSet, calendar: WorkCalendar, now: datetime) -> Iterator[Node]:
    for one in timeline(lot, rules, calendar, now):
        running = one.state in {State.OPEN, State.LATE} and one.done_at is None and not one.stands_still
        if one.kind is Kind.DUTY and one.due is not None and running:
            yield one


def _unalerted(lot: Lot, rules: RuleSet, calendar: WorkCalendar, now: datetime) -> Iterator[Node]:
    known = {(one.step, one.about, one.who, one.due) for one in lot.alerts.all}
    for one in _undone(lot, rules, calendar, now):
        if _key(one) not in known:
            yield one


def _escalating(
    lot: Lot, rules: RuleSet, calendar: WorkCalendar, now: datetime
) -> Iterator[tuple[Alert, datetime]]:
    """Alerts that nobody acknowledged, of duties still undone, and when each goes further up."""
    undone = {_key(one) for one in _undone(lot, rules, calendar, now)}
    for one in lot.alerts.all:
        open_ = one.acknowledged_at is None and one.level in NEXT and one.last_at is not None
        if open_ and one.last_at is not None and (one.step, one.about, one.who, one.due) in undone:
            yield one, one.last_at + ESCALATE


def _key(one: Node) -> tuple[str, str, tuple[str, ...], datetime | None]:
    return one.step.value, one.about, tuple(who.value for who in one.who), one.due


def _raised(one: Node, number: int, now: datetime) -> Event:
    step, about, who, due = _key(one)
    kind = e.SupervisionAlertRaised if one.step in SECRET else e.AlertRaised
    return kind(number=number, step=step, about=about, who=who, rule=one.rule, due=_utc(due or now), at=now)


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


DECIDERS: dict[type[Command], Callable[..., Any]] = {
    c.RaiseAlerts: raise_alerts,
    c.AcknowledgeAlert: acknowledge,
}
