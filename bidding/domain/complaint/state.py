"""The complaints of a lot, and their fold."""

from collections.abc import Callable
from datetime import date, datetime

import msgspec
from msgspec.structs import replace

from bidding.domain.complaint import events as e
from bidding.domain.event import Event
from bidding.domain.periods import Stop, local_date


class Complaint(msgspec.Struct, frozen=True, kw_only=True):
    """``by`` and what came with it are known to the supervisor alone; others begin with the acceptance.

    ``tests``: times of tests and expertise; ``corrections``: of the author's completing it.
    """

    number: int
    status: e.Status = e.Status.LODGED
    subject: e.Subject = e.Subject.OTHER
    matters: tuple[e.Matter, ...] = ()
    by: str = ""
    objection: int = 0
    request: str = ""
    facts: str = ""
    law: str = ""
    papers: tuple[e.Paper, ...] = ()
    lodged_at: datetime | None = None
    examine_due: datetime | None = None
    missing: str = ""
    correct_until: datetime | None = None
    accepted_at: datetime | None = None
    received_at: datetime | None = None
    intake_late: bool = False
    ended_at: datetime | None = None
    tests: tuple[Stop, ...] = ()
    corrections: tuple[Stop, ...] = ()
    refusal: e.RefusalGround | None = None
    outcome: e.Outcome | None = None
    ground: e.DismissalGround | None = None
    findings: str = ""
    late: bool = False

    @property
    def stopped(self) -> bool:
        return bool(self.tests) and self.tests[-1][1] is None


class Complaints(msgspec.Struct, frozen=True, kw_only=True):
    all: tuple[Complaint, ...] = ()

    def number(self, number: int) -> Complaint | None:
        return next((one for one in self.all if one.number == number), None)

    @property
    def running(self) -> tuple[Complaint, ...]:
        ended = {e.Status.REFUSED, e.Status.WITHDRAWN, e.Status.DECIDED}
        return tuple(one for one in self.all if one.status not in ended)


def evolve(complaints: Complaints, event: Event) -> Complaints:
    number = getattr(event, "number", 0)
    fold = _FOLDS.get(type(event))
    if fold is None:
        return complaints
    known = {one.number: one for one in complaints.all}
    # who may not see a complaint lodged learns of it when it is accepted, withdrawn or decided
    known[number] = fold(known.get(number, Complaint(number=number)), event)
    return Complaints(all=tuple(known[one] for one in sorted(known)))


def _lodged(one: Complaint, event: e.ComplaintLodged) -> Complaint:
    return replace(
        one,
        subject=event.subject,
        matters=event.matters,
        by=event.by,
        objection=event.objection,
        request=event.request,
        facts=event.facts,
        law=event.law,
        papers=event.papers,
        lodged_at=event.at,
        received_at=event.at,
        examine_due=event.due,
    )


def _asked(one: Complaint, event: e.ComplaintCorrectionAsked) -> Complaint:
    stop: Stop = (local_date(event.at), None)
    return replace(
        one,
        status=e.Status.CORRECTING,
        missing=event.missing,
        correct_until=event.until,
        corrections=(*one.corrections, stop),
    )


def _corrected(one: Complaint, event: e.ComplaintCorrected) -> Complaint:
    return replace(
        one,
        status=e.Status.LODGED,
        request=event.request,
        facts=event.facts,
        law=event.law,
        papers=(*one.papers, *event.papers),
        corrections=_ended(one.corrections, local_date(event.at)),
    )


def _accepted(one: Complaint, event: e.ComplaintAccepted) -> Complaint:
    return replace(
        one,
        status=e.Status.ACCEPTED,
        subject=event.subject,
        matters=event.matters,
        received_at=event.received,
        accepted_at=event.at,
        intake_late=event.late,
    )


def _refused(one: Complaint, event: e.ComplaintRefused) -> Complaint:
    return replace(
        one,
        status=e.Status.REFUSED,
        refusal=event.ground,
        findings=event.reason,
        ended_at=event.at,
        intake_late=event.late,
        corrections=_ended(one.corrections, local_date(event.at)),
    )


def _stopped(one: Complaint, event: e.ComplaintClockStopped) -> Complaint:
    stop: Stop = (local_date(event.at), None)
    return replace(one, tests=(*one.tests, stop))


def _resumed(one: Complaint, event: e.ComplaintClockResumed) -> Complaint:
    return replace(one, tests=_ended(one.tests, local_date(event.at)))


def _withdrawn(one: Complaint, event: e.ComplaintWithdrawn) -> Complaint:
    return replace(one, status=e.Status.WITHDRAWN, ended_at=event.at)


def _decided(one: Complaint, event: e.ComplaintDecided) -> Complaint:
    return replace(
        one,
        status=e.Status.DECIDED,
        subject=event.subject,
        matters=event.matters,
        outcome=event.outcome,
        ground=event.ground,
        findings=event.findings,
        ended_at=event.at,
        late=event.late,
    )


def _ended(stops: tuple[Stop, ...], day: date) -> tuple[Stop, ...]:
    if not stops or stops[-1][1] is not None:
        return stops
    return (*stops[:-1], (stops[-1][0], day))


_FOLDS: dict[type[Event], Callable[..., Complaint]] = {
    e.ComplaintLodged: _lodged,
    e.ComplaintCorrectionAsked: _asked,
    e.ComplaintCorrected: _corrected,
    e.ComplaintAccepted: _accepted,
    e.ComplaintRefused: _refused,
    e.ComplaintClockStopped: _stopped,
    e.ComplaintClockResumed: _resumed,
    e.ComplaintWithdrawn: _withdrawn,
    e.ComplaintDecided: _decided,
}
