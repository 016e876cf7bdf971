"""From admission to T0: R-SVC-03, R-ENG-02/04/06/07, R-GP-01/02/04/20, R-OPEN-01, R-OPEN-21."""

from datetime import UTC, date, datetime

from bidding.domain.admission import decide as admission
from bidding.domain.admission.commands import RequestCorrection
from bidding.domain.calendar import STATE_COUNCIL, HolidayTable
from bidding.domain.lot import Lot, Phase
from bidding.domain.notice import objections
from bidding.domain.notice.commands import AnswerObjection, Object
from bidding.domain.periods import end_of_day
from bidding.domain.regime import Regime
from bidding.domain.ruleset import choose
from bidding.domain.timeline import Kind, Light, State, Step, Who, timeline
from tests.domain.lots import (
    DEADLINE,
    NOW,
    OPERATOR,
    READER,
    RULESETS,
    admitted,
    at,
    booked,
    eng_filing,
    facts,
    fold,
    gp_filing,
    gp_terms,
    noticed,
    publication,
    submitted,
)
from tests.rules.nodes import node, nodes, steps


def gp_lot() -> Lot:
    return noticed(gp_filing(), publication(terms=gp_terms(), text="彩超设备公开招标。"))


def before_notice(lot: Lot) -> dict[Step, State]:
    rules = choose(RULESETS, Regime.ENG, NOW)
    return {one.step: one.state for one in timeline(lot, rules, STATE_COUNCIL, NOW)}


# R-SVC-03, R-SVC-04: admission, booking, notice, each when the one before is done


def test_the_first_three_steps_open_one_after_the_other() -> None:
    first = (Step.ADMISSION, Step.OPENING_SLOT, Step.NOTICE)
    shown = [tuple(before_notice(lot)[step] for step in first) for lot in (submitted(), admitted(), booked())]
    ahead, here, done = State.AHEAD, State.OPEN, State.DONE
    assert shown == [(here, ahead, ahead), (done, here, ahead), (done, done, here)]


def test_a_list_of_defects_is_the_hosts_to_answer() -> None:
    lot = submitted(eng_filing(checklist=()))
    lot = fold(lot, admission.request_correction(lot, RequestCorrection(), facts(OPERATOR)))
    rules = choose(RULESETS, Regime.ENG, NOW)
    (found,) = [one for one in timeline(lot, rules, STATE_COUNCIL, NOW) if one.step is Step.CORRECTION]
    assert (found.who, found.state, found.rule) == ((Who.HOST,), State.OPEN, "R-SVC-03")


# R-ENG-02, R-GP-01, R-GP-02, R-TIME-06: what must stay open


def test_the_document_is_offered_to_the_end_of_its_last_day() -> None:
    offered = node(noticed(), Step.DOCUMENT_OFFER, at(9, 23, 59))
    assert (offered.rule, offered.source, offered.last_day) == ("R-ENG-02", "招投条例 16", date(2026, 3, 9))
    assert offered.state is State.OPEN
    over = node(noticed(), Step.DOCUMENT_OFFER, at(10, 0))
    assert (over.state, over.done_at) == (State.DONE, end_of_day(date(2026, 3, 9)))


def test_only_gp_has_a_notice_period() -> None:
    period = node(gp_lot(), Step.NOTICE_PERIOD, at(3))
    assert (period.rule, period.last_day) == ("R-GP-01", date(2026, 3, 9))  # five working days after Monday
    assert Step.NOTICE_PERIOD not in steps(noticed(), at(3))


# R-ENG-06, R-GP-20, R-GP-23: who may object, until when


def test_objecting_is_a_right_that_ends() -> None:
    until = node(noticed(), Step.DOCUMENT_OBJECTION, at(21, 23))
    assert (until.kind, until.rule, until.last_day) == (Kind.RIGHT, "R-ENG-06", date(2026, 3, 21))
    assert until.state is State.OPEN
    over = node(noticed(), Step.DOCUMENT_OBJECTION, at(22, 0))
    assert (over.state, over.light) == (State.OVER, Light.GREEN)


def test_a_gp_query_runs_from_the_end_of_the_notice_period() -> None:
    until = node(gp_lot(), Step.DOCUMENT_OBJECTION, at(3))
    assert (until.rule, until.last_day) == ("R-GP-20", date(2026, 3, 18))  # 03-09 + seven working days


# R-ENG-04, R-GP-04, R-TIME-05: the last day to clarify without moving T0


def test_the_last_day_to_clarify_is_a_distance_and_moves_with_the_deadline() -> None:
    assert node(noticed(), Step.CLARIFICATION, at(3)).last_day == date(2026, 3, 16)
    gp = node(gp_lot(), Step.CLARIFICATION, at(3))
    assert (gp.rule, gp.who, gp.last_day) == ("R-GP-04", (Who.HOST,), date(2026, 3, 16))


# R-ENG-07, R-GP-21: an objection has its term; in ENG the tender stands still meanwhile


def objected(lot: Lot, now: datetime) -> Lot:
    command = Object(text="工期不合理", request="延长工期", facts="第二章")
    return fold(lot, objections.object_to_document(lot, command, facts(READER, now), received=now))


def test_an_unanswered_objection_stops_the_tender_and_turns_red() -> None:
    lot = objected(noticed(), at(10))
    answer = node(lot, Step.DOCUMENT_ANSWER, at(13, 12))
    assert (answer.rule, answer.last_day, answer.about) == ("R-ENG-07", date(2026, 3, 13), "1")
    assert (answer.state, answer.light) == (State.OPEN, Light.YELLOW)
    late = node(lot, Step.DOCUMENT_ANSWER, at(14, 0))
    assert (late.state, late.light) == (State.LATE, Light.RED)
    deadline = node(lot, Step.DEADLINE, at(31, 10))
    assert (deadline.stands_still, deadline.state) == (True, State.OPEN)


def test_an_answer_ends_the_standstill_and_starts_the_complaint() -> None:
    lot = objected(noticed(), at(10))
    assert node(lot, Step.DOCUMENT_COMPLAINT, at(11)).stands_still
    answer = AnswerObjection(number=1, answer="工期不变")
    lot = fold(lot, objections.answer_objection(lot, answer, facts(now=at(12))))
    assert node(lot, Step.DOCUMENT_ANSWER, at(20)).state is State.DONE
    assert not node(lot, Step.DEADLINE, at(20)).stands_still
    # R-ENG-27: ten days from the notice and two of waiting: Saturday 03-14 rolls to Monday
    assert node(lot, Step.DOCUMENT_COMPLAINT, at(13)).last_day == date(2026, 3, 16)


def test_a_late_answer_stays_red() -> None:
    lot = objected(noticed(), at(10))
    lot = fold(
        lot, objections.answer_objection(lot, AnswerObjection(number=1, answer="不变"), facts(now=at(17)))
    )
    answer = node(lot, Step.DOCUMENT_ANSWER, at(20))
    assert (answer.state, answer.light, answer.done_at) == (State.LATE, Light.RED, at(17))


def test_a_gp_query_stops_nothing_and_leads_to_a_complaint() -> None:  # R-GP-21, R-GP-22
    lot = objected(gp_lot(), at(10))
    assert node(lot, Step.DOCUMENT_ANSWER, at(10)).last_day == date(2026, 3, 19)
    assert not node(lot, Step.DEADLINE, at(11)).stands_still
    complaint = node(lot, Step.DOCUMENT_COMPLAINT, at(20))
    # fifteen working days after 03-19, 清明 on 2026-04-06 left out
    assert (complaint.rule, complaint.last_day) == ("R-GP-22", date(2026, 4, 10))


# R-OPEN-01, R-ENG-13, R-OPEN-21: T0 and the hour before it


def test_sign_in_opens_an_hour_before_the_deadline() -> None:
    assert node(noticed(), Step.SIGN_IN, at(31, 8, 29)).state is State.AHEAD
    signing = node(noticed(), Step.SIGN_IN, at(31, 8, 30))
    assert (signing.state, signing.due) == (State.OPEN, DEADLINE)
    assert signing.light is Light.GREEN  # an hour: yellow by its share only
    assert node(noticed(), Step.SIGN_IN, at(31, 9, 18)).light is Light.YELLOW


def test_what_is_ahead_has_no_date_and_no_alarm() -> None:
    later = [one for one in nodes(noticed(), at(3)) if one.step in {Step.REPORT, Step.CONTRACT, Step.ROLL}]
    assert {(one.state, one.light, one.due) for one in later} == {(State.AHEAD, Light.GREEN, None)}


# R-TIME-03: a year without a calendar is refused, not guessed


def test_a_term_in_an_unknown_year_has_no_date_and_names_the_year() -> None:
    lot = noticed()
    nowhere = HolidayTable(years=frozenset(), holidays=frozenset(), makeup_workdays=frozenset())
    lot = objected(lot, at(10))
    (answer,) = [one for one in nodes(lot, at(11), nowhere) if one.step is Step.DOCUMENT_ANSWER]
    assert (answer.due, answer.last_day, answer.no_calendar_for) == (None, None, 2026)
    assert answer.state is State.OPEN


def test_the_pinned_rules_count_whatever_holds_today() -> None:  # R-GEN-03
    lot = noticed()
    assert lot.phase is Phase.NOTICED
    assert lot.notice.ruleset == "ENG-2025-06-01"
    much_later = datetime(2027, 6, 1, tzinfo=UTC)
    assert node(lot, Step.CLARIFICATION, much_later).last_day == date(2026, 3, 16)
