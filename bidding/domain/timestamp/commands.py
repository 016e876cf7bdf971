"""Requests about a lot's history: the platform alone asks authorities, and states what there is."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from bidding.domain.command import Command
from bidding.domain.parties import Standing


class RecordTimestamp(
    Command, name="timestamp/record", by=frozenset({Standing.PLATFORM}), forward=False, guarded=False
):
    """Keep a token that has been checked: over that event, or over the log's ``checkpoint`` (a signed note) that first
    covers it, under a root that the platform trusts."""

    subject: Annotated[str, Meta(min_length=1, max_length=100)]
    imprint: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    authority: Annotated[str, Meta(min_length=1, max_length=100)]
    token: Annotated[str, Meta(min_length=1, max_length=90_000)]
    instant: datetime
    checkpoint: Annotated[str, Meta(max_length=10_000)] = ""


class StateHistory(
    Command, name="timestamp/state-history", by=frozenset({Standing.PLATFORM}), forward=False, guarded=False
):
    """State what the lot's first ``events`` events are: ``root`` over their commitments in the log."""

    events: Annotated[int, Meta(ge=1)]
    root: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
