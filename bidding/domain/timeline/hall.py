"""The opening: from the roll to the signed record."""

from collections.abc import Iterator

from bidding.domain.lot import Lot
from bidding.domain.opening.drawing import OFFICE_OF
from bidding.domain.opening.outcomes import outcomes, unreleased
from bidding.domain.opening.parts import Window
from bidding.domain.opening.state import SUPERVISOR
from bidding.domain.timeline.clock import Clock
from bidding.domain.timeline.node import UNDATED, Kind, Node, Span, Step, Who, node, until

OFFICES = (Who.HOST, Who.SUPERVISOR)


def hall(clock: Clock) -> Iterator[Node]:
    opening, now = clock.lot.opening, clock.now
    still = clock.suspended or bool(opening.open_incidents)
    yield node(
        Step.ROLL,
        Kind.DUTY,
        Who.HOST,
        Span(opens=opening.closed_at),
        now,
        rule="R-OPEN-23",
        done_at=opening.roll_published_at,
        still=still,
    )
    window, terms = opening.release_window, clock.lot.notice.terms
    alone = terms is not None and terms.by_trustees
    yield node(
        Step.RELEASE,
        Kind.WINDOW,
        OFFICES if alone else Who.BIDDERS,
        _span(window),
        now,
        rule="R-OPEN-24",
        done_at=None if window is None else window.ended,
        still=still,
    )
    yield from _faults(clock)
    drawing = opening.drawing
    draws = terms is not None and terms.draw is not None
    if draws:
        yield _draw(clock, still=still)
    announced = opening.announcement
    yield node(
        Step.ANNOUNCEMENT,
        Kind.DUTY,
        Who.HOST,
        Span(opens=drawing.drawn_at if draws else opening.imported_at),
        now,
        rule="R-OPEN-28",
        done_at=None if announced is None else announced.at,
        still=still,
    )
    yield node(
        Step.CONFIRMATION,
        Kind.WINDOW,
        Who.BIDDERS,
        _span(opening.confirmation_window),
        now,
        rule="R-OPEN-28",
        done_at=None if opening.silence is None else opening.silence.at,
        still=still,
    )
    for objection in opening.objections:
        yield node(
            Step.OPENING_ANSWER,
            Kind.DUTY,
            Who.HOST,
            Span(opens=objection.at),
            now,
            rule="R-OPEN-03",
            done_at=objection.answered_at,
            still=still,
            about=str(objection.number),
        )
        if objection.upheld:
            yield node(
                Step.OPENING_DECISION,
                Kind.DUTY,
                Who.SUPERVISOR,
                Span(opens=objection.answered_at),
                now,
                rule="R-OPEN-03",
                done_at=objection.decided_at,
                still=still,
                about=str(objection.number),
            )
    reference = opening.reference
    if reference is not None:
        announced = opening.announcement
        yield node(
            Step.REFERENCE,
            Kind.DUTY,
            Who.HOST,
            Span(opens=None if announced is None else announced.at),
            now,
            rule="R-ENG-19",
            done_at=reference.revealed_at,
            done=reference.settled,
            still=still,
        )
    yield node(
        Step.OPENING_RECORD,
        Kind.DUTY,
        OFFICES,
        Span(opens=None if opening.silence is None else opening.silence.at),
        now,
        rule="R-OPEN-30",
        done_at=opening.ended_at,
        still=still,
    )


def _draw(clock: Clock, *, still: bool) -> Node:
    """R-OPEN-27: whose reveal is waited for; time alone passes over who does not come, the platform draws."""
    drawing = clock.lot.opening.drawing
    awaited = drawing.awaited
    who = Who.PLATFORM
    if awaited is not None:
        who = Who.SUPERVISOR if OFFICE_OF[awaited] == SUPERVISOR else Who.HOST
    return node(
        Step.DRAW,
        Kind.WINDOW,
        who,
        Span(opens=drawing.opened_at, due=None if drawing.window is None else drawing.window.ends),
        clock.now,
        rule="R-OPEN-27",
        done_at=drawing.drawn_at,
        still=still,
        about="" if awaited is None else awaited.value,
    )


def _span(window: Window | None) -> Span:
    return UNDATED if window is None else until(window.opens, window.ends)


def _faults(clock: Clock) -> Iterator[Node]:
    """R-BID-08: a finding for each bid that was not opened; none is ever a default."""
    opening = clock.lot.opening
    window = opening.release_window
    if window is None:
        return
    for fault in opening.faults:
        yield node(
            Step.FAULTS,
            Kind.DUTY,
            Who.SUPERVISOR,
            Span(opens=window.ended or window.ends),
            clock.now,
            rule="R-BID-08",
            done_at=fault.at,
            about=fault.bidder,
        )
    for bidder in _undecided(clock.lot):
        yield node(
            Step.FAULTS,
            Kind.DUTY,
            Who.SUPERVISOR,
            Span(opens=opening.imported_at or window.ended),
            clock.now,
            rule="R-BID-08",
            still=clock.suspended,
            about=bidder,
        )


def _undecided(lot: Lot) -> tuple[str, ...]:
    """Before the import those whose keys never came, after it all whose bids did not open."""
    window = lot.opening.release_window
    if window is None or window.ended is None:
        return ()
    if lot.opening.imported_at is None:
        return unreleased(lot)
    return tuple(one.entry.bidder for one in outcomes(lot) if not one.final)
