"""Facts of one bidder's own stream ``bid-<lot>-<party>``.

Nobody but the bidder reads them (through its own interface): their existence is a secret before the
roll is published (R-GEN-04, R-DOC-03). What others may learn of them stands in the opening's events.
"""

from datetime import date, datetime

import msgspec

from bidding.domain.bid.devices import Alarm
from bidding.domain.bid.joint import Agreed, Consortium, Qualification, Share
from bidding.domain.credit.grounds import Graded
from bidding.domain.event import NOBODY, Event, SignedAct
from bidding.domain.registration.events import Change


class SealedObject(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One sealed envelope as stored. ``length`` in bytes; ``root``: hex RFC 6962 root over ``parts``,
    the hex SHA-256 of its 8 MiB parts; ``key``: its name in the object store."""

    envelope: str
    upload: str
    key: str
    length: int
    root: str
    parts: tuple[str, ...]


class UploadStarted(Event, topic="bid.upload-started.v1", audience=NOBODY):
    lot: str
    bidder: str
    envelope: str
    upload: str
    at: datetime


class SealedTo(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One device that the bid is sealed to, as it was certified when the bid came in (R-CRED-01). ``certificate``: hex
    SHA-256 of the encryption certificate's DER, "" where none was issued for such a key; ``until``: its end."""

    credential: str
    opening_key: str
    certificate: str = ""
    until: datetime | None = None


class BidReceived(Event, topic="bid.received.v1", audience=NOBODY):
    """A complete sealed bid, in time. ``completed_at``: completion of transmission, in whole milliseconds,
    as the receipt prints it (R-TIME-08); ``receipt_number`` is random (R-BID-04). ``agreed``: each member's
    own signed word, for a joint bid (R-ENG-30). ``recipients``: the opening keys that it is sealed to;
    ``qualifications``: for the roll (R-PLAT-09); ``sealed_to``: the certificates of these keys."""

    lot: str
    bidder: str
    bid_version: int
    document_version: int
    manifest: str
    manifest_hash: str
    manifest_signature: str
    signed: SignedAct
    objects: tuple[SealedObject, ...]
    started_at: datetime
    completed_at: datetime
    receipt_number: str
    receipt: str
    receipt_signature: str
    consortium: Consortium | None = None
    agreed: tuple[Agreed, ...] = ()
    recipients: tuple[str, ...] = ()
    qualifications: tuple[Qualification, ...] = ()
    sealed_to: tuple[SealedTo, ...] = ()
    receipt_provider: str = "soft"


class ConsortiumJoined(Event, topic="bid.consortium-joined.v1", audience=NOBODY):
    """On the member's own stream: its word that ``lead`` bids for it too. Void unless the lead does."""

    lot: str
    bidder: str
    lead: str
    agreement_sha256: str
    shares: tuple[Share, ...]
    at: datetime
    signed: SignedAct


class BidPlaced(Event, topic="bidder.bid-placed.v1", audience=NOBODY):
    """On the stream ``bids-of-<party>``, with the first bid on a lot: where a change of the party matters."""

    party: str
    lot: str
    at: datetime


class BidderPartyChanged(Event, topic="bid.party-changed.v1", audience=NOBODY):
    """R-NB-HS-03: the change certificate attached to the bid; its signature under the old name stays good."""

    lot: str
    bidder: str
    change: Change
    at: datetime


class CredentialAlarmRaised(Event, topic="bid.credential-alarm.v1", audience=NOBODY):
    """The devices that should open the bid and will not, or an empty list once all is well (R-CRED-01)."""

    lot: str
    bidder: str
    manifest_hash: str
    alarms: tuple[Alarm, ...]
    must_reseal: bool
    at: datetime


class CredentialReminded(Event, topic="bid.credential-reminded.v1", audience=NOBODY):
    """By the clock, once a day while the trouble lasts and the bid can still be sealed anew (R-CRED-01). ``alarms``:
    the certificates that ended, end too early or were revoked; ``must_reseal``: nothing is left that opens the bid."""

    lot: str
    bidder: str
    manifest_hash: str
    day: date
    alarms: tuple[Alarm, ...]
    must_reseal: bool
    at: datetime


class BidRefused(Event, topic="bid.refused.v1", audience=NOBODY):
    """What was handed in does not count; a refusal is a receipt too (R-BID-04)."""

    lot: str
    bidder: str
    code: str
    envelope: str
    at: datetime
    uploads: tuple[str, ...]
    manifest_hash: str
    receipt_number: str
    receipt: str
    receipt_signature: str
    receipt_provider: str = "soft"


class BidReplaced(Event, topic="bid.replaced.v1", audience=NOBODY):
    """In the same commit as the ``BidReceived`` that replaces: never a moment without a bid (R-BID-05)."""

    lot: str
    bidder: str
    manifest_hash: str
    at: datetime


class BidWithdrawn(Event, topic="bid.withdrawn.v1", audience=NOBODY):
    """撤回: before the deadline, without consequence (招投法 29)."""

    lot: str
    bidder: str
    manifest_hash: str
    at: datetime
    signed: SignedAct


class BidRevocationRequested(Event, topic="bid.revocation-requested.v1", audience=NOBODY):
    """撤销: at or after the deadline, with consequences (招投条例 35).

    The lot says so in ``BidRevoked``, together with the roll or after it, never before.
    """

    lot: str
    bidder: str
    at: datetime
    signed: SignedAct


class BidderSignedIn(Event, topic="bid.signed-in.v1", audience=NOBODY):
    lot: str
    bidder: str
    at: datetime
    signed: SignedAct


class DepositGraded(Event, topic="bid.deposit-graded.v1", audience=NOBODY):
    """What this bidder is asked, as its credit has it (R-NB-SS-02). The lot says so with the roll, never before it."""

    lot: str
    bidder: str
    graded: Graded
    at: datetime


class DepositReceived(Event, topic="bid.deposit-received.v1", audience=NOBODY):
    """``form``: CASH (现金/支票), TRANSFER (转账) or GUARANTEE (保函)."""

    lot: str
    bidder: str
    amount_fen: int
    form: str
    reference: str
    at: datetime


class DepositReturned(Event, topic="bid.deposit-returned.v1", audience=NOBODY):
    lot: str
    bidder: str
    amount_fen: int
    interest_fen: int
    reason: str
    at: datetime
