"""The evaluation's part of the lot's state, and its fold."""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from bidding.domain.credit.lists import CreditGrade
from bidding.domain.evaluation import events as e
from bidding.domain.evaluation.lottery import Lottery
from bidding.domain.evaluation.lottery import evolve as evolve_lottery
from bidding.domain.evaluation.members import Member
from bidding.domain.evaluation.outcome import (
    Candidate,
    EnvelopeResult,
    PriceResult,
    QualificationResult,
    Ranked,
    RejectedBid,
)
from bidding.domain.evaluation.requests import ClarificationRequest, LowPrice, TimeCall
from bidding.domain.evaluation.sheets import Correction, Sheet, corrections
from bidding.domain.evaluation.traces import Finding
from bidding.domain.event import Event
from bidding.domain.scoring import Step


class Competition(msgspec.Struct, frozen=True, kw_only=True):
    """One member's statement whether competition is clearly lacking (R-EVAL-11)."""

    member: str
    lacking: bool
    reason: str


class Signature(msgspec.Struct, frozen=True, kw_only=True):
    """How a member closed the report: signed, signed with a dissent, or refused both."""

    member: str
    report_hash: str
    dissent: str = ""
    refused: bool = False


class Evaluation(msgspec.Struct, frozen=True, kw_only=True):
    """``members``: party ids of the seats taken; ``vacant``: those who left a seat nobody has taken yet;
    ``sheets``: last sheet of each member; ``revealed``: whether the committee has seen all of them;
    ``unread``: files that the search for signs of collusion could not read.
    """

    lottery: Lottery = Lottery()
    committee: tuple[Member, ...] = ()
    members: tuple[str, ...] = ()
    vacant: tuple[Member, ...] = ()
    recused: tuple[str, ...] = ()
    signed_in: tuple[str, ...] = ()
    size: int = 0
    experts: int = 0
    unsealed_at: datetime | None = None
    reopened_at: datetime | None = None
    envelopes: tuple[EnvelopeResult, ...] = ()
    qualification: tuple[QualificationResult, ...] = ()
    findings: tuple[Finding, ...] = ()
    unread: tuple[str, ...] = ()
    examined_at: datetime | None = None
    graded_at: datetime | None = None
    grades: tuple[CreditGrade, ...] = ()
    time_minutes: int = 0
    time_calls: tuple[TimeCall, ...] = ()
    low_prices: tuple[LowPrice, ...] = ()
    requests: tuple[ClarificationRequest, ...] = ()
    sheets: tuple[Sheet, ...] = ()
    sheets_in: int = 0
    revealed: bool = False
    confirmed: tuple[e.ScoreConfirmed, ...] = ()
    corrected: tuple[Correction, ...] = ()
    judgements: tuple[e.PriceExplanationJudged, ...] = ()
    rejected: tuple[e.BidRejected, ...] = ()
    competition_questioned: bool = False
    competition: tuple[Competition, ...] = ()
    same_brand: tuple[e.SameBrandResolved, ...] = ()
    formula: str = ""
    base_fen: str = ""
    base_derivation: tuple[Step, ...] = ()
    prices: tuple[PriceResult, ...] = ()
    ranking: tuple[Ranked, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    draft: str = ""
    draft_hash: str = ""
    signatures: tuple[Signature, ...] = ()
    report: str = ""
    report_hash: str = ""
    reported_at: datetime | None = None
    reported_rejections: tuple[RejectedBid, ...] = ()
    voided: str = ""
    voided_at: datetime | None = None

    @property
    def ends(self) -> datetime | None:
        """When the time set for the evaluation is over, extensions included; None: none was set (R-EVAL-09)."""
        began = self.reopened_at or self.unsealed_at
        if began is None or not self.time_minutes:
            return None
        return began + timedelta(minutes=self.time_minutes)


def evolve(evaluation: Evaluation, event: Event) -> Evaluation:
    """Each event as it comes: an audience's view lacks those it may not see."""
    drawn = evolve_lottery(evaluation.lottery, event)
    if drawn is not evaluation.lottery:
        return replace(evaluation, lottery=drawn)
    match event:
        case e.CreditGradesRecorded():
            return replace(evaluation, graded_at=event.at, grades=event.grades)
        case e.CommitteeDrawn(members=members):
            return replace(
                evaluation,
                committee=members,
                members=tuple(member.party for member in members),
                size=len(members),
            )
        case e.MemberRecused(member=party):
            return _vacated(evaluation, party)
        case e.MemberReplaced(left=left, member=member):
            committee = sorted((*evaluation.committee, member), key=lambda one: one.seat)
            return replace(
                evaluation,
                committee=tuple(committee),
                members=tuple(one.party for one in committee),
                vacant=tuple(one for one in evaluation.vacant if one.party != left),
            )
        case e.MemberSignedIn(member=party):
            return replace(evaluation, signed_in=(*evaluation.signed_in, party))
        case e.CommitteeUnsealed():
            return replace(evaluation, size=event.size, experts=event.experts, unsealed_at=event.at)
        case e.CommitteeDisclosed(members=members):
            return replace(evaluation, committee=members, members=tuple(one.party for one in members))
        case e.EnvelopesOpened(bids=bids) | e.QualificationEnvelopesOpened(bids=bids):
            known = {(one.bidder, one.envelope): one for one in (*evaluation.envelopes, *bids)}
            return replace(evaluation, envelopes=tuple(known[key] for key in sorted(known)))
        case e.QualificationReviewed(results=results):
            return replace(evaluation, qualification=results)
        case e.ScoreSheetSubmitted():
            sheet = Sheet(member=event.member, bids=event.bids, rejections=event.rejections)
            others = [one for one in evaluation.sheets if one.member != event.member]
            corrected = evaluation.corrected
            if evaluation.revealed:
                corrected = (*corrected, *corrections(evaluation.sheets, (sheet,)))
            return replace(_uncompiled(evaluation), sheets=(*others, sheet), corrected=corrected)
        case e.SheetReceived(count=count):
            return replace(evaluation, sheets_in=count)
        case e.ScoresRevealed(sheets=sheets):
            # Whoever is shown the reveals and not each sheet finds the corrections between two of them.
            corrected = evaluation.corrected
            if evaluation.revealed:
                corrected = (*corrected, *corrections(evaluation.sheets, sheets))
            return replace(
                _uncompiled(evaluation),
                sheets=sheets,
                sheets_in=len(sheets),
                revealed=True,
                corrected=corrected,
            )
        case e.ScoreConfirmed():
            return replace(evaluation, confirmed=(*evaluation.confirmed, event))
        case _:
            return _concluded(_consulted(evaluation, event), event)


def _consulted(evaluation: Evaluation, event: Event) -> Evaluation:
    """What members say about the time, what they are warned of, and what is asked of bidders."""
    match event:
        case e.EvaluationTimeSet(minutes=minutes):
            return replace(evaluation, time_minutes=minutes)
        case e.TimeCalledShort():
            call = TimeCall(member=event.member, minutes=event.minutes, reason=event.reason)
            return replace(evaluation, time_calls=(*evaluation.time_calls, call))
        case e.EvaluationTimeExtended(minutes=minutes):
            return replace(evaluation, time_minutes=evaluation.time_minutes + minutes, time_calls=())
        case e.CollusionExamined(bids=bids, findings=findings, at=at):
            unread = tuple(f"{one.bidder} {name}" for one in bids for name in one.unread)
            return replace(evaluation, findings=findings, unread=unread, examined_at=at)
        case e.LowPricesFound(found=found):
            return replace(evaluation, low_prices=found)
        case e.ClarificationProposed():
            request = ClarificationRequest(
                number=event.number,
                bidder=event.bidder,
                kind=event.kind,
                text=event.text,
                page=event.page,
                minutes=event.minutes,
                voices=(event.member,),
            )
            return replace(evaluation, requests=(*evaluation.requests, request))
        case e.ClarificationSupported(number=number, member=member):
            return _request(evaluation, number, lambda one: replace(one, voices=(*one.voices, member)))
        case e.ClarificationAsked(number=number, at=at, due=due):
            return _request(evaluation, number, lambda one: replace(one, asked_at=at, due=due))
        case e.ClarificationReplied(number=number, at=at, text=text):
            return _request(evaluation, number, lambda one: replace(one, reply=text, replied_at=at))
        case _:
            return evaluation


def _request(
    evaluation: Evaluation, number: int, change: Callable[[ClarificationRequest], ClarificationRequest]
) -> Evaluation:
    requests = tuple(change(one) if one.number == number else one for one in evaluation.requests)
    return replace(evaluation, requests=requests)


def _concluded(evaluation: Evaluation, event: Event) -> Evaluation:
    """The second half of the fold: what follows from the sheets."""
    match event:
        case e.BidRejected():
            return replace(evaluation, rejected=(*evaluation.rejected, event))
        case e.PriceExplanationJudged():
            return replace(evaluation, judgements=(*evaluation.judgements, event))
        case e.CompetitionQuestioned():
            return replace(evaluation, competition_questioned=True)
        case e.CompetitionStated():
            stated = Competition(member=event.member, lacking=event.lacking, reason=event.reason)
            return replace(evaluation, competition=(*evaluation.competition, stated))
        case e.SameBrandResolved():
            return replace(evaluation, same_brand=(*evaluation.same_brand, event))
        case e.PricesScored():
            return replace(
                evaluation,
                formula=event.formula,
                base_fen=event.base_fen,
                base_derivation=event.base_derivation,
                prices=event.scores,
            )
        case e.BidsRanked():
            return replace(
                evaluation,
                ranking=event.ranking,
                candidates=event.candidates,
                draft=event.report,
                draft_hash=event.report_hash,
            )
        case e.ReportSigned():
            signature = Signature(member=event.member, report_hash=event.report_hash, dissent=event.dissent)
            return replace(evaluation, signatures=(*evaluation.signatures, signature))
        case e.ReportRefused():
            refusal = Signature(member=event.member, report_hash=evaluation.draft_hash, refused=True)
            return replace(evaluation, signatures=(*evaluation.signatures, refusal))
        case e.EvaluationReported():
            return replace(
                evaluation,
                report=event.report,
                report_hash=event.report_hash,
                candidates=event.candidates,
                ranking=event.ranking,
                reported_rejections=event.rejected,
                reported_at=event.at,
            )
        case e.EvaluationVoided():
            return replace(evaluation, voided=event.decision, voided_at=event.at)
        case e.EvaluationReopened():
            return replace(_begun_anew(evaluation), reopened_at=event.at)
        case e.CommitteeDismissed():
            return _dismissed(evaluation)
        case _:
            return evaluation


def _begun_anew(evaluation: Evaluation) -> Evaluation:
    """The opened envelopes, what bidders answered and who sits stay; every conclusion goes."""
    return replace(
        _uncompiled(evaluation),
        qualification=(),
        time_minutes=0,
        time_calls=(),
        judgements=(),
        sheets=(),
        sheets_in=0,
        revealed=False,
        confirmed=(),
        corrected=(),
        report="",
        report_hash="",
        reported_at=None,
        reported_rejections=(),
        voided="",
        voided_at=None,
    )


def _dismissed(evaluation: Evaluation) -> Evaluation:
    return replace(
        _begun_anew(evaluation),
        committee=(),
        members=(),
        vacant=(),
        recused=tuple(dict.fromkeys((*evaluation.recused, *evaluation.members))),
        signed_in=(),
        size=0,
        experts=0,
        unsealed_at=None,
        reopened_at=None,
    )


def _vacated(evaluation: Evaluation, party: str) -> Evaluation:
    """招投条例 48: the conclusions of a member who leaves are void, and what was computed with them.

    A request that has gone out stays the committee's; in what is still being agreed the voice no longer counts.
    """
    sheets = tuple(sheet for sheet in evaluation.sheets if sheet.member != party)
    left = tuple(member for member in evaluation.committee if member.party == party)
    return replace(
        _uncompiled(evaluation),
        committee=tuple(member for member in evaluation.committee if member.party != party),
        members=tuple(member for member in evaluation.members if member != party),
        vacant=(*evaluation.vacant, *left),
        recused=(*evaluation.recused, party),
        signed_in=tuple(member for member in evaluation.signed_in if member != party),
        sheets=sheets,
        sheets_in=len(sheets),
        time_calls=tuple(call for call in evaluation.time_calls if call.member != party),
        requests=tuple(
            replace(one, voices=tuple(voice for voice in one.voices if voice != party))
            if one.asked_at is None
            else one
            for one in evaluation.requests
        ),
    )


def _uncompiled(evaluation: Evaluation) -> Evaluation:
    """Nothing computed from earlier sheets outlives a change of the sheets."""
    return replace(
        evaluation,
        judgements=(),
        rejected=(),
        competition_questioned=False,
        competition=(),
        same_brand=(),
        formula="",
        base_fen="",
        base_derivation=(),
        prices=(),
        ranking=(),
        candidates=(),
        draft="",
        draft_hash="",
        signatures=(),
    )
