"""Requests about the archive."""

from typing import Annotated

from msgspec import Meta

from bidding.domain.command import Command
from bidding.domain.parties import Standing


class DisposeFiles(
    Command, name="archive/dispose", by=frozenset({Standing.OPERATOR}), binding=True, forward=False
):
    """Delete the lot's stored documents and envelopes: refused before their term is over."""

    reason: Annotated[str, Meta(min_length=1, max_length=2000)]
