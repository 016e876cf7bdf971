"""Incidents: recorded by the centre or the supervisor, paid back to every window (R-INC-01, R-PAIN-08)."""

from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, Unknown
from bidding.domain.event import Event
from bidding.domain.given import calendar_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.opening import commands as c
from bidding.domain.opening import events as e
from bidding.domain.opening.running import require_release
from bidding.domain.opening.state import INCIDENT
from bidding.domain.opening.windows import compensate


def open_incident(lot: Lot, command: c.OpenIncident, facts: Facts) -> list[Event]:
    """``began`` may lie in the past: an outage is noticed, or can be recorded, only after it began."""
    require_release(lot, Phase.NOTICED, Phase.CLOSED, rule="R-INC-01")
    if lot.opening.signatures and not lot.opening.rerun:
        raise OutOfOrder("record-being-signed", rule="R-OPEN-30")
    began = facts.now if command.began is None else command.began
    if began.tzinfo is None or began > facts.now:
        raise Invalid("incident-in-the-future", rule="R-INC-01", now=facts.now)
    return [
        e.IncidentOpened(
            number=len(lot.opening.incidents) + 1,
            kind=command.kind,
            cause=command.cause,
            began=began,
            at=facts.now,
            by=facts.actor.party,
        )
    ]


def close_incident(lot: Lot, command: c.CloseIncident, facts: Facts) -> list[Event]:
    """Every window that it touched is extended in the same commit, an ended one opens again."""
    require_release(lot, Phase.NOTICED, Phase.CLOSED, rule="R-INC-01")
    known = {incident.number: incident for incident in lot.opening.incidents}
    incident = known.get(command.number)
    if incident is None:
        raise Unknown("no-such-incident", rule="R-INC-01", number=command.number)
    if incident.ended is not None:
        raise Conflicting("incident-already-closed", rule="R-INC-01", number=command.number)
    ended = facts.now if command.ended is None else command.ended
    if ended.tzinfo is None or not incident.began <= ended <= facts.now:
        raise Invalid("incident-end-impossible", rule="R-INC-01", began=incident.began, now=facts.now)
    closed = e.IncidentClosed(
        number=command.number, cause=command.cause, ended=ended, at=facts.now, by=facts.actor.party
    )
    span = (incident.began, ended)
    return [closed, *compensate(lot, span, facts.now, INCIDENT, command.cause, calendar_of(facts))]
