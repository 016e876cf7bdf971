"""What follows from events at once, read off the lot's state.

Not "on this event do that", but "while the lot stands so, this is to be done": a crash between the event and
its consequence then loses nothing, and doing it twice changes nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from bidding.application.broadcasts import BroadcastDesk
from bidding.application.evaluation import EvaluationDesk
from bidding.application.notice import NoticeDesk
from bidding.application.platform import Platform
from bidding.domain.bidcount import CountDecision
from bidding.domain.booking.commands import Vacate
from bidding.domain.booking.events import Purpose, ReleaseReason
from bidding.domain.credit.commands import LookUpBidders
from bidding.domain.credit.consequences import findings
from bidding.domain.credit.decide import look_up_waits
from bidding.domain.evaluation.bids import opened_bids
from bidding.domain.evaluation.commands import DrawExperts
from bidding.domain.evaluation.grading import grades_wait
from bidding.domain.evaluation.ticketed import LATER
from bidding.domain.lot import Lot, Phase
from bidding.domain.opening.adjudicating import shared_out
from bidding.domain.opening.broadcasting import unkept
from bidding.domain.opening.commands import Close, DrawCoefficients, OpenDraw
from bidding.domain.opening.drawing import frozen
from bidding.domain.opening.outcomes import keyless

Reaction = Callable[[str], Awaitable[None]]

DELIVER = "notice/deliver"
VACATE = "booking/vacate"
ENVELOPES = "evaluation/record-envelopes"
TRACES = "evaluation/record-traces"
MOVE = "booking/move"
IMPORT = "opening/import"
BENEFITS = "money/record-benefits"
RETURNS = "money/schedule-returns"
LIBRARY = "performance/enter-library"
COMPILE = "evaluation/compile"
CLOSE = "opening/close"
GRADES = "evaluation/record-grades"
CONDUCT = "credit/note-conduct"
KEEP = "opening/keep-recordings"
#: Seconds between the deadline and the close: who was here in time may still be on the way to the gate.
GRACE = 0.5
OFFICES = 2


def pending(lot: Lot) -> list[str]:
    """Kinds of what is to be done now: names of platform commands, or of a reaction below."""
    opening, found = lot.opening, []
    ended = lot.phase in (Phase.FAILED, Phase.TERMINATED)
    if lot.notice.clarifications and lot.phase is Phase.NOTICED:
        found.append(DELIVER)
    if _slot_misses_deadline(lot):
        found.append(MOVE)
    if ended and lot.bookings.slots:
        found.append(VACATE)
    if lot.phase is Phase.OPENING and opening.imported_at is None and _keys_are_there(lot):
        found.append(IMPORT)
    found += _draw_waits(lot)
    if _experts_wait(lot):
        found.append(DrawExperts.NAME)
    if lot.phase in (Phase.OPENED, Phase.EVALUATING) and _envelopes_wait(lot):
        found.append(ENVELOPES)
    elif lot.phase in (Phase.OPENED, Phase.EVALUATING) and _traces_wait(lot):
        found.append(TRACES)
    if grades_wait(lot):
        found.append(GRADES)
    elif _all_sheets_in(lot):
        found.append(COMPILE)
    if opening.roll or ended:
        found.append(BENEFITS)
    if opening.closed_at is not None:
        found.append(RETURNS)
    if lot.phase is Phase.CONTRACTED and not lot.performance.unified_number:
        found.append(LIBRARY)
    if findings(lot):
        found.append(CONDUCT)
    if unkept(lot):
        found.append(KEEP)
    if look_up_waits(lot):
        found.append(LookUpBidders.NAME)
    return found


def _keys_are_there(lot: Lot) -> bool:
    """Both form keys, or trustees' shares of every bid that is to be opened."""
    return len(lot.opening.form_keys) == OFFICES or shared_out(lot)


def _slot_misses_deadline(lot: Lot) -> bool:
    slot, deadline = lot.bookings.slot(Purpose.OPENING), lot.notice.deadline
    if lot.phase is not Phase.NOTICED or slot is None or deadline is None:
        return False
    return not slot.start <= deadline < slot.end


def _draw_waits(lot: Lot) -> list[str]:
    """The opened set is frozen, or the last reveal is in; a count that the supervisor must resolve waits for that."""
    opening, terms = lot.opening, lot.notice.terms
    if lot.phase is not Phase.OPENING or terms is None or terms.draw is None or opening.drawing.drawn:
        return []
    if opening.drawing.opened_at is not None:
        return [] if opening.drawing.awaited is not None else [DrawCoefficients.NAME]
    held = opening.counts[-1].decision == CountDecision.HELD_FOR_SUPERVISOR if opening.counts else False
    return [OpenDraw.NAME] if frozen(lot) and not held else []


def _experts_wait(lot: Lot) -> bool:
    """The last reveal of the experts' draw is in, or was missed."""
    lottery = lot.evaluation.lottery
    opened = lottery.drawing.opened_at is not None and lottery.drawing.awaited is None
    return lot.phase in LATER and opened and not lottery.seed


def _envelopes_wait(lot: Lot) -> bool:
    opened = {one.bidder for one in opened_bids(lot)}
    tried = {one.bidder for one in lot.evaluation.envelopes}
    return _may_read(lot) and bool(opened - tried)


def _traces_wait(lot: Lot) -> bool:
    """Every envelope that could be opened is; what their making left in them is still to be compared."""
    return _may_read(lot) and lot.evaluation.examined_at is None


def _may_read(lot: Lot) -> bool:
    """The evaluation has both offices' keys, or every opened bid without them."""
    opened = {one.bidder for one in opened_bids(lot)}
    return len(lot.opening.evaluation_keys) == OFFICES or (bool(opened) and opened <= keyless(lot))


def _all_sheets_in(lot: Lot) -> bool:
    """Every member's sheet has come, and nothing has been made of them yet."""
    evaluation = lot.evaluation
    return (
        lot.phase is Phase.EVALUATING
        and evaluation.revealed
        and not evaluation.ranking
        and not evaluation.competition_questioned
    )


class Reactions:
    """Those consequences that are more than one command without fields."""

    def __init__(
        self,
        platform: Platform,
        notice: NoticeDesk,
        evaluation: EvaluationDesk,
        broadcasts: BroadcastDesk,
    ) -> None:
        self._platform, self._notice, self._evaluation = platform, notice, evaluation
        self._broadcasts = broadcasts

    @property
    def kinds(self) -> Mapping[str, Reaction]:
        return {
            DELIVER: self._notice.deliver,
            VACATE: self._vacate,
            ENVELOPES: self._evaluation.open_envelopes,
            TRACES: self._evaluation.examine,
            CLOSE: self._close,
            KEEP: self._broadcasts.keep,
        }

    async def _close(self, lot_id: str) -> None:
        """A bid is in time by the instant at which it was complete, not by when it passed the gate (R-TIME-09)."""
        await asyncio.sleep(GRACE)
        await self._platform.act(lot_id, Close())

    async def _vacate(self, lot_id: str) -> None:
        """Every slot that a failed or terminated lot still holds."""
        lot = await self._platform.load(lot_id)
        reason = ReleaseReason.LOT_FAILED if lot.phase is Phase.FAILED else ReleaseReason.LOT_TERMINATED
        for slot in lot.bookings.slots:
            await self._platform.act(lot_id, Vacate(purpose=slot.purpose, reason=reason))
