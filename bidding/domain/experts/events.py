"""Facts of the stream ``experts``: who may be drawn. Names are seen by the centre alone (R-EVAL-05, R-EVAL-07)."""

from datetime import datetime

from bidding.domain.event import NOBODY, Event


class ExpertListed(Event, topic="experts.listed.v1", audience=NOBODY):
    """``units``: every employer within the recusal period of R-EVAL-08, ``holdings``: units that the person holds
    shares of, directs or supervises, by USCC or full name.

    Listing a party anew replaces its entry.
    """

    party: str
    name: str
    trade: str
    units: tuple[str, ...]
    by: str
    at: datetime
    holdings: tuple[str, ...] = ()


class ExpertDelisted(Event, topic="experts.delisted.v1", audience=NOBODY):
    party: str
    reason: str
    by: str
    at: datetime
