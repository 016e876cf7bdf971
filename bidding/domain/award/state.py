"""The award's part of the lot's state, and its fold."""

from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from bidding.domain.award import events as e
from bidding.domain.evaluation.outcome import Candidate
from bidding.domain.event import Event
from bidding.domain.ruleset import Term


class ResultObjection(msgspec.Struct, frozen=True, kw_only=True):
    """``by`` and ``due`` are empty in the view of those who saw only the answer."""

    number: int
    text: str
    by: str = ""
    raised_at: datetime | None = None
    due: datetime | None = None
    answer: str = ""
    answered_at: datetime | None = None
    upheld: bool = False
    remedied: bool = False


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """质疑 (GP). ``by``, ``due`` and what stands with them are empty in the view of those who saw the answer only.

    ``holds``: the contract waits for the answer (R-GP-29).
    """

    number: int
    stage: e.QueryStage
    matters: tuple[str, ...] = ()
    by: str = ""
    raised_at: datetime | None = None
    due: datetime | None = None
    holds: bool = False
    answer: str = ""
    answered_at: datetime | None = None
    late: bool = False
    upheld: bool = False
    remedied: bool = False


class Award(msgspec.Struct, frozen=True, kw_only=True):
    """``winner`` is a party id; ``number`` that of the award notice, empty until it is issued.

    ``barred``: bidders whom a remedy or a false promise took out, and who can win no more; ``proved``: winners whose
    promise held (R-NB-HM-04); ``remedies``: what was decided,
    oldest first; ``set_aside_at``: when one last set a result aside; ``voided_at``: when one ended the lot;
    ``reported_to_supervisor``: R-ENG-23, for the present winner.

    ``contract_due``: as the notice said; what a suspension adds is in ``contract.term`` (R-TIME-07).
    """

    candidates: tuple[Candidate, ...] = ()
    opens: datetime | None = None
    until: datetime | None = None
    objections: tuple[ResultObjection, ...] = ()
    decision: e.DecisionMeetingHeld | None = None
    winner: str = ""
    determined_at: datetime | None = None
    notices: int = 0
    number: str = ""
    name: str = ""
    price_fen: int = 0
    duration_days: int = 0
    quality: str = ""
    project_lead: str = ""
    issued_at: datetime | None = None
    contract_due: datetime | None = None
    contract_term: Term | None = None
    losers: tuple[e.LoserNotice, ...] = ()
    announced_until: datetime | None = None
    query_until: datetime | None = None
    queries: tuple[Query, ...] = ()
    remedies: tuple[e.RemedyDecided, ...] = ()
    barred: tuple[str, ...] = ()
    proved: tuple[str, ...] = ()
    false_promises: tuple[str, ...] = ()
    set_aside_at: datetime | None = None
    voided_at: datetime | None = None
    reported_to_supervisor: datetime | None = None
    supervisor_report_late: bool = False

    @property
    def holding(self) -> tuple[int, ...]:
        """Queries for whose answer the contract waits (R-GP-29)."""
        return tuple(one.number for one in self.queries if one.holds and one.answered_at is None)

    @property
    def unremedied(self) -> tuple[int, ...]:
        """Numbers of what was upheld and about which nothing was decided: until then nobody wins."""
        upheld: tuple[ResultObjection | Query, ...] = (*self.objections, *self.queries)
        return tuple(one.number for one in upheld if one.upheld and not one.remedied)

    @property
    def open_objections(self) -> tuple[int, ...]:
        """Numbers still unanswered: while there is one the award waits (R-ENG-22)."""
        return tuple(one.number for one in self.objections if one.answered_at is None)


def evolve(award: Award, event: Event) -> Award:
    match event:
        case e.CandidatesPublicised():
            return replace(award, candidates=event.candidates, opens=event.opens, until=event.until)
        case e.ResultObjectionRaised():
            raised = ResultObjection(
                number=event.number, text=event.text, by=event.by, raised_at=event.at, due=event.due
            )
            return replace(award, objections=(*award.objections, raised))
        case e.ResultObjectionAnswered():
            known = {one.number: one for one in award.objections}
            before = known.get(event.number, ResultObjection(number=event.number, text=event.question))
            known[event.number] = replace(
                before, answer=event.answer, answered_at=event.at, upheld=event.upheld
            )
            return replace(award, objections=tuple(known[number] for number in sorted(known)))
        case e.DecisionMeetingHeld():
            return replace(award, decision=event)
        case e.WinnerDetermined():
            return replace(
                award,
                winner=event.bidder,
                determined_at=event.at,
                number="",
                issued_at=None,
                losers=(),
                reported_to_supervisor=None,
                supervisor_report_late=False,
            )
        case e.ProofChecked() if event.holds:
            return replace(award, proved=(*award.proved, event.bidder))
        case e.ProofChecked():
            return replace(
                award,
                winner="",
                barred=(*award.barred, event.bidder),
                false_promises=(*award.false_promises, event.bidder),
            )
        case e.AwardNoticeIssued():
            return replace(
                award,
                winner=event.winner,
                notices=award.notices + 1,
                number=event.number,
                name=event.name,
                price_fen=event.price_fen,
                duration_days=event.duration_days,
                quality=event.quality,
                project_lead=event.project_lead,
                issued_at=event.at,
                contract_due=event.contract_due,
                contract_term=event.contract_term,
            )
        case e.LosersNotified(notices=notices):
            return replace(award, losers=notices)
        case e.ResultAnnounced(candidates=candidates, until=until, query_until=query_until):
            return replace(award, candidates=candidates, announced_until=until, query_until=query_until)
        case _:
            return _contested(award, event)


def _contested(award: Award, event: Event) -> Award:
    """The second half of the fold: queries, remedies, and the report about it all."""
    match event:
        case e.QueryRaised():
            raised = Query(
                number=event.number,
                stage=event.stage,
                matters=event.matters,
                by=event.by,
                raised_at=event.at,
                due=event.due,
                holds=event.holds,
            )
            return replace(award, queries=(*award.queries, raised))
        case e.QueryAssessed():
            assessed = tuple(
                replace(one, holds=event.may_change_result) if one.number == event.number else one
                for one in award.queries
            )
            return replace(award, queries=assessed)
        case e.QueryAnswered():
            known = {one.number: one for one in award.queries}
            before = known.get(event.number, Query(number=event.number, stage=event.stage))
            known[event.number] = replace(
                before,
                matters=event.matters,
                answer=event.answer,
                answered_at=event.at,
                late=event.late,
                upheld=event.upheld,
            )
            return replace(award, queries=tuple(known[number] for number in sorted(known)))
        case e.RemedyDecided():
            return _remedied(award, event)
        case e.ResultSetAside():
            return _set_aside(award, event)
        case e.ResultVoided():
            return replace(award, voided_at=event.at)
        case e.SupervisorReportFiled():
            return replace(award, reported_to_supervisor=event.at, supervisor_report_late=event.late)
        case _:
            return award


def _remedied(award: Award, event: e.RemedyDecided) -> Award:
    def settled(found: tuple[Any, ...], basis: e.Basis) -> tuple[Any, ...]:
        if event.basis is not basis:
            return found
        return tuple(replace(one, remedied=True) if one.number in event.numbers else one for one in found)

    return replace(
        award,
        remedies=(*award.remedies, event),
        objections=settled(award.objections, e.Basis.OBJECTION),
        queries=settled(award.queries, e.Basis.QUERY),
    )


def _set_aside(award: Award, event: e.ResultSetAside) -> Award:
    """What was contested, decided and numbered stays; the result itself begins anew."""
    return Award(
        objections=award.objections,
        queries=award.queries,
        remedies=award.remedies,
        notices=award.notices,
        barred=tuple(sorted({*award.barred, *event.barred})),
        set_aside_at=event.at,
    )
