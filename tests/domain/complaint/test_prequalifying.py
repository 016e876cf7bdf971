"""A complaint about the prequalification document, after one's own objection to it (R-ENG-27, R-GP-22)."""

from datetime import date, datetime, timedelta

import pytest
from msgspec.structs import replace

from bidding.domain.award.events import RemedyKind
from bidding.domain.command import Command
from bidding.domain.complaint import commands as c
from bidding.domain.complaint import events as e
from bidding.domain.complaint.decide import DECIDERS
from bidding.domain.complaint.events import Matter, Outcome, Paper, Subject
from bidding.domain.errors import Invalid, TooEarly
from bidding.domain.event import Event
from bidding.domain.lot import Lot, Phase
from bidding.domain.parties import Actor, Role
from bidding.domain.prequalification.commands import AnswerPrequalificationObjection, ObjectToPrequalification
from bidding.domain.prequalification.objecting import answer_prequalification, object_to_prequalification
from tests.domain.lots import READER, booked, facts, fold, gp_filing
from tests.domain.prequalification.stage import prequalifying
from tests.domain.prequalification.test_objecting import EARLY, QUERY

OFFICER = Actor(party="officer", roles=frozenset({Role.SUPERVISOR}), credential="o1")
OBJECT = ObjectToPrequalification(text="业绩要求与规模不相适应")
LODGE = c.Lodge(
    subject=Subject.PREQUALIFICATION,
    objection=1,
    matters=(Matter(of=1, text="业绩要求与规模不相适应"),),
    request="删去业绩要求",
    facts="项目规模不到一千万元",
    knew=date(2026, 3, 2),
    papers=(Paper(name="预审文件.pdf", sha256="ab" * 32),),
)


def give(lot: Lot, command: Command, now: datetime, actor: Actor = READER) -> list[Event]:
    found: list[Event] = DECIDERS[type(command)](lot, command, facts(actor, now))
    return found


def objected(*, gp: bool = False, answer: bool = True) -> Lot:
    lot = prequalifying(booked(gp_filing()), text="现公开征集供应商。") if gp else prequalifying()
    lot = fold(lot, object_to_prequalification(lot, QUERY if gp else OBJECT, facts(READER, EARLY)))
    if not answer:
        return lot
    said = AnswerPrequalificationObjection(number=1, answer="要求合理")
    return fold(lot, answer_prequalification(lot, said, facts(now=EARLY + timedelta(days=1))))


def test_it_is_lodged_before_there_is_a_tender_notice() -> None:
    lot = objected()
    assert lot.notice.published_at is None
    (lodged,) = give(lot, LODGE, EARLY + timedelta(days=2))
    assert isinstance(lodged, e.ComplaintLodged)
    assert (lodged.subject, lodged.objection) == (Subject.PREQUALIFICATION, 1)


def test_it_needs_ones_own_objection_to_that_document() -> None:
    lot = objected()
    stranger = Actor(party="another", roles=READER.roles, credential="x")
    for command, by in (
        (LODGE, stranger),
        (replace(LODGE, objection=2), READER),
        (replace(LODGE, subject=Subject.DOCUMENT), READER),
    ):
        with pytest.raises(Invalid, match="complaint-without-objection"):
            give(lot, command, EARLY + timedelta(days=2), by)


def test_it_waits_for_the_answer_while_that_is_not_due() -> None:
    with pytest.raises(TooEarly, match="complaint-answer-awaited"):
        give(objected(answer=False), LODGE, EARLY + timedelta(hours=1))


def test_a_query_in_procurement_leads_to_one_too() -> None:
    late = EARLY + timedelta(days=12)  # the term to answer is over
    (lodged,) = give(objected(gp=True), LODGE, late)
    assert isinstance(lodged, e.ComplaintLodged)


def test_one_that_is_upheld_ends_the_prequalification_to_be_held_anew() -> None:
    """招投条例 23: what breaks the law in the document is mended, and it is begun again."""
    lot = objected()
    lot = fold(lot, give(lot, LODGE, EARLY + timedelta(days=2)))
    lot = fold(lot, give(lot, c.Accept(number=1), EARLY + timedelta(days=3), OFFICER))
    decided = c.Decide(
        number=1,
        outcome=Outcome.UPHELD,
        findings="业绩要求以不合理的条件限制潜在投标人",
        law="招标投标法实施条例第三十二条",
        remedy=RemedyKind.RETENDER,
    )
    lot = fold(lot, give(lot, decided, EARLY + timedelta(days=4), OFFICER))
    assert lot.phase is Phase.FAILED
