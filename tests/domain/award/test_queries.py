"""质疑 of procedure and result: R-GP-20, R-GP-21, R-GP-23, R-GP-29; 采购法 52, 53, 采购条例 53, 54; F-32."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from bidding.domain.award import commands as c
from bidding.domain.award import events as e
from bidding.domain.contract import commands as k
from bidding.domain.contract.decide import due
from bidding.domain.disclosure import visible
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, TooLate, Unknown
from bidding.domain.lot import Phase
from bidding.domain.parties import Standing
from bidding.domain.periods import end_of_day
from bidding.domain.regime import Regime
from bidding.domain.timeline import State, Step
from tests.domain.evaluation.tender import NOW, OWNER, YUAN, Desk, tender
from tests.rules.nodes import node

FOUR = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN, "d": 730_000 * YUAN}
DAY = timedelta(days=1)
DRAFT = k.DraftContract(
    price_fen=700_000 * YUAN, duration_days=120, quality="合格", project_lead="a公司经理", terms="第一条"
)


def ask(**changes: Any) -> c.Query:
    whole = c.Query(
        stage=e.QueryStage.RESULT,
        matters=("业绩不实", "人员不足"),
        request="取消中标资格",
        facts="合同金额与公开信息不符",
    )
    return replace(whole, **changes)


@pytest.fixture
def gp() -> Desk:
    """Reported and announced on Wednesday 3 June 2026; a wins."""
    lot = tender(FOUR, regime=Regime.GP)
    lot = replace(lot, opening=replace(lot.opening, ended_at=NOW - 5 * DAY))
    at = Desk(lot).seat().mark().report()
    at.give(c.DetermineWinner(bidder="a"), OWNER)
    at.give(c.IssueAwardNotice())
    return at


# R-GP-23, 采购条例 53: each with a start day of its own


@pytest.mark.parametrize(
    ("stage", "last"),
    [
        (e.QueryStage.OPENING, date(2026, 6, 9)),  # ended Friday 29 May
        (e.QueryStage.EVALUATION, date(2026, 6, 12)),  # ended Wednesday 3 June
        (e.QueryStage.RESULT, date(2026, 6, 15)),  # announced until Thursday 4 June
    ],
)
def test_seven_working_days_from_the_end_of_the_step(gp: Desk, stage: e.QueryStage, last: date) -> None:
    over = end_of_day(last).astimezone(UTC)
    gp.now = over - timedelta(milliseconds=1)
    (raised,) = gp.give(ask(stage=stage), "b")
    assert isinstance(raised, e.QueryRaised)
    gp.now = over
    with pytest.raises(TooLate) as refused:
        gp.give(ask(stage=stage), "b")
    assert (refused.value.code, refused.value.found) == ("query-too-late", {"last_day": last})


def test_the_last_day_is_the_one_that_the_announcement_said(gp: Desk) -> None:
    announced = next(one for one in gp.events if isinstance(one, e.ResultAnnounced))
    gp.now = announced.query_until
    with pytest.raises(TooLate):
        gp.give(ask(), "b")


def test_a_step_that_has_not_ended_is_not_queried_yet() -> None:
    at = Desk(tender(FOUR, regime=Regime.GP)).seat()
    for stage in e.QueryStage:
        with pytest.raises(OutOfOrder, match="query-step-not-ended"):
            at.give(ask(stage=stage), "b")


def test_a_query_belongs_to_gp_and_an_objection_to_eng() -> None:  # R-GEN-02
    at = Desk(tender(FOUR)).seat().mark().report()
    with pytest.raises(OutOfOrder, match="query-is-gp"):
        at.give(ask(stage=e.QueryStage.EVALUATION), "b")


# What a query contains (94号令 12), and how often (94号令 10)


def test_all_that_is_missing_is_told_at_once(gp: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        gp.give(ask(request=" ", facts=""), "b")
    assert refused.value.found == {"missing": ["request", "facts"]}
    with pytest.raises(Invalid) as blank:
        gp.give(ask(matters=("业绩不实", " ")), "b")
    assert blank.value.found == {"missing": ["matters"]}


def test_once_for_each_step_where_the_document_asks_that(gp: Desk) -> None:
    gp.give(ask(), "b")
    gp.give(ask(), "b")
    terms = gp.lot.notice.terms
    assert terms is not None
    once = replace(gp.lot.notice, terms=replace(terms, one_query_per_step=True))
    gp.lot = replace(gp.lot, notice=once)
    with pytest.raises(Conflicting, match="query-twice"):
        gp.give(ask(), "b")
    gp.give(ask(), "c")
    gp.give(ask(stage=e.QueryStage.EVALUATION), "b")


# R-GP-21, 采购法 53: answered within seven working days, for the suppliers concerned


def test_the_offices_see_who_asks_and_the_suppliers_see_the_answer(gp: Desk) -> None:
    (raised,) = gp.give(ask(), "b")
    (answered,) = gp.give(c.AnswerQuery(number=1, answer="属实"))
    assert not visible(raised, frozenset({Standing.PARTICIPANT, Standing.WINNER}))
    assert visible(answered, frozenset({Standing.PARTICIPANT}))
    assert not visible(answered, frozenset({Standing.MEMBER}))
    assert isinstance(answered, e.QueryAnswered)
    assert not hasattr(answered, "by")
    assert answered.matters == ("业绩不实", "人员不足")


def test_an_answer_after_the_seventh_working_day_is_late(gp: Desk) -> None:
    (raised,) = gp.give(ask(), "b")
    assert isinstance(raised, e.QueryRaised)
    assert raised.due == end_of_day(date(2026, 6, 12)).astimezone(UTC)
    gp.now = raised.due - timedelta(milliseconds=1)
    assert node(gp.lot, Step.QUERY_ANSWER, gp.now).state is State.OPEN
    gp.now = raised.due
    assert node(gp.lot, Step.QUERY_ANSWER, gp.now).state is State.LATE
    (answered,) = gp.give(c.AnswerQuery(number=1, answer="属实"))
    assert isinstance(answered, e.QueryAnswered)
    assert answered.late


def test_a_query_is_answered_once_and_must_exist(gp: Desk) -> None:
    gp.give(ask(), "b")
    gp.give(c.AnswerQuery(number=1, answer="属实"))
    with pytest.raises(Conflicting, match="query-answered"):
        gp.give(c.AnswerQuery(number=1, answer="属实"))
    with pytest.raises(Unknown, match="no-such-query"):
        gp.give(c.AnswerQuery(number=2, answer="属实"))


# R-GP-29, 采购条例 54: the contract waits


def test_while_a_query_may_change_the_result_nothing_is_signed(gp: Desk) -> None:
    gp.give(DRAFT)
    gp.give(ask(), "b")
    sign = k.SignContract(contract_hash=gp.lot.contract.contract_hash)
    with pytest.raises(OutOfOrder) as refused:
        gp.give(sign, OWNER)
    assert (refused.value.code, refused.value.rule) == ("query-holds-signing", "R-GP-29")
    gp.give(c.AnswerQuery(number=1, answer="不成立"))
    gp.give(sign, OWNER)


def test_the_purchaser_may_find_that_the_result_cannot_change(gp: Desk) -> None:
    gp.give(DRAFT)
    gp.give(ask(), "b")
    gp.give(c.AssessQuery(number=1, may_change_result=False, reason="不涉及评分"), OWNER)
    gp.give(k.SignContract(contract_hash=gp.lot.contract.contract_hash), OWNER)


def test_a_query_after_the_contract_pauses_its_performance(gp: Desk) -> None:
    gp.give(DRAFT)
    for party in ("tenderer", "a"):
        gp.give(k.SignContract(contract_hash=gp.lot.contract.contract_hash), party)
    assert gp.lot.phase is Phase.CONTRACTED
    (raised,) = gp.give(ask(), "b")
    assert isinstance(raised, e.QueryRaised)
    assert raised.signed_already
    assert raised.holds


def test_the_days_of_waiting_are_none_of_the_thirty(gp: Desk) -> None:  # R-TIME-07
    before = node(gp.lot, Step.CONTRACT, gp.now).last_day
    assert before == date(2026, 7, 3)
    gp.now += DAY
    gp.give(ask(), "b")
    assert node(gp.lot, Step.CONTRACT, gp.now).stands_still
    assert due(gp.lot) == []
    gp.now += 4 * DAY
    gp.give(c.AnswerQuery(number=1, answer="不成立"))
    assert node(gp.lot, Step.CONTRACT, gp.now).last_day == date(2026, 7, 7)
    assert due(gp.lot) == [("contract/mark-overdue", end_of_day(date(2026, 7, 7)).astimezone(UTC))]


# The complaint that may follow (R-GP-22)


def test_fifteen_working_days_from_the_end_of_the_answers_term(gp: Desk) -> None:
    gp.give(ask(), "b")
    complaint = node(gp.lot, Step.QUERY_COMPLAINT, gp.now)
    assert (complaint.rule, complaint.last_day) == ("R-GP-22", date(2026, 7, 6))


def test_the_terms_stand_on_the_timeline(gp: Desk) -> None:
    found = {step: node(gp.lot, step, gp.now) for step in (Step.OPENING_QUERY, Step.EVALUATION_QUERY)}
    assert {step: one.last_day for step, one in found.items()} == {
        Step.OPENING_QUERY: date(2026, 6, 9),
        Step.EVALUATION_QUERY: date(2026, 6, 12),
    }
    assert node(gp.lot, Step.OPENING_QUERY, datetime(2026, 6, 10, tzinfo=UTC)).state is State.OVER
