"""Facts that fix a lot's history: tokens of an authority outside the platform, and statements of what it is made of."""

from datetime import datetime

from bidding.domain.event import EVERYONE, Event


class Timestamped(Event, topic="lot.timestamped.v1", audience=EVERYONE):
    """``subject``: the topic of the event stamped; ``imprint``: hex SHA-256 of its canonical JSON, or of ``checkpoint``
    where the log's signed note that first covers the event is what was stamped: it, and all before it.

    ``authority``: its name in the platform's settings; ``token``: RFC 3161 TimeStampToken, DER, base64url;
    ``instant``: the authority's, ``at``: the lot's own.
    """

    subject: str
    imprint: str
    authority: str
    token: str
    instant: datetime
    at: datetime
    checkpoint: str = ""


class HistoryStated(Event, topic="lot.history-stated.v1", audience=EVERYONE):
    """The lot's first ``events`` events are these and no others: ``root`` is the hex RFC 6962 root over their
    commitments in the log, in their order. Those that some may not see are in it as salted hashes."""

    events: int
    root: str
    at: datetime
