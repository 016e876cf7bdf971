"""Facts of the evaluation. Names and scores stand in events apart from what the offices may know."""

from datetime import datetime
from enum import StrEnum

from bidding.domain.credit.lists import CreditGrade
from bidding.domain.evaluation.members import Member, Pick
from bidding.domain.evaluation.outcome import (
    Candidate,
    EnvelopeResult,
    PriceResult,
    QualificationResult,
    Ranked,
    RejectedBid,
)
from bidding.domain.evaluation.requests import LowPrice, RequestKind
from bidding.domain.evaluation.sheets import BidScores, Ground, MemberVote, RejectionVote, Sheet
from bidding.domain.evaluation.traces import BidTraces, Finding
from bidding.domain.event import COMMITTEE, EVERYONE, NOBODY, OFFICES, PARTICIPANTS, Event, SignedAct
from bidding.domain.parties import Standing
from bidding.domain.scoring import Step

#: The committee and the offices: what both must know to work together.
BENCH = COMMITTEE | OFFICES
#: Who sits: sealed from supervision too until all have signed in (R-EVAL-07; ``bidding.domain.disclosure.sight``).
SEATED = frozenset({Standing.COMMITTEE})


class CommitteeDrawn(Event, topic="lot.committee-drawn.v1", audience=SEATED):
    """Names stay secret until the result (R-EVAL-05). ``picks``: the whole draw, recomputable."""

    members: tuple[Member, ...]
    picks: tuple[Pick, ...]
    excluded: int
    at: datetime


class MemberReplaced(Event, topic="lot.member-replaced.v1", audience=SEATED):
    """The seat that ``left`` vacated is taken by another drawn from what the pool still held (R-EVAL-08)."""

    left: str
    member: Member
    pick: Pick | None
    at: datetime


class MemberSignedIn(Event, topic="lot.member-signed-in.v1", audience=SEATED):
    member: str
    at: datetime
    signed: SignedAct


class MemberRecused(Event, topic="lot.member-recused.v1", audience=SEATED):
    """The member leaves the seat; what the member concluded is void (招投条例 48)."""

    member: str
    reason: str
    at: datetime
    signed: SignedAct


class CreditGradesRecorded(Event, topic="lot.credit-grades-recorded.v1", audience=COMMITTEE):
    """How each opened bidder's credit record stood at ``as_of``, T0: what a tie may come down to (R-SCORE-15)."""

    grades: tuple[CreditGrade, ...]
    as_of: datetime
    at: datetime


class CommitteeUnsealed(Event, topic="lot.committee-unsealed.v1", audience=BENCH):
    """All have signed in: the evaluation begins. The offices learn the size, not the names (R-EVAL-07)."""

    size: int
    experts: int
    at: datetime


class CommitteeDisclosed(Event, topic="lot.committee-disclosed.v1", audience=PARTICIPANTS):
    """The names, once the result stands (招投法 37). Appended with the award notice."""

    members: tuple[Member, ...]


class EnvelopesOpened(Event, topic="lot.envelopes-opened.v1", audience=COMMITTEE):
    bids: tuple[EnvelopeResult, ...]
    at: datetime


class QualificationEnvelopesOpened(Event, topic="lot.qualification-opened.v1", audience=OFFICES):
    """GP: the purchaser reviews qualification and needs those envelopes, and no others (R-GP-10)."""

    bids: tuple[EnvelopeResult, ...]
    at: datetime


class CollusionExamined(Event, topic="lot.collusion-examined.v1", audience=COMMITTEE):
    """Signs, for committee and supervision; what follows from them is theirs to say (R-EVAL-04, 招投条例 40).

    ``bids``: what was read, so that ``findings`` can be computed again."""

    bids: tuple[BidTraces, ...]
    findings: tuple[Finding, ...]
    at: datetime


class QualificationReviewed(Event, topic="lot.qualification-reviewed.v1", audience=BENCH):
    results: tuple[QualificationResult, ...]
    at: datetime
    signed: SignedAct


class EvaluationTimeSet(Event, topic="lot.evaluation-time-set.v1", audience=BENCH):
    minutes: int
    at: datetime
    signed: SignedAct


class TimeCalledShort(Event, topic="lot.time-called-short.v1", audience=COMMITTEE):
    member: str
    minutes: int
    reason: str
    at: datetime
    signed: SignedAct


class EvaluationTimeExtended(Event, topic="lot.evaluation-time-extended.v1", audience=BENCH):
    """More than a third called the time too short (招投条例 48). ``minutes``: the longest that one of them needs."""

    minutes: int
    calls: int
    members: int
    at: datetime


class LowPricesFound(Event, topic="lot.low-prices-found.v1", audience=COMMITTEE):
    """Prices below a declared share: a warning to the committee and never more (R-SCORE-05, 87号令 60)."""

    found: tuple[LowPrice, ...]
    at: datetime


class ClarificationProposed(Event, topic="lot.bid-clarification-proposed.v1", audience=COMMITTEE):
    number: int
    bidder: str
    kind: RequestKind
    text: str
    page: str
    minutes: int
    member: str
    at: datetime
    signed: SignedAct


class ClarificationSupported(Event, topic="lot.bid-clarification-supported.v1", audience=COMMITTEE):
    number: int
    member: str
    at: datetime
    signed: SignedAct


class ClarificationAsked(Event, topic="lot.bid-clarification-asked.v1", audience=COMMITTEE):
    """The request is the committee's now. Its bidder, and no other, reads it in the bidder's own view (R-EVAL-10).

    ``due``: the first instant too late for the reply.
    """

    number: int
    bidder: str
    due: datetime
    at: datetime


class ClarificationReplied(Event, topic="lot.bid-clarification-replied.v1", audience=COMMITTEE):
    number: int
    bidder: str
    text: str
    at: datetime
    signed: SignedAct


class PriceExplanationJudged(Event, topic="lot.price-explanation-judged.v1", audience=COMMITTEE):
    """What the votes made of an explanation asked for. ``against``: how many voted to reject for the price."""

    bidder: str
    accepted: bool
    replied: bool
    against: int
    members: int


class ScoreSheetSubmitted(Event, topic="lot.sheet-submitted.v1", audience=NOBODY):
    """Nobody sees a sheet until all are in; its author reads it through the author's own view."""

    member: str
    bids: tuple[BidScores, ...]
    rejections: tuple[RejectionVote, ...]
    at: datetime
    signed: SignedAct


class SheetReceived(Event, topic="lot.sheet-received.v1", audience=COMMITTEE):
    count: int


class ScoreConfirmed(Event, topic="lot.score-confirmed.v1", audience=COMMITTEE):
    """A member stands by points that the tender document calls 畸高 or 畸低 (R-SCORE-05, 87号令 64 [M])."""

    member: str
    bidder: str
    criterion: str
    points: str
    others: str
    reason: str
    at: datetime
    signed: SignedAct

    @property
    def key(self) -> tuple[str, str, str, str]:
        return self.member, self.bidder, self.criterion, self.points


class ScoresRevealed(Event, topic="lot.scores-revealed.v1", audience=COMMITTEE):
    """All sheets at once, when the last one is in; again after a correction or a replacement."""

    sheets: tuple[Sheet, ...]


class BidRejected(Event, topic="lot.bid-rejected.v1", audience=COMMITTEE):
    """否决. ``by_rule``: arithmetic (price above the limit) or the purchaser's review, without a vote."""

    bidder: str
    ground: Ground
    page: str
    reason: str
    rule: str
    votes: tuple[MemberVote, ...] = ()
    by_rule: bool = False


class CompetitionQuestioned(Event, topic="lot.competition-questioned.v1", audience=COMMITTEE):
    """ENG, one or two valid bids left: is competition clearly lacking? Each must say (R-EVAL-11)."""

    valid: int


class CompetitionStated(Event, topic="lot.competition-stated.v1", audience=COMMITTEE):
    member: str
    lacking: bool
    reason: str
    signed: SignedAct


class BrandChoice(StrEnum):
    """By what one of several bidders of a brand was kept (87号令 31 [M])."""

    SCORE = "SCORE"
    PRICE = "PRICE"
    DRAW = "DRAW"


class SameBrandResolved(Event, topic="lot.same-brand-resolved.v1", audience=COMMITTEE):
    """Several bid one brand of the core product: ``kept`` stands for it, ``others`` cannot be recommended.

    ``pick``: where what was compared was equal, the draw among the equals."""

    brand: str
    kept: str
    others: tuple[str, ...]
    choice: BrandChoice
    pick: Pick | None = None


class PricesScored(Event, topic="lot.prices-scored.v1", audience=COMMITTEE):
    """``formula``: canonical JSON of the pinned one; ``base_fen``: decimal text, empty if it has none."""

    formula: str
    outcome: str
    base_fen: str
    base_derivation: tuple[Step, ...]
    scores: tuple[PriceResult, ...]


class BidsRanked(Event, topic="lot.bids-ranked.v1", audience=COMMITTEE):
    """``report_hash``: hex SHA-256 of the report the members are now asked to sign."""

    ranking: tuple[Ranked, ...]
    candidates: tuple[Candidate, ...]
    report: str
    report_hash: str


class ReportSigned(Event, topic="lot.report-signed.v1", audience=COMMITTEE):
    """``dissent``: the member's written difference, printed in the report (R-ENG-18)."""

    member: str
    report_hash: str
    dissent: str
    at: datetime
    signed: SignedAct


class ReportRefused(Event, topic="lot.report-refused.v1", audience=COMMITTEE):
    """The member neither signed nor wrote a dissent: deemed to agree (招投条例 53)."""

    member: str
    by: str
    note: str
    at: datetime
    signed: SignedAct


class EvaluationReported(Event, topic="lot.evaluation-reported.v1", audience=BENCH):
    """``report`` names members by seat only: this reaches the offices before the result."""

    report: str
    report_hash: str
    candidates: tuple[Candidate, ...]
    rejected: tuple[RejectedBid, ...]
    ranking: tuple[Ranked, ...]
    competition: str
    at: datetime


class EvaluationReopened(Event, topic="lot.evaluation-reopened.v1", audience=EVERYONE):
    """重新评标: the committee judges anew what it judged; its sheets and its report count no more."""

    rule: str
    reason: str
    at: datetime


class CommitteeDismissed(Event, topic="lot.committee-dismissed.v1", audience=EVERYONE):
    """另行组建评标委员会: other members judge anew; none of the former sits again."""

    rule: str
    reason: str
    at: datetime


class EvaluationVoided(Event, topic="lot.evaluation-voided.v1", audience=EVERYONE):
    """废标 / 否决全部投标: the count rule's decision, and the reason owed to all bidders (采购法 36)."""

    decision: str
    rule: str
    reason: str
    at: datetime
