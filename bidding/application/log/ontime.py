"""R-TIME-08: what counts is before the leaf of the close, or of its window's end, whatever instants anybody writes."""

from collections.abc import Sequence

from bidding.domain.bid.events import BidReceived, BidReplaced, BidWithdrawn
from bidding.domain.event import Event
from bidding.domain.opening.events import KeyReleased, SubmissionClosed, WindowEnded, WindowExtended

#: In time if their leaves are before the closing leaf, which no later instant can undo.
IN_TIME = (BidReceived, BidReplaced, BidWithdrawn)

#: (leaf, event) in the log's order.
Placed = Sequence[tuple[int, Event]]


def closing_leaf(placed: Placed) -> int | None:
    """Where submission was closed; None if it is not among these."""
    return next((leaf for leaf, event in placed if isinstance(event, SubmissionClosed)), None)


def late(placed: Placed) -> str:
    """Which of these stands behind the leaf that it had to be before; empty if none does."""
    closed, ended = closing_leaf(placed), False
    for leaf, event in placed:
        match event:
            case WindowEnded():
                ended = True
            case WindowExtended(window="release"):
                ended = False
            case KeyReleased() if ended:
                return f"a key release at leaf {leaf}, after its window's end"
            case _ if isinstance(event, IN_TIME) and closed is not None and leaf > closed:
                return f"leaf {leaf} is not before the closing leaf {closed}"
    return ""
