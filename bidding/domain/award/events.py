"""Facts of the award: publicity, objections, the winner, the notices."""

from datetime import datetime
from enum import StrEnum

import msgspec

from bidding.domain.evaluation.outcome import Candidate
from bidding.domain.event import EVERYONE, OFFICES, PARTICIPANTS, Event, SignedAct
from bidding.domain.notice.terms import DecisionMethod
from bidding.domain.ruleset import Term


class PublicRejection(msgspec.Struct, frozen=True, kw_only=True):
    bidder: str
    name: str
    ground: str
    reason: str


class PassedOverGround(StrEnum):
    """Why a higher rank may be passed over, a closed list (招投条例 55, R-ENG-29)."""

    GAVE_UP = "GAVE_UP"  # 放弃中标
    FORCE_MAJEURE = "FORCE_MAJEURE"  # 因不可抗力不能履行合同
    NO_PERFORMANCE_BOND = "NO_PERFORMANCE_BOND"  # 不按照招标文件要求提交履约保证金
    PROVEN_BREACH = "PROVEN_BREACH"  # 被查实存在影响中标结果的违法行为


class PassedOver(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``evidence``: the paper that shows it: the waiver letter, the finding, the reminder and its date."""

    bidder: str
    ground: PassedOverGround
    evidence: str


class LoserNotice(msgspec.Struct, frozen=True, kw_only=True):
    """招标结果通知书 to one bidder: its own rank and total, or the ground on which its bid fell."""

    bidder: str
    name: str
    reason: str
    rank: int = 0
    total: str = ""


class QueryStage(StrEnum):
    """What a 质疑 is about, each with a start day of its own (R-GP-23, 采购条例 53)."""

    OPENING = "OPENING"
    EVALUATION = "EVALUATION"
    RESULT = "RESULT"


class RemedyKind(StrEnum):
    """What becomes of a tender after an upheld objection, query or complaint (94号令 16, 32 [M]; 招投条例 55, 82)."""

    NO_EFFECT = "NO_EFFECT"  # 不影响结果,继续
    NEXT_CANDIDATE = "NEXT_CANDIDATE"  # 取消有关投标人的资格,从其余候选人中另行确定
    REEVALUATE = "REEVALUATE"  # 原评标委员会重新评标
    NEW_COMMITTEE = "NEW_COMMITTEE"  # 另行组建评标委员会重新评标
    RETENDER = "RETENDER"  # 中标(废标)无效,重新招标


class Basis(StrEnum):
    """What was upheld."""

    OBJECTION = "OBJECTION"  # 异议
    QUERY = "QUERY"  # 质疑
    COMPLAINT = "COMPLAINT"  # 投诉


class NamedExpert(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    kind: str


class CandidatesPublicised(Event, topic="lot.candidates-publicised.v1", audience=EVERYONE):
    """ENG: 中标候选人公示 from ``opens`` until ``until``, the first instant after its last day.

    ``due``: the first instant too late to begin (R-ENG-20); ``late_reason``: why it began later all the same.
    """

    candidates: tuple[Candidate, ...]
    rejected: tuple[PublicRejection, ...]
    opens: datetime
    until: datetime
    due: datetime
    late_reason: str
    signed: SignedAct


class ResultObjectionRaised(Event, topic="lot.result-objection-raised.v1", audience=OFFICES):
    """Seen by the offices; its author reads it in the author's own view."""

    number: int
    by: str
    text: str
    at: datetime
    due: datetime
    signed: SignedAct


class ResultObjectionAnswered(
    Event, topic="lot.result-objection-answered.v1", audience=EVERYONE, omit_defaults=True
):
    """Question and answer, without the name of who asked. ``late``: after the three days of R-ENG-22.

    ``upheld``: it is right, so a remedy must be decided before anybody wins.
    """

    number: int
    question: str
    answer: str
    at: datetime
    late: bool
    signed: SignedAct
    upheld: bool = False


class QueryRaised(Event, topic="lot.query-raised.v1", audience=OFFICES):
    """质疑 (GP) of the opening, the evaluation or the result, with what 94号令 12 asks of it.

    ``due``: the first instant too late to answer (R-GP-21); ``holds``: the contract waits, because the
    result may change (R-GP-29); ``signed_already``: it was signed, so its performance pauses instead.
    """

    number: int
    by: str
    stage: QueryStage
    matters: tuple[str, ...]
    request: str
    facts: str
    law: str
    at: datetime
    due: datetime
    holds: bool
    signed_already: bool
    signed: SignedAct


class QueryAssessed(Event, topic="lot.query-assessed.v1", audience=OFFICES):
    """The purchaser's finding whether the result may change (采购条例 54)."""

    number: int
    may_change_result: bool
    reason: str
    at: datetime
    signed: SignedAct


class QueryAnswered(Event, topic="lot.query-answered.v1", audience=PARTICIPANTS):
    """For the supplier and the other suppliers concerned (94号令 13 [M]), without the name of who asked."""

    number: int
    stage: QueryStage
    matters: tuple[str, ...]
    answer: str
    upheld: bool
    at: datetime
    late: bool
    signed: SignedAct


class RemedyDecided(Event, topic="lot.remedy-decided.v1", audience=EVERYONE):
    """``numbers``: of the objections, queries or the complaint that were upheld; ``barred``: bidders who can
    win no more; ``contract_revoked``: a contract signed by then falls with the result; ``performed``: it was
    performed, so the result stands and only damages are left (94号令 32 [M])."""

    basis: Basis
    numbers: tuple[int, ...]
    remedy: RemedyKind
    barred: tuple[str, ...]
    reason: str
    law: str
    rule: str
    contract_revoked: bool
    performed: bool
    by: str
    at: datetime
    signed: SignedAct


class ResultSetAside(Event, topic="lot.result-set-aside.v1", audience=EVERYONE):
    """Publicity, winner and award notice count no more; what was written about them stays written.

    ``notice``: number of the award notice that falls, empty if none was issued.
    """

    notice: str
    barred: tuple[str, ...]
    at: datetime


class ResultVoided(Event, topic="lot.result-voided.v1", audience=EVERYONE):
    """The lot ends and is tendered again (招投条例 82; 94号令 31, 32 [M])."""

    rule: str
    reason: str
    at: datetime


class SupervisorReportFiled(Event, topic="lot.supervisor-report-filed.v1", audience=OFFICES):
    """招标投标情况书面报告 (招投法 47): the text made of the record, and its hex SHA-256.

    ``due``: the first instant too late (R-ENG-23); ``winner``: whose determination it reports.
    """

    winner: str
    text: str
    text_hash: str
    remarks: str
    at: datetime
    due: datetime
    late: bool
    signed: SignedAct


class DecisionVote(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``member``: name and post of one who sat in the decision meeting."""

    member: str
    bidder: str
    reason: str


class DecisionMeetingHeld(Event, topic="lot.decision-meeting-held.v1", audience=OFFICES):
    """定标会: whom the tenderer chose of the unranked candidates, by the published method (R-DRAW-04)."""

    method: DecisionMethod
    chosen: str
    votes: tuple[DecisionVote, ...]
    reason: str
    at: datetime
    signed: SignedAct


class WinnerDetermined(Event, topic="lot.winner-determined.v1", audience=OFFICES):
    bidder: str
    rank: int
    passed_over: tuple[PassedOver, ...]
    at: datetime
    due: datetime | None
    late_reason: str
    signed: SignedAct


class AwardNoticeIssued(Event, topic="lot.award-notice-issued.v1", audience=EVERYONE):
    """中标通知书. ``number`` is what the contract's number refers to; ``contract_due``: R-ENG-24, R-GP-16.

    ``contract_term``: what it was counted by, to count it on after a suspension (R-TIME-07); notices of
    earlier versions do not say it.
    """

    number: str
    winner: str
    name: str
    rank: int
    price_fen: int
    duration_days: int
    quality: str
    project_lead: str
    at: datetime
    contract_due: datetime
    signed: SignedAct
    contract_term: Term | None = None


class LosersNotified(Event, topic="lot.losers-notified.v1", audience=PARTICIPANTS):
    """In the same commit as the award notice (招投法 45: all bidders, at the same time)."""

    number: str
    notices: tuple[LoserNotice, ...]


class ResultAnnounced(Event, topic="lot.result-announced.v1", audience=EVERYONE):
    """GP: 中标结果公告 for one working day, with the experts' names and the tender document.

    R-GP-14, R-GP-15; ``query_until``: the first instant too late for a 质疑 of the result (R-GP-23).
    """

    number: str
    winner: str
    name: str
    price_fen: int
    candidates: tuple[Candidate, ...]
    experts: tuple[NamedExpert, ...]
    document_sha256: str
    opens: datetime
    until: datetime
    query_until: datetime
    late: bool


class ProofChecked(Event, topic="lot.proof-checked.v1", audience=OFFICES):
    """The winner promised its qualification; before the notice its proof was looked at (R-NB-HM-04). ``holds``
    False: the promise was false, and the award to this bidder is void."""

    bidder: str
    holds: bool
    evidence: str
    by: str
    at: datetime
    signed: SignedAct
