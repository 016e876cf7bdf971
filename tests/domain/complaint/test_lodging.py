"""Who may complain, after what, about what, until when: R-ENG-27, R-GP-22, R-GP-25, R-PLAT-02; F-33.

招投条例 60, 采购法 55, 采购条例 55.
"""

from datetime import UTC, date, datetime, timedelta

import pytest

from bidding.domain.award import commands as a
from bidding.domain.complaint import commands as c
from bidding.domain.complaint import events as e
from bidding.domain.complaint.events import Matter, Subject
from bidding.domain.disclosure import visible
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, TooEarly, TooLate
from bidding.domain.parties import Standing
from bidding.domain.periods import end_of_day
from tests.domain.complaint.cases import complaint, eng, gp
from tests.domain.evaluation.tender import Desk, tender
from tests.domain.opening.hall import Hall

MS = timedelta(milliseconds=1)


def last_day(at: Desk, day: date, by: str, command: c.Lodge) -> None:
    """Lodged in the last millisecond of ``day``, and not at its end."""
    over = end_of_day(day).astimezone(UTC)
    at.now = over
    with pytest.raises(TooLate) as refused:
        at.give(command, by)
    assert (refused.value.code, refused.value.found) == ("complaint-too-late", {"last_day": day})
    at.now = over - MS
    at.give(command, by)


# Objection first (招投条例 60; 采购法 55)


@pytest.mark.parametrize("subject", [Subject.DOCUMENT, Subject.OPENING, Subject.RESULT])
def test_eng_a_complaint_about_these_needs_ones_own_objection(subject: Subject) -> None:
    at = eng()
    for by, objection in (("b", 1), ("a", 2), ("a", 0)):
        with pytest.raises(Invalid) as refused:
            at.give(complaint(subject=subject, objection=objection), by)
        assert (refused.value.code, refused.value.rule) == ("complaint-without-objection", "R-ENG-27")


def test_eng_other_matters_need_none() -> None:
    at = eng()
    (lodged,) = at.give(
        complaint(subject=Subject.OTHER, objection=0, matters=(Matter(of=0, text="评标委员会组成违法"),)), "b"
    )
    assert isinstance(lodged, e.ComplaintLodged)


def test_gp_everything_needs_a_query_of_the_same_step() -> None:
    at = gp()
    for subject in (Subject.OTHER, Subject.OPENING, Subject.EVALUATION, Subject.DOCUMENT):
        with pytest.raises(Invalid) as refused:
            at.give(complaint(subject=subject), "b")
        assert (refused.value.code, refused.value.rule) == ("complaint-without-objection", "R-GP-22")
    at.give(complaint(), "b")


def test_one_waits_for_the_answer_while_its_term_runs() -> None:
    at = gp(answered=False)
    with pytest.raises(TooEarly) as refused:
        at.give(complaint(), "b")
    assert refused.value.found == {"due": end_of_day(date(2026, 6, 12)).astimezone(UTC)}
    at.now = end_of_day(date(2026, 6, 12)).astimezone(UTC)
    at.give(complaint(), "b")


def test_eng_an_objection_never_answered_keeps_the_clock_still() -> None:
    at = eng()
    at.give(a.ObjectToResult(text="报价异常"), "b")
    with pytest.raises(TooEarly):
        at.give(complaint(objection=2), "b")
    at.now += timedelta(days=60)
    at.give(complaint(objection=2), "b")


def test_an_objection_at_the_opening_leads_to_a_complaint_about_it() -> None:  # 招投条例 44
    hall = Hall()
    hall.announce("a", "b", "c")
    hall.object("a")
    at = Desk(hall.lot)
    at.now = hall.now
    lodge = complaint(subject=Subject.OPENING, knew=date(2026, 6, 9))
    with pytest.raises(TooEarly):
        at.give(lodge, "a")
    at.now += timedelta(days=6)
    at.give(lodge, "a")
    assert at.lot.complaints.all[0].subject is Subject.OPENING


# The term


def test_eng_ten_days_from_knowing() -> None:
    """3 June + 10 is Saturday 13 June: it rolls to Monday."""
    last_day(eng(), date(2026, 6, 15), "a", complaint())


def test_eng_the_days_of_waiting_for_the_answer_do_not_count() -> None:
    """Objected to on the 3rd, answered on the 8th: five days more, the 18th; a Thursday."""
    last_day(eng(datetime(2026, 6, 8, 2, tzinfo=UTC)), date(2026, 6, 18), "a", complaint())


def test_eng_nobody_objects_before_he_knows_or_knows_tomorrow() -> None:
    at = eng()
    with pytest.raises(Invalid) as refused:
        at.give(complaint(knew=date(2026, 6, 4)), "a")
    assert (refused.value.code, refused.value.found) == (
        "complaint-knew-later",
        {"latest": date(2026, 6, 3)},
    )
    other = complaint(
        subject=Subject.OTHER, objection=0, matters=(Matter(of=0, text="x"),), knew=date(2026, 6, 4)
    )
    with pytest.raises(Invalid, match="complaint-knew-later"):
        at.give(other, "a")


@pytest.mark.parametrize("answered", [True, False])
def test_gp_fifteen_working_days_from_the_end_of_the_answers_term(answered: bool) -> None:
    """The term to answer ends on 12 June; 19 June is a holiday (端午节), so the fifteenth is Monday 6 July."""
    last_day(gp(answered=answered), date(2026, 7, 6), "b", complaint())


# The scope (R-GP-25, 采购条例 55)


def test_a_complaint_does_not_go_beyond_what_was_queried() -> None:
    at = gp()
    beyond = (Matter(of=2, text="人员不足"), Matter(of=3, text="价格虚高"))
    with pytest.raises(Invalid) as refused:
        at.give(complaint(matters=beyond), "b")
    assert (refused.value.code, refused.value.rule) == ("complaint-beyond-objection", "R-GP-25")
    assert refused.value.found == {"matters": ["价格虚高"]}
    at.give(complaint(matters=beyond[:1]), "b")


def test_what_arises_from_the_answer_may_be_complained_of_once_there_is_one() -> None:
    from_answer = complaint(matters=(Matter(of=0, text="答复引用的合同不存在"),))
    gp().give(from_answer, "b")
    at = gp(answered=False)
    at.now += timedelta(days=20)
    with pytest.raises(Invalid, match="complaint-beyond-objection"):
        at.give(from_answer, "b")


# Its content (招投条例 60; 94号令 18)


def test_all_that_is_missing_is_told_at_once() -> None:
    at = eng()
    with pytest.raises(Invalid) as refused:
        at.give(complaint(request=" ", facts="", papers=()), "a")
    assert refused.value.found == {"missing": ["request", "facts", "papers"]}


def test_who_is_no_bidder_says_what_concerns_him() -> None:
    at = eng()
    stranger = complaint(subject=Subject.OTHER, objection=0, matters=(Matter(of=0, text="x"),))
    with pytest.raises(Invalid) as refused:
        at.give(stranger, "stranger")
    assert refused.value.found == {"missing": ["interest"]}
    at.give(
        complaint(
            subject=Subject.OTHER, objection=0, matters=(Matter(of=0, text="x"),), interest="设备分包人"
        ),
        "stranger",
    )


def test_one_complaint_at_a_time_on_one_objection() -> None:
    at = eng()
    at.give(complaint(), "a")
    with pytest.raises(Conflicting, match="complaint-lodged"):
        at.give(complaint(), "a")
    at.give(c.Withdraw(number=1), "a")
    at.give(complaint(), "a")


def test_before_the_notice_there_is_nothing_to_complain_of() -> None:
    with pytest.raises(OutOfOrder, match="complaint-before-notice"):
        Desk(tender({"a": 1})).give(complaint(), "a")


# Who complains is the supervisor's to know


def test_only_the_supervisor_sees_a_complaint_and_its_author() -> None:
    (lodged,) = eng().give(complaint(), "a")
    others = frozenset(Standing) - {Standing.SUPERVISOR}
    assert visible(lodged, frozenset({Standing.SUPERVISOR}))
    assert not visible(lodged, others)
