"""Requests that stop, resume or end a lot, and the clock of a test lot. None is stopped by a suspension."""

from datetime import datetime
from typing import Annotated

import msgspec

from bidding.domain.command import Command
from bidding.domain.parties import Standing

Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
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
