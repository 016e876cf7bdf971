"""Requests of the evaluation, and who may give them."""

from typing import Annotated

from msgspec import Meta

from bidding.domain.command import Command
from bidding.domain.evaluation.members import TradeQuota
from bidding.domain.evaluation.outcome import EnvelopeResult, QualificationResult
from bidding.domain.evaluation.requests import MAX_MINUTES, MIN_MINUTES, RequestKind
from bidding.domain.evaluation.sheets import BidScores, Page, Reason, RejectionVote
from bidding.domain.evaluation.traces import BidTraces
from bidding.domain.parties import Standing
from bidding.domain.scoring.drawrule import Chance

HOST = frozenset({Standing.HOST})
MEMBERS = frozenset({Standing.COMMITTEE})
CLOCK = frozenset({Standing.PLATFORM})
BOTH_OFFICES = frozenset({Standing.HOST, Standing.SUPERVISOR})

PARTICIPANTS = frozenset({Standing.PARTICIPANT})

Number = Annotated[int, Meta(ge=1, le=1_000_000)]
Minutes = Annotated[int, Meta(ge=1, le=MAX_MINUTES)]
Sha256Hex = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]


class DrawCommittee(Command, name="evaluation/draw", by=HOST):
    """Draw the experts; given again, fill the seats that recusals left empty.

    ``representatives``: party ids whom the tenderer sends; ``trades``: conditions of the draw, summing to the
    number of experts, or none. The pool and the random bytes come from the platform.
    """

    representatives: tuple[str, ...] = ()
    trades: tuple[TradeQuota, ...] = ()


class CommitExpertDraw(Command, name="evaluation/commit-draw", by=BOTH_OFFICES, binding=True):
    """From the notice until the pool is frozen: hex SHA-256 that binds the office to its nonce for the draw of the
    experts; ``reserve``: the agency's second one (R-DRAW-02); ``anchor``: in a later round, the head of a chain that
    the supervisor has made for it (base64url)."""

    commitment: Sha256Hex
    reserve: Annotated[str, Meta(pattern="^([0-9a-f]{64})?$")] = ""
    anchor: Annotated[str, Meta(pattern="^([A-Za-z0-9_-]{43})?$")] = ""


class OpenExpertRound(Command, name="evaluation/open-round", by=HOST):
    """The order of the draw has nobody left for a seat: hold another round, for which both offices commit anew."""


class OpenExpertDraw(Command, name="evaluation/open-draw", by=HOST):
    """Freeze the pool and ask for the reveals. ``representatives``: party ids whom the tenderer sends; the conditions
    stand in the notice."""

    representatives: tuple[str, ...] = ()


class RevealExpertDraw(Command, name="evaluation/reveal-draw", by=BOTH_OFFICES, binding=True):
    """What this office is asked for next: its nonce, the chain's next value or the reserve (base64url)."""

    value: Chance


class MissExpertReveal(Command, name="evaluation/miss-reveal", by=CLOCK, guarded=False):
    """Leave out the source whose time is over."""


class DrawExperts(Command, name="evaluation/draw-experts", by=CLOCK, guarded=False):
    """Compute who sits from all that was revealed (R-EVAL-07)."""


class SignIn(Command, name="evaluation/sign-in", by=MEMBERS, binding=True, guarded=False):
    """Be present and declare no interest in any bidder (R-EVAL-08). The last one unseals (R-EVAL-07)."""


class Recuse(Command, name="evaluation/recuse", by=MEMBERS, binding=True, guarded=False):
    reason: Reason


class RecordEnvelopes(Command, name="evaluation/record-envelopes", by=CLOCK, guarded=False):
    """What the workers found when they opened the envelopes other than the opening form."""

    bids: tuple[EnvelopeResult, ...]


class RecordTraces(Command, name="evaluation/record-traces", by=CLOCK, guarded=False):
    """What the workers read of the making of every opened bid's files (R-EVAL-04)."""

    bids: tuple[BidTraces, ...]


class RecordGrades(Command, name="evaluation/record-grades", by=CLOCK, guarded=False):
    """The credit grade of every opened bidder at T0, where ties may come down to it (R-SCORE-15)."""


class ReviewQualification(Command, name="evaluation/review-qualification", by=HOST, binding=True):
    """GP: the purchaser's or its agency's review of every opened bid (R-GP-10)."""

    results: tuple[QualificationResult, ...]


class SetTime(Command, name="evaluation/set-time", by=HOST, binding=True):
    """The time that the evaluation is planned to take, counted from the unsealing (招投条例 48)."""

    minutes: Minutes


class CallTimeShort(Command, name="evaluation/call-time-short", by=MEMBERS, binding=True, guarded=False):
    """The time set is too short; ``minutes``: how much more the member needs (R-EVAL-09)."""

    minutes: Minutes
    reason: Reason


class AskClarification(Command, name="evaluation/ask-clarification", by=MEMBERS, binding=True, guarded=False):
    """Put a written request to one bidder before the committee, and stand behind it (R-EVAL-10).

    It goes out when more than half of the members stand behind it. ``minutes``: the bidder's term from then on.
    """

    bidder: str
    kind: RequestKind = RequestKind.CLARIFICATION
    text: Annotated[str, Meta(min_length=1, max_length=5000)]
    page: Page
    minutes: Annotated[int, Meta(ge=MIN_MINUTES, le=MAX_MINUTES)]


class SupportClarification(
    Command, name="evaluation/support-clarification", by=MEMBERS, binding=True, guarded=False
):
    number: Number


class ReplyClarification(
    Command, name="evaluation/reply-clarification", by=PARTICIPANTS, binding=True, guarded=False
):
    """Answer the committee's request ``number`` once, within its term, without changing the bid (招投条例 52)."""

    number: Number
    text: Annotated[str, Meta(min_length=1, max_length=20000)]


class SubmitScores(Command, name="evaluation/submit-scores", by=MEMBERS, binding=True, guarded=False):
    """One whole sheet; given again before the last member's, it replaces the earlier one."""

    sheet: tuple[BidScores, ...]
    rejections: tuple[RejectionVote, ...] = ()


class ConfirmScore(Command, name="evaluation/confirm-score", by=MEMBERS, binding=True, guarded=False):
    """Stand by one's own points that lie far from the others', with the reason (R-SCORE-05)."""

    bidder: str
    criterion: str
    reason: Reason


class StateCompetition(Command, name="evaluation/state-competition", by=MEMBERS, binding=True, guarded=False):
    """ENG, one or two valid bids: is competition clearly lacking? (R-EVAL-11)"""

    lacking: bool
    reason: Reason


class Compile(
    Command, name="evaluation/compile", by=frozenset({Standing.PLATFORM, Standing.HOST}), guarded=False
):
    """Count the votes, score the prices, rank, and put the report before the members."""


class SignReport(Command, name="evaluation/sign-report", by=MEMBERS, binding=True, guarded=False):
    """Sign the report; ``dissent``: the member's differing conclusion and its reasons (R-ENG-18)."""

    report_hash: Sha256Hex
    dissent: Annotated[str, Meta(max_length=5000)] = ""


class RecordRefusal(
    Command,
    name="evaluation/record-refusal",
    by=frozenset({Standing.HOST, Standing.SUPERVISOR}),
    binding=True,
):
    """A member neither signs nor writes a dissent: the member in ``seat`` is deemed to agree (R-ENG-18)."""

    seat: int
    note: Reason
