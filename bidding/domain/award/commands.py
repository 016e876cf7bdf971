"""Requests of the award, and who may give them."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from bidding.domain.award.events import DecisionVote, PassedOver, QueryStage, RemedyKind
from bidding.domain.command import Command
from bidding.domain.parties import Standing

HOST = frozenset({Standing.HOST})
Text = Annotated[str, Meta(min_length=1, max_length=5000)]
Law = Annotated[str, Meta(max_length=2000)]
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
    """``upheld``: the objection is right; then the tenderer decides the remedy before anybody wins."""

    number: int
    answer: Text
    upheld: bool = False


class Query(
    Command,
    name="award/query",
    by=frozenset({Standing.PARTICIPANT}),
    binding=True,
    guarded=False,
    forward=False,
):
    """GP: 质疑 of a step of the procedure or of the result, with what it must contain (94号令 12).

    ``matters``: one by one, for a complaint may not go beyond them (R-GP-25); ``law``: articles, as far as
    the query rests on any.
    """

    stage: QueryStage
    matters: Annotated[tuple[Text, ...], Meta(min_length=1, max_length=20)]
    request: Annotated[str, Meta(max_length=5000)] = ""
    facts: Annotated[str, Meta(max_length=5000)] = ""
    law: Law = ""


class AssessQuery(
    Command,
    name="award/assess-query",
    by=frozenset({Standing.TENDERER}),
    binding=True,
    forward=False,
):
    """Whether a query may change the result: until that is denied, the contract waits for the answer (R-GP-29)."""

    number: int
    may_change_result: bool
    reason: Text


class AnswerQuery(Command, name="award/answer-query", by=HOST, binding=True, forward=False):
    """``upheld``: the query is right; then the purchaser decides the remedy before anything is signed."""

    number: int
    answer: Text
    upheld: bool = False


class DecideRemedy(Command, name="award/remedy", by=frozenset({Standing.TENDERER}), binding=True):
    """What is done about every objection and query that was upheld, in one decision.

    ``barred``: bidders who can win no more; needed for NEXT_CANDIDATE. ``performed``: the contract was
    performed already, so that only damages are left (94号令 32).
    """

    remedy: RemedyKind
    barred: tuple[str, ...] = ()
    reason: Text
    law: Law = ""
    performed: bool = False


class ReportToSupervisor(
    Command,
    name="award/report-to-supervisor",
    by=frozenset({Standing.HOST, Standing.TENDERER}),
    binding=True,
    forward=False,
):
    """ENG: the written report of 招投法 47, made of the record; ``remarks``: what the tenderer adds (R-ENG-23)."""

    remarks: Annotated[str, Meta(max_length=5000)] = ""


class HoldDecisionMeeting(
    Command, name="award/hold-decision-meeting", by=frozenset({Standing.TENDERER}), binding=True
):
    """评定分离: the decision meeting's record, signed by the tenderer. ``votes``: one of each member (R-DRAW-04)."""

    chosen: str
    votes: tuple[DecisionVote, ...]
    reason: Text


class DetermineWinner(Command, name="award/determine", by=frozenset({Standing.TENDERER}), binding=True):
    """``passed_over``: one entry for every candidate ranked above ``bidder`` (R-ENG-29)."""

    bidder: str
    passed_over: tuple[PassedOver, ...] = ()
    late_reason: LateReason = ""


class CheckProof(
    Command, name="award/check-proof", by=frozenset({Standing.HOST, Standing.TENDERER}), binding=True
):
    """GP: look at the proof of a winner that was qualified by its promise (R-NB-HM-04)."""

    holds: bool
    evidence: Text


class IssueAwardNotice(Command, name="award/issue-notice", by=HOST, binding=True):
    """The award notice and every loser's notice, in one act; GP: with the result announcement."""
