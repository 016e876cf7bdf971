"""Facts of time-stamping: a token of an authority outside the platform over one event of the lot."""

from datetime import datetime

from bidding.domain.event import EVERYONE, Event


class Timestamped(Event, topic="lot.timestamped.v1", audience=EVERYONE):
    """``subject``: the topic of the event stamped; ``imprint``: hex SHA-256 of its canonical JSON.

    ``authority``: its name in the platform's settings; ``token``: RFC 3161 TimeStampToken, DER, base64url;
    ``instant``: the authority's, ``at``: the lot's own.
    """

    subject: str
    imprint: str
    authority: str
    token: str
    instant: datetime
    at: datetime
