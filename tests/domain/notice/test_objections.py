"""Objections to the tender document: R-ENG-06/07, R-GP-20/21/23, R-TIME-07, R-DOC-03; F-32."""

from datetime import date, datetime

import pytest

from bidding.domain.errors import Conflicting, Forbidden, Invalid, OutOfOrder, Refusal, TooLate, Unknown
from bidding.domain.event import EVERYONE, OFFICES
from bidding.domain.lot import Lot
from bidding.domain.notice import decide
from bidding.domain.notice.commands import AnswerObjection, Clarify, Object
from bidding.domain.notice.events import (
    DeadlineMoved,
    DocumentObjectionAnswered,
    DocumentObjectionRaised,
)
from bidding.domain.notice.objections import answer_objection, object_to_document
from tests.domain.lots import (
    DEADLINE,
    READER,
    at,
    booked,
    facts,
    fold,
    gp_filing,
    gp_terms,
    noticed,
    publication,
)


def gp_lot() -> Lot:
    return noticed(gp_filing(), publication(text="公开招标", terms=gp_terms()))


def raised(now: datetime, lot: Lot | None = None) -> DocumentObjectionRaised:
    command = Object(text="资质要求过高", request="删除该条", facts="第三章第二节")
    (event,) = object_to_document(lot or noticed(), command, facts(READER, now), received=at(2))
    assert isinstance(event, DocumentObjectionRaised)
    return event


def answer(lot: Lot, now: datetime, number: int = 1) -> list[DocumentObjectionAnswered | DeadlineMoved]:
    events = answer_objection(lot, AnswerObjection(number=number, answer="已修改"), facts(now=now))
    assert all(isinstance(event, DocumentObjectionAnswered | DeadlineMoved) for event in events)
    return [event for event in events if isinstance(event, DocumentObjectionAnswered | DeadlineMoved)]


def moved(lot: Lot, now: datetime, number: int = 1) -> datetime | None:
    return next(
        (event.deadline for event in answer(lot, now, number) if isinstance(event, DeadlineMoved)), None
    )


def refused(now: datetime, lot: Lot) -> Refusal:
    with pytest.raises(Refusal) as caught:
        raised(now, lot)
    return caught.value


def test_in_eng_one_objects_until_ten_days_before_the_deadline() -> None:
    assert raised(at(21, 23, 59)).number == 1
    refusal = refused(at(22, 0, 1), noticed())
    assert isinstance(refusal, TooLate)
    assert (refusal.rule, refusal.found["last_day"]) == ("R-ENG-06", date(2026, 3, 21))


def test_in_gp_the_term_runs_from_the_end_of_the_notice_period() -> None:
    """Notice 03-02 + 5 working days = 03-09; + 7 working days = 03-18."""
    assert raised(at(18, 23), gp_lot()).rule == "R-GP-21"
    refusal = refused(at(19, 1), gp_lot())
    assert (refusal.rule, refusal.found["last_day"]) == ("R-GP-20", date(2026, 3, 18))


@pytest.mark.parametrize(
    ("lot", "last", "suspends"),
    [(noticed(), date(2026, 3, 9), True), (gp_lot(), date(2026, 3, 17), False)],
    ids=["3日, rolled past the weekend", "7工作日"],
)
def test_each_regime_has_its_own_answering_term(lot: Lot, last: date, suspends: bool) -> None:
    day = 5 if suspends else 6
    event = raised(at(day), lot)
    assert (event.answer_by, event.suspends) == (last, suspends)


def test_the_name_of_the_objector_stays_with_the_offices() -> None:
    assert DocumentObjectionRaised.AUDIENCE == OFFICES
    assert DocumentObjectionAnswered.AUDIENCE == EVERYONE
    assert "by" not in DocumentObjectionAnswered.__struct_fields__
    lot = fold(noticed(), [raised(at(10))])
    (answered,) = answer(lot, at(10, 15))
    assert isinstance(answered, DocumentObjectionAnswered)
    assert (answered.question, answered.late) == ("资质要求过高", False)


def test_an_answer_on_the_same_day_costs_no_time() -> None:
    assert moved(fold(noticed(), [raised(at(10))]), at(10, 17)) is None


def test_days_of_standstill_do_not_count_towards_the_twenty() -> None:
    """29 days from notice to deadline: nine may be lost, the tenth moves the deadline (R-TIME-07)."""
    lot = fold(noticed(), [raised(at(3))])
    assert moved(lot, at(12)) is None
    assert moved(lot, at(13)) == at(1, 9, 30, month=4)


def test_overlapping_objections_stop_the_clock_once() -> None:
    lot = fold(noticed(), [raised(at(3))])
    lot = fold(lot, [raised(at(5), lot)])
    assert moved(lot, at(12), number=1) is None, "the other one is still open"
    lot = fold(lot, answer(lot, at(12), number=1))
    assert moved(lot, at(12), number=2) is None
    assert moved(lot, at(13), number=2) == at(1, 9, 30, month=4)


def test_standstill_after_a_clarification_counts_against_its_fifteen_days() -> None:
    lot = noticed()
    lot = fold(lot, decide.clarify(lot, Clarify(text="更正", affects_bids=True), facts(now=at(16))))
    lot = fold(lot, [raised(at(17), lot)])
    assert moved(lot, at(18)) == at(1, 9, 30, month=4)


def test_standstill_before_a_clarification_costs_its_fifteen_days_nothing() -> None:
    lot = fold(noticed(), [raised(at(3))])
    lot = fold(lot, answer(lot, at(9)))
    lot = fold(lot, decide.clarify(lot, Clarify(text="更正", affects_bids=True), facts(now=at(16))))
    lot = fold(lot, [raised(at(16), lot)])
    assert moved(lot, at(16, 17), number=2) is None


def test_a_deadline_that_passed_meanwhile_gets_back_the_days_it_had_left() -> None:
    lot = fold(noticed(), [raised(at(20))])
    late = at(1, 10, month=4)
    assert late > DEADLINE
    answered, move = answer(lot, late)
    assert isinstance(answered, DocumentObjectionAnswered)
    assert answered.late
    assert isinstance(move, DeadlineMoved)
    assert move.deadline == at(13, 9, 30, month=4), "11 days after 04-01 is a Sunday"


def test_while_one_is_open_the_lot_says_so() -> None:
    lot = fold(noticed(), [raised(at(10))])
    assert [objection.number for objection in lot.notice.open_objections] == [1]
    assert fold(lot, answer(lot, at(11))).notice.open_objections == ()


def test_gp_answers_do_not_move_the_deadline() -> None:
    lot = fold(gp_lot(), [raised(at(3), gp_lot())])
    assert moved(lot, at(17)) is None


def test_an_objection_is_answered_once() -> None:
    lot = fold(noticed(), [raised(at(10))])
    lot = fold(lot, answer(lot, at(10)))
    with pytest.raises(OutOfOrder):
        answer(lot, at(11))
    with pytest.raises(Unknown):
        answer(lot, at(11), number=2)


def test_there_is_nothing_to_object_to_before_the_notice() -> None:
    assert isinstance(refused(at(3), booked()), OutOfOrder)


# 质疑 of the document: who may, what it must contain, and from when its term runs (R-GP-20, R-GP-23)

FULL = Object(text="资质要求过高", request="删除该条", facts="第三章第二节")


def test_in_gp_only_who_took_the_document_may_query_it() -> None:
    with pytest.raises(Forbidden) as refused:
        object_to_document(gp_lot(), FULL, facts(READER, at(3)))
    assert (refused.value.code, refused.value.rule) == ("query-without-document", "R-GP-20")
    assert object_to_document(noticed(), Object(text="资质要求过高"), facts(READER, at(3)))


def test_a_query_without_request_and_facts_is_told_all_that_it_lacks() -> None:
    with pytest.raises(Invalid) as refused:
        object_to_document(gp_lot(), Object(text="资质要求过高"), facts(READER, at(3)), received=at(2))
    assert (refused.value.code, refused.value.found) == (
        "query-incomplete",
        {"missing": ["request", "facts"]},
    )


def test_who_took_the_document_late_has_the_term_from_then() -> None:
    """The notice period ends on Monday 9 March; seven working days on is the 18th. Taken on the 16th: the 25th."""
    with pytest.raises(TooLate):
        object_to_document(gp_lot(), FULL, facts(READER, at(25)), received=at(2))
    assert object_to_document(gp_lot(), FULL, facts(READER, at(25)), received=at(16))
    with pytest.raises(TooLate):
        object_to_document(gp_lot(), FULL, facts(READER, at(26)), received=at(16))


def test_one_query_of_the_document_where_the_document_says_so() -> None:
    once = noticed(gp_filing(), publication(text="公开招标", terms=gp_terms(one_query_per_step=True)))
    for lot, again in ((gp_lot(), True), (once, False)):
        after = fold(lot, object_to_document(lot, FULL, facts(READER, at(3)), received=at(2)))
        if again:
            assert object_to_document(after, FULL, facts(READER, at(4)), received=at(2))
            continue
        with pytest.raises(Conflicting, match="query-twice"):
            object_to_document(after, FULL, facts(READER, at(4)), received=at(2))
