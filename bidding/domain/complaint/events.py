"""Facts of complaints. Who complains is known to the supervisor alone; what is decided is public, without a name."""

from datetime import date, datetime
from enum import StrEnum

import msgspec

from bidding.domain.event import EVERYONE, OFFICES, SUPERVISION, Event, SignedAct


class Subject(StrEnum):
    """What a complaint is about. An objection comes first for all but OTHER (招投条例 60; 采购法 55)."""

    PREQUALIFICATION = "PREQUALIFICATION"  # 资格预审文件
    DOCUMENT = "DOCUMENT"
    OPENING = "OPENING"
    EVALUATION = "EVALUATION"  # GP: 质疑 of the evaluation as a step
    RESULT = "RESULT"
    OTHER = "OTHER"  # ENG: whatever 招投条例 22, 44 and 54 do not name


class Status(StrEnum):
    LODGED = "LODGED"
    CORRECTING = "CORRECTING"
    ACCEPTED = "ACCEPTED"
    REFUSED = "REFUSED"  # 不予受理
    WITHDRAWN = "WITHDRAWN"
    DECIDED = "DECIDED"


class Outcome(StrEnum):
    DISMISSED = "DISMISSED"  # 驳回
    UPHELD = "UPHELD"


class DismissalGround(StrEnum):
    """招投条例 61; 94号令 29 [M]."""

    NOT_ADMISSIBLE = "NOT_ADMISSIBLE"  # 受理后发现不符合受理条件
    UNFOUNDED = "UNFOUNDED"  # 缺乏事实依据
    FABRICATED = "FABRICATED"  # 捏造事实
    FALSE_PAPERS = "FALSE_PAPERS"  # 提供虚假材料
    ILLEGAL_EVIDENCE = "ILLEGAL_EVIDENCE"  # 以非法手段取得证明材料


#: Grounds that go on record against the complaint's author (招投条例 61; 采购条例 73).
ABUSIVE = frozenset(
    {DismissalGround.FABRICATED, DismissalGround.FALSE_PAPERS, DismissalGround.ILLEGAL_EVIDENCE}
)


class RefusalGround(StrEnum):
    """Why a complaint is not taken in; what the platform itself can tell it refuses at once."""

    NO_INTEREST = "NO_INTEREST"  # 与投诉事项无利害关系
    NOT_COMPETENT = "NOT_COMPETENT"  # 不属于本部门管辖
    NO_FACTS = "NO_FACTS"  # 无明确请求或者必要的证明材料
    DECIDED_BEFORE = "DECIDED_BEFORE"  # 已作处理决定且无新证据,或者已进入复议诉讼
    NOT_CORRECTED = "NOT_CORRECTED"  # 逾期未补正


class StopCause(StrEnum):
    """What does not count in the term to decide (招投条例 61; 采购条例 58)."""

    TEST = "TEST"  # 检验、检测
    EXPERTISE = "EXPERTISE"  # 鉴定
    EXPERT_REVIEW = "EXPERT_REVIEW"  # 专家评审


class Matter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``of``: which matter of the earlier objection it takes up, from 1; 0 = it arises from the answer, or
    no objection was needed (R-GP-25)."""

    of: int
    text: str


class Paper(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A paper that proves something: ``sha256`` in hex, so that what is handed over later is known to be it."""

    name: str
    sha256: str


class ComplaintLodged(Event, topic="lot.complaint-lodged.v1", audience=SUPERVISION):
    """``objection``: number of the author's earlier objection or query, 0 = none; ``interest``: of who is no
    bidder; ``knew``: the day the author knew (ENG); ``due``: first instant too late to decide on its intake."""

    number: int
    by: str
    subject: Subject
    objection: int
    matters: tuple[Matter, ...]
    request: str
    facts: str
    law: str
    interest: str
    knew: date
    papers: tuple[Paper, ...]
    at: datetime
    due: datetime
    signed: SignedAct


class ComplaintCorrectionAsked(Event, topic="lot.complaint-correction-asked.v1", audience=SUPERVISION):
    """补正通知, once and with everything (R-GP-24). ``until``: first instant too late to correct."""

    number: int
    missing: str
    until: datetime
    at: datetime
    late: bool
    signed: SignedAct


class ComplaintCorrected(Event, topic="lot.complaint-corrected.v1", audience=SUPERVISION):
    number: int
    request: str
    facts: str
    law: str
    papers: tuple[Paper, ...]
    at: datetime
    signed: SignedAct


class ComplaintAccepted(Event, topic="lot.complaint-accepted.v1", audience=OFFICES):
    """受理, and the copy for those complained about, without the author's name.

    ``received``: when it came; ``due``: first instant too late to decide, tests and expertise not counted.
    """

    number: int
    subject: Subject
    matters: tuple[Matter, ...]
    received: datetime
    at: datetime
    due: datetime
    late: bool
    signed: SignedAct


class ComplaintRefused(Event, topic="lot.complaint-refused.v1", audience=SUPERVISION):
    number: int
    ground: RefusalGround
    reason: str
    at: datetime
    late: bool
    signed: SignedAct


class ComplaintClockStopped(Event, topic="lot.complaint-clock-stopped.v1", audience=OFFICES):
    number: int
    cause: StopCause
    reason: str
    at: datetime
    signed: SignedAct


class ComplaintClockResumed(Event, topic="lot.complaint-clock-resumed.v1", audience=OFFICES):
    number: int
    result: str
    at: datetime
    signed: SignedAct


class ComplaintWithdrawn(Event, topic="lot.complaint-withdrawn.v1", audience=OFFICES):
    """撤回: the proceedings end (94号令 30 [M]). What the supervisor found by then it can still act upon."""

    number: int
    at: datetime
    signed: SignedAct


class ComplaintDecided(Event, topic="lot.complaint-decided.v1", audience=EVERYONE):
    """处理决定, published without the author's name. An upheld one is followed by its remedy."""

    number: int
    subject: Subject
    matters: tuple[Matter, ...]
    outcome: Outcome
    ground: DismissalGround | None
    findings: str
    law: str
    at: datetime
    due: datetime
    late: bool
    signed: SignedAct


class AbuseRecorded(Event, topic="lot.complaint-abuse-recorded.v1", audience=SUPERVISION):
    """A complaint on invented facts, false papers or evidence got unlawfully (招投条例 61, 77; 采购条例 73)."""

    number: int
    party: str
    ground: DismissalGround
    rule: str
    at: datetime
