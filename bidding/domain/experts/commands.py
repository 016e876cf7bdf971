"""Requests about the pool. They go to ``/experts``, not to a lot."""

from typing import Annotated

from msgspec import Meta

from bidding.domain.command import Command
from bidding.domain.parties import Standing

_OPERATOR = frozenset({Standing.OPERATOR})
Text = Annotated[str, Meta(min_length=1, max_length=200)]


class ListExpert(Command, name="experts/list", by=_OPERATOR, guarded=False, forward=False):
    """``party``: a verified person with the role expert, who declares ``units``, the employers of the last three
    years, and ``holdings``, units that the person holds shares of, directs or supervises: by code or full name."""

    party: Text
    trade: Text
    units: Annotated[tuple[Text, ...], Meta(max_length=20)] = ()
    holdings: Annotated[tuple[Text, ...], Meta(max_length=50)] = ()


class DelistExpert(Command, name="experts/delist", by=_OPERATOR, guarded=False, forward=False):
    party: Text
    reason: Text
