"""The timeline and the decisions are of one mind about a lot that was suspended (R-TIME-07, R-NB-ZX-03)."""

from collections.abc import Callable, Iterator
from copy import copy
from datetime import UTC, datetime, timedelta

import pytest

from bidding.domain.award import commands as award
from bidding.domain.award.events import ResultAnnounced, ResultObjectionAnswered
from bidding.domain.command import Command
from bidding.domain.contract import commands as contract
from bidding.domain.contract.decide import due
from bidding.domain.contract.events import ContractFiled
from bidding.domain.errors import TooEarly, TooLate
from bidding.domain.lot import Lot
from bidding.domain.notice.commands import AnswerObjection, Object
from bidding.domain.notice.objections import answer_objection, object_to_document
from bidding.domain.parties import PLATFORM, Actor
from bidding.domain.regime import Regime
from bidding.domain.timeline import State, Step
from tests.domain.evaluation.tender import HOST, NOW, OWNER, YUAN, Desk, tender
from tests.domain.lots import READER, at, facts, fold, noticed
from tests.domain.suspending import resumed, stopped
from tests.rules.nodes import node

THREE = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN}
DAY, MOMENT = timedelta(days=1), timedelta(milliseconds=1)
#: Day of the suspension and days until it is lifted, counted from the instant at which the term began.
SUSPENSIONS = [(0, 4), (1, 1), (2, 9), (3, 5), (5, 2), (20, 3), (29, 7)]


def reported(regime: Regime) -> Desk:
    return Desk(tender(THREE, regime=regime)).seat().mark().report()


def determined() -> Desk:
    desk = reported(Regime.GP)
    desk.give(award.DetermineWinner(bidder="a"), OWNER)
    return desk


def half_signed() -> Desk:
    desk = reported(Regime.ENG)
    desk.give(award.PubliciseCandidates())
    desk.now = datetime(2026, 6, 8, 16, 0, tzinfo=UTC)
    desk.give(award.DetermineWinner(bidder="b"), OWNER)
    desk.give(award.IssueAwardNotice())
    draft = contract.DraftContract(
        price_fen=720_000 * YUAN, duration_days=120, quality="合格", project_lead="b公司经理", terms="第一条"
    )
    desk.give(draft)
    desk.give(contract.SignContract(contract_hash=desk.lot.contract.contract_hash), OWNER)
    return desk


def objected() -> Desk:
    desk = reported(Regime.ENG)
    desk.give(award.PubliciseCandidates())
    desk.give(award.ObjectToResult(text="业绩不实"), "c")
    return desk


def signature(desk: Desk) -> Command:
    return contract.SignContract(contract_hash=desk.lot.contract.contract_hash)


ACTS: dict[Step, tuple[Callable[[], Desk], Callable[[Desk], Command], Actor]] = {
    Step.PUBLICITY_START: (lambda: reported(Regime.ENG), lambda _: award.PubliciseCandidates(), HOST),
    Step.RESULT_ANSWER: (objected, lambda _: award.AnswerResultObjection(number=1, answer="属实"), HOST),
    Step.DETERMINATION: (lambda: reported(Regime.GP), lambda _: award.DetermineWinner(bidder="a"), OWNER),
    Step.AWARD_NOTICE: (determined, lambda _: award.IssueAwardNotice(), HOST),
    Step.CONTRACT: (half_signed, signature, Actor(party="b")),
}


def late(desk: Desk, command: Command, by: Actor) -> bool:
    """What the decision makes of it: refused for want of a reason, or marked as late."""
    trial = copy(desk)
    try:
        events = trial.give(command, by)
    except TooLate:
        return True
    marked = (ResultAnnounced, ResultObjectionAnswered, ContractFiled)
    return any(one.late for one in events if isinstance(one, marked))


def instants(ends: datetime, lifted: datetime) -> Iterator[datetime]:
    """On both sides of the end; nothing forward is decided before the lift."""
    return (one for one in (lifted, ends - MOMENT, ends, ends + DAY) if one >= lifted)


@pytest.mark.parametrize(("begins", "days"), SUSPENSIONS)
@pytest.mark.parametrize("step", ACTS)
def test_what_the_timeline_shows_as_open_no_decision_calls_late(step: Step, begins: int, days: int) -> None:
    start, command, by = ACTS[step]
    desk = start()
    since = desk.now + begins * DAY
    lifted = since + days * DAY
    desk.lot = resumed(desk.lot, since, lifted)
    ends = node(desk.lot, step, lifted).due
    assert ends is not None
    for desk.now in instants(ends, lifted):
        shown = node(desk.lot, step, desk.now).state
        assert shown in {State.OPEN, State.LATE}
        assert late(desk, command(desk), by) is (shown is State.LATE), desk.now


@pytest.mark.parametrize(("begins", "days"), SUSPENSIONS)
def test_the_clock_marks_a_contract_overdue_when_the_timeline_turns_red(begins: int, days: int) -> None:
    desk = half_signed()
    since = desk.now + begins * DAY
    desk.lot = resumed(desk.lot, since, since + days * DAY)
    ends = node(desk.lot, Step.CONTRACT, since + days * DAY).due
    assert ends is not None
    assert due(desk.lot) == [("contract/mark-overdue", ends)]
    desk.now = ends - MOMENT
    assert node(desk.lot, Step.CONTRACT, desk.now).state is State.OPEN
    with pytest.raises(TooEarly):
        desk.give(contract.MarkOverdue(), PLATFORM)
    desk.now = ends
    assert node(desk.lot, Step.CONTRACT, desk.now).state is State.LATE
    desk.give(contract.MarkOverdue(), PLATFORM)


@pytest.mark.parametrize("begins", [0, 3, 29])
def test_while_it_lasts_neither_says_late(begins: int) -> None:
    desk = half_signed()
    since = desk.now + begins * DAY
    desk.lot = stopped(desk.lot, since)
    assert due(desk.lot) == []
    for days in (0, 1, 20, 40):
        desk.now = since + days * DAY
        assert node(desk.lot, Step.CONTRACT, desk.now).state is State.OPEN
        with pytest.raises(TooEarly):
            desk.give(contract.MarkOverdue(), PLATFORM)


@pytest.mark.parametrize(("begins", "days"), [(0, 4), (1, 1), (2, 3), (6, 2)])
def test_an_answer_is_marked_late_when_the_timeline_says_so(begins: int, days: int) -> None:
    lot, raised = noticed(), at(3)
    lot = fold(lot, object_to_document(lot, Object(text="资质要求过高"), facts(READER, raised)))
    since = raised + begins * DAY
    lifted = since + days * DAY
    lot = resumed(lot, since, lifted)
    ends = node(lot, Step.DOCUMENT_ANSWER, lifted).due
    assert ends is not None
    for now in instants(ends, lifted):
        shown = node(lot, Step.DOCUMENT_ANSWER, now).state
        told: Lot = fold(lot, answer_objection(lot, AnswerObjection(number=1, answer="已改"), facts(now=now)))
        assert told.notice.objections[0].late is (shown is State.LATE), now
        assert (node(told, Step.DOCUMENT_ANSWER, now).state is State.LATE) is (shown is State.LATE)


def test_the_terms_here_do_begin_when_the_desk_says() -> None:
    """The suspensions above are counted from there."""
    assert reported(Regime.ENG).lot.evaluation.reported_at == NOW
