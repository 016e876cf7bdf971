"""Facts of alerts. ``step`` and ``who`` are those of the timeline's node; it tells their words and their article."""

from datetime import datetime
from enum import StrEnum

from bidding.domain.event import OFFICES, SUPERVISION, Event, SignedAct


class Level(StrEnum):
    """How far up an alert has gone."""

    OWNER = "OWNER"
    UNIT_HEAD = "UNIT_HEAD"
    SUPERVISOR = "SUPERVISOR"


class AlertRaised(Event, topic="lot.alert-raised.v1", audience=OFFICES):
    """A red light, at the first instant that is too late: ``due``. ``about``: as in the node."""

    number: int
    step: str
    about: str
    who: tuple[str, ...]
    rule: str
    due: datetime
    at: datetime


class SupervisionAlertRaised(Event, topic="lot.supervision-alert-raised.v1", audience=SUPERVISION):
    """The same for what the supervisor alone may know of, such as a complaint not yet taken in."""

    number: int
    step: str
    about: str
    who: tuple[str, ...]
    rule: str
    due: datetime
    at: datetime


class AlertEscalated(Event, topic="lot.alert-escalated.v1", audience=OFFICES):
    number: int
    level: Level
    at: datetime


class AlertAcknowledged(Event, topic="lot.alert-acknowledged.v1", audience=OFFICES):
    """``note``: why it is late, and what is being done."""

    number: int
    by: str
    note: str
    at: datetime
    signed: SignedAct
