"""Requests of the admission."""

from datetime import date
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


Item = Annotated[str, Meta(min_length=1, max_length=100)]
Note = Annotated[str, Meta(max_length=2000)]


class Promise(Command, name="admission/promise", by=frozenset({Standing.HOST}), binding=True, guarded=False):
    """告知承诺: a deferrable item of the checklist follows by ``due`` (R-NB-HM-02). ``consequence``: accepted in the
    promiser's own words."""

    item: Item
    due: date
    consequence: Annotated[str, Meta(min_length=1, max_length=2000)]


class KeepPromise(
    Command,
    name="admission/keep-promise",
    by=frozenset({Standing.HOST}),
    forward=False,
    guarded=False,
):
    """The promised item is here. ``reference``: its number or place."""

    item: Item
    reference: Annotated[str, Meta(min_length=1, max_length=500)]


class VerifyPromise(
    Command,
    name="admission/verify-promise",
    by=frozenset({Standing.OPERATOR}),
    forward=False,
    guarded=False,
):
    """Whether what came is what was promised; a no gives its reason, and the promise stays open."""

    item: Item
    passed: bool
    reason: Note = ""


class MarkPromises(
    Command,
    name="admission/mark-promises",
    by=frozenset({Standing.PLATFORM}),
    forward=False,
    guarded=False,
):
    """The clock, after the last day of a promise."""
