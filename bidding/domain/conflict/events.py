"""What the lot records of conflicts. Evidence names persons, so the public learns of it by the report only."""

from datetime import datetime

from bidding.domain.conflict.findings import Conflict, CountingGrade
from bidding.domain.event import Event, SignedAct
from bidding.domain.parties import Standing
from bidding.domain.registration.events import Change

JUDGES = frozenset({Standing.COMMITTEE, Standing.HOST, Standing.TENDERER, Standing.SUPERVISOR})


class ConflictsChecked(Event, topic="lot.conflicts-checked.v1", audience=JUDGES):
    """In the commit of the roll. ``undeclared``: units that had declared no relations, so that nothing could
    be compared; ``grades``: what counts for each consortium (招投法 31)."""

    conflicts: tuple[Conflict, ...]
    undeclared: tuple[str, ...]
    grades: tuple[CountingGrade, ...]
    at: datetime


class BidderChanged(Event, topic="lot.bidder-changed.v1", audience=JUDGES):
    """The notice of a bidder's change to the tenderer (招投条例 38, R-NB-HS-03). ``review``: its qualification is
    to be reviewed anew, because the change is a major one or came after the deadline."""

    bidder: str
    party: str
    change: Change
    review: bool
    at: datetime


class BidderChangeReviewed(Event, topic="lot.bidder-change-reviewed.v1", audience=JUDGES):
    """``qualified`` False: the bid is invalid (招投条例 38)."""

    bidder: str
    qualified: bool
    reason: str
    by: str
    at: datetime
    signed: SignedAct


class ConflictDecided(Event, topic="lot.conflict-decided.v1", audience=JUDGES):
    """``upheld``: the bids concerned are invalid; otherwise the finding falls."""

    number: int
    upheld: bool
    reason: str
    by: str
    at: datetime
    signed: SignedAct
