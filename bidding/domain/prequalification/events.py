"""Facts of the prequalification: on the lot's stream without a name or a number, on each applicant's own the rest.

Who applied, and how many, is told to nobody but who reviews (招投法 22, 52): no event of the lot grows with them.
"""

from datetime import date, datetime

import msgspec

from bidding.domain.evaluation.members import Member, Pick
from bidding.domain.event import EVERYONE, NOBODY, OFFICES, Event, SignedAct
from bidding.domain.notice.terms import DocumentRef
from bidding.domain.parties import Standing
from bidding.domain.prequalification.answers import Answer, Fault, SealedPart

REVIEWERS = frozenset({Standing.COMMITTEE})


class Qualified(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``members``: of a joint application, its lead left out; none may come or go afterwards (招投条例 37)."""

    applicant: str
    members: tuple[str, ...] = ()


class PrequalificationObjectionRaised(
    Event, topic="lot.prequalification-objection-raised.v1", audience=OFFICES, omit_defaults=True
):
    """Names the objector, so the offices alone see it; ``answer_by``: the last day to answer (R-ENG-07, R-GP-21).

    ``suspends``: the review waits for the answer (ENG); a 质疑 stops nothing by itself.
    """

    number: int
    by: str
    text: str
    raised_at: datetime
    answer_by: date
    rule: str
    signed: SignedAct
    suspends: bool = True
    request: str = ""
    facts: str = ""
    law: str = ""


class PrequalificationObjectionAnswered(
    Event, topic="lot.prequalification-objection-answered.v1", audience=EVERYONE
):
    """``late``: after the last day to answer."""

    number: int
    question: str
    answer: str
    answered_at: datetime
    late: bool
    signed: SignedAct


class ApplicationsOpened(Event, topic="lot.applications-opened.v1", audience=EVERYONE):
    """From here on who reviews reads them; how many there are is not said."""

    at: datetime


class ReviewersSeated(Event, topic="lot.reviewers-seated.v1", audience=REVIEWERS):
    """The pools of ``picks`` leave out who has an interest in an applicant, so they stay with the reviewers."""

    members: tuple[Member, ...]
    picks: tuple[Pick, ...]
    at: datetime


class ReviewerReplaced(Event, topic="lot.reviewer-replaced.v1", audience=REVIEWERS):
    """``member`` None: nobody is left to draw, and the seat waits for the host's next draw."""

    left: str
    reason: str
    member: Member | None
    pick: Pick | None
    at: datetime
    signed: SignedAct | None


class ApplicantsQualified(Event, topic="lot.applicants-qualified.v1", audience=REVIEWERS):
    """Secret like the bids that will come of it: the roll tells, at the opening (R-GEN-04)."""

    qualified: tuple[Qualified, ...]


class PrequalificationEnded(Event, topic="lot.prequalification-ended.v1", audience=EVERYONE):
    """Three or more are qualified; how many is not said."""

    at: datetime


class PrequalificationFailed(Event, topic="lot.prequalification-failed.v1", audience=EVERYONE):
    """Fewer than three: to be tendered again (招投条例 19)."""

    rule: str
    decision: str
    at: datetime


class ApplicationReceived(Event, topic="application.received.v1", audience=NOBODY):
    """On ``application-<lot>-<party>``. The last one before the deadline counts. ``content_hash``: hex SHA-256 of
    the signed statement, which the receipt names. ``parts``: sealed; answers and documents are known when opened."""

    lot: str
    applicant: str
    version: int
    answers: tuple[Answer, ...]
    documents: tuple[DocumentRef, ...]
    members: tuple[str, ...]
    content_hash: str
    at: datetime
    receipt_number: str
    receipt: str
    receipt_signature: str
    signed: SignedAct
    receipt_provider: str = "soft"
    parts: tuple[SealedPart, ...] = ()


class ApplicationWithdrawn(Event, topic="application.withdrawn.v1", audience=NOBODY):
    lot: str
    applicant: str
    at: datetime
    signed: SignedAct


class ApplicationOpened(Event, topic="application.opened.v1", audience=NOBODY):
    """What the sealed parts hold. ``keys``: their content keys, base64url, by which that can be checked again;
    ``failure``: why there is nothing to read, "" if there is."""

    lot: str
    applicant: str
    answers: tuple[Answer, ...]
    documents: tuple[DocumentRef, ...]
    keys: tuple[str, ...]
    failure: str
    at: datetime


class ApplicationReviewed(Event, topic="application.reviewed.v1", audience=NOBODY):
    """One reviewer's voice; no fault means that all requirements are met."""

    lot: str
    applicant: str
    reviewer: str
    faults: tuple[Fault, ...]
    at: datetime
    signed: SignedAct


class ApplicationDecided(Event, topic="application.decided.v1", audience=NOBODY):
    """资格预审结果通知书, to this applicant alone (招投条例 19), with what was found wanting."""

    lot: str
    applicant: str
    qualified: bool
    faults: tuple[Fault, ...]
    at: datetime
