"""Whose fault, which keys, and the one batch in which the bids are imported (R-BID-08, R-OPEN-26)."""

from collections.abc import Sequence
from datetime import timedelta

from bidding.domain.bidcount import CountDecision
from bidding.domain.bidfate import CONSEQUENCES, BidOutcome, Fault
from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, Unknown
from bidding.domain.event import Event
from bidding.domain.given import rules_of, signed_of, terms_of
from bidding.domain.lot import Lot, Phase, evolve
from bidding.domain.opening import commands as c
from bidding.domain.opening import events as e
from bidding.domain.opening.entries import ImportedBid
from bidding.domain.opening.offices import office_of
from bidding.domain.opening.outcomes import (
    RollOutcome,
    consequence,
    expected,
    failed,
    keyless,
    keys_wanted,
    outcome_of,
    outcomes,
    releasing,
    settle,
    unreleased,
)
from bidding.domain.opening.parts import Window
from bidding.domain.opening.running import require_release
from bidding.domain.opening.state import OFFICES, RELEASE, REMEDY
from bidding.domain.opening.windows import extension, uncompensated
from bidding.domain.order import require_phase

SHA256_HEX = 64
#: A stored body that no longer matches its receipt was damaged after it was received: not the bidder's doing.
PLATFORMS_LAYERS = frozenset({"root"})


def decide_fault(lot: Lot, command: c.DecideFault, facts: Facts) -> list[Event]:
    """20号令 31: a finding with evidence and a signer for every bid that is not opened, never a default."""
    require_release(lot, rule="R-BID-08")
    window = _ended_window(lot)
    standing = outcome_of(lot, command.bidder)
    if standing is None:
        raise Unknown("not-on-the-roll", rule="R-OPEN-23", bidder=command.bidder)
    if not keys_wanted(lot, standing):
        raise Conflicting("bid-outcome-final", rule="R-BID-10", outcome=standing.outcome.value)
    to_open = lot.opening.imported_at is None or lot.opening.rerun
    if to_open and command.bidder not in unreleased(lot):
        raise OutOfOrder("bid-not-yet-opened", rule="R-BID-08", bidder=command.bidder)
    if not command.evidence.strip() or not is_sha256(command.evidence_hash):
        raise Invalid("fault-without-evidence", rule="R-BID-08")
    if command.fault == Fault.BIDDER.value:
        _require_bidders_doing(lot, standing, window)
    outcome = (
        BidOutcome.DEEMED_REVOKED
        if command.fault == Fault.BIDDER.value
        else BidOutcome.DEEMED_WITHDRAWN_OTHER_FAULT
    )
    decided = e.FaultDecided(
        bidder=command.bidder,
        fault=command.fault,
        outcome=outcome.value,
        term=CONSEQUENCES[outcome][0],
        consequence=consequence(lot, standing.entry, outcome).value,
        evidence=command.evidence,
        evidence_hash=command.evidence_hash,
        by=facts.actor.party,
        at=facts.now,
        signed=signed_of(facts),
    )
    return [decided, *settle(evolve(lot, decided), rules_of(lot, facts), facts.now)]


def _require_bidders_doing(lot: Lot, standing: RollOutcome, window: Window) -> None:
    """Nobody is revoked for an outage (R-INC-01), nor for what the platform stored badly."""
    if standing.layer in PLATFORMS_LAYERS:
        raise Invalid("fault-not-the-bidders", rule="R-BID-08", layer=standing.layer)
    if not standing.layer and terms_of(lot).by_trustees and not lot.escrow.faulted(standing.entry.bidder):
        # Where trustees alone open, their silence is never the bidder's doing (R-BID-06).
        raise Invalid("shares-not-the-bidders", rule="R-BID-06", bidder=standing.entry.bidder)
    if not standing.layer and uncompensated(lot, window):
        raise Invalid("fault-during-incident", rule="R-INC-01", bidder=standing.entry.bidder)


def resolve_hold(lot: Lot, command: c.ResolveHold, facts: Facts) -> list[Event]:
    """R-OPEN-09: a count below three by others' fault. The remedy first, else the lot fails: a new date."""
    require_release(lot, rule="R-OPEN-09")
    window = _ended_window(lot)
    if expected(lot, rules_of(lot, facts)).decision is not CountDecision.HELD_FOR_SUPERVISOR:
        raise OutOfOrder("nothing-held", rule="R-OPEN-09")
    resolved = e.HoldResolved(
        resolution=command.resolution,
        reason=command.reason,
        by=facts.actor.party,
        at=facts.now,
        signed=signed_of(facts),
    )
    if command.resolution != REMEDY:
        return [resolved, failed(CountDecision.HELD_FOR_SUPERVISOR, facts.now)]
    if lot.opening.readable:
        raise OutOfOrder("remedy-too-late", rule="R-OPEN-09")
    until = facts.now + timedelta(minutes=terms_of(lot).release_window_minutes)
    return [resolved, extension(RELEASE, window, until, REMEDY, command.reason, facts.now)]


def publish_form_key(
    lot: Lot, command: c.PublishFormKey, facts: Facts, *, finding: str | None
) -> list[Event]:
    """``finding``: set by the application if the key is not the private half of the announced one.

    Not before the window has ended and every bid without a key is decided: from the second key on
    anyone can compute every price, so nobody may still be deciding anything.
    """
    require_phase(lot, Phase.OPENING, rule="R-OPEN-26")
    office = office_of(lot, facts.actor)
    if terms_of(lot).by_trustees:
        raise OutOfOrder("opened-by-trustees", rule="R-BID-06")
    require_settled(lot, facts)
    if any(secret.office == office for secret in lot.opening.form_keys):
        raise Conflicting("form-key-already-published", rule="R-OPEN-26", office=office)
    if finding is not None:
        raise Invalid("form-key-refused", rule="R-OPEN-26", finding=finding)
    return [
        e.FormKeysPublished(
            office=office,
            private_key=command.private_key,
            by=facts.actor.party,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def import_bids(lot: Lot, command: c.Import, facts: Facts, *, results: Sequence[ImportedBid]) -> list[Event]:
    """One batch with one result for every bid to be opened; given again it does nothing (R-OPEN-26)."""
    require_phase(lot, Phase.OPENING, rule="R-OPEN-26")
    if lot.opening.imported_at is not None:
        return []
    missing = sorted(set(OFFICES) - {secret.office for secret in lot.opening.form_keys})
    order = releasing(lot)
    recovered = bool(order) and keyless(lot).issuperset(order)
    if terms_of(lot).by_trustees:
        require_settled(lot, facts)
    elif missing and not recovered:
        raise OutOfOrder("form-keys-missing", rule="R-OPEN-26", offices=missing)
    by_bidder = {result.bidder: result for result in results}
    if len(by_bidder) != len(results) or set(by_bidder) != set(order):
        raise Conflicting("import-not-the-whole-batch", rule="R-OPEN-02")
    for result in results:
        if result.opened is (result.form is None) or result.opened is bool(result.layer):
            raise ValueError("an opened bid has a form, one that is not names the layer that failed")
    imported = e.BidsImported(at=facts.now, results=tuple(by_bidder[bidder] for bidder in order))
    return [imported, *settle(evolve(lot, imported), rules_of(lot, facts), facts.now)]


def pending(lot: Lot) -> list[str]:
    """The bidders whose outcome is not final."""
    return [one.entry.bidder for one in outcomes(lot) if not one.final]


def shared_out(lot: Lot) -> bool:
    """Every bid that is to be opened can be without session keys, and nobody's shares or fault are waited for."""
    window, waiting = lot.opening.release_window, releasing(lot)
    ended = window is not None and window.ended is not None and not lot.opening.open_incidents
    return ended and bool(waiting) and keyless(lot).issuperset(waiting) and not unreleased(lot)


def require_settled(lot: Lot, facts: Facts) -> None:
    """From here on what was sealed can be read, so nobody may still be deciding anything."""
    _ended_window(lot)
    waiting = unreleased(lot)
    if waiting:
        raise OutOfOrder("outcomes-pending", rule="R-BID-08", bidders=list(waiting))
    if lot.opening.open_incidents:
        raise OutOfOrder("incident-open", rule="R-INC-01")
    if expected(lot, rules_of(lot, facts)).decision is CountDecision.HELD_FOR_SUPERVISOR:
        raise OutOfOrder("held-for-supervisor", rule="R-OPEN-09")


def _ended_window(lot: Lot) -> Window:
    window = lot.opening.release_window
    if window is None or window.ended is None:
        raise OutOfOrder("release-window-running", rule="R-OPEN-24")
    return window


def is_sha256(text: str) -> bool:
    return len(text) == SHA256_HEX and set(text) <= set("0123456789abcdef")
