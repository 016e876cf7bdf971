"""Objections to the prequalification document: their clock, and what they stop (招投条例 22; R-ENG-06, R-ENG-07)."""

from datetime import date, datetime, timedelta

import pytest

from bidding.domain.disclosure import is_public
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, TooEarly, TooLate, Unknown
from bidding.domain.event import Event
from bidding.domain.lot import Lot
from bidding.domain.notice.prequalifying import ApplicationDeadlineMoved
from bidding.domain.periods import SHANGHAI
from bidding.domain.prequalification import commands as c
from bidding.domain.prequalification import events as e
from bidding.domain.prequalification.noticing import require_open
from bidding.domain.prequalification.objecting import answer_prequalification, object_to_prequalification
from bidding.domain.prequalification.reviewing import require_review
from bidding.domain.timeline import State, Step
from tests.domain.lots import READER, booked, facts, fold, gp_filing, noticed
from tests.domain.prequalification.stage import AFTER, DEADLINE, prequalifying
from tests.rules.nodes import node

#: The deadline is the end of Monday the 16th, written as 0:00 of the 17th: two days before is the 15th.
LAST = datetime(2026, 3, 15, 23, 59, tzinfo=SHANGHAI)
EARLY = datetime(2026, 3, 5, 10, 0, tzinfo=SHANGHAI)
OBJECT = c.ObjectToPrequalification(text="业绩要求与规模不相适应")


def raised(lot: Lot, now: datetime = EARLY) -> Lot:
    return fold(lot, object_to_prequalification(lot, OBJECT, facts(READER, now)))


def answered(lot: Lot, now: datetime, number: int = 1) -> list[Event]:
    command = c.AnswerPrequalificationObjection(number=number, answer="已修改")
    return answer_prequalification(lot, command, facts(now=now))


def test_it_is_raised_two_days_before_the_deadline_at_the_latest() -> None:
    lot = prequalifying()
    assert len(raised(lot, LAST).prequalification.objections) == 1
    with pytest.raises(TooLate, match="document-objection-too-late") as late:
        raised(lot, LAST + timedelta(minutes=1))
    assert late.value.found == {"last_day": LAST.date()}


def test_who_objects_is_known_to_the_offices_alone() -> None:
    lot = prequalifying()
    (event,) = object_to_prequalification(lot, OBJECT, facts(READER, EARLY))
    assert isinstance(event, e.PrequalificationObjectionRaised)
    assert not is_public(event)
    assert event.answer_by == (EARLY + timedelta(days=4)).date()  # the 8th is a Sunday
    said, *_ = answered(fold(lot, [event]), EARLY + timedelta(days=1))
    assert is_public(said)
    assert READER.party not in str(said)


def test_until_it_is_answered_applications_stay_open_and_nobody_reviews() -> None:
    lot = raised(prequalifying(), LAST)
    require_open(lot, AFTER)
    with pytest.raises(TooEarly, match="applications-open"):
        require_review(lot, facts(now=AFTER))
    assert node(lot, Step.PREQUALIFICATION_APPLICATION, AFTER).stands_still
    assert node(lot, Step.PREQUALIFICATION_ANSWER, AFTER).state is State.OPEN


def test_the_answer_gives_the_days_back_that_the_tender_stood_still() -> None:
    """R-TIME-07: from the 5th to the 9th four days; the 20th and its hour are kept."""
    said, moved = answered(raised(prequalifying()), EARLY + timedelta(days=4))
    assert isinstance(said, e.PrequalificationObjectionAnswered)
    assert isinstance(moved, ApplicationDeadlineMoved)
    assert (moved.previous, moved.rule) == (DEADLINE, "R-TIME-07")
    assert moved.deadline == datetime(2026, 3, 23, 0, 0, tzinfo=SHANGHAI)  # 21 and 22 are a weekend
    lot = fold(raised(prequalifying()), [said, moved])
    require_open(lot, AFTER)
    with pytest.raises(TooLate, match="applications-closed"):
        require_open(lot, moved.deadline)


def test_on_the_day_itself_nothing_moves() -> None:
    assert len(answered(raised(prequalifying()), EARLY + timedelta(hours=2))) == 1


def test_days_that_two_objections_share_are_given_back_once_by_the_last_answer() -> None:
    lot = raised(raised(prequalifying()), EARLY + timedelta(days=1))
    (first,) = answered(lot, EARLY + timedelta(days=2))
    _, moved = answered(fold(lot, [first]), EARLY + timedelta(days=4), number=2)
    assert isinstance(moved, ApplicationDeadlineMoved)
    assert moved.deadline == datetime(2026, 3, 23, 0, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(("days", "late"), [(4, False), (5, True)])
def test_a_late_answer_is_due_still_and_marked(days: int, late: bool) -> None:
    said, *_ = answered(raised(prequalifying()), EARLY + timedelta(days=days))
    assert isinstance(said, e.PrequalificationObjectionAnswered)
    assert said.late is late


def test_it_is_answered_once_and_in_words() -> None:
    lot = raised(prequalifying())
    with pytest.raises(Unknown, match="document-objection-unknown"):
        answered(lot, EARLY, number=2)
    empty = c.AnswerPrequalificationObjection(number=1, answer=" ")
    with pytest.raises(Invalid, match="notice-text-missing"):
        answer_prequalification(lot, empty, facts(now=EARLY))
    with pytest.raises(Invalid, match="notice-text-missing"):
        object_to_prequalification(lot, c.ObjectToPrequalification(text=" "), facts(READER, EARLY))
    lot = fold(lot, answered(lot, EARLY))
    with pytest.raises(Conflicting, match="prequalification-objection-answered"):
        answered(lot, EARLY)


def test_it_needs_a_prequalification() -> None:
    with pytest.raises(OutOfOrder, match="wrong-phase"):
        raised(noticed())


# 政府采购: 质疑 of the document (采购法 52; R-GP-20, R-GP-21)

QUERY = c.ObjectToPrequalification(text="业绩要求过高", request="删去业绩要求", facts="与采购需求无关")


def procurement() -> Lot:
    """Noticed on Monday 2026-03-02: the notice period of five working days ends on the 9th, seven more on the 18th; but
    applications end on the 16th already."""
    return prequalifying(booked(gp_filing()), text="现公开征集供应商。")


def queried(now: datetime = EARLY) -> Lot:
    lot = procurement()
    return fold(lot, object_to_prequalification(lot, QUERY, facts(READER, now)))


def test_in_procurement_it_is_a_query_which_says_what_it_asks_for_and_on_what_facts() -> None:  # R-GEN-02
    with pytest.raises(Invalid, match="query-incomplete") as caught:
        raised(procurement())
    assert (caught.value.rule, caught.value.found["missing"]) == ("R-OBJ-01", ["request", "facts"])
    (event,) = object_to_prequalification(procurement(), QUERY, facts(READER, EARLY))
    assert isinstance(event, e.PrequalificationObjectionRaised)
    assert not is_public(event)
    assert (event.suspends, event.request) == (False, QUERY.request)
    assert event.answer_by == date(2026, 3, 16)  # seven working days


def test_a_query_comes_before_the_application_deadline_at_the_latest() -> None:
    assert len(queried(DEADLINE - timedelta(minutes=1)).prequalification.objections) == 1
    with pytest.raises(TooLate, match="document-objection-too-late") as caught:
        queried(DEADLINE + timedelta(minutes=1))
    assert caught.value.rule.startswith("R-GP")


def test_a_query_stops_nothing_and_its_answer_moves_no_deadline() -> None:
    lot = queried()
    with pytest.raises(TooLate, match="applications-closed"):
        require_open(lot, AFTER)
    require_review(lot, facts(now=AFTER))
    (said,) = answered(lot, EARLY + timedelta(days=4))
    assert isinstance(said, e.PrequalificationObjectionAnswered)
    assert is_public(said)
    assert not said.late
    assert READER.party not in str(said)
