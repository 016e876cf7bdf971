"""Closing the report: signatures, dissents, refusals (R-ENG-18, 招投条例 53)."""

from datetime import datetime

from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, Unknown
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation import events as e
from bidding.domain.evaluation.bids import opened_bids
from bidding.domain.evaluation.outcome import RejectedBid
from bidding.domain.evaluation.report import competition_statement, final_report, text_hash
from bidding.domain.event import Event
from bidding.domain.given import signed_of
from bidding.domain.lot import Lot, Phase, evolve
from bidding.domain.order import require_phase


def sign_report(lot: Lot, command: c.SignReport, facts: Facts) -> list[Event]:
    """A dissent does not replace the signature: it is printed beside it."""
    member = facts.actor.party
    _require_open(lot, member)
    if command.report_hash != lot.evaluation.draft_hash:
        raise Invalid("report-hash-differs", rule="R-ENG-18", report_hash=lot.evaluation.draft_hash)
    signed = e.ReportSigned(
        member=member,
        report_hash=command.report_hash,
        dissent=command.dissent.strip(),
        at=facts.now,
        signed=signed_of(facts),
    )
    return _closed(lot, signed, facts)


def record_refusal(lot: Lot, command: c.RecordRefusal, facts: Facts) -> list[Event]:
    """Who refuses both to sign and to state a dissent agrees; a signed note of it stands in the record."""
    member = next((one for one in lot.evaluation.committee if one.seat == command.seat), None)
    if member is None:
        raise Unknown("no-such-seat", rule="R-ENG-18", seat=command.seat)
    _require_open(lot, member.party)
    refused = e.ReportRefused(
        member=member.party,
        by=facts.actor.party,
        note=command.note,
        at=facts.now,
        signed=signed_of(facts),
    )
    return _closed(lot, refused, facts)


def _require_open(lot: Lot, member: str) -> None:
    require_phase(lot, Phase.EVALUATING, rule="R-STATE-01")
    if not lot.evaluation.draft_hash:
        raise OutOfOrder("report-not-ready", rule="R-ENG-18")
    if member in {one.member for one in lot.evaluation.signatures}:
        raise Conflicting("report-closed-already", rule="R-ENG-18")


def _closed(lot: Lot, event: Event, facts: Facts) -> list[Event]:
    """The event, and the finished report if it was the last."""
    after = evolve(lot, event)
    evaluation = after.evaluation
    if {one.member for one in evaluation.signatures} != set(evaluation.members):
        return [event]
    return [event, reported(after, facts.now)]


def reported(lot: Lot, at: datetime) -> e.EvaluationReported:
    """A function of the lot alone, once every member has closed the report: whoever may read the evaluation obtains
    it again (R-SCORE-01)."""
    evaluation = lot.evaluation
    names = {bid.bidder: bid.name for bid in opened_bids(lot)}
    report = final_report(lot)
    return e.EvaluationReported(
        report=report,
        report_hash=text_hash(report),
        candidates=evaluation.candidates,
        rejected=tuple(
            RejectedBid(
                bidder=one.bidder,
                name=names[one.bidder],
                ground=one.ground,
                page=one.page,
                reason=one.reason,
            )
            for one in evaluation.rejected
        ),
        ranking=evaluation.ranking,
        competition=competition_statement(lot),
        at=at,
    )
