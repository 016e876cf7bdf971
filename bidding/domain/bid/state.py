"""One bidder's bid on one lot: the fold of its stream ``bid-<lot>-<party>`` (R-STATE-02)."""

from collections.abc import Iterable
from datetime import date, datetime

import msgspec
from msgspec.structs import replace

from bidding.domain.bid import events as e
from bidding.domain.bid.devices import NONE, Alarms
from bidding.domain.bid.joint import Agreed, Consortium, JoinedIn, Qualification
from bidding.domain.bidfate import Upload
from bidding.domain.credit.grounds import Graded
from bidding.domain.event import Event
from bidding.domain.registration.events import Carried


class StartedUpload(msgspec.Struct, frozen=True, kw_only=True):
    envelope: str
    upload: str
    at: datetime


class BidVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One complete sealed bid as received. ``replaced_at``/``withdrawn_at``: since when it does not count."""

    bid_version: int
    document_version: int
    manifest: str
    manifest_hash: str
    manifest_signature: str
    objects: tuple[e.SealedObject, ...]
    started_at: datetime
    completed_at: datetime
    receipt_number: str
    receipt: str
    receipt_signature: str
    consortium: Consortium | None = None
    agreed: tuple[Agreed, ...] = ()
    recipients: tuple[str, ...] = ()
    qualifications: tuple[Qualification, ...] = ()
    sealed_to: tuple[e.SealedTo, ...] = ()
    replaced_at: datetime | None = None
    withdrawn_at: datetime | None = None


class RefusedBid(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    envelope: str
    at: datetime
    receipt_number: str
    receipt: str
    receipt_signature: str


class Deposit(msgspec.Struct, frozen=True, kw_only=True):
    """``amount_fen`` in 分; negative: money that went back, without its interest."""

    amount_fen: int
    form: str
    reference: str
    at: datetime


class Bid(msgspec.Struct, frozen=True, kw_only=True):
    """``version`` counts the stream's events; 0 = this bidder has done nothing yet. ``reminded_on``: the last day on
    which the clock told it of its certificates (R-CRED-01). ``graded``: the deposit asked of it by its credit, None as
    of everybody (R-NB-SS-02)."""

    lot: str = ""
    bidder: str = ""
    version: int = 0
    uploads: tuple[StartedUpload, ...] = ()
    versions: tuple[BidVersion, ...] = ()
    refused: tuple[RefusedBid, ...] = ()
    withdrawn_at: datetime | None = None
    revoked_at: datetime | None = None
    signed_in_at: datetime | None = None
    deposits: tuple[Deposit, ...] = ()
    graded: Graded | None = None
    joined: tuple[JoinedIn, ...] = ()
    alarms: Alarms = NONE
    reminded_on: date | None = None
    changes: tuple[Carried, ...] = ()

    @property
    def effective(self) -> BidVersion | None:
        """The bid that counts: the last complete one not withdrawn (R-BID-02, R-DEC-13)."""
        last = self.versions[-1] if self.versions else None
        return None if last is None or last.withdrawn_at else last

    @property
    def next_version(self) -> int:
        """The number the next manifest must carry; withdrawn versions keep theirs."""
        return self.versions[-1].bid_version + 1 if self.versions else 1

    @property
    def supersedes(self) -> str | None:
        """The manifest hash that the next manifest must name: the last accepted one's, None at first."""
        return self.versions[-1].manifest_hash if self.versions else None

    @property
    def deposited_fen(self) -> int:
        """What is held now, in 分."""
        return sum(deposit.amount_fen for deposit in self.deposits)

    @property
    def fate_uploads(self) -> tuple[Upload, ...]:
        """The transmissions as ``bidfate`` judges them: received ones complete, started ones incomplete."""
        received = tuple(
            Upload(started=one.started_at, completed=one.completed_at, encrypted=True)
            for one in self.versions
        )
        taken = {sealed.upload for one in self.versions for sealed in one.objects}
        begun = tuple(
            Upload(started=one.at, completed=None, encrypted=True)
            for one in self.uploads
            if one.upload not in taken
        )
        return received + begun

    @property
    def pull_outs(self) -> tuple[datetime, ...]:
        """Every request to withdraw or revoke, for ``bidfate``."""
        withdrawals = tuple(one.withdrawn_at for one in self.versions if one.withdrawn_at)
        return withdrawals if self.revoked_at is None else (*withdrawals, self.revoked_at)


def evolve(bid: Bid, event: Event) -> Bid:
    bid = replace(bid, version=bid.version + 1)
    match event:
        case e.UploadStarted():
            begun = StartedUpload(envelope=event.envelope, upload=event.upload, at=event.at)
            return replace(_owned(bid, event), uploads=(*bid.uploads, begun))
        case e.BidReceived():
            taken = {
                name: getattr(event, name) for name in BidVersion.__struct_fields__ if hasattr(event, name)
            }
            versions = (*bid.versions, BidVersion(**taken))
            return replace(_owned(bid, event), versions=versions, withdrawn_at=None)
        case e.ConsortiumJoined():
            word = JoinedIn(
                lead=event.lead,
                agreement_sha256=event.agreement_sha256,
                shares=event.shares,
                signed=event.signed,
            )
            # A later word under the same lead replaces the earlier: two agreements with one lead are one bid.
            others = tuple(one for one in bid.joined if one.lead != event.lead)
            return replace(_owned(bid, event), joined=(*others, word))
        case e.BidderPartyChanged():
            return replace(bid, changes=(*bid.changes, Carried(change=event.change, at=event.at)))
        case e.CredentialAlarmRaised():
            return replace(bid, alarms=Alarms(alarms=event.alarms, must_reseal=event.must_reseal))
        case e.CredentialReminded(day=day):
            return replace(bid, reminded_on=day)
        case e.BidReplaced():
            return replace(bid, versions=_last(bid, replaced_at=event.at))
        case e.BidWithdrawn():
            versions = _last(bid, withdrawn_at=event.at)
            return replace(bid, versions=versions, withdrawn_at=event.at)
        case e.BidRefused():
            refused = RefusedBid(
                code=event.code,
                envelope=event.envelope,
                at=event.at,
                receipt_number=event.receipt_number,
                receipt=event.receipt,
                receipt_signature=event.receipt_signature,
            )
            return replace(_owned(bid, event), refused=(*bid.refused, refused))
        case e.BidRevocationRequested():
            return replace(bid, revoked_at=event.at)
        case e.BidderSignedIn():
            return replace(_owned(bid, event), signed_in_at=event.at)
        case e.DepositGraded(graded=graded):
            return replace(_owned(bid, event), graded=graded)
        case e.DepositReceived():
            received = Deposit(
                amount_fen=event.amount_fen, form=event.form, reference=event.reference, at=event.at
            )
            return replace(_owned(bid, event), deposits=(*bid.deposits, received))
        case e.DepositReturned():
            back = Deposit(amount_fen=-event.amount_fen, form="RETURN", reference=event.reason, at=event.at)
            return replace(bid, deposits=(*bid.deposits, back))
        case _:
            return bid


def replay(events: Iterable[Event], *, lot: str = "", bidder: str = "") -> Bid:
    bid = Bid(lot=lot, bidder=bidder)
    for event in events:
        bid = evolve(bid, event)
    return bid


def _owned(bid: Bid, event: Event) -> Bid:
    return replace(bid, lot=getattr(event, "lot", bid.lot), bidder=getattr(event, "bidder", bid.bidder))


def _last(bid: Bid, **change: datetime) -> tuple[BidVersion, ...]:
    """The versions with the last one changed."""
    return (*bid.versions[:-1], *(replace(one, **change) for one in bid.versions[-1:]))
