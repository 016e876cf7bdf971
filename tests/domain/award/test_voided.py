"""质疑 of a tender that was voided, 废标 (采购法 36, 52, 53; R-GP-19, R-GP-20, R-GP-23)."""

from datetime import timedelta

import msgspec
import pytest

from bidding.domain.award import commands as c
from bidding.domain.award import events as e
from bidding.domain.award.events import RemedyKind
from bidding.domain.errors import OutOfOrder, TooLate
from bidding.domain.evaluation import commands as v
from bidding.domain.evaluation.sheets import Ground, RejectionVote
from bidding.domain.lot import Phase
from bidding.domain.opening.parts import Failure
from bidding.domain.parties import Actor, Standing
from bidding.domain.permissions import standings
from bidding.domain.regime import Regime
from bidding.domain.timeline import State, Step
from tests.domain.evaluation.tender import NOW, OWNER, YUAN, Desk, sheet, tender
from tests.rules.nodes import node

THREE = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN}
QUERY = c.Query(
    stage=e.QueryStage.RESULT, matters=("否决理由不成立",), request="撤销废标决定", facts="附件一"
)


@pytest.fixture
def voided() -> Desk:
    """GP: c is rejected by all, two are left, so the tender is void."""
    at = Desk(tender(THREE, regime=Regime.GP)).seat()
    against = RejectionVote(bidder="c", ground=Ground.NOT_RESPONSIVE, page="12", reason="未响应实质性要求")
    marks = sheet({"a": ("30", "15"), "b": ("30", "15")})
    for member in at.members:
        at.give(msgspec.structs.replace(marks, rejections=(against,)), member)
    at.give(v.Compile())
    assert at.lot.phase is Phase.FAILED
    return at


def test_the_voiding_may_be_queried_from_the_day_that_it_is_told(voided: Desk) -> None:
    assert Standing.PARTICIPANT in standings(Actor(party="c"), voided.lot)
    right = node(voided.lot, Step.RESULT_QUERY, voided.now)
    assert (right.state, right.rule) == (State.OPEN, "R-GP-23")
    assert right.due is not None
    voided.now = right.due - timedelta(milliseconds=1)
    (raised,) = voided.give(QUERY, "c")
    assert isinstance(raised, e.QueryRaised)
    assert raised.stage is e.QueryStage.RESULT
    voided.now = right.due
    with pytest.raises(TooLate, match="query-too-late"):
        voided.give(QUERY, "c")


def test_its_answer_is_due_though_the_tender_has_ended(voided: Desk) -> None:
    voided.give(QUERY, "c")
    assert node(voided.lot, Step.QUERY_ANSWER, voided.now).state is State.OPEN
    voided.give(c.AnswerQuery(number=1, answer="维持", upheld=False))
    assert node(voided.lot, Step.QUERY_ANSWER, voided.now).state is State.DONE
    assert node(voided.lot, Step.QUERY_COMPLAINT, voided.now).state is State.OPEN


@pytest.mark.parametrize(
    ("kind", "phase"),
    [
        (RemedyKind.REEVALUATE, Phase.EVALUATING),
        (RemedyKind.NEW_COMMITTEE, Phase.OPENED),
        (RemedyKind.NO_EFFECT, Phase.FAILED),
    ],
)
def test_where_the_query_was_right_the_tender_is_evaluated_after_all(
    voided: Desk, kind: RemedyKind, phase: Phase
) -> None:
    voided.give(QUERY, "c")
    voided.give(c.AnswerQuery(number=1, answer="属实", upheld=True))
    voided.give(c.DecideRemedy(remedy=kind, reason="查证属实", law="政府采购法第五十二条"), OWNER)
    assert voided.lot.phase is phase
    assert bool(voided.lot.evaluation.voided) is (phase is Phase.FAILED)


@pytest.mark.parametrize("kind", [RemedyKind.RETENDER, RemedyKind.NEXT_CANDIDATE])
def test_a_voided_tender_has_no_candidate_and_is_void_already(voided: Desk, kind: RemedyKind) -> None:
    voided.give(QUERY, "c")
    voided.give(c.AnswerQuery(number=1, answer="属实", upheld=True))
    with pytest.raises(OutOfOrder, match="wrong-phase"):
        voided.give(c.DecideRemedy(remedy=kind, reason="查证属实", law="政府采购法第五十二条"), OWNER)


def test_a_count_that_voids_at_the_opening_may_be_queried_too() -> None:
    lot = tender(THREE, regime=Regime.GP)
    failure = Failure(reason="too-few-bids", decision="VOID", rule="R-OPEN-09", at=NOW)
    opening = msgspec.structs.replace(lot.opening, failure=failure, announcement=None)
    at = Desk(msgspec.structs.replace(lot, phase=Phase.FAILED, opening=opening))
    (raised,) = at.give(QUERY, "a")
    assert isinstance(raised, e.QueryRaised)


def test_before_anything_is_decided_there_is_no_result_to_query() -> None:
    at = Desk(tender(THREE, regime=Regime.GP)).seat()
    assert node(at.lot, Step.RESULT_QUERY, at.now).state is State.AHEAD
    with pytest.raises(OutOfOrder, match="query-step-not-ended"):
        at.give(QUERY, "a")
