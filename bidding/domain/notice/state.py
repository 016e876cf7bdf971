"""The lot as published. Everything here comes from public events, but for the open objections."""

from datetime import date, datetime

import msgspec

from bidding.domain.admission.filing import Category, Method, Mode, Project
from bidding.domain.event import Event
from bidding.domain.notice.events import (
    ClarificationIssued,
    DeadlineMoved,
    DeliveriesSealed,
    DocumentIssued,
    DocumentObjectionAnswered,
    DocumentObjectionRaised,
    InquiryAnswered,
    InquiryRaised,
    NoticePublished,
    ProofRecipient,
    RulesetPinned,
)
from bidding.domain.notice.particulars import Particulars
from bidding.domain.notice.prequalifying import (
    INTRODUCED,
    ApplicationDeadlineMoved,
    PrequalificationClarified,
    PrequalificationNoticed,
    PrequalificationTerms,
    clarified,
    terms_from,
)
from bidding.domain.notice.terms import TenderTerms
from bidding.domain.regime import LotObject, Regime
from bidding.domain.waiver import FundLine, WaiverDecision


class Document(msgspec.Struct, frozen=True, kw_only=True):
    version: int
    sha256: str
    name: str
    length: int
    reason: str


class Clarification(msgspec.Struct, frozen=True, kw_only=True):
    number: int
    text: str
    affects_bids: bool
    document_version: int
    issued_at: datetime


class DeadlineChange(msgspec.Struct, frozen=True, kw_only=True):
    previous: datetime
    deadline: datetime
    rule: str


class DocumentObjection(msgspec.Struct, frozen=True, kw_only=True):
    """``by`` and what stands with it: known to the offices alone. The public part comes with the answer."""

    number: int
    question: str = ""
    by: str = ""
    raised_at: datetime | None = None
    answer_by: date | None = None
    suspends: bool = False
    answer: str = ""
    answered_at: datetime | None = None
    late: bool = False


class Inquiry(msgspec.Struct, frozen=True, kw_only=True):
    """询问, as the offices and its asker know it."""

    number: int
    by: str
    text: str
    raised_at: datetime
    answer_by: date
    answer: str = ""
    answered_at: datetime | None = None
    late: bool = False


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """Field for field what ``NoticePublished`` says; ``deadline`` is the one in force (T0)."""

    ruleset: str = ""
    prequalification: PrequalificationTerms | None = None
    published_at: datetime | None = None
    number: str = ""
    title: str = ""
    project: Project | None = None
    category: Category | None = None
    regime: Regime | None = None
    object: LotObject | None = None
    method: Method = Method.OPEN
    region: str = ""
    section: int = 1
    mode: Mode = Mode.LIVE
    host: str = ""
    agency_name: str = ""
    tenderer: str = ""
    tenderer_name: str = ""
    base_fen: int = 0
    fund_lines: tuple[FundLine, ...] = ()
    price_limit_fen: int | None = None
    deadline: datetime | None = None
    deadline_rule: str = ""
    earliest_deadline: date | None = None
    offer_until: date | None = None
    text: str = ""
    statements: tuple[str, ...] = ()
    terms: TenderTerms | None = None
    waiver: WaiverDecision | None = None
    notice_hash: str = ""
    offline_sha256: str | None = None
    particulars: Particulars | None = None
    documents: tuple[Document, ...] = ()
    clarifications: tuple[Clarification, ...] = ()
    deadline_changes: tuple[DeadlineChange, ...] = ()
    objections: tuple[DocumentObjection, ...] = ()
    inquiries: tuple[Inquiry, ...] = ()
    proof_recipients: tuple[ProofRecipient, ...] = ()

    @property
    def document(self) -> Document | None:
        """The version that bids must be built on."""
        return self.documents[-1] if self.documents else None

    @property
    def document_version(self) -> int:
        """0 before the notice."""
        return self.documents[-1].version if self.documents else 0

    @property
    def open_objections(self) -> tuple[DocumentObjection, ...]:
        """Unanswered ones. While one of them ``suspends``, submission is not closed (R-ENG-07)."""
        return tuple(objection for objection in self.objections if objection.answered_at is None)


#: What the state takes from the notice as it stands there (all but the signature).
TAKEN = tuple(field for field in NoticePublished.__struct_fields__ if field != "signed")


def evolve(notice: Notice, event: Event) -> Notice:
    match event:
        case RulesetPinned():
            return msgspec.structs.replace(notice, ruleset=event.ruleset)
        case PrequalificationNoticed():
            introduced = {field: getattr(event, field) for field in INTRODUCED}
            return msgspec.structs.replace(notice, prequalification=terms_from(event), **introduced)
        case PrequalificationClarified() if notice.prequalification is not None:
            return msgspec.structs.replace(notice, prequalification=clarified(notice.prequalification, event))
        case ApplicationDeadlineMoved(deadline=deadline) if notice.prequalification is not None:
            terms = msgspec.structs.replace(notice.prequalification, deadline=deadline)
            return msgspec.structs.replace(notice, prequalification=terms)
        case NoticePublished():
            taken = {field: getattr(event, field) for field in TAKEN}
            # UNSET: the platform served no such page; the notice is older than what it must say since.
            for field in ("offline_sha256", "particulars"):
                taken[field] = taken[field] or None
            return msgspec.structs.replace(notice, **taken)
        case DeliveriesSealed(recipients=recipients):
            return msgspec.structs.replace(notice, proof_recipients=recipients)
        case DocumentIssued():
            document = Document(
                version=event.version,
                sha256=event.sha256,
                name=event.name,
                length=event.length,
                reason=event.reason,
            )
            return msgspec.structs.replace(notice, documents=(*notice.documents, document))
        case ClarificationIssued():
            clarification = Clarification(
                number=event.number,
                text=event.text,
                affects_bids=event.affects_bids,
                document_version=event.document_version,
                issued_at=event.issued_at,
            )
            return msgspec.structs.replace(notice, clarifications=(*notice.clarifications, clarification))
        case DeadlineMoved():
            change = DeadlineChange(previous=event.previous, deadline=event.deadline, rule=event.rule)
            return msgspec.structs.replace(
                notice, deadline=event.deadline, deadline_changes=(*notice.deadline_changes, change)
            )
        case DocumentObjectionRaised():
            objection = DocumentObjection(
                number=event.number,
                question=event.text,
                by=event.by,
                raised_at=event.raised_at,
                answer_by=event.answer_by,
                suspends=event.suspends,
            )
            return msgspec.structs.replace(notice, objections=(*notice.objections, objection))
        case DocumentObjectionAnswered():
            return msgspec.structs.replace(notice, objections=_answered(notice.objections, event))
        case InquiryRaised():
            asked = Inquiry(
                number=event.number,
                by=event.by,
                text=event.text,
                raised_at=event.raised_at,
                answer_by=event.answer_by,
            )
            return msgspec.structs.replace(notice, inquiries=(*notice.inquiries, asked))
        case InquiryAnswered():
            told = {"answer": event.answer, "answered_at": event.answered_at, "late": event.late}
            inquiries = tuple(
                msgspec.structs.replace(one, **told) if one.number == event.number else one
                for one in notice.inquiries
            )
            return msgspec.structs.replace(notice, inquiries=inquiries)
        case _:
            return notice


def _answered(
    objections: tuple[DocumentObjection, ...], event: DocumentObjectionAnswered
) -> tuple[DocumentObjection, ...]:
    """The objections with this one answered; a view that never saw it raised takes it as new."""
    raised = {objection.number: objection for objection in objections}
    raised[event.number] = msgspec.structs.replace(
        raised.get(event.number, DocumentObjection(number=event.number)),
        question=event.question,
        answer=event.answer,
        answered_at=event.answered_at,
        late=event.late,
    )
    return tuple(raised[number] for number in sorted(raised))
