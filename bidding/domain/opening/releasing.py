"""Session keys, the release window and the bidders' keys (R-OPEN-24, R-OPEN-25; ``docs/sealed-bids.md``)."""

import hashlib
from datetime import timedelta

from bidding.domain.bid.receipts import Issue, ReleaseContent, new_number
from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, TooEarly, TooLate, Unknown
from bidding.domain.event import Event
from bidding.domain.given import rules_of, signed_of, terms_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.opening import commands as c
from bidding.domain.opening import events as e
from bidding.domain.opening.offices import office_of
from bidding.domain.opening.outcomes import keys_wanted, outcome_of, settle, unreleased
from bidding.domain.opening.parts import Window
from bidding.domain.opening.running import require_release
from bidding.domain.opening.state import HOST, OFFICES, RELEASE
from bidding.domain.opening.windows import extension, held_open, lapsed, whole_milliseconds

#: Each office's for one session: of the forms, and of the other envelopes.
SESSION_KEYS = 2


def publish_office_keys(
    lot: Lot, command: c.PublishOfficeKeys, facts: Facts, *, finding: str | None
) -> list[Event]:
    """Each office announces two one-time keys. ``finding``: what is wrong with announcement or possession.

    An office may announce anew until the release is ordered: nobody has sealed anything to them before.
    """
    require_release(lot, Phase.CLOSED, rule="R-OPEN-24")
    _require_bidders_keys(lot)
    office = office_of(lot, facts.actor)
    if lot.opening.release_window is not None:
        raise OutOfOrder("release-already-ordered", rule="R-OPEN-24")
    if finding is not None:
        raise Invalid("office-keys-refused", rule="R-OPEN-24", finding=finding)
    others = [keys for keys in lot.opening.office_keys if keys.office != office]
    if any(keys.session != command.session for keys in others):
        raise Conflicting("session-differs", rule="R-OPEN-24", session=others[0].session)
    if command.session in {keys.session for keys in lot.opening.abandoned}:
        raise Conflicting("session-given-up", rule="R-OPEN-24", session=command.session)
    own = {command.forms_key, command.evaluation_key}
    known = [
        key for keys in (*others, *lot.opening.abandoned) for key in (keys.forms_key, keys.evaluation_key)
    ]
    if len(own) != SESSION_KEYS or own.intersection(known):
        # one key announced twice would let its holder read both shares alone
        raise Invalid("office-keys-reused", rule="R-OPEN-24")
    return [
        e.OfficeKeysPublished(
            office=office,
            session=command.session,
            forms_key=command.forms_key,
            evaluation_key=command.evaluation_key,
            announcement=command.announcement,
            announcement_signature=command.announcement_signature,
            by=facts.actor.party,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def order_release(lot: Lot, command: c.OrderRelease, facts: Facts) -> list[Event]:
    """The window for the bidders' keys, or, where trustees alone open, for their shares (R-BID-06)."""
    require_release(lot, rule="R-OPEN-24")
    if lot.opening.release_window is not None:
        raise OutOfOrder("release-already-ordered", rule="R-OPEN-24")
    missing = sorted(set(OFFICES) - {keys.office for keys in lot.opening.office_keys})
    if missing and not terms_of(lot).by_trustees:
        raise OutOfOrder("office-keys-missing", rule="R-OPEN-24", offices=missing)
    opens = whole_milliseconds(facts.now)
    ends = opens + timedelta(minutes=terms_of(lot).release_window_minutes)
    return [e.ReleaseOrdered(window_opens=opens, window_ends=ends, signed=signed_of(facts))]


def release(lot: Lot, command: c.Release, facts: Facts, *, finding: str | None, issue: Issue) -> list[Event]:
    """Inside the window as often as needed, the last one counts; after it never (R-OPEN-24).

    ``finding``: what the application's check of text and signature against manifest and session found.
    """
    require_release(lot, rule="R-OPEN-24")
    _require_bidders_keys(lot)
    window = _window(lot)
    if window.ended is not None or lapsed(lot, window, facts.now):
        raise TooLate("release-window-over", rule="R-OPEN-24", ended=window.ends)
    bidder = facts.actor.party
    standing = outcome_of(lot, bidder)
    if standing is None:
        raise Unknown("not-on-the-roll", rule="R-OPEN-23")
    if not keys_wanted(lot, standing):
        raise OutOfOrder("bid-outcome-final", rule="R-BID-10", outcome=standing.outcome.value)
    if finding is not None:
        raise Invalid("release-refused", rule="R-OPEN-24", finding=finding)
    content = ReleaseContent(
        number=new_number(facts),
        lot=lot.lot_id,
        bidder=bidder,
        release_hash=hashlib.sha256(command.release.encode()).hexdigest(),
        received_at=whole_milliseconds(facts.now),
    )
    receipt = issue(content)
    return [
        e.KeyReleased(
            bidder=bidder,
            release=command.release,
            release_signature=command.release_signature,
            at=content.received_at,
            receipt_number=content.number,
            receipt=receipt.text,
            receipt_signature=receipt.signature,
            receipt_provider=receipt.provider,
            signed=signed_of(facts),
        )
    ]


def extend_window(lot: Lot, command: c.ExtendWindow, facts: Facts) -> list[Event]:
    """Once, for all, with the reason, while the window runs (R-OPEN-25)."""
    window = _window(lot)
    if window.ended is not None or lapsed(lot, window, facts.now):
        raise TooLate("release-window-over", rule="R-OPEN-25", ended=window.ends)
    if any(one.reason == HOST for one in window.extensions):
        raise Conflicting("window-already-extended", rule="R-OPEN-25")
    until = window.ends + timedelta(minutes=command.minutes)
    return [extension(RELEASE, window, until, HOST, command.reason, facts.now)]


def end_window(lot: Lot, command: c.EndWindow, facts: Facts) -> list[Event]:
    """Given again it does nothing. Not while an incident lasts: nobody is late for an outage (R-INC-01)."""
    if lot.opening.release_window is not None and lot.opening.release_window.ended is not None:
        return []
    window = _window(lot)
    if held_open(lot, window.ends):
        raise OutOfOrder("incident-open", rule="R-INC-01")
    if facts.now < window.ends:
        raise TooEarly("window-still-open", rule="R-OPEN-24", ends=window.ends)
    ended = e.WindowEnded(at=facts.now, unreleased=unreleased(lot))
    return [ended] if lot.opening.rerun else [ended, *settle(lot, rules_of(lot, facts), facts.now)]


def _require_bidders_keys(lot: Lot) -> None:
    if terms_of(lot).by_trustees:
        raise OutOfOrder("opened-by-trustees", rule="R-BID-06")


def _window(lot: Lot) -> Window:
    require_release(lot, rule="R-OPEN-24")
    if lot.opening.release_window is None:
        raise OutOfOrder("release-not-ordered", rule="R-OPEN-24")
    return lot.opening.release_window
