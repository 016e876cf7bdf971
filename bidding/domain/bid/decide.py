"""The rules of handing in, replacing and pulling out a bid (R-BID-01…10, R-TIME-09, R-OPEN-21).

What is refused here before the deadline tells its own bidder only. A bid that was handed in and does not
count is no exception but a fact with a receipt (``BidRefused``). Events of the bid's own stream and, for
a revocation after the roll, of the lot's stream come together and are appended in one commit.
"""

import base64
from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec

from bidding.domain.bid import commands as c
from bidding.domain.bid import events as e
from bidding.domain.bid.devices import device_alarms
from bidding.domain.bid.joint import Agreed
from bidding.domain.bid.receipts import Issue, ReceiptContent, RefusalContent, new_number
from bidding.domain.bid.refusals import Finding, RefusalCode
from bidding.domain.bid.state import Bid
from bidding.domain.bidfate import BidOutcome
from bidding.domain.command import Command, Facts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, TooEarly, TooLate, Unknown
from bidding.domain.event import Event
from bidding.domain.given import deadline_of, random_bytes, rules_of, signed_of, terms_of
from bidding.domain.lot import Lot, Phase, evolve
from bidding.domain.opening.events import BidRevoked
from bidding.domain.opening.outcomes import consequence, outcome_of, settle
from bidding.domain.opening.sparing import SPARE, require_spare_wanted
from bidding.domain.opening.windows import submission_over, whole_milliseconds
from bidding.domain.order import require_phase
from bidding.domain.registration.state import Credential

UPLOAD_BYTES = 16
#: From the notice on; before it there is nothing to bid for, and after termination nothing left.
AFTER_NOTICE = tuple(
    phase
    for phase in Phase
    if phase not in {Phase.DRAFT, Phase.SUBMITTED, Phase.ADMITTED, Phase.PREQUALIFYING, Phase.TERMINATED}
)


class HandedIn(msgspec.Struct, frozen=True, kw_only=True):
    """What the application read from manifest and uploads. ``manifest_hash``: "" if it could not be read."""

    manifest_hash: str
    bid_version: int = 0
    document_version: int = 0
    objects: tuple[e.SealedObject, ...] = ()
    recipients: tuple[str, ...] = ()
    sealed_to: tuple[e.SealedTo, ...] = ()
    spare: str = ""


def start_upload(lot: Lot, command: c.StartUpload, facts: Facts, *, bid: Bid) -> list[Event]:
    """One envelope is on its way; several may be, and an unfinished one counts for nothing."""
    require_phase(lot, *AFTER_NOTICE, rule="R-STATE-01")
    if command.envelope == SPARE:
        require_spare_wanted(lot, facts.actor.party)
        return [_upload(command, facts, lot.lot_id)]
    if submission_over(lot, facts.now):
        raise TooLate("submission-closed", rule="R-BID-02", deadline=lot.notice.deadline)
    envelopes = [envelope.name for envelope in terms_of(lot).envelopes]
    if command.envelope not in envelopes:
        raise Unknown("no-such-envelope", rule="R-BID-01", envelope=command.envelope, envelopes=envelopes)
    return [_upload(command, facts, lot.lot_id)]


def _upload(command: c.StartUpload, facts: Facts, lot_id: str) -> e.UploadStarted:
    upload = base64.b32encode(random_bytes(facts, UPLOAD_BYTES)).decode("ascii").rstrip("=").lower()
    return e.UploadStarted(
        lot=lot_id, bidder=facts.actor.party, envelope=command.envelope, upload=upload, at=facts.now
    )


def submit(
    lot: Lot,
    command: c.Submit,
    facts: Facts,
    *,
    bid: Bid,
    handed_in: HandedIn,
    finding: Finding | None,
    issue: Issue,
    agreed: tuple[Agreed, ...] = (),
) -> list[Event]:
    """A receipt or a refusal receipt, whatever was handed in (R-BID-03, R-BID-04).

    ``facts.now``: the instant at which transmission was complete, that is when everything had arrived;
    the last complete submission wins, and an unfinished one leaves the earlier in force (R-BID-05).
    ``agreed``: the words of a joint bid's members, which ``finding`` has been judged by.
    """
    require_phase(lot, *AFTER_NOTICE, rule="R-STATE-01")
    completed = whole_milliseconds(facts.now)
    if submission_over(lot, completed):
        finding = Finding(code=RefusalCode.LATE)  # R-TIME-09: first of all, whatever else is wrong
    elif finding is None:
        finding = _against_the_lot(lot, bid, handed_in)
    if finding is not None:
        return [_refused(lot, command, facts, handed_in, finding, completed, issue)]
    began = [one.at for one in bid.uploads if one.upload in command.uploads.values()]
    content = ReceiptContent(
        number=new_number(facts),
        lot=lot.lot_id,
        bidder=facts.actor.party,
        bid_version=handed_in.bid_version,
        document_version=handed_in.document_version,
        manifest_hash=handed_in.manifest_hash,
        roots={one.envelope: one.root for one in handed_in.objects},
        length=sum(one.length for one in handed_in.objects),
        completed_at=completed,
        spare=handed_in.spare,
    )
    receipt = issue(content)
    received = e.BidReceived(
        lot=lot.lot_id,
        bidder=facts.actor.party,
        bid_version=handed_in.bid_version,
        document_version=handed_in.document_version,
        manifest=command.manifest,
        manifest_hash=handed_in.manifest_hash,
        manifest_signature=command.manifest_signature,
        signed=signed_of(facts),
        objects=handed_in.objects,
        started_at=min([*began, completed]),
        completed_at=completed,
        receipt_number=content.number,
        receipt=receipt.text,
        receipt_signature=receipt.signature,
        receipt_provider=receipt.provider,
        consortium=command.consortium,
        agreed=agreed,
        recipients=handed_in.recipients,
        qualifications=command.qualifications,
        sealed_to=handed_in.sealed_to,
    )
    if bid.effective is None:
        return [received]
    replaced = e.BidReplaced(
        lot=lot.lot_id, bidder=facts.actor.party, manifest_hash=bid.effective.manifest_hash, at=completed
    )
    return [replaced, received]


def _against_the_lot(lot: Lot, bid: Bid, handed_in: HandedIn) -> Finding | None:
    """The checks that the lot's and the bid's own state decide, again at the moment of the append."""
    if handed_in.document_version != lot.notice.document_version:
        return Finding(code=RefusalCode.WRONG_DOCUMENT_VERSION)
    if handed_in.bid_version != bid.next_version:
        return Finding(code=RefusalCode.WRONG_VERSION)
    asked = {envelope.name for envelope in terms_of(lot).envelopes}
    if {one.envelope for one in handed_in.objects} != asked:
        return Finding(code=RefusalCode.INCOMPLETE)
    return None


def _refused(
    lot: Lot,
    command: c.Submit,
    facts: Facts,
    handed_in: HandedIn,
    finding: Finding,
    at: datetime,
    issue: Issue,
) -> e.BidRefused:
    content = RefusalContent(
        number=new_number(facts),
        lot=lot.lot_id,
        bidder=facts.actor.party,
        code=finding.code.value,
        refused_at=at,
        envelope=finding.envelope,
        manifest_hash=handed_in.manifest_hash,
    )
    receipt = issue(content)
    return e.BidRefused(
        lot=lot.lot_id,
        bidder=facts.actor.party,
        code=finding.code.value,
        envelope=finding.envelope,
        at=at,
        uploads=tuple(sorted(command.uploads.values())),
        manifest_hash=handed_in.manifest_hash,
        receipt_number=content.number,
        receipt=receipt.text,
        receipt_signature=receipt.signature,
        receipt_provider=receipt.provider,
    )


def join(lot: Lot, command: c.Join, facts: Facts, *, bid: Bid) -> list[Event]:
    """招投法 31, 采购法 24: only where the document admits consortia, and before the deadline: no member is
    added afterwards (招投条例 37). Whether the named lead exists or bids is not told."""
    require_phase(lot, *AFTER_NOTICE, rule="R-STATE-01")
    if not terms_of(lot).consortia:
        raise OutOfOrder("consortia-not-admitted", rule="R-ENG-30")
    if submission_over(lot, facts.now):
        raise TooLate("submission-closed", rule="R-BID-02", deadline=lot.notice.deadline)
    if command.lead == facts.actor.party:
        raise Invalid("lead-need-not-join", rule="R-ENG-30")
    said = (command.lead, command.agreement_sha256, command.shares)
    if said in {(one.lead, one.agreement_sha256, one.shares) for one in bid.joined}:
        return []
    return [
        e.ConsortiumJoined(
            lot=lot.lot_id,
            bidder=facts.actor.party,
            lead=command.lead,
            agreement_sha256=command.agreement_sha256,
            shares=command.shares,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def withdraw(lot: Lot, command: c.Withdraw, facts: Facts, *, bid: Bid) -> list[Event]:
    """撤回 before the deadline (招投法 29), 撤销 at or after it (招投条例 35): two different acts in law."""
    require_phase(lot, Phase.NOTICED, Phase.CLOSED, Phase.OPENING, rule="R-BID-10")
    if bid.revoked_at is not None:
        raise Conflicting("bid-already-revoked", rule="R-BID-10")
    if bid.effective is None:
        raise Unknown("no-bid-to-withdraw", rule="R-BID-10")
    if command.manifest_hash != bid.effective.manifest_hash:
        raise Conflicting("bid-has-changed", rule="R-BID-05", manifest_hash=bid.effective.manifest_hash)
    at = whole_milliseconds(facts.now)
    if not submission_over(lot, at):
        return [
            e.BidWithdrawn(
                lot=lot.lot_id,
                bidder=facts.actor.party,
                manifest_hash=command.manifest_hash,
                at=at,
                signed=signed_of(facts),
            )
        ]
    return _revoke(lot, facts, at)


def _revoke(lot: Lot, facts: Facts, at: datetime) -> list[Event]:
    """Until the prices are announced, or the opened set is frozen for a draw (R-DRAW-01); from then on the bid
    binds and only the award can end it (R-ENG-34)."""
    if lot.opening.announcement is not None:
        raise TooLate("revocation-after-announcement", rule="R-ENG-34")
    if lot.opening.drawing.opened_at is not None:
        # or a ring could see the coefficient coming and take out the bid that moves the base
        raise TooLate("revocation-after-freeze", rule="R-DRAW-01")
    bidder = facts.actor.party
    requested = e.BidRevocationRequested(lot=lot.lot_id, bidder=bidder, at=at, signed=signed_of(facts))
    standing = outcome_of(lot, bidder)
    if standing is None:  # the roll is not public yet and will tell (R-OPEN-23)
        return [requested]
    if standing.final and not standing.opened:
        raise OutOfOrder("bid-outcome-final", rule="R-BID-10", outcome=standing.outcome.value)
    revoked = BidRevoked(
        bidder=bidder,
        requested_at=at,
        consequence=consequence(lot, standing.entry, BidOutcome.REVOKED).value,
        at=facts.now,
    )
    return [requested, revoked, *_settled(lot, revoked, facts)]


def _settled(lot: Lot, revoked: BidRevoked, facts: Facts) -> list[Event]:
    """A revocation may be what the count fails by, once the window has ended (R-OPEN-09)."""
    window = lot.opening.release_window
    if window is None or window.ended is None:
        return []
    return settle(evolve(lot, revoked), rules_of(lot, facts), facts.now)


def watch_devices(lot: Lot, facts: Facts, *, bid: Bid, credentials: Sequence[Credential]) -> list[Event]:
    """R-CRED-01: an alarm when the devices that the bid is sealed to are no longer those that would open it.

    Raised, and taken back, only when that changes; after the deadline nothing can be sealed again.
    """
    version, deadline = bid.effective, lot.notice.deadline
    if version is None or deadline is None or submission_over(lot, facts.now):
        return []
    found = device_alarms(version.recipients, credentials, deadline)
    if found == bid.alarms:
        return []
    return [
        e.CredentialAlarmRaised(
            lot=lot.lot_id,
            bidder=bid.bidder,
            manifest_hash=version.manifest_hash,
            alarms=found.alarms,
            must_reseal=found.must_reseal,
            at=facts.now,
        )
    ]


def sign_in(lot: Lot, command: c.SignIn, facts: Facts, *, bid: Bid) -> list[Event]:
    """R-OPEN-21: in the last minutes before T0; recorded, and without any consequence if it is missing."""
    require_phase(lot, *AFTER_NOTICE, rule="R-OPEN-21")
    deadline = deadline_of(lot)
    opens = deadline - timedelta(minutes=terms_of(lot).sign_in_minutes)
    if submission_over(lot, facts.now):
        raise TooLate("sign-in-over", rule="R-OPEN-21", deadline=deadline)
    if facts.now < opens:
        raise TooEarly("sign-in-not-open", rule="R-OPEN-21", opens=opens)
    if bid.signed_in_at is not None:
        return []
    return [e.BidderSignedIn(lot=lot.lot_id, bidder=facts.actor.party, at=facts.now, signed=signed_of(facts))]


#: Command → what its decision takes beside (lot, command, facts), as keyword arguments.
NEEDS_MORE: dict[type[Command], str] = {
    c.StartUpload: "bid: the bidder's Bid; facts.random",
    c.Submit: "bid; handed_in: HandedIn; finding: Finding | None; issue: Issue; agreed; facts.random",
    c.Join: "bid",
    c.Withdraw: "bid; its events go to the bid's stream, those of the opening to the lot's",
    c.SignIn: "bid",
    c.RecordDeposit: "bid: the named bidder's Bid (bid.deposits.record_deposit)",
    c.ReturnDeposit: "bid: the named bidder's Bid (bid.deposits.return_deposit)",
}
