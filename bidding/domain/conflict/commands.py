"""Requests about conflicts."""

from typing import Annotated

from msgspec import Meta

from bidding.domain.command import Command
from bidding.domain.parties import Standing

PartyId = Annotated[str, Meta(min_length=1, max_length=200)]


class DecideConflict(
    Command, name="conflict/decide", by=frozenset({Standing.SUPERVISOR}), binding=True, forward=False
):
    """Uphold or dismiss a finding, with the reason and what was seen. While one stands undecided and a bid
    that it concerns is not rejected, no winner is determined."""

    number: Annotated[int, Meta(ge=1, le=1_000_000)]
    upheld: bool
    reason: Annotated[str, Meta(min_length=1, max_length=4000)]


class ReviewChange(
    Command, name="conflict/review-change", by=frozenset({Standing.HOST, Standing.TENDERER}), binding=True
):
    """After a bidder's change: is it still qualified (招投条例 38)? One answer for all changes known so far."""

    bidder: PartyId
    qualified: bool
    reason: Annotated[str, Meta(min_length=1, max_length=4000)]
