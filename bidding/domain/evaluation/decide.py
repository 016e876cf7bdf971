"""The decisions of the evaluation, by command. Each lives with its subject; see the modules imported here."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bidding.domain.command import Command
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation.abnormal import confirm_score
from bidding.domain.evaluation.asking import ask_clarification, reply_clarification, support_clarification
from bidding.domain.evaluation.collusion import record_traces
from bidding.domain.evaluation.compiling import compile_scores, state_competition
from bidding.domain.evaluation.marking import submit_scores
from bidding.domain.evaluation.reviewing import record_envelopes, review_qualification
from bidding.domain.evaluation.seating import draw_committee, recuse, sign_in
from bidding.domain.evaluation.signing import record_refusal, sign_report
from bidding.domain.evaluation.ticketed import LATER, commit_experts, miss_experts
from bidding.domain.evaluation.timing import call_time_short, set_time
from bidding.domain.lot import Lot

__all__ = ["DECIDERS", "NEEDS_MORE", "draw_committee", "recuse"]

DECIDERS: dict[type[Command], Callable[..., Any]] = {
    c.CommitExpertDraw: commit_experts,
    c.MissExpertReveal: miss_experts,
    c.SignIn: sign_in,
    c.RecordEnvelopes: record_envelopes,
    c.RecordTraces: record_traces,
    c.ReviewQualification: review_qualification,
    c.SetTime: set_time,
    c.CallTimeShort: call_time_short,
    c.AskClarification: ask_clarification,
    c.SupportClarification: support_clarification,
    c.ReplyClarification: reply_clarification,
    c.SubmitScores: submit_scores,
    c.ConfirmScore: confirm_score,
    c.StateCompetition: state_competition,
    c.Compile: compile_scores,
    c.SignReport: sign_report,
    c.RecordRefusal: record_refusal,
}

NEEDS_MORE: dict[type[Command], str] = {
    c.DrawCommittee: "draw_committee(…, pool=all experts, representatives=the parties named)",
    c.RecordGrades: "record_grades(…, grades: of every opened bidder, from the book as it stood at T0)",
    c.Recuse: "recuse(…, pool=all experts)",
    c.OpenExpertRound: "ticketed.open_round: pool",
    c.OpenExpertDraw: "ticketed.open_experts: pool, representatives; facts.random",
    c.RevealExpertDraw: "ticketed.reveal_experts: finding, of the value against commitment or chain",
    c.DrawExperts: "ticketed.draw_experts: arrange, by transcript and pool",
}


def due(lot: Lot) -> list[tuple[str, datetime]]:
    """The reveal that the experts' draw waits for is missed."""
    window = lot.evaluation.lottery.drawing.window
    if window is None or lot.phase not in LATER or lot.control.suspended is not None:
        return []
    return [(c.MissExpertReveal.NAME, window.ends)]
