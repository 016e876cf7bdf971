"""Spare files: where the tender document allows them, a bidder that could not release hands in what its receipt names
(R-PAIN-05; 20号令 31). Before any price can be read, and by the supervisor's decision with its reason."""

from msgspec import UNSET

from bidding.domain.bidfate import Fault
from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, Unknown
from bidding.domain.event import Event
from bidding.domain.given import signed_of, terms_of
from bidding.domain.lot import Lot
from bidding.domain.notice.terms import SpareUse
from bidding.domain.opening import commands as c
from bidding.domain.opening import events as e
from bidding.domain.opening.outcomes import outcome_of, unreleased
from bidding.domain.opening.running import require_release

#: What the upload of a spare file is announced for, in an envelope's place.
SPARE = "spare"


def require_spare_wanted(lot: Lot, bidder: str) -> SpareUse:
    """The release window is over without this bidder's keys, and nobody can read yet what it would open."""
    require_release(lot, rule="R-PAIN-05")
    allowed = terms_of(lot).spare
    if allowed is UNSET:
        raise OutOfOrder("no-spare-declared", rule="R-PAIN-05")
    window = lot.opening.release_window
    if window is None or window.ended is None:
        raise OutOfOrder("release-window-running", rule="R-OPEN-24")
    if lot.opening.readable:
        raise OutOfOrder("spare-too-late", rule="R-PAIN-05")
    if outcome_of(lot, bidder) is None:
        raise Unknown("not-on-the-roll", rule="R-OPEN-23", bidder=bidder)
    if bidder not in unreleased(lot):
        raise OutOfOrder("spare-not-needed", rule="R-PAIN-05", bidder=bidder)
    return allowed


def hand_in_spare(
    lot: Lot, command: c.HandInSpare, facts: Facts, *, sha256: str, length: int, finding: str | None
) -> list[Event]:
    """``sha256`` and ``length`` (bytes) of what arrived; ``finding``: why it is not the spare of the receipt."""
    bidder = facts.actor.party
    require_spare_wanted(lot, bidder)
    if any(one.bidder == bidder for one in lot.opening.spares):
        raise Conflicting("spare-already-handed-in", rule="R-PAIN-05")
    if finding is not None:
        raise Invalid("spare-refused", rule="R-PAIN-05", finding=finding, sha256=sha256)
    return [
        e.SpareHandedIn(
            bidder=bidder,
            sha256=sha256,
            length=length,
            reason=command.reason,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def accept_spare(lot: Lot, command: c.AcceptSpare, facts: Facts) -> list[Event]:
    """Who, when and why is recorded; a spare that is not taken ends in the decision of whose fault it was."""
    allowed = require_spare_wanted(lot, command.bidder)
    if not any(one.bidder == command.bidder for one in lot.opening.spares):
        raise Unknown("no-spare-handed-in", rule="R-PAIN-05", bidder=command.bidder)
    if allowed is SpareUse.OTHER_FAULT and command.fault != Fault.OTHER.value:
        raise Invalid("spare-not-for-own-fault", rule="R-PAIN-05", bidder=command.bidder)
    return [
        e.SpareAccepted(
            bidder=command.bidder,
            fault=command.fault,
            reason=command.reason,
            evidence_hash=command.evidence_hash,
            by=facts.actor.party,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]
