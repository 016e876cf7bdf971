"""Tenders in which something was objected to, and a complaint about it."""

from datetime import date, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from bidding.domain.award import commands as a
from bidding.domain.award.events import QueryStage
from bidding.domain.complaint import commands as c
from bidding.domain.complaint.events import Matter, Paper, Subject
from bidding.domain.regime import Regime
from tests.domain.evaluation.tender import NOW, OWNER, YUAN, Desk, tender

FOUR = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN, "d": 730_000 * YUAN}
NOTICED = NOW - timedelta(days=30)
PAPER = Paper(name="证明.pdf", sha256="ab" * 32)
OFFICER = "officer"


def complaint(**changes: Any) -> c.Lodge:
    """About the result, on the author's objection 1, known on the day of the publicity."""
    whole = c.Lodge(
        subject=Subject.RESULT,
        objection=1,
        matters=(Matter(of=1, text="业绩不实"),),
        request="取消中标资格",
        facts="合同金额与公开信息不符",
        knew=date(2026, 6, 3),
        papers=(PAPER,),
    )
    return replace(whole, **changes)


def noticed(regime: Regime) -> Desk:
    lot = tender(FOUR, regime=regime)
    return Desk(replace(lot, notice=replace(lot.notice, published_at=NOTICED, deadline=NOW)))


def eng(answered_at: datetime | None = None) -> Desk:
    """Publicised on Wednesday 3 June 2026, objected to by a the same day; answered then or at ``answered_at``."""
    at = noticed(Regime.ENG).seat().mark().report()
    at.give(a.PubliciseCandidates())
    at.give(a.ObjectToResult(text="业绩不实"), "a")
    at.now = answered_at or at.now
    at.give(a.AnswerResultObjection(number=1, answer="属实"))
    return at


def gp(*, answered: bool = True) -> Desk:
    """Announced on Wednesday 3 June 2026; two matters queried by b the same day."""
    at = noticed(Regime.GP).seat().mark().report()
    at.give(a.DetermineWinner(bidder="a"), OWNER)
    at.give(a.IssueAwardNotice())
    at.give(
        a.Query(
            stage=QueryStage.RESULT,
            matters=("业绩不实", "人员不足"),
            request="取消资格",
            facts="附件一",
        ),
        "b",
    )
    if answered:
        at.give(a.AnswerQuery(number=1, answer="属实"))
    return at


def accepted(regime: Regime = Regime.ENG) -> Desk:
    at = eng() if regime is Regime.ENG else gp()
    at.give(complaint(), "a" if regime is Regime.ENG else "b")
    at.give(c.Accept(number=1), OFFICER)
    return at
