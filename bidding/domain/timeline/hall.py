"""The opening: from the roll to the signed record."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial

from bidding.domain.lot import Lot
from bidding.domain.opening.outcomes import outcomes, unreleased
from bidding.domain.opening.parts import Window
from bidding.domain.opening.reveals import OFFICE_OF
from bidding.domain.opening.state import SUPERVISOR
from bidding.domain.timeline.clock import Clock
from bidding.domain.timeline.node import UNDATED, Kind, Node, Span, Step, Who, node, until

OFFICES = (Who.HOST, Who.SUPERVISOR)


def hall(clock: Clock) -> Iterator[Node]:
    opening = clock.lot.opening
    still = clock.suspended or bool(opening.open_incidents)
    duty, window = partial(_duty, clock.now, still), partial(_window, clock.now, still)
    yield duty(Step.ROLL, Who.HOST, opening.closed_at, opening.roll_published_at, rule="R-OPEN-23")
    release, terms = opening.release_window, clock.lot.notice.terms
    who = OFFICES if terms is not None and terms.by_trustees else Who.BIDDERS
    yield window(Step.RELEASE, who, release, None if release is None else release.ended, rule="R-OPEN-24")
    yield from _faults(clock)
    drawing = opening.drawing
    draws = terms is not None and terms.draw is not None
    if draws:
        yield _draw(clock, still=still)
    announced_at = None if opening.announcement is None else opening.announcement.at
    readable_at = drawing.drawn_at if draws else opening.imported_at
    yield duty(Step.ANNOUNCEMENT, Who.HOST, readable_at, announced_at, rule="R-OPEN-28")
    silent_at = None if opening.silence is None else opening.silence.at
    confirmation = opening.confirmation_window
    yield window(Step.CONFIRMATION, Who.BIDDERS, confirmation, silent_at, rule="R-OPEN-28")
    for one in opening.objections:
        about = str(one.number)
        yield duty(Step.OPENING_ANSWER, Who.HOST, one.at, one.answered_at, rule="R-OPEN-03", about=about)
        if one.upheld:
            yield duty(
                *(Step.OPENING_DECISION, Who.SUPERVISOR, one.answered_at, one.decided_at),
                rule="R-OPEN-03",
                about=about,
            )
    reference = opening.reference
    if reference is not None:
        yield duty(
            *(Step.REFERENCE, Who.HOST, announced_at, reference.revealed_at),
            rule="R-ENG-19",
            done=reference.settled,
        )
    yield duty(Step.OPENING_RECORD, OFFICES, silent_at, opening.ended_at, rule="R-OPEN-30")


def _duty(
    now: datetime,
    still: bool,
    step: Step,
    who: Who | tuple[Who, ...],
    opens: datetime | None,
    done_at: datetime | None,
    *,
    rule: str,
    done: bool = False,
    about: str = "",
) -> Node:
    """One without a term: the opening goes on when it is done."""
    span = Span(opens=opens)
    return node(
        step, Kind.DUTY, who, span, now, rule=rule, done=done, done_at=done_at, still=still, about=about
    )


def _window(
    now: datetime,
    still: bool,
    step: Step,
    who: Who | tuple[Who, ...],
    window: Window | None,
    done_at: datetime | None,
    *,
    rule: str,
) -> Node:
    return node(step, Kind.WINDOW, who, _span(window), now, rule=rule, done_at=done_at, still=still)


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
        yield _duty(
            *(clock.now, False, Step.FAULTS, Who.SUPERVISOR, window.ended or window.ends, fault.at),
            rule="R-BID-08",
            about=fault.bidder,
        )
    for bidder in _undecided(clock.lot):
        opens = window.ended if opening.rerun else opening.imported_at or window.ended
        yield _duty(
            *(clock.now, clock.suspended, Step.FAULTS, Who.SUPERVISOR, opens, None),
            rule="R-BID-08",
            about=bidder,
        )


def _undecided(lot: Lot) -> tuple[str, ...]:
    """Before the import, or the evaluation, those whose keys never came; between them all whose bids did not open."""
    window = lot.opening.release_window
    if window is None or window.ended is None:
        return ()
    if lot.opening.imported_at is None or lot.opening.rerun:
        return unreleased(lot)
    return tuple(one.entry.bidder for one in outcomes(lot) if not one.final)
