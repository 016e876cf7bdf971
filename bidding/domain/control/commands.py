"""Requests that stop, resume or end a lot, and the clock of a test lot. None is stopped by a suspension."""

from datetime import datetime
from typing import Annotated

import msgspec

from bidding.domain.command import Command
from bidding.domain.complaint.events import Paper
from bidding.domain.control.events import Addressee, OrderKind
from bidding.domain.parties import Standing

Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
ADDRESSEES = frozenset({Standing.HOST, Standing.TENDERER, Standing.OPERATOR})
Rate = Annotated[int, msgspec.Meta(ge=1, le=10_000_000)]


class Suspend(
    Command, name="control/suspend", by=frozenset({Standing.SUPERVISOR}), binding=True, forward=False
):
    """``order``: the number or reference of the supervision order (R-PLAT-11).

    ``complaint``: number of the complaint during whose handling the lot is to stand still, 0 = none; in GP such
    a stop ends by itself after thirty days (R-GP-22).
    """

    reason: Reason
    order: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    complaint: Annotated[int, msgspec.Meta(ge=0)] = 0


class Lift(Command, name="control/lift", by=frozenset({Standing.SUPERVISOR}), binding=True, forward=False):
    reason: Reason


class ExpireSuspension(
    Command, name="control/expire-suspension", by=frozenset({Standing.PLATFORM}), forward=False, guarded=False
):
    """The stop during a complaint has lasted as long as the law lets it (R-GP-22)."""


class Terminate(
    Command,
    name="control/terminate",
    by=frozenset({Standing.HOST, Standing.SUPERVISOR}),
    binding=True,
    forward=False,
):
    """终止招标 (R-ENG-33)."""

    reason: Reason


class IssueOrder(
    Command, name="control/order", by=frozenset({Standing.SUPERVISOR}), binding=True, forward=False
):
    """Order papers to be produced or something to be put right; stops and resumptions have their own commands.

    ``wanted``: names of papers; of an order to the platform, event types. ``reference``: number of the order
    on paper.
    """

    kind: OrderKind
    addressee: Addressee
    text: Reason
    wanted: Annotated[tuple[str, ...], msgspec.Meta(max_length=100)] = ()
    reference: Annotated[str, msgspec.Meta(max_length=200)] = ""
    due: Annotated[datetime, msgspec.Meta(tz=True)] | None = None


class Acknowledge(
    Command, name="control/acknowledge", by=ADDRESSEES, binding=True, guarded=False, forward=False
):
    """Acknowledge an order: mandatory for everybody it is addressed to (R-PLAT-11)."""

    number: int


class Fulfil(Command, name="control/fulfil", by=ADDRESSEES, binding=True, guarded=False, forward=False):
    """Report what was done on an order, with the papers it asked for."""

    number: int
    report: Reason
    papers: Annotated[tuple[Paper, ...], msgspec.Meta(max_length=100)] = ()


class Produce(
    Command,
    name="control/produce",
    by=frozenset({Standing.SUPERVISOR}),
    binding=True,
    guarded=False,
    forward=False,
):
    """Take what an order asked of the platform: every delivery is an audit event (F-47)."""

    number: int


class SetTestClock(
    Command,
    name="control/set-test-clock",
    by=frozenset({Standing.HOST, Standing.OPERATOR}),
    forward=False,
    guarded=False,
):
    """Run the lot's time at ``rate`` virtual seconds per second, from ``until`` on at ``then_rate``.

    ``at``: the virtual instant from which to go on; None: from where the lot's time stands.
    """

    rate: Rate
    at: datetime | None = None
    until: datetime | None = None
    then_rate: Rate = 1
