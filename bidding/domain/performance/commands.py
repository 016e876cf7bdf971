"""Requests about performance. Tenderer and winner sign what they say; none is stopped by a suspension of the tender."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from bidding.domain.command import Command
from bidding.domain.parties import Standing
from bidding.domain.performance.events import Cause, Instalment, Milestone

TENDERER = frozenset({Standing.TENDERER})
WINNER = frozenset({Standing.WINNER})
PLATFORM = frozenset({Standing.PLATFORM})
MEMBER = frozenset({Standing.MEMBER})
Fen = Annotated[int, Meta(ge=1, le=2**53 - 1)]
Number = Annotated[int, Meta(ge=1, le=1000)]
Invoice = Annotated[str, Meta(min_length=1, max_length=100)]
Text = Annotated[str, Meta(max_length=2000)]
Rate = Annotated[str, Meta(pattern=r"^(0\.[0-9]{1,6})?$", max_length=8)]


class RecordLegalReview(
    Command,
    name="performance/record-legal-review",
    by=TENDERER,
    binding=True,
    forward=False,
    guarded=False,
):
    """The tenderer's legal review of the drafted text, before anybody signs it."""

    contract_hash: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    reviewer: Annotated[str, Meta(min_length=1, max_length=200)]
    passed: bool
    opinion: Text = ""


class EnterLibrary(Command, name="performance/enter-library", by=PLATFORM, forward=False, guarded=False):
    """Give the filed contract its unified number."""


class SetMilestones(
    Command, name="performance/set-milestones", by=TENDERER, binding=True, forward=False, guarded=False
):
    """The obligations as the contract has them; their amounts make up its price."""

    milestones: Annotated[tuple[Milestone, ...], Meta(min_length=1, max_length=200)]
    agreed_annual: Rate = ""
    lpr_1y: Rate = ""


class Deliver(Command, name="performance/deliver", by=WINNER, binding=True, forward=False, guarded=False):
    milestone: Number
    on: date


class Inspect(Command, name="performance/inspect", by=TENDERER, binding=True, forward=False, guarded=False):
    """Acceptance of what was delivered; a refusal says why."""

    milestone: Number
    on: date
    passed: bool
    note: Text = ""


class SendInvoice(
    Command, name="performance/send-invoice", by=WINNER, binding=True, forward=False, guarded=False
):
    """Ask for payment; ``amount_fen`` in 分, within the milestone's amount."""

    invoice: Invoice
    milestone: Number
    amount_fen: Fen


class RecordPayment(
    Command, name="performance/record-payment", by=TENDERER, binding=True, forward=False, guarded=False
):
    invoice: Invoice
    amount_fen: Fen
    on: date


class RaiseDispute(
    Command, name="performance/raise-dispute", by=TENDERER, binding=True, forward=False, guarded=False
):
    """Dispute a part of an invoice before its last day, with the reason."""

    invoice: Invoice
    amount_fen: Fen
    reason: Text


class SettleDispute(
    Command, name="performance/settle-dispute", by=TENDERER, binding=True, forward=False, guarded=False
):
    invoice: Invoice
    owed_fen: Annotated[int, Meta(ge=0, le=2**53 - 1)]


class ProposeRepayment(
    Command, name="performance/propose-repayment", by=TENDERER, binding=True, forward=False, guarded=False
):
    """Instalments that make up what is owed."""

    invoice: Invoice
    instalments: Annotated[tuple[Instalment, ...], Meta(min_length=1, max_length=120)]


class AgreeRepayment(
    Command, name="performance/agree-repayment", by=WINNER, binding=True, forward=False, guarded=False
):
    """Agree to the instalments proposed last."""

    invoice: Invoice


class MarkOverdue(Command, name="performance/mark-overdue", by=PLATFORM, forward=False, guarded=False):
    """The clock, after the last day of an invoice."""


class AgreeSupplement(
    Command, name="performance/agree-supplement", by=TENDERER, binding=True, forward=False, guarded=False
):
    """A supplement to the contract; in GP all together stay within a tenth of it (R-GP-26)."""

    amount_fen: Fen
    subject: Annotated[str, Meta(min_length=1, max_length=2000)]


class ProposeSettlement(
    Command, name="performance/propose-settlement", by=WINNER, binding=True, forward=False, guarded=False
):
    """The final account 结算价, once every obligation is fulfilled."""

    amount_fen: Fen


class AgreeSettlement(
    Command, name="performance/agree-settlement", by=TENDERER, binding=True, forward=False, guarded=False
):
    """Agree to the figure proposed last, and name it: it is published with the day of completion."""

    amount_fen: Fen


class MakeCommitment(
    Command, name="performance/make-commitment", by=MEMBER, binding=True, forward=False, guarded=False
):
    """A tenderer's yearly commitment, which is published (R-NB-HF-05). ``due``: its last day, within the year."""

    year: Annotated[int, Meta(ge=2000, le=2200)]
    text: Annotated[str, Meta(min_length=1, max_length=2000)]
    due: date


class ReportCommitment(
    Command, name="performance/report-commitment", by=MEMBER, binding=True, forward=False, guarded=False
):
    """How it ended: kept, with ``statement`` as the evidence, or not yet, with the cause, ``statement`` as the
    response and the day ``agreed`` for it."""

    number: Number
    kept: bool
    statement: Annotated[str, Meta(min_length=1, max_length=2000)]
    cause: Cause | None = None
    agreed: date | None = None
