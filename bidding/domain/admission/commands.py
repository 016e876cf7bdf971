"""Requests of the admission."""

from typing import Annotated

from msgspec import Meta

from bidding.domain.admission.filing import Defect, Filing, Funding
from bidding.domain.command import Command
from bidding.domain.parties import Standing
from bidding.domain.waiver import Charges


class Submit(Filing, Command, name="admission/submit", by=frozenset({Standing.MEMBER})):
    """Hand in the file, or hand it in anew until it is admitted. Creates the lot; the giver is its host."""


class RequestCorrection(Command, name="admission/request-correction", by=frozenset({Standing.OPERATOR})):
    """``defects``: the officer's own; those that the catalogue finds are added."""

    defects: tuple[Defect, ...] = ()


class Admit(Command, name="admission/admit", by=frozenset({Standing.OPERATOR})):
    """Accept the file and give the lot its number."""


class AmendFunding(Funding, Command, name="admission/amend-funding", by=frozenset({Standing.HOST})):
    """Replace the money facts, before the notice only (R-WAIVE-08)."""

    reason: str


class OverrideWaiver(
    Charges, Command, name="admission/override-waiver", by=frozenset({Standing.SUPERVISOR}), binding=True
):
    """Decide 两金一费 otherwise than the table does, before the notice only (R-WAIVE-07). ``order``: its number."""

    reason: Annotated[str, Meta(min_length=1, max_length=2000)]
    order: Annotated[str, Meta(min_length=1, max_length=200)]
