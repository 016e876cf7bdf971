"""Announcement, confirmation and objections (R-OPEN-28, R-OPEN-29, R-OPEN-03; 招投法 36, 招投条例 44)."""

import hashlib
from datetime import datetime, timedelta

import msgspec

from bidding.domain.bid.deposits import SEALED
from bidding.domain.bidcount import CountDecision
from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, TooEarly, TooLate, Unknown
from bidding.domain.event import Event
from bidding.domain.given import rules_of, signed_of, terms_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.money.guarantees import disclosed, sufficient
from bidding.domain.opening import commands as c
from bidding.domain.opening import events as e
from bidding.domain.opening.absence import absent, require_present
from bidding.domain.opening.adjudicating import pending
from bidding.domain.opening.drawing import require_drawn
from bidding.domain.opening.entries import AnnouncedRow
from bidding.domain.opening.outcomes import RollOutcome, checked, expected, outcomes, settle
from bidding.domain.opening.parts import Objection, Window
from bidding.domain.opening.state import CONFIRMATION, MISMATCH
from bidding.domain.opening.windows import extension, held_open, lapsed, whole_milliseconds
from bidding.domain.order import require_phase


def announce(lot: Lot, command: c.Announce, facts: Facts) -> list[Event]:
    """唱标: all prices at one moment, and only when every outcome is final (R-OPEN-02, F-19).

    A lot that the count does not let go on fails instead, or waits for the supervisor.
    """
    require_phase(lot, Phase.OPENING, rule="R-OPEN-28")
    if lot.opening.announcement is not None:
        raise OutOfOrder("already-announced", rule="R-OPEN-28")
    if lot.opening.imported_at is None:
        raise OutOfOrder("bids-not-imported", rule="R-OPEN-26")
    waiting = pending(lot)
    if waiting:
        raise OutOfOrder("outcomes-pending", rule="R-BID-08", bidders=waiting)
    rules = rules_of(lot, facts)
    count = expected(lot, rules)
    if count.decision is not CountDecision.CONTINUE:
        if count.decision is CountDecision.HELD_FOR_SUPERVISOR:
            raise OutOfOrder("held-for-supervisor", rule="R-OPEN-09")
        return settle(lot, rules, facts.now)
    require_drawn(lot)
    require_undisputed(lot)
    announced = announcement(lot, facts)
    return [checked(lot, count, facts.now), announced, *disclosed(lot, outcomes(lot))]


def announcement(lot: Lot, facts: Facts, *, corrects: int = 0) -> e.PricesAnnounced:
    """``corrects``: the upheld objection for which it is announced again, or 0."""
    terms = terms_of(lot)
    minutes = max(terms.confirm_window_minutes, terms.objection_window_minutes)
    table = announced_table(lot)
    return e.PricesAnnounced(
        at=facts.now,
        table=table,
        table_hash=table_hash(table),
        max_price_fen=lot.notice.price_limit_fen or 0,
        confirm_until=whole_milliseconds(facts.now) + timedelta(minutes=minutes),
        signed=signed_of(facts),
        corrects=corrects,
    )


def require_undisputed(lot: Lot) -> None:
    """Raises ``OutOfOrder`` while an upheld objection waits for the supervisor (招投条例 44, 60)."""
    if lot.opening.referred:
        raise OutOfOrder(
            "objections-referred", rule="R-OPEN-03", numbers=[one.number for one in lot.opening.referred]
        )


def announced_table(lot: Lot) -> tuple[AnnouncedRow, ...]:
    """Every bid on the roll with its outcome; a bid that was not opened has no values to announce."""
    return tuple(
        AnnouncedRow(
            bidder=one.entry.bidder,
            name=one.entry.name,
            uscc=one.entry.uscc,
            outcome=one.outcome.value,
            term=one.term,
            consequence=one.deposit.value,
            counts_toward_three=one.counts,
            may_claim_loss=one.may_claim_loss,
            deposit_state=_deposit_state(lot, one),
            form=one.form,
        )
        for one in outcomes(lot)
    )


def _deposit_state(lot: Lot, one: RollOutcome) -> str:
    """R-GUAR-01: what the opened bid shows in place of money; a bid that was not opened keeps its secret."""
    state = one.entry.deposit_state
    if state != SEALED or one.form is None:
        return state
    if one.form.guarantee is msgspec.UNSET:
        return "NOT_PAID"
    return "GUARANTEED" if sufficient(lot, one.entry, one.form.guarantee) else "GUARANTEE_FAULTY"


def table_hash(table: tuple[AnnouncedRow, ...]) -> str:
    """Hex SHA-256 of the table's canonical JSON: what a bidder's confirmation names."""
    return hashlib.sha256(msgspec.json.encode(table, order="sorted")).hexdigest()


def confirm(lot: Lot, command: c.Confirm, facts: Facts) -> list[Event]:
    """F-21. Where silence does not accept, a late yes is still welcome until the record is signed."""
    window = _window(lot)
    announcement = lot.opening.announcement
    bidder = facts.actor.party
    opened = {one.entry.bidder for one in outcomes(lot) if one.opened}
    if bidder not in opened:
        raise OutOfOrder("nothing-to-confirm", rule="R-OPEN-28")
    if announcement is None or command.table_hash != announcement.table_hash:
        raise Invalid("another-table", rule="R-OPEN-28")
    if any(one.bidder == bidder for one in lot.opening.confirmed):
        raise Conflicting("already-confirmed", rule="R-OPEN-28")
    too_late = _over(lot, window, facts.now) and terms_of(lot).silence_is_acceptance
    if too_late or lot.opening.signatures:
        raise TooLate("confirmation-over", rule="R-OPEN-28", ended=window.ends)
    return [
        e.BidderConfirmed(bidder=bidder, table_hash=command.table_hash, at=facts.now, signed=signed_of(facts))
    ]


def object_(lot: Lot, command: c.Object, facts: Facts) -> list[Event]:
    """On the spot: from the roll on, until the window after the announcement is over (招投条例 44)."""
    require_phase(lot, Phase.OPENING, rule="R-OPEN-03")
    window = lot.opening.confirmation_window
    if command.kind == MISMATCH and lot.opening.announcement is None:
        raise OutOfOrder("not-announced", rule="R-OPEN-28")
    if window is not None and _over(lot, window, facts.now):
        raise TooLate("objection-window-over", rule="R-OPEN-29", ended=window.ends)
    require_present(lot, facts.actor.party)
    return [
        e.OpeningObjectionRaised(
            number=len(lot.opening.objections) + 1,
            bidder=facts.actor.party,
            kind=command.kind,
            text=command.text,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def answer_objection(lot: Lot, command: c.AnswerObjection, facts: Facts) -> list[Event]:
    """The answer stands in the record. A mismatch pauses the window: what was left of it runs anew (F-21).

    An upheld objection goes to the supervisor: who answers cannot say that the bidder is right and let it rest.
    """
    require_phase(lot, Phase.OPENING, rule="R-OPEN-29")
    known = {one.number: one for one in lot.opening.objections}
    objection = known.get(command.number)
    if objection is None:
        raise Unknown("no-such-objection", rule="R-OPEN-29", number=command.number)
    if objection.answered_at is not None:
        raise Conflicting("objection-already-answered", rule="R-OPEN-29", number=command.number)
    answered = e.OpeningObjectionAnswered(
        number=command.number,
        answer=command.answer,
        at=facts.now,
        signed=signed_of(facts),
        upheld=command.upheld,
    )
    pauses = objection.kind == MISMATCH and not command.upheld
    return [answered, *(resumed(lot, objection, facts.now) if pauses else ())]


def resumed(lot: Lot, objection: Objection, now: datetime) -> list[Event]:
    """What was left of the window when the objection came runs anew."""
    window = lot.opening.confirmation_window
    if window is None:
        return []
    until = now + max(window.ends - objection.at, timedelta(0))
    if until <= window.ends:
        return []
    return [extension(CONFIRMATION, window, until, MISMATCH, objection.text, now)]


def close_confirmation(lot: Lot, command: c.CloseConfirmation, facts: Facts) -> list[Event]:
    """Who said nothing is named; the silence accepts only if the tender document says so (R-OPEN-30)."""
    if lot.opening.silence is not None:
        return []
    window = _window(lot)
    if lot.opening.unanswered:
        raise OutOfOrder("objections-unanswered", rule="R-OPEN-29", numbers=_numbers(lot))
    require_undisputed(lot)
    if held_open(lot, window.ends):
        raise OutOfOrder("incident-open", rule="R-INC-01")
    if facts.now < window.ends:
        raise TooEarly("window-still-open", rule="R-OPEN-28", ends=window.ends)
    missed = absent(lot)
    return [
        e.ConfirmationClosed(
            at=facts.now,
            silent=silent(lot),
            silence_accepts=terms_of(lot).silence_is_acceptance,
            rule="R-OPEN-30",
            absent=missed.bidders,
            absence=missed.means,
        )
    ]


def silent(lot: Lot) -> tuple[str, ...]:
    """The bidders whose bids were opened and who neither confirmed nor objected after the announcement."""
    announcement = lot.opening.announcement
    spoke = {one.bidder for one in lot.opening.confirmed}
    spoke |= {
        one.bidder for one in lot.opening.objections if announcement is not None and one.at >= announcement.at
    }
    opened = (one.entry.bidder for one in outcomes(lot) if one.opened)
    return tuple(bidder for bidder in opened if bidder not in spoke)


def _window(lot: Lot) -> Window:
    require_phase(lot, Phase.OPENING, rule="R-OPEN-28")
    if lot.opening.confirmation_window is None:
        raise OutOfOrder("not-announced", rule="R-OPEN-28")
    return lot.opening.confirmation_window


def _over(lot: Lot, window: Window, now: datetime) -> bool:
    """An unanswered mismatch, or an objection before the supervisor, holds the window open as an incident does."""
    paused = bool(lot.opening.referred) or any(one.kind == MISMATCH for one in lot.opening.unanswered)
    return window.ended is not None or (lapsed(lot, window, now) and not paused)


def _numbers(lot: Lot) -> list[int]:
    return [one.number for one in lot.opening.unanswered]
