"""Requests about alerts: the clock raises them, whoever answers for the lot acknowledges."""

from typing import Annotated

from msgspec import Meta

from bidding.domain.command import Command
from bidding.domain.parties import Standing

OFFICES = frozenset({Standing.HOST, Standing.TENDERER, Standing.OPERATOR, Standing.SUPERVISOR})


class RaiseAlerts(
    Command, name="alert/raise", by=frozenset({Standing.PLATFORM}), forward=False, guarded=False
):
    """Raise what has become late, and take further up what nobody acknowledged."""


class AcknowledgeAlert(
    Command, name="alert/acknowledge", by=OFFICES, binding=True, forward=False, guarded=False
):
    """Say that you know, and what you do about it: the alert goes no further up."""

    number: int
    note: Annotated[str, Meta(min_length=1, max_length=2000)]
