"""Requests about credit: entries of the register by a supervisor, and a lot's look-ups."""

from datetime import date
from typing import Annotated

from msgspec import Meta

from bidding.domain.command import Command
from bidding.domain.credit.lists import CreditList, Severity
from bidding.domain.parties import Standing

SUPERVISOR = frozenset({Standing.SUPERVISOR})
Uscc = Annotated[str, Meta(min_length=18, max_length=18)]
Text = Annotated[str, Meta(min_length=1, max_length=500)]


class ListUnit(Command, name="credit/list", by=SUPERVISOR, binding=True, guarded=False, forward=False):
    """Enter a record from its official ``source``. ``until``: last day of publication, by default the longest
    lawful one (R-NB-SS-03). ``severity``: of an offence; of an entry for merit none, and its ``until`` is given."""

    uscc: Uscc
    name: Text
    list: CreditList
    severity: Severity | None = None
    basis: Text
    source: Text
    since: date
    until: date | None = None


class RepairUnit(Command, name="credit/repair", by=SUPERVISOR, binding=True, guarded=False, forward=False):
    """A record is repaired. ``basis``: the repair decision, or the court's closing document;
    ``shown_by_source``: the official source shows it repaired, and so prevails (R-NB-SS-03)."""

    uscc: Uscc
    listing: Text
    basis: Text
    shown_by_source: bool = False


class AttestCredit(Command, name="credit/attest", by=SUPERVISOR, binding=True, guarded=False, forward=False):
    """``source`` does not answer, and was looked up by hand; what it lists of the unit is entered by itself.
    ``basis``: what shows it, such as the number of the printed page."""

    uscc: Uscc
    source: Text
    basis: Text


class DecideConduct(
    Command, name="credit/decide-conduct", by=SUPERVISOR, binding=True, guarded=False, forward=False
):
    """Record a finding that was proposed, or dismiss one, proposed or recorded. ``number``: the finding's."""

    uscc: Uscc
    number: Text
    record: bool
    reason: Text


class NoteConduct(
    Command, name="credit/note-conduct", by=frozenset({Standing.PLATFORM}), guarded=False, forward=False
):
    """Hand what was found in a lot to the credit register."""


class CheckCredit(
    Command,
    name="credit/check",
    by=frozenset({Standing.HOST, Standing.SUPERVISOR}),
    guarded=False,
    forward=False,
):
    """Look up every bidder on the roll and every member of a consortium anew."""


class LookUpBidders(
    Command, name="credit/look-up", by=frozenset({Standing.PLATFORM}), guarded=False, forward=False
):
    """Before the committee examines who is qualified: everybody on the roll, once (R-CRDT-01)."""


class Recheck(
    Command, name="credit/recheck", by=frozenset({Standing.PLATFORM}), guarded=False, forward=False
):
    """After a repair: look up again whoever was found listed (R-NB-SS-04)."""
