"""The review as far as the lot knows it, and one party's application on a stream of its own."""

from collections.abc import Iterable
from datetime import date, datetime

import msgspec
from msgspec.structs import replace

from bidding.domain.evaluation.members import Member
from bidding.domain.event import Event
from bidding.domain.notice.terms import DocumentRef
from bidding.domain.prequalification import events as e
from bidding.domain.prequalification.answers import Answer, SealedPart


class PrequalificationObjection(msgspec.Struct, frozen=True, kw_only=True):
    """``by`` and what stands with it: known to the offices alone. The public part comes with the answer."""

    number: int
    question: str = ""
    by: str = ""
    raised_at: datetime | None = None
    answer_by: date | None = None
    answer: str = ""
    answered_at: datetime | None = None
    late: bool = False
    suspends: bool = True


class Prequalification(msgspec.Struct, frozen=True, kw_only=True):
    """``committee``: seats as drawn; ``vacant``: those nobody sits on now; ``left``: who does not come back.
    ``qualified`` None: not decided, or not yours to know; ``opened_at``: when the sealed applications were opened."""

    committee: tuple[Member, ...] = ()
    vacant: tuple[Member, ...] = ()
    left: tuple[str, ...] = ()
    qualified: tuple[e.Qualified, ...] | None = None
    ended_at: datetime | None = None
    failed_at: datetime | None = None
    decision: str = ""
    opened_at: datetime | None = None
    objections: tuple[PrequalificationObjection, ...] = ()

    @property
    def unanswered(self) -> tuple[PrequalificationObjection, ...]:
        """While there is one, applications are not closed and nobody reviews (R-ENG-07)."""
        return tuple(one for one in self.objections if one.answered_at is None and one.suspends)

    @property
    def members(self) -> frozenset[str]:
        return frozenset(one.party for one in self.committee)


class Application(msgspec.Struct, frozen=True, kw_only=True):
    """``version`` counts the stream's events; ``number`` the applications handed in. ``result`` None: none yet.
    ``parts``: sealed; ``failure``: why, opened, they say nothing."""

    lot: str = ""
    applicant: str = ""
    version: int = 0
    number: int = 0
    answers: tuple[Answer, ...] = ()
    documents: tuple[DocumentRef, ...] = ()
    members: tuple[str, ...] = ()
    received_at: datetime | None = None
    receipt_number: str = ""
    receipt: str = ""
    receipt_signature: str = ""
    withdrawn_at: datetime | None = None
    parts: tuple[SealedPart, ...] = ()
    opened_at: datetime | None = None
    failure: str = ""
    reviews: tuple[e.ApplicationReviewed, ...] = ()
    result: e.ApplicationDecided | None = None

    @property
    def stands(self) -> bool:
        return self.received_at is not None and self.withdrawn_at is None

    @property
    def parties(self) -> tuple[str, ...]:
        return (self.applicant, *self.members)


def evolve(review: Prequalification, event: Event) -> Prequalification:
    match event:
        case e.ReviewersSeated():
            seats = {one.seat for one in event.members}
            kept = tuple(one for one in review.committee if one.seat not in seats)
            open_seats = tuple(one for one in review.vacant if one.seat not in seats)
            seated = tuple(sorted((*kept, *event.members), key=lambda one: one.seat))
            return replace(review, committee=seated, vacant=open_seats)
        case e.ReviewerReplaced():
            gone = [one for one in review.committee if one.party == event.left]
            stay = [one for one in review.committee if one.party != event.left]
            seated = tuple(stay) if event.member is None else (*stay, event.member)
            vacant = (*review.vacant, *gone) if event.member is None else review.vacant
            return replace(review, committee=seated, vacant=vacant, left=(*review.left, event.left))
        case e.PrequalificationObjectionRaised():
            raised = PrequalificationObjection(
                number=event.number,
                question=event.text,
                by=event.by,
                raised_at=event.raised_at,
                answer_by=event.answer_by,
                suspends=event.suspends,
            )
            return replace(review, objections=(*review.objections, raised))
        case e.PrequalificationObjectionAnswered():
            return replace(review, objections=_answered(review.objections, event))
        case e.ApplicationsOpened():
            return replace(review, opened_at=event.at)
        case e.ApplicantsQualified():
            return replace(review, qualified=event.qualified)
        case e.PrequalificationEnded():
            return replace(review, ended_at=event.at)
        case e.PrequalificationFailed():
            return replace(review, failed_at=event.at, decision=event.decision)
        case _:
            return review


def _answered(
    objections: tuple[PrequalificationObjection, ...], event: e.PrequalificationObjectionAnswered
) -> tuple[PrequalificationObjection, ...]:
    """With this one answered; a view that never saw it raised takes it as new."""
    known = {one.number: one for one in objections}
    known[event.number] = replace(
        known.get(event.number, PrequalificationObjection(number=event.number)),
        question=event.question,
        answer=event.answer,
        answered_at=event.answered_at,
        late=event.late,
    )
    return tuple(known[number] for number in sorted(known))


def evolve_application(application: Application, event: Event) -> Application:
    application = replace(application, version=application.version + 1)
    match event:
        case e.ApplicationReceived():
            return replace(
                application,
                number=event.version,
                answers=event.answers,
                documents=event.documents,
                members=event.members,
                received_at=event.at,
                receipt_number=event.receipt_number,
                receipt=event.receipt,
                receipt_signature=event.receipt_signature,
                withdrawn_at=None,
                parts=event.parts,
            )
        case e.ApplicationOpened():
            return replace(
                application,
                answers=event.answers,
                documents=event.documents,
                failure=event.failure,
                opened_at=event.at,
            )
        case e.ApplicationWithdrawn():
            return replace(application, withdrawn_at=event.at)
        case e.ApplicationReviewed():
            return replace(application, reviews=(*application.reviews, event))
        case e.ApplicationDecided():
            return replace(application, result=event)
        case _:
            return application


def replay(events: Iterable[Event], *, lot: str, applicant: str) -> Application:
    application = Application(lot=lot, applicant=applicant)
    for event in events:
        application = evolve_application(application, event)
    return application
