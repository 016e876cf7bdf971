"""Requests about money."""

from typing import Annotated, Literal

from msgspec import Meta

from bidding.domain.command import Command
from bidding.domain.guarantee import GuaranteeKind
from bidding.domain.money.events import KeptKind, Kind
from bidding.domain.parties import Standing

PLATFORM = frozenset({Standing.PLATFORM})
TENDERER = frozenset({Standing.TENDERER})
Party = Annotated[str, Meta(min_length=1, max_length=200)]
Reason = Annotated[str, Meta(max_length=2000)]
Positive = Annotated[int, Meta(ge=1, le=2**53 - 1)]


class RecordBenefits(Command, name="money/record-benefits", by=PLATFORM, guarded=False, forward=False):
    """Record whatever this lot has waived so far and has not recorded yet."""


class RaiseReceivable(Command, name="money/raise-receivable", by=frozenset({Standing.OPERATOR})):
    """Refused on a waived lot (R-WAIVE-06). Bid deposits are recorded on the bidder's own stream instead."""

    kind: Kind
    party: str
    amount_fen: int


class ScheduleReturns(Command, name="money/schedule-returns", by=PLATFORM, guarded=False, forward=False):
    """Fix the last day for each deposit that must go back now."""


class RecordReturn(
    Command, name="money/record-return", by=frozenset({Standing.OPERATOR}), guarded=False, forward=False
):
    """``interest_fen``: bank interest paid with it (R-ENG-25)."""

    bidder: str
    interest_fen: int


class JudgeGuarantee(
    Command,
    name="money/judge-guarantee",
    by=frozenset({Standing.COMMITTEE, Standing.HOST}),
    binding=True,
    guarded=False,
):
    """Accept or refuse the guarantee that lay in a bid; a refusal gives its reason (R-GUAR-01)."""

    bidder: Party
    accepted: bool
    reason: Reason = ""
    page: Annotated[str, Meta(max_length=100)] = ""


class ClaimGuarantee(
    Command, name="money/claim-guarantee", by=TENDERER, binding=True, forward=False, guarded=False
):
    """``amount_fen`` in 分, at most the guarantee's."""

    kind: GuaranteeKind
    bidder: Party
    amount_fen: Positive
    reason: Reason


class LodgeGuarantee(
    Command, name="money/lodge-guarantee", by=frozenset({Standing.WINNER}), binding=True, guarded=False
):
    """履约保函: ``letter`` as its issuer signed it, ``signature`` and ``certificate`` base64url (R-GUAR-01)."""

    letter: Annotated[str, Meta(min_length=2, max_length=1600)]
    signature: Annotated[str, Meta(max_length=700)] = ""
    certificate: Annotated[str, Meta(max_length=2200)] = ""
    reference: Annotated[str, Meta(max_length=200)] = ""


class ReleaseGuarantee(
    Command, name="money/release-guarantee", by=TENDERER, binding=True, forward=False, guarded=False
):
    """Give the winner's performance guarantee back."""

    bidder: Party


class LapseGuarantees(Command, name="money/lapse-guarantees", by=PLATFORM, guarded=False, forward=False):
    """The clock, on the day after a guarantee's last."""


class NoteKeptDeposit(Command, name="money/note-kept-deposit", by=TENDERER, forward=False, guarded=False):
    """A quality or wages deposit of the contract, which no waiver touches (R-WAIVE-02). ``amount_fen`` in 分."""

    kind: KeptKind
    amount_fen: Positive
    form: Literal["CASH", "GUARANTEE"]
