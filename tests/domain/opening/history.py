"""What must hold of every history of an opening, whoever did what in which order.

Written from the rules and against the events alone, so that it shares no code with the decisions.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from bidding.domain.bid import events as b
from bidding.domain.control import events as k
from bidding.domain.disclosure import is_public
from bidding.domain.event import Event
from bidding.domain.opening import events as e

#: What a suspension lets through (F-34): the record of disturbances, the order that ends it, and its own end.
THROUGH_SUSPENSION = (
    e.IncidentOpened,
    e.IncidentClosed,
    e.WindowExtended,
    k.SupervisionOrderIssued,
    k.SuspensionLifted,
    k.LotTerminated,
    b.DepositReturned,
)


class Checker:
    """Takes the log's events one by one; ``assert`` says which rule a history breaks."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = [name.encode() for name in names]
        self.seen: list[type[Event]] = []
        self.roll: set[str] = set()
        self.received = 0
        self.incidents: set[int] = set()
        self.undecided: set[str] = set()
        self.revoked: set[str] = set()
        self.released: set[str] = set()
        self.unanswered: set[int] = set()
        self.offices: dict[type[Event], set[str]] = {}
        self.ends: datetime | None = None
        self.window_ended = False
        self.over = False
        self.suspended = False

    @property
    def end(self) -> datetime:
        """The release window's."""
        assert self.ends is not None, "no release was ordered"
        return self.ends

    def take(self, stream: str, event: Event) -> None:
        if self.suspended and stream.startswith("lot-"):
            moved = type(event).__name__ == "DeadlineMoved"
            assert moved or isinstance(event, THROUGH_SUSPENSION), "F-34"
        if stream.startswith("lot-"):
            assert not self.over, f"{event} after the lot had failed or was terminated"
        self.known(event)

    def known(self, event: Event) -> None:
        """What holds of the event whatever a suspension or an end lets through."""
        self._secrecy(event)
        self._order(event)
        self.seen.append(type(event))

    def _secrecy(self, event: Event) -> None:
        text = msgspec.json.encode(event)
        if e.RollPublished not in self.seen and not isinstance(event, e.RollPublished) and is_public(event):
            assert not any(name in text for name in self.names), "R-OPEN-23: a bidder named before the roll"
        keys = self.seen.count(e.FormKeysPublished)
        assert keys == 2 or b'"price_fen"' not in text, "R-OPEN-02: a price before both keys are out"
        assert b"MAY_BE_KEPT" not in text, "R-WAIVE-09: the lot is waived"

    def _order(self, event: Event) -> None:
        match event:
            case e.SubmissionClosed():
                assert e.SubmissionClosed not in self.seen, "R-OPEN-09: closed twice"
                assert event.at >= event.deadline, "R-OPEN-01"
                self.received = event.received
            case b.BidReceived() | b.BidWithdrawn():
                assert e.SubmissionClosed not in self.seen, "R-BID-02: after the close"
            case e.RollPublished():
                assert self.received >= 3, "R-OPEN-09: fewer than three are never opened"
                assert len(event.roll) == self.received
                self.roll = {entry.bidder for entry in event.roll}
            case e.LotFailed() | k.LotTerminated():
                self.over = True
            case e.ReleaseOrdered():
                assert self.offices[e.OfficeKeysPublished] == {"agency", "supervisor"}
                self.ends = event.window_ends
            case e.KeyReleased():
                assert not self.window_ended, "R-OPEN-24: after the window"
                assert event.at < self.end or self.incidents, "R-OPEN-24: late"
                assert event.bidder in self.roll - self.revoked
                self.released.add(event.bidder)
                self.undecided.discard(event.bidder)
            case _:
                self._later(event)

    def _later(self, event: Event) -> None:
        match event:
            case e.WindowExtended(window="release"):
                assert event.until > self.end, "an extension shortens nothing"
                assert e.FormKeysPublished not in self.seen, "no window once keys are out"
                self.ends, self.window_ended = event.until, False
            case e.WindowEnded():
                assert event.at >= self.end, "R-OPEN-24"
                self.window_ended = True
                self.undecided = set(event.unreleased)
                assert self.undecided == self.roll - self.released - self.revoked
            case e.FaultDecided():
                assert self.window_ended, "R-BID-08"
                assert event.evidence
                assert len(event.evidence_hash) == 64
                self.undecided.discard(event.bidder)
            case e.BidRevoked():
                assert e.PricesAnnounced not in self.seen
                self.revoked.add(event.bidder)
                self.undecided.discard(event.bidder)
            case e.FormKeysPublished():
                assert self.window_ended
                assert not self.undecided, "R-BID-08: a fault was pending"
            case e.BidsImported():
                assert e.BidsImported not in self.seen, "R-OPEN-26: one batch"
                assert self.offices[e.FormKeysPublished] == {"agency", "supervisor"}
                self.undecided = {result.bidder for result in event.results if not result.opened}
            case e.PricesAnnounced():
                assert e.PricesAnnounced not in self.seen
                assert e.BidsImported in self.seen
                assert not self.undecided, "F-17, F-19"
            case e.OpeningObjectionRaised():
                self.unanswered.add(event.number)
            case e.OpeningObjectionAnswered():
                self.unanswered.remove(event.number)
            case e.ConfirmationClosed():
                assert not self.unanswered, "F-22"
            case e.RecordSigned():
                assert not self.unanswered, "F-22"
                assert e.ConfirmationClosed in self.seen
            case e.OpeningEnded():
                assert self.offices[e.RecordSigned] == {"agency", "supervisor"}
            case e.IncidentOpened():
                self.incidents.add(event.number)
            case e.IncidentClosed():
                self.incidents.remove(event.number)
            case k.LotSuspended():
                self.suspended = True
            case k.SuspensionLifted():
                self.suspended = False
            case _:
                pass
        if isinstance(event, e.OfficeKeysPublished | e.FormKeysPublished | e.RecordSigned):
            self.offices.setdefault(type(event), set()).add(event.office)
