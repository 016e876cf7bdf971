"""询问 in 政府采购 and its answer in three working days (R-GP-21, 采购法 51, 采购条例 52)."""

from datetime import date

import pytest

from bidding.domain.calendar import STATE_COUNCIL
from bidding.domain.control import decide as control
from bidding.domain.control.commands import Lift, Suspend
from bidding.domain.disclosure import SPECTATOR, visible
from bidding.domain.errors import Invalid, OutOfOrder, Unknown
from bidding.domain.lot import Lot
from bidding.domain.notice.commands import AnswerInquiry, Inquire
from bidding.domain.notice.inquiries import answer_inquiry, inquire
from bidding.domain.timeline.node import State, Step
from bidding.domain.timeline.plan import timeline
from tests.domain.lots import (
    READER,
    RULESETS,
    admitted,
    at,
    facts,
    fold,
    gp_filing,
    gp_terms,
    noticed,
    publication,
)

ASK = Inquire(text="允许偏离多少?")
ANSWER = AnswerInquiry(number=1, answer="正负百分之五。")


def asked() -> Lot:
    """On Wednesday 2026-03-04: the third working day is Monday the 9th."""
    lot = noticed(gp_filing(), publication(terms=gp_terms(), text="现公开采购。"))
    return fold(lot, inquire(lot, ASK, facts(READER, at(4))))


def test_the_answer_is_due_on_the_third_working_day() -> None:
    (one,) = asked().notice.inquiries
    assert (one.answer_by, one.by) == (date(2026, 3, 9), "reader")


@pytest.mark.parametrize(("day", "late"), [(9, False), (10, True)])
def test_a_late_answer_is_marked(day: int, late: bool) -> None:
    lot = asked()
    lot = fold(lot, answer_inquiry(lot, ANSWER, facts(now=at(day, 23))))
    (one,) = lot.notice.inquiries
    assert (one.answer, one.late) == ("正负百分之五。", late)
    with pytest.raises(OutOfOrder, match="inquiry-answered"):
        answer_inquiry(lot, ANSWER, facts(now=at(day, 23)))


def test_days_of_suspension_are_none_to_answer_in() -> None:  # R-TIME-07
    lot = asked()
    lot = fold(lot, control.suspend(lot, Suspend(reason="核查", order="1号"), facts(now=at(5))))
    lot = fold(lot, control.lift(lot, Lift(reason="查清"), facts(now=at(11))))
    (answered,) = answer_inquiry(lot, ANSWER, facts(now=at(12)))
    assert not fold(lot, [answered]).notice.inquiries[0].late


def test_it_belongs_to_government_procurement() -> None:
    with pytest.raises(OutOfOrder, match="inquiry-is-gp"):
        inquire(noticed(), ASK, facts(READER))
    with pytest.raises(OutOfOrder, match="wrong-phase"):
        inquire(admitted(gp_filing()), ASK, facts(READER))


def test_empty_and_strange_ones_are_refused() -> None:
    lot = asked()
    with pytest.raises(Invalid, match="notice-text-missing"):
        inquire(lot, Inquire(text=" "), facts(READER))
    with pytest.raises(Invalid, match="notice-text-missing"):
        answer_inquiry(lot, AnswerInquiry(number=1, answer=" "), facts())
    with pytest.raises(Unknown, match="inquiry-unknown"):
        answer_inquiry(lot, AnswerInquiry(number=2, answer="x"), facts())


def test_who_asks_is_told_to_the_offices_alone() -> None:  # R-DOC-03
    (raised,) = inquire(asked(), ASK, facts(READER))
    assert not visible(raised, SPECTATOR)


def test_the_timeline_shows_the_duty_and_turns_red() -> None:  # R-NB-ZX-01, 02
    rules = next(one for one in RULESETS if one.version == asked().notice.ruleset)
    found = {
        day: next(
            one
            for one in timeline(asked(), rules, STATE_COUNCIL, at(day, 12))
            if one.step is Step.INQUIRY_ANSWER
        )
        for day in (5, 10)
    }
    assert (found[5].state, found[5].rule, found[5].last_day) == (State.OPEN, "R-GP-21", date(2026, 3, 9))
    assert found[10].state is State.LATE
