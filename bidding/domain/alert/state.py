"""The alerts of a lot, and their fold."""

from datetime import datetime

import msgspec
from msgspec.structs import replace

from bidding.domain.alert import events as e
from bidding.domain.event import Event


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """``raised_at`` and ``last_at``: when it was raised, and last taken further up."""

    number: int
    step: str = ""
    about: str = ""
    who: tuple[str, ...] = ()
    rule: str = ""
    due: datetime | None = None
    raised_at: datetime | None = None
    last_at: datetime | None = None
    level: e.Level = e.Level.OWNER
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None
    note: str = ""


class Alerts(msgspec.Struct, frozen=True, kw_only=True):
    all: tuple[Alert, ...] = ()


def evolve(alerts: Alerts, event: Event) -> Alerts:
    match event:
        case e.AlertRaised() | e.SupervisionAlertRaised():
            top = isinstance(event, e.SupervisionAlertRaised)
            raised = Alert(
                number=event.number,
                step=event.step,
                about=event.about,
                who=event.who,
                rule=event.rule,
                due=event.due,
                raised_at=event.at,
                last_at=event.at,
                level=e.Level.SUPERVISOR if top else e.Level.OWNER,
            )
            return Alerts(all=(*alerts.all, raised))
        case e.AlertEscalated():
            return _changed(alerts, event.number, level=event.level, last_at=event.at)
        case e.AlertAcknowledged():
            return _changed(
                alerts,
                event.number,
                acknowledged_by=event.by,
                acknowledged_at=event.at,
                note=event.note,
            )
        case _:
            return alerts


def _changed(alerts: Alerts, number: int, **fields: object) -> Alerts:
    """Of an alert that this view never saw raised there is nothing to change."""
    return Alerts(all=tuple(replace(one, **fields) if one.number == number else one for one in alerts.all))
