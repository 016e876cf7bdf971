"""Requests about time-stamps: the platform alone asks authorities."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from bidding.domain.command import Command
from bidding.domain.parties import Standing


class RecordTimestamp(
    Command, name="timestamp/record", by=frozenset({Standing.PLATFORM}), forward=False, guarded=False
):
    """Keep a token that has been checked: over that event, under a root that the platform trusts."""

    subject: Annotated[str, Meta(min_length=1, max_length=100)]
    imprint: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    authority: Annotated[str, Meta(min_length=1, max_length=100)]
    token: Annotated[str, Meta(min_length=1, max_length=90_000)]
    instant: datetime
