"""What of a lot waits for the supervising authority (R-PLAT-11), read off what it may see of the lot."""

from collections.abc import Iterator
from enum import StrEnum

import msgspec
from msgspec import UNSET

from bidding.domain.bidcount import CountDecision
from bidding.domain.complaint.events import Status
from bidding.domain.lot import Lot, Phase
from bidding.domain.opening.outcomes import outcomes, unreleased
from bidding.domain.opening.running import HANDING_OVER, release_runs
from bidding.domain.opening.state import EVALUATION, SUPERVISOR


class Matter(StrEnum):
    """Most pressing first: the order in which a supervisor should see them."""

    INCIDENT = "incident"  # a disturbance lasts (R-INC-01)
    HOLD = "hold"  # a count that no rule settles (R-OPEN-09)
    OPENING_OBJECTION = "opening-objection"  # upheld and referred (R-OPEN-03)
    WITHHELD = "withheld-key"  # run the release again, or let the lot fail (R-OPEN-24)
    SPARE = "spare"  # a spare file was handed in: take it, or decide whose fault it was (R-PAIN-05)
    FAULT = "fault"  # whose doing it was that a bid did not open (R-BID-08)
    SESSION_KEYS = "session-keys"  # R-OPEN-04
    SHARES = "shares"  # trustees alone open (R-BID-06)
    FORM_KEY = "form-key"  # R-OPEN-26
    SIGN_RECORD = "sign-record"  # R-OPEN-30
    EVALUATION_KEY = "evaluation-key"  # R-STATE-01
    CONFLICT = "conflict"  # R-ENG-31, R-GP-27
    COMPLAINT_INTAKE = "complaint-intake"  # R-ENG-28, R-GP-24
    COMPLAINT_DECISION = "complaint-decision"  # R-ENG-28, R-GP-22
    SUSPENDED = "suspended"  # R-PLAT-11


class Awaited(msgspec.Struct, frozen=True, kw_only=True):
    """``about``: the bidder's id, or the office's order; ``number``: of the incident, conflict or complaint."""

    matter: Matter
    about: str = ""
    number: int = 0


def awaited(lot: Lot) -> tuple[Awaited, ...]:
    """In the order of ``Matter``."""
    found = [*_opening(lot), *_disputes(lot), *_control(lot)]
    order = list(Matter)
    return tuple(sorted(found, key=lambda one: order.index(one.matter)))


def _opening(lot: Lot) -> Iterator[Awaited]:
    opening, terms = lot.opening, lot.notice.terms
    alone = terms is not None and terms.by_trustees
    for incident in opening.open_incidents:
        yield Awaited(matter=Matter.INCIDENT, number=incident.number)
    for objection in opening.referred:
        yield Awaited(matter=Matter.OPENING_OBJECTION, number=objection.number)
    for withheld in opening.open_withheld if lot.phase in (Phase.OPENING, *HANDING_OVER) else ():
        yield Awaited(matter=Matter.WITHHELD, about=withheld.office, number=withheld.number)
    if release_runs(lot):
        if not alone and all(keys.office != SUPERVISOR for keys in opening.office_keys):
            yield Awaited(matter=Matter.SESSION_KEYS)
        window = opening.release_window
        if alone and window is not None and opening.imported_at is None:
            mine = {one.bidder for one in lot.escrow.given if one.trustee == SUPERVISOR}
            owed = [bidder for bidder in unreleased(lot) if bidder not in mine]
            yield from (Awaited(matter=Matter.SHARES, about=bidder) for bidder in owed)
        if window is not None and window.ended is not None:
            yield from _after_release(lot)
        if (
            lot.phase is Phase.OPENING
            and opening.silence is not None
            and all(one.office != SUPERVISOR for one in opening.signatures)
        ):
            yield Awaited(matter=Matter.SIGN_RECORD)
    if not alone and lot.phase in HANDING_OVER and not opening.handed(SUPERVISOR, EVALUATION):
        ended = opening.release_window is not None and opening.release_window.ended is not None
        if not opening.rerun or (ended and not unreleased(lot)):
            yield Awaited(matter=Matter.EVALUATION_KEY)


def _after_release(lot: Lot) -> Iterator[Awaited]:
    """A bid whose keys have arrived is not the supervisor's affair before it was tried to open."""
    opening = lot.opening
    counts = opening.counts
    if counts and counts[-1].decision == CountDecision.HELD_FOR_SUPERVISOR.value:
        yield Awaited(matter=Matter.HOLD)
    if opening.imported_at is None or opening.rerun:
        pending, brought = unreleased(lot), {one.bidder for one in opening.spares}
    else:
        pending, brought = tuple(one.entry.bidder for one in outcomes(lot) if not one.final), set[str]()
    yield from (Awaited(matter=Matter.SPARE, about=bidder) for bidder in pending if bidder in brought)
    yield from (Awaited(matter=Matter.FAULT, about=bidder) for bidder in pending)
    terms = lot.notice.terms
    if terms is not None and terms.by_trustees:
        return
    if not opening.rerun and not pending and not opening.handed(SUPERVISOR, UNSET):
        yield Awaited(matter=Matter.FORM_KEY)


def _disputes(lot: Lot) -> Iterator[Awaited]:
    for conflict in lot.conflicts.undecided:
        yield Awaited(matter=Matter.CONFLICT, number=conflict.number)
    for complaint in lot.complaints.running:
        waiting = complaint.status is Status.LODGED
        if waiting or complaint.status is Status.ACCEPTED:
            matter = Matter.COMPLAINT_INTAKE if waiting else Matter.COMPLAINT_DECISION
            yield Awaited(matter=matter, number=complaint.number)


def _control(lot: Lot) -> Iterator[Awaited]:
    if lot.control.suspended is not None:
        yield Awaited(matter=Matter.SUSPENDED, about=lot.control.suspended.order)
