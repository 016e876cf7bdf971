"""Requests about the echo check: the platform alone looks."""

from typing import Annotated

from msgspec import Meta

from bidding.domain.command import Command
from bidding.domain.parties import Standing

Text = Annotated[str, Meta(min_length=1, max_length=200)]


class ReportEcho(
    Command, name="media/report-echo", by=frozenset({Standing.PLATFORM}), forward=False, guarded=False
):
    """Record what a medium shows of a publication, where that has changed."""

    medium: Text
    item: Text
    kind: Text
    hash: Text
    shown: Text
