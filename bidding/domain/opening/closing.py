"""Closing submission at T0, the gate, and the bidder list (R-OPEN-22, R-OPEN-23, R-OPEN-09)."""

from collections.abc import Mapping, Sequence

import msgspec

from bidding.domain.bid.deposits import deposit_state
from bidding.domain.bid.state import Bid, BidVersion
from bidding.domain.bidcount import CountDecision, at_deadline
from bidding.domain.bidfate import BidOutcome, Decryption, decide_fate
from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, OutOfOrder, TooEarly
from bidding.domain.event import Event
from bidding.domain.given import deadline_of, regime_of, rules_of, signed_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.money.events import GuaranteeGraded, Kind
from bidding.domain.opening import commands as c
from bidding.domain.opening import events as e
from bidding.domain.opening.entries import PublishedManifest, RollEntry, RollMember
from bidding.domain.opening.outcomes import HELD_DEPOSITS, consequence
from bidding.domain.opening.windows import submission_over
from bidding.domain.order import require_phase

DEADLINE = "DEADLINE"
#: Sealed, complete and in the tenderer's hands at T0, whatever becomes of it afterwards.
IN_FORCE = frozenset({BidOutcome.HELD_FOR_ADJUDICATION, BidOutcome.REVOKED})


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """Who a bidder or a member is. ``certificate``: base64 DER of the credential that signed its manifest."""

    name: str
    uscc: str
    certificate: str = ""


def in_force(lot: Lot, bids: Sequence[Bid]) -> list[Bid]:
    """The bids received complete and not withdrawn at T0."""
    return [bid for bid in bids if bid.fate_uploads and _fate(lot, bid) in IN_FORCE]


def _fate(lot: Lot, bid: Bid) -> BidOutcome:
    return decide_fate(
        regime=regime_of(lot),
        deposit_held=deposit_state(lot, bid) in HELD_DEPOSITS,
        deadline=deadline_of(lot),
        uploads=bid.fate_uploads,
        pull_outs=bid.pull_outs,
        decryption=Decryption(),
    ).outcome


def close(lot: Lot, command: c.Close, facts: Facts, *, bids: Sequence[Bid]) -> list[Event]:
    """The close and the gate, in one commit and once: a second firing finds the phase gone and does nothing.

    The commit is guarded by the lot's version and the bids' streams, so that no bid slips in between.
    """
    if lot.phase is not Phase.NOTICED:
        require_phase(lot, *AFTER_CLOSE, rule="R-OPEN-01")
        return []
    deadline = deadline_of(lot)
    if not submission_over(lot, facts.now):
        raise TooEarly("submission-still-open", rule="R-OPEN-01", deadline=deadline)
    if any(objection.suspends for objection in lot.notice.open_objections):
        raise OutOfOrder("document-objection-open", rule="R-ENG-07")
    received = len(in_force(lot, bids))
    decision = at_deadline(rules_of(lot, facts), received)
    closed = e.SubmissionClosed(at=facts.now, deadline=deadline, received=received)
    checked = e.CountChecked(
        stage=DEADLINE,
        decision=decision.value,
        received=received,
        counted=received,
        opened=0,
        at=facts.now,
    )
    if decision is CountDecision.OPEN:
        return [closed, checked]
    failed = e.LotFailed(reason="too-few-bids", decision=decision.value, rule="R-OPEN-09", at=facts.now)
    return [closed, checked, failed]


#: Every phase that a lot can only be in because submission has closed, or never will.
AFTER_CLOSE = tuple(
    phase
    for phase in Phase
    if phase not in {Phase.DRAFT, Phase.SUBMITTED, Phase.ADMITTED, Phase.PREQUALIFYING, Phase.NOTICED}
)


def publish_roll(
    lot: Lot,
    command: c.PublishRoll,
    facts: Facts,
    *,
    bids: Sequence[Bid],
    identities: Mapping[str, Identity],
) -> list[Event]:
    """公布投标人名单, in the order of the random receipt numbers: not even the order of arrival shows.

    Who asked to pull out since T0 is named here for the first time, as revoked.
    """
    require_phase(lot, Phase.CLOSED, rule="R-OPEN-23")
    listed = sorted(
        ((bid, bid.effective) for bid in in_force(lot, bids) if bid.effective is not None),
        key=lambda pair: pair[1].receipt_number,
    )
    if len(listed) != lot.opening.received:
        raise Conflicting("roll-differs-from-count", rule="R-OPEN-23", received=lot.opening.received)
    roll = []
    manifests = []
    for bid, version in listed:
        identity = identities[bid.bidder]
        roll.append(
            RollEntry(
                bidder=bid.bidder,
                name=identity.name,
                uscc=identity.uscc,
                manifest_hash=version.manifest_hash,
                bid_version=version.bid_version,
                document_version=version.document_version,
                receipt_number=version.receipt_number,
                completed_at=version.completed_at,
                deposit_state=deposit_state(lot, bid),
                signed_in=bid.signed_in_at is not None,
                consortium=_members(version, identities),
                agreement_sha256=version.consortium.agreement_sha256 if version.consortium else "",
                qualifications=version.qualifications,
                signed_in_at=bid.signed_in_at,
                deposit_asked_fen=None if bid.graded is None else bid.graded.asked_fen,
            )
        )
        manifests.append(
            PublishedManifest(
                bidder=bid.bidder,
                manifest=version.manifest,
                signature=version.manifest_signature,
                certificate=identity.certificate,
            )
        )
    published = e.RollPublished(
        at=facts.now, roll=tuple(roll), manifests=tuple(manifests), signed=signed_of(facts)
    )
    revoked: list[Event] = [
        e.BidRevoked(
            bidder=entry.bidder,
            requested_at=bid.revoked_at,
            consequence=consequence(lot, entry, BidOutcome.REVOKED).value,
            at=facts.now,
        )
        for entry, (bid, _) in zip(roll, listed, strict=True)
        if bid.revoked_at is not None
    ]
    graded = [
        GuaranteeGraded(kind=Kind.BID_DEPOSIT, bidder=bid.bidder, graded=bid.graded, at=facts.now)
        for bid, _ in listed
        if bid.graded is not None and bid.graded.grounds
    ]
    return [published, *graded, *revoked]


def _members(version: BidVersion, identities: Mapping[str, Identity]) -> tuple[RollMember, ...]:
    """R-ENG-30: a consortium is one bidder, and everybody learns who it is when the roll is published."""
    if version.consortium is None:
        return ()
    return tuple(
        RollMember(
            party=one.party,
            name=identities[one.party].name,
            uscc=identities[one.party].uscc,
            shares=one.shares,
        )
        for one in version.consortium.partners
    )
