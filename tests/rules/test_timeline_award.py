"""From the report to the contract: R-ENG-18…29, R-GP-14…16, R-GP-23, R-AWARD-01, R-TIME-07, R-NB-ZX-03."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from bidding.domain.award import commands as award
from bidding.domain.contract import commands as contract
from bidding.domain.control.events import LotSuspended, SuspensionLifted
from bidding.domain.lot import evolve
from bidding.domain.money.events import DepositReturnDue, DepositsReturned
from bidding.domain.periods import end_of_day
from bidding.domain.regime import Regime
from bidding.domain.timeline import Kind, Light, State, Step, Who
from tests.domain.evaluation.tender import OWNER, SIGNED, YUAN, Desk, tender
from tests.rules.nodes import node, steps

THREE = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN}
DAY = timedelta(days=1)
CONTRACT = contract.DraftContract(
    price_fen=720_000 * YUAN, duration_days=120, quality="合格", project_lead="b公司经理", terms="第一条"
)


@pytest.fixture
def eng() -> Desk:
    """Reported on Wednesday 3 June 2026, 10:00 in Beijing; b ranks first."""
    return Desk(tender(THREE)).seat().mark().report()


@pytest.fixture
def gp() -> Desk:
    """The same day; a ranks first."""
    return Desk(tender(THREE, regime=Regime.GP)).seat().mark().report()


def suspend(at: Desk, days: int) -> None:
    """Stopped now, lifted ``days`` days later."""
    at.lot = evolve(at.lot, LotSuspended(by="officer", at=at.now, reason="核查", order="1", signed=SIGNED))
    at.now += days * DAY
    at.lot = evolve(at.lot, SuspensionLifted(by="officer", at=at.now, reason="完毕", signed=SIGNED))


# R-ENG-20, R-ENG-21, R-ENG-22


def test_publicity_must_begin_within_three_days_of_the_report(eng: Desk) -> None:
    start = node(eng.lot, Step.PUBLICITY_START, eng.now)
    assert (start.rule, start.source, start.who) == ("R-ENG-20", "招投条例 54", (Who.HOST,))
    assert (start.n, start.last_day) == (3, date(2026, 6, 8))  # Saturday 6 June rolls to Monday
    assert start.light is Light.GREEN
    assert node(eng.lot, Step.PUBLICITY_START, eng.now + 3 * DAY).light is Light.YELLOW
    late = node(eng.lot, Step.PUBLICITY_START, end_of_day(date(2026, 6, 8)))
    assert (late.state, late.light) == (State.LATE, Light.RED)


def test_the_publicity_and_the_right_to_object_end_together(eng: Desk) -> None:
    eng.give(award.PubliciseCandidates())
    shown, right = (node(eng.lot, step, eng.now) for step in (Step.PUBLICITY, Step.RESULT_OBJECTION))
    assert (shown.rule, shown.last_day, shown.state) == ("R-ENG-21", date(2026, 6, 8), State.OPEN)
    assert (right.rule, right.due, right.kind) == ("R-ENG-22", shown.due, Kind.RIGHT)
    assert shown.due is not None
    after = [node(eng.lot, step, shown.due).state for step in (Step.PUBLICITY, Step.RESULT_OBJECTION)]
    assert after == [State.DONE, State.OVER]


def test_the_award_waits_for_the_answer_to_an_objection(eng: Desk) -> None:
    eng.give(award.PubliciseCandidates())
    eng.give(award.ObjectToResult(text="业绩不实"), "c")
    answer = node(eng.lot, Step.RESULT_ANSWER, eng.now)
    assert (answer.rule, answer.last_day, answer.about) == ("R-ENG-22", date(2026, 6, 8), "1")
    assert node(eng.lot, Step.DETERMINATION, eng.now + 6 * DAY).stands_still
    assert node(eng.lot, Step.RESULT_COMPLAINT, eng.now).stands_still
    eng.now += 2 * DAY
    eng.give(award.AnswerResultObjection(number=1, answer="属实"))
    assert node(eng.lot, Step.RESULT_ANSWER, eng.now).state is State.DONE
    assert not node(eng.lot, Step.DETERMINATION, eng.now + 6 * DAY).stands_still
    # R-ENG-27: ten days from the publicity and the two of waiting
    assert node(eng.lot, Step.RESULT_COMPLAINT, eng.now).last_day == date(2026, 6, 15)


# R-ENG-23, R-ENG-24, R-ENG-29, R-AWARD-01


def concluded(at: Desk) -> Desk:
    at.give(award.PubliciseCandidates())
    at.now = datetime(2026, 6, 8, 16, 0, tzinfo=UTC)  # Tuesday 9 June, 00:00 in Beijing
    at.give(award.DetermineWinner(bidder="b"), OWNER)
    at.give(award.IssueAwardNotice())
    return at


def test_winner_notice_and_contract_follow_each_other(eng: Desk) -> None:
    at = concluded(eng)
    chosen, notice = (node(at.lot, step, at.now) for step in (Step.DETERMINATION, Step.AWARD_NOTICE))
    assert (chosen.rule, chosen.state, chosen.who) == ("R-ENG-29", State.DONE, (Who.TENDERER,))
    assert (notice.rule, notice.done_at) == ("R-AWARD-01", at.now)
    due = node(at.lot, Step.CONTRACT, at.now)
    assert (due.rule, due.who, due.due) == (
        "R-ENG-24",
        (Who.TENDERER, Who.WINNER),
        at.lot.award.contract_due,
    )


def test_the_report_to_the_supervisor_is_a_duty_here(eng: Desk) -> None:
    at = concluded(eng)
    told = node(at.lot, Step.SUPERVISOR_REPORT, at.now)
    assert (told.rule, told.last_day, told.kind) == ("R-ENG-23", date(2026, 6, 24), Kind.DUTY)
    assert node(at.lot, Step.SUPERVISOR_REPORT, at.now + 60 * DAY).state is State.LATE


def test_a_duty_outside_the_platform_is_shown_and_never_called_late(gp: Desk) -> None:  # R-GP-16
    filed = replace(gp.lot, contract=replace(gp.lot.contract, filed_at=gp.now))
    assert node(filed, Step.CONTRACT_COPY, gp.now).kind is Kind.OUTSIDE
    assert node(filed, Step.CONTRACT_COPY, gp.now + 60 * DAY).state is State.OVER


def test_a_contract_in_time_is_done_and_a_late_one_red(eng: Desk) -> None:
    at = concluded(eng)
    at.give(CONTRACT)
    assert node(at.lot, Step.CONTRACT, at.now + 31 * DAY).state is State.LATE
    signing = contract.SignContract(contract_hash=at.lot.contract.contract_hash)
    at.give(signing, OWNER)
    at.give(signing, "b")
    assert node(at.lot, Step.CONTRACT, at.now + 31 * DAY).state is State.DONE
    late = replace(at.lot, contract=replace(at.lot.contract, filed_at=at.now + 31 * DAY))
    assert node(late, Step.CONTRACT, at.now + 40 * DAY).light is Light.RED


def test_bids_bind_for_the_days_of_the_document(eng: Desk) -> None:  # R-ENG-10
    lot = replace(eng.lot, notice=replace(eng.lot.notice, deadline=datetime(2026, 6, 2, 1, tzinfo=UTC)))
    bound = node(lot, Step.BID_VALIDITY, eng.now)
    assert (bound.rule, bound.last_day, bound.state) == ("R-ENG-10", date(2026, 8, 31), State.OPEN)


# R-TIME-07, R-NB-ZX-03: only a cause stops the clock


def test_days_of_suspension_do_not_count(eng: Desk) -> None:
    suspend(eng, 4)
    start = node(eng.lot, Step.PUBLICITY_START, eng.now)
    # 3 + 4 days after Wednesday 3 June
    assert (start.stopped_days, start.last_day) == (4, date(2026, 6, 10))


def test_of_working_days_only_working_days_stand_still(gp: Desk) -> None:
    suspend(gp, 5)  # Wednesday to Monday: three of them are worked
    chosen = node(gp.lot, Step.DETERMINATION, gp.now)
    assert (chosen.stopped_days, chosen.last_day) == (3, date(2026, 6, 15))


def test_while_it_lasts_nothing_becomes_late(eng: Desk) -> None:
    eng.lot = evolve(eng.lot, LotSuspended(by="o", at=eng.now, reason="核查", order="1", signed=SIGNED))
    far = node(eng.lot, Step.PUBLICITY_START, eng.now + 60 * DAY)
    assert (far.stands_still, far.state, far.stopped_days) == (True, State.OPEN, 60)


def test_a_suspension_after_the_term_gives_nothing_back(eng: Desk) -> None:
    eng.now += 10 * DAY
    suspend(eng, 4)
    start = node(eng.lot, Step.PUBLICITY_START, eng.now)
    assert (start.stopped_days, start.state) == (0, State.LATE)


# R-GP-14, R-GP-15, R-GP-16, R-GP-23


def test_gp_counts_working_days_and_queries_the_result(gp: Desk) -> None:
    handed = node(gp.lot, Step.REPORT_HANDED_OVER, gp.now)
    assert (handed.rule, handed.state, handed.last_day) == ("R-GP-14", State.DONE, date(2026, 6, 5))
    chosen = node(gp.lot, Step.DETERMINATION, gp.now)
    assert (chosen.rule, chosen.last_day) == ("R-GP-14", date(2026, 6, 10))
    gp.give(award.DetermineWinner(bidder="a"), OWNER)
    assert node(gp.lot, Step.AWARD_NOTICE, gp.now).last_day == date(2026, 6, 5)
    gp.give(award.IssueAwardNotice())
    shown, query = (node(gp.lot, step, gp.now) for step in (Step.RESULT_ANNOUNCEMENT, Step.RESULT_QUERY))
    assert (shown.rule, shown.last_day) == ("R-GP-15", date(2026, 6, 4))
    assert (query.rule, query.kind, query.last_day) == ("R-GP-20", Kind.RIGHT, date(2026, 6, 15))
    assert node(gp.lot, Step.CONTRACT, gp.now).rule == "R-GP-16"


def test_gp_contracts_are_published_at_once_and_filed_in_seven_working_days(gp: Desk) -> None:
    gp.give(award.DetermineWinner(bidder="a"), OWNER)
    gp.give(award.IssueAwardNotice())
    lot = replace(gp.lot, contract=replace(gp.lot.contract, filed_at=gp.now))
    published, copy = (node(lot, step, gp.now) for step in (Step.CONTRACT_PUBLISHED, Step.CONTRACT_COPY))
    assert (published.rule, published.state, published.last_day) == ("R-GP-16", State.DONE, date(2026, 6, 5))
    assert (copy.kind, copy.last_day) == (Kind.OUTSIDE, date(2026, 6, 12))


def test_publicity_is_eng_and_the_announcement_gp(eng: Desk, gp: Desk) -> None:  # R-GEN-02
    publicity, announcement = {Step.PUBLICITY, Step.RESULT_OBJECTION}, {Step.RESULT_QUERY, Step.CONTRACT_COPY}
    assert publicity <= steps(eng.lot, eng.now)
    assert not publicity & steps(gp.lot, gp.now)
    assert announcement <= steps(gp.lot, gp.now)
    assert not announcement & steps(eng.lot, eng.now)


# R-ENG-25, R-GP-07, R-LEDG-01: every deposit has its day


def test_each_deposit_is_due_and_late_by_itself(eng: Desk) -> None:
    for name in ("a", "c"):
        due = DepositReturnDue(bidder=name, amount_fen=100, due=date(2026, 7, 8), rule="R-ENG-25")
        eng.lot = evolve(eng.lot, due)
    back = DepositsReturned(bidder="a", amount_fen=100, interest_fen=1, at=eng.now, late=False)
    eng.lot = evolve(eng.lot, back)
    then = datetime(2026, 7, 8, 16, 0, tzinfo=UTC)
    returned, missing = (node(eng.lot, Step.DEPOSIT_RETURN, then, about=name) for name in ("a", "c"))
    assert (returned.state, returned.done_at) == (State.DONE, eng.now)
    assert (missing.rule, missing.state, missing.light) == ("R-ENG-25", State.LATE, Light.RED)
    assert node(eng.lot, Step.DEPOSIT_RETURN, then - DAY, about="c").light is Light.YELLOW
