"""Requests of the contract, and who may give them."""

from typing import Annotated

from msgspec import Meta

from bidding.domain.command import Command
from bidding.domain.parties import Standing

Sha256Hex = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]


class DraftContract(Command, name="contract/draft", by=frozenset({Standing.HOST}), binding=True):
    """Price, period, quality and lead must be those of the winning bid (R-CONT-01).

    ``terms``: the clauses besides; ``performance_bond_fen``: 0 where waived (R-WAIVE-05), else at most
    the rate of the tender document; ``legal_review``: nobody signs before it has passed (R-NB-HF-01).
    """

    price_fen: int
    duration_days: int
    quality: str
    project_lead: str
    terms: Annotated[str, Meta(min_length=1, max_length=200_000)]
    performance_bond_fen: Annotated[int, Meta(ge=0)] = 0
    legal_review: bool = False


class SignContract(
    Command,
    name="contract/sign",
    by=frozenset({Standing.TENDERER, Standing.WINNER}),
    binding=True,
    guarded=False,
):
    """Sign the text with this hash; ``late_reason``: needed after the thirty days."""

    contract_hash: Sha256Hex
    late_reason: Annotated[str, Meta(max_length=2000)] = ""


class MarkOverdue(
    Command, name="contract/mark-overdue", by=frozenset({Standing.PLATFORM}), forward=False, guarded=False
):
    """The clock, when the term to sign is over."""
