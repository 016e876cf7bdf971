"""Requests of the award, and who may give them."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from bidding.domain.award.events import PassedOver
from bidding.domain.command import Command
from bidding.domain.parties import Standing

HOST = frozenset({Standing.HOST})
Text = Annotated[str, Meta(min_length=1, max_length=5000)]
LateReason = Annotated[str, Meta(max_length=2000)]


class PubliciseCandidates(Command, name="award/publicise", by=HOST, binding=True):
    """ENG. ``until``: the first instant after the publicity; none = the earliest lawful one (R-ENG-21).

    ``late_reason``: needed, and published, when the three days of R-ENG-20 are over.
    """

    until: Annotated[datetime, Meta(tz=True)] | None = None
    late_reason: LateReason = ""


class ObjectToResult(
    Command,
    name="award/object",
    by=frozenset({Standing.PARTICIPANT}),
    binding=True,
    guarded=False,
    forward=False,
):
    """During the publicity (招投条例 54)."""

    text: Text


class AnswerResultObjection(Command, name="award/answer-objection", by=HOST, binding=True, forward=False):
    number: int
    answer: Text


class DetermineWinner(Command, name="award/determine", by=frozenset({Standing.TENDERER}), binding=True):
    """``passed_over``: one entry for every candidate ranked above ``bidder`` (R-ENG-29)."""

    bidder: str
    passed_over: tuple[PassedOver, ...] = ()
    late_reason: LateReason = ""


class IssueAwardNotice(Command, name="award/issue-notice", by=HOST, binding=True):
    """The award notice and every loser's notice, in one act; GP: with the result announcement."""
