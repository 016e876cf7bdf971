"""The prequalification notice 资格预审公告 and its document: what the lot is, and what an applicant must meet.

They stand with the notices: from the first of them on the lot is public and its rule set pinned (R-GEN-03).
"""

from datetime import date, datetime
from typing import Annotated

import msgspec

from bidding.domain.admission.filing import Category, Method, Mode, Project
from bidding.domain.event import EVERYONE, Event, SignedAct
from bidding.domain.notice.particulars import Particulars
from bidding.domain.notice.terms import DocumentRef
from bidding.domain.regime import LotObject, Regime

RequirementId = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{0,31}$", max_length=32)]


class Requirement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One published standard: review knows no other (招投条例 18). ``text``: what must be shown, and how."""

    id: RequirementId
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=4000)]


class PrequalificationNoticed(Event, topic="lot.prequalification-noticed.v1", audience=EVERYONE):
    """``by_committee``: a 资格审查委员会 reviews (招投条例 18), else the tenderer; ``deadline``: of applications;
    ``offer_until``: last day of the document offer; ``consortia``: joint applications are accepted; ``review_key``:
    base64url X25519, which applications are sealed to, "" where they came readable; ``particulars`` UNSET in a notice
    that is older than what it must say since (20号令 41)."""

    number: str
    title: str
    project: Project
    category: Category
    regime: Regime
    object: LotObject
    method: Method
    region: str
    section: int
    mode: Mode
    host: str
    agency_name: str
    tenderer: str
    tenderer_name: str
    noticed_at: datetime
    deadline: datetime
    offer_until: date
    text: str
    requirements: tuple[Requirement, ...]
    document: DocumentRef
    consortia: bool
    by_committee: bool
    signed: SignedAct
    review_key: str = ""
    particulars: Particulars | msgspec.UnsetType = msgspec.UNSET


class PrequalificationClarified(Event, topic="lot.prequalification-clarified.v1", audience=EVERYONE):
    """``deadline``: the one that holds after it; ``rule``: why it had to move, or empty."""

    number: int
    text: str
    affects_applications: bool
    document: DocumentRef | None
    deadline: datetime
    rule: str
    at: datetime
    signed: SignedAct


class ApplicationDeadlineMoved(Event, topic="lot.application-deadline-moved.v1", audience=EVERYONE):
    """By the whole days that objections to the document made the tender stand still (R-TIME-07)."""

    previous: datetime
    deadline: datetime
    rule: str


class PrequalificationTerms(msgspec.Struct, frozen=True, kw_only=True):
    """The prequalification as published, with its clarifications in it."""

    noticed_at: datetime
    deadline: datetime
    offer_until: date
    text: str
    requirements: tuple[Requirement, ...]
    documents: tuple[DocumentRef, ...]
    consortia: bool
    by_committee: bool
    review_key: str = ""
    particulars: Particulars | None = None
    clarifications: tuple[PrequalificationClarified, ...] = ()


#: What the notice takes from its announcement; the tender notice says it all again.
INTRODUCED = (
    "number",
    "title",
    "project",
    "category",
    "regime",
    "object",
    "method",
    "region",
    "section",
    "mode",
    "host",
    "agency_name",
    "tenderer",
    "tenderer_name",
)


def terms_from(event: PrequalificationNoticed) -> PrequalificationTerms:
    same = set(PrequalificationTerms.__struct_fields__) & set(event.__struct_fields__)
    taken = {field: getattr(event, field) for field in same}
    return PrequalificationTerms(
        documents=(event.document,), **{**taken, "particulars": event.particulars or None}
    )


def clarified(terms: PrequalificationTerms, event: PrequalificationClarified) -> PrequalificationTerms:
    more = () if event.document is None else (event.document,)
    return msgspec.structs.replace(
        terms,
        deadline=event.deadline,
        documents=(*terms.documents, *more),
        clarifications=(*terms.clarifications, event),
    )
