"""What the notice and the tender document record (R-DOC-01…04), on the lot's and the readers' streams."""

import hashlib
from datetime import date, datetime

import msgspec

from bidding.domain.admission.filing import Category, Method, Mode, Project
from bidding.domain.event import EVERYONE, NOBODY, OFFICES, Event, SignedAct
from bidding.domain.notice.particulars import Particulars
from bidding.domain.notice.terms import TenderTerms
from bidding.domain.regime import LotObject, Regime
from bidding.domain.waiver import FundLine, WaiverDecision


class RulesetPinned(Event, topic="lot.ruleset-pinned.v1", audience=EVERYONE):
    """R-GEN-03: the version of the law that this lot keeps, chosen by its notice instant."""

    ruleset: str
    notice_at: datetime


class NoticePublished(Event, topic="lot.noticed.v1", audience=EVERYONE):
    """All that the public needs to know of the lot: a fold of public events begins here.

    ``base_fen``: estimate (ENG) or budget (GP); ``offer_until``: last day of the document offer;
    ``statements``: sentences that the platform itself prints, such as that no deposit is taken (R-WAIVE-05);
    ``earliest_deadline``: first lawful date by ``deadline_rule``; ``notice_hash``: see that function.
    ``offline_sha256``: hex, of the offline sealing page as the platform served it that day. It and ``particulars``
    (R-PLAT-09) are absent where there were none, so that such notices keep the bytes, and the hash, they always had.
    """

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
    base_fen: int
    fund_lines: tuple[FundLine, ...]
    price_limit_fen: int | None
    published_at: datetime
    deadline: datetime
    deadline_rule: str
    earliest_deadline: date
    offer_until: date
    text: str
    statements: tuple[str, ...]
    terms: TenderTerms
    waiver: WaiverDecision
    ruleset: str
    signed: SignedAct
    notice_hash: str
    offline_sha256: str | msgspec.UnsetType = msgspec.UNSET
    particulars: Particulars | msgspec.UnsetType = msgspec.UNSET


class DocumentIssued(Event, topic="lot.document-issued.v1", audience=EVERYONE):
    """``version`` counts from 1; bids must be built on the latest. ``sha256`` in hex, ``length`` in bytes."""

    version: int
    sha256: str
    name: str
    length: int
    reason: str


class ClarificationIssued(Event, topic="lot.clarified.v1", audience=EVERYONE):
    """``document_version``: the version that holds after it."""

    number: int
    text: str
    affects_bids: bool
    document_version: int
    issued_at: datetime
    signed: SignedAct


class DeadlineMoved(Event, topic="lot.deadline-moved.v1", audience=EVERYONE):
    """``rule``: why it had to move, or empty where the host chose to."""

    previous: datetime
    deadline: datetime
    rule: str


class DocumentObjectionRaised(
    Event, topic="lot.document-objection-raised.v1", audience=OFFICES, omit_defaults=True
):
    """Names the objector, so the offices alone see it; ``answer_by``: the last day to answer.

    ``suspends``: the tender stands still until it is answered (ENG: R-ENG-07).
    """

    number: int
    by: str
    text: str
    raised_at: datetime
    answer_by: date
    rule: str
    suspends: bool
    signed: SignedAct
    request: str = ""
    facts: str = ""
    law: str = ""


class DocumentObjectionAnswered(Event, topic="lot.document-objection-answered.v1", audience=EVERYONE):
    """Question and answer without the objector's name (R-DOC-03). ``late``: after the last day to answer."""

    number: int
    question: str
    answer: str
    answered_at: datetime
    late: bool
    signed: SignedAct


class InquiryRaised(Event, topic="lot.inquiry-raised.v1", audience=OFFICES):
    """询问. Names who asks, so the offices alone see it; ``answer_by``: the last day to answer (R-GP-21)."""

    number: int
    by: str
    text: str
    raised_at: datetime
    answer_by: date
    signed: SignedAct


class InquiryAnswered(Event, topic="lot.inquiry-answered.v1", audience=OFFICES):
    """For the asker, who reads it among its own. ``late``: after the last day to answer."""

    number: int
    answer: str
    answered_at: datetime
    late: bool
    signed: SignedAct


class ProofRecipient(msgspec.Struct, frozen=True, kw_only=True):
    """A device of a supervisor's: ``opening_key`` base64url X25519."""

    party: str
    credential: str
    opening_key: str


class DeliveriesSealed(Event, topic="lot.deliveries-sealed.v1", audience=OFFICES):
    """To whom every proof of delivery of this lot is sealed, named before anybody can take the document (R-PRIV-01)."""

    recipients: tuple[ProofRecipient, ...]
    at: datetime


class SealedProof(msgspec.Struct, frozen=True, kw_only=True):
    """``credential``: whose key opens it; ``proof``: base64url HPKE of ``bidding.crypto.delivery``."""

    credential: str
    proof: str


class DocumentDownloaded(Event, topic="reader.downloaded.v1", audience=NOBODY):
    """On a reader's stream: kept from everyone until T0 (R-DOC-03). Stored without ``lot`` and ``party``, which stand
    in ``sealed`` alone."""

    lot: str
    party: str
    version: int
    at: datetime
    sealed: tuple[SealedProof, ...] = ()


class ClarificationDelivered(Event, topic="reader.clarification-delivered.v1", audience=NOBODY):
    """On a reader's stream, whose download says who that is: the proof of blind delivery (R-DOC-04)."""

    lot: str
    party: str
    number: int
    at: datetime


def notice_hash(notice: NoticePublished) -> str:
    """SHA-256, in hex, of the notice's canonical JSON without the member ``notice_hash`` (R-DOC-02).

    Every medium that repeats the notice can be compared by it.
    """
    said = msgspec.to_builtins(notice)
    del said["notice_hash"]
    return hashlib.sha256(msgspec.json.encode(said, order="sorted")).hexdigest()
