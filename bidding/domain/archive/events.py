"""Facts of the archive."""

from datetime import date, datetime

from bidding.domain.event import OFFICES, Event, SignedAct


class FilesDisposed(Event, topic="lot.files-disposed.v1", audience=OFFICES):
    """销毁: stored files are gone, after ``kept_until``, their last day. Events and hashes stay for ever."""

    kept_until: date
    reason: str
    at: datetime
    signed: SignedAct
