"""The award's part of the lot's state, and its fold."""

from datetime import datetime

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


class Award(msgspec.Struct, frozen=True, kw_only=True):
    """``winner`` is a party id; ``number`` that of the award notice, empty until it is issued.

    ``contract_due``: as the notice said; what a suspension adds is in ``contract.term`` (R-TIME-07).
    """

    candidates: tuple[Candidate, ...] = ()
    opens: datetime | None = None
    until: datetime | None = None
    objections: tuple[ResultObjection, ...] = ()
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
            known[event.number] = replace(before, answer=event.answer, answered_at=event.at)
            return replace(award, objections=tuple(known[number] for number in sorted(known)))
        case e.WinnerDetermined():
            return replace(
                award, winner=event.bidder, determined_at=event.at, number="", issued_at=None, losers=()
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
        case e.ResultAnnounced(candidates=candidates, until=until):
            return replace(award, candidates=candidates, announced_until=until)
        case _:
            return award
