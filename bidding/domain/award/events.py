"""Facts of the award: publicity, objections, the winner, the notices."""

from datetime import datetime
from enum import StrEnum

import msgspec

from bidding.domain.evaluation.outcome import Candidate
from bidding.domain.event import EVERYONE, OFFICES, PARTICIPANTS, Event, SignedAct
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


class ResultObjectionAnswered(Event, topic="lot.result-objection-answered.v1", audience=EVERYONE):
    """Question and answer, without the name of who asked. ``late``: after the three days of R-ENG-22."""

    number: int
    question: str
    answer: str
    at: datetime
    late: bool
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
