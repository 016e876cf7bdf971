"""Facts of the echo check: what a medium shows is not what was published (R-DOC-02; 招投条例 15, 63)."""

from datetime import datetime

from bidding.domain.event import OFFICES, Event


class EchoAltered(Event, topic="lot.echo-altered.v1", audience=OFFICES):
    """The alarm. ``item``: the publication's key; ``hash``: its hex SHA-256, ``shown``: that of what the medium shows,
    "missing" where it shows nothing."""

    medium: str
    item: str
    kind: str
    hash: str
    shown: str
    at: datetime


class EchoRestored(Event, topic="lot.echo-restored.v1", audience=OFFICES):
    """The medium shows again what was published."""

    medium: str
    item: str
    kind: str
    hash: str
    at: datetime
