"""R-CRYP-06 (GB/T 20520, RFC 3161): a token of each authority over each event on which the tender turns; and
R-GEN-05 (20号令 48): statements of all that happened, which nothing can be left out of afterwards."""

from collections.abc import Callable
from typing import Any

from bidding.domain.award.events import AwardNoticeIssued
from bidding.domain.command import Command, Facts
from bidding.domain.contract.events import ContractFiled
from bidding.domain.errors import OutOfOrder
from bidding.domain.event import Event
from bidding.domain.lot import Lot
from bidding.domain.opening.events import (
    BidsImported,
    LotFailed,
    OpeningEnded,
    RollPublished,
    SubmissionClosed,
    WindowEnded,
)
from bidding.domain.timestamp.commands import RecordTimestamp, StateHistory
from bidding.domain.timestamp.events import HistoryStated, Timestamped

#: What is stamped: the close with its count, the roll, the window's end, what was opened, the opening record, the
#: award notice and the contract. A bidder's receipt is covered by the close, whose token says when nothing came later.
STAMPED: tuple[type[Event], ...] = (
    SubmissionClosed,
    RollPublished,
    WindowEnded,
    BidsImported,
    OpeningEnded,
    AwardNoticeIssued,
    ContractFiled,
)

#: Of which the checkpoint that first covers them is stamped too: with the close every bid that was in time, with the
#: window's end every key release, with the opening record all of the opening.
CHECKPOINTED: tuple[type[Event], ...] = (SubmissionClosed, WindowEnded, OpeningEnded)
#: After which the lot's history is stated. Not between: how many events the committee's work has so far is the
#: committee's (R-EVAL-05), as what bidders asked before the close is theirs (R-DOC-03).
STATED: tuple[type[Event], ...] = (OpeningEnded, LotFailed, AwardNoticeIssued, ContractFiled)


def record_timestamp(lot: Lot, command: RecordTimestamp, facts: Facts) -> list[Event]:
    """The same authority's second token over the same event is refused: it was kept before a crash."""
    if command.subject not in {kind.TOPIC for kind in (CHECKPOINTED if command.checkpoint else STAMPED)}:
        raise OutOfOrder("timestamp-subject", rule="R-CRYP-06", subject=command.subject)
    if lot.timestamps.has(command.imprint, command.authority, command.subject):
        raise OutOfOrder(
            "timestamp-known", rule="R-CRYP-06", authority=command.authority, subject=command.subject
        )
    return [
        Timestamped(
            subject=command.subject,
            imprint=command.imprint,
            authority=command.authority,
            token=command.token,
            instant=command.instant,
            at=facts.now,
            checkpoint=command.checkpoint,
        )
    ]


def state_history(lot: Lot, command: StateHistory, facts: Facts) -> list[Event]:
    """Nothing before the close (R-GEN-04); each statement is of more events than the one before, and of no others
    than there are."""
    if lot.opening.closed_at is None:
        raise OutOfOrder("history-early", rule="R-GEN-04")
    if not lot.timestamps.stated < command.events <= lot.version:
        raise OutOfOrder(
            "history-known", rule="R-GEN-05", events=command.events, stated=lot.timestamps.stated
        )
    return [HistoryStated(events=command.events, root=command.root, at=facts.now)]


DECIDERS: dict[type[Command], Callable[[Lot, Any, Facts], list[Event]]] = {
    RecordTimestamp: record_timestamp,
    StateHistory: state_history,
}
