"""The decisions of the award: publicity, objections, winner, notices."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from bidding.domain.award import commands as c
from bidding.domain.award import events as e
from bidding.domain.award.deciding import hold_meeting
from bidding.domain.award.notices import issue_notice
from bidding.domain.award.proofs import check_proof
from bidding.domain.award.queries import answer_query, assess, query
from bidding.domain.award.remedies import RESULT, decide_remedy, result_since, standing_candidates
from bidding.domain.award.reporting import report_to_supervisor
from bidding.domain.award.winner import determine
from bidding.domain.command import Command, Facts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, TooLate, Unknown
from bidding.domain.evaluation.sheets import GROUND_TEXT
from bidding.domain.event import Event
from bidding.domain.given import calendar_of, rules_of, signed_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.order import require_phase
from bidding.domain.periods import closes_at
from bidding.domain.ruleset import EngRules
from bidding.domain.standstill import extended


def publicise(lot: Lot, command: c.PubliciseCandidates, facts: Facts) -> list[Event]:
    """招投条例 54: begins ≤3 days after the report (R-ENG-20, R-TIME-07), lasts ≥3 days (R-ENG-21, R-TIME-06).

    A late beginning is not barred: the bidders are owed it all the more. Its reason is published.
    """
    require_phase(lot, Phase.EVALUATED, rule="R-ENG-20")
    periods, calendar = _eng(lot, facts).periods, calendar_of(facts)
    since = result_since(lot)
    if since is None:
        raise OutOfOrder("report-missing", rule="R-ENG-20")
    starts, lasts = periods.publicity_starts, periods.publicity_lasts
    due = extended(lot.control, since, starts, calendar, facts.now).ends
    late = facts.now >= due
    if late and not command.late_reason.strip():
        raise TooLate("publicity-late", rule="R-ENG-20", due=due)
    earliest = _utc(closes_at(facts.now, lasts.n, lasts.unit, calendar))
    until = earliest if command.until is None else _utc(command.until)
    if until < earliest:
        raise Invalid("publicity-too-short", rule="R-ENG-21", earliest=earliest, found=until)
    return [
        e.CandidatesPublicised(
            candidates=standing_candidates(lot),
            rejected=tuple(
                e.PublicRejection(
                    bidder=one.bidder,
                    name=one.name,
                    ground=f"（{one.ground}）{GROUND_TEXT[one.ground]}",
                    reason=one.reason,
                )
                for one in lot.evaluation.reported_rejections
            ),
            opens=facts.now,
            until=until,
            due=due,
            late_reason=command.late_reason.strip() if late else "",
            signed=signed_of(facts),
        )
    ]


def object_to_result(lot: Lot, command: c.ObjectToResult, facts: Facts) -> list[Event]:
    """R-ENG-22, 招投条例 54: during the publicity only; from now on the award waits for the answer."""
    require_phase(lot, Phase.PUBLICISED, rule="R-ENG-22")
    if lot.award.until is None or facts.now >= lot.award.until:
        raise TooLate("publicity-over", rule="R-ENG-22", until=lot.award.until)
    reply = _eng(lot, facts).periods.objection_reply
    return [
        e.ResultObjectionRaised(
            number=len(lot.award.objections) + 1,
            by=facts.actor.party,
            text=command.text,
            at=facts.now,
            due=_utc(closes_at(facts.now, reply.n, reply.unit, calendar_of(facts))),
            signed=signed_of(facts),
        )
    ]


def answer_objection(lot: Lot, command: c.AnswerResultObjection, facts: Facts) -> list[Event]:
    """R-ENG-22: within three days; a later answer is still owed, and marked as late.

    The publicity of a result that a remedy set aside meanwhile is over; its objections are still answered.
    """
    require_phase(lot, *(phase for phase in RESULT if phase is not Phase.CONTRACTED), rule="R-ENG-22")
    objection = next((one for one in lot.award.objections if one.number == command.number), None)
    if objection is None:
        raise Unknown("no-such-result-objection", rule="R-ENG-22", number=command.number)
    if objection.answered_at is not None:
        raise Conflicting("result-objection-answered", rule="R-ENG-22", number=command.number)
    return [
        e.ResultObjectionAnswered(
            number=objection.number,
            question=objection.text,
            answer=command.answer,
            at=facts.now,
            late=objection.due is not None and facts.now >= objection.due,
            upheld=command.upheld,
            signed=signed_of(facts),
        )
    ]


def _eng(lot: Lot, facts: Facts) -> EngRules:
    """公示 belongs to ENG; GP announces the result instead (R-GEN-02)."""
    rules = rules_of(lot, facts)
    if not isinstance(rules, EngRules):
        raise OutOfOrder("publicity-is-eng", rule="R-GEN-02")
    return rules


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


DECIDERS: dict[type[Command], Callable[..., Any]] = {
    c.PubliciseCandidates: publicise,
    c.ObjectToResult: object_to_result,
    c.AnswerResultObjection: answer_objection,
    c.HoldDecisionMeeting: hold_meeting,
    c.DetermineWinner: determine,
    c.CheckProof: check_proof,
    c.IssueAwardNotice: issue_notice,
    c.Query: query,
    c.AssessQuery: assess,
    c.AnswerQuery: answer_query,
    c.DecideRemedy: decide_remedy,
    c.ReportToSupervisor: report_to_supervisor,
}
