"""Answers to objections to the document after a suspension: R-TIME-07 in R-ENG-07 and R-GP-21."""

from datetime import datetime

import pytest

from bidding.domain.lot import Lot
from bidding.domain.notice.commands import AnswerObjection, Object
from bidding.domain.notice.events import DocumentObjectionAnswered
from bidding.domain.notice.objections import answer_objection, object_to_document
from tests.domain.lots import READER, at, facts, fold, gp_filing, gp_terms, noticed, publication
from tests.domain.suspending import resumed


def objected(lot: Lot, now: datetime) -> Lot:
    command = Object(text="资质要求过高", request="删除", facts="第三章")
    return fold(lot, object_to_document(lot, command, facts(READER, now), received=now))


def late(lot: Lot, now: datetime) -> bool:
    answered = answer_objection(lot, AnswerObjection(number=1, answer="已修改"), facts(now=now))[0]
    assert isinstance(answered, DocumentObjectionAnswered)
    return answered.late


@pytest.fixture
def eng() -> Lot:
    """Objected to on Tuesday 3 March; the three days end on Friday 6 March."""
    return objected(noticed(), at(3))


@pytest.fixture
def gp() -> Lot:
    """Objected to on Friday 6 March; the seven working days end on Tuesday 17 March."""
    return objected(noticed(gp_filing(), publication(text="公开招标", terms=gp_terms())), at(6))


def test_without_a_suspension_the_answer_is_late_after_its_last_day(eng: Lot, gp: Lot) -> None:
    assert [late(eng, at(6, 23)), late(eng, at(7, 1))] == [False, True]
    assert [late(gp, at(17, 23)), late(gp, at(18, 1))] == [False, True]


def test_days_of_suspension_are_no_days_to_answer_in(eng: Lot) -> None:  # R-ENG-07
    stopped = resumed(eng, at(4), at(8))  # four days: until Tuesday 10 March
    assert [late(stopped, at(10, 23)), late(stopped, at(11, 1))] == [False, True]


def test_in_gp_only_working_days_stand_still(gp: Lot) -> None:  # R-GP-21
    stopped = resumed(gp, at(12), at(16))  # Thursday to Monday: two of them are worked
    assert [late(stopped, at(19, 23)), late(stopped, at(20, 1))] == [False, True]


def test_a_suspension_after_the_term_does_not_excuse(eng: Lot) -> None:
    assert late(resumed(eng, at(9), at(12)), at(12, 10))
