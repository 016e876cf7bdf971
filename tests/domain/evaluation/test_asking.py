"""Clarification only at the committee's written request, without changing the bid (R-EVAL-10, F-27; 招投条例 52)."""

from datetime import timedelta

import pytest

from bidding.domain.disclosure import SPECTATOR, addressed, view, visible
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, TooLate, Unknown
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation import events as e
from bidding.domain.evaluation.asking import changes
from bidding.domain.lot import evolve, replay
from bidding.domain.parties import Standing
from tests.domain.evaluation.tender import NOW, YUAN, Desk, sheet, tender

THREE = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN}
POINTS = dict.fromkeys(THREE, ("30", "10"))
QUESTION = c.AskClarification(bidder="b", text="施工进度图与文字说明不一致,请说明", page="55", minutes=60)


def asked(by: int = 3, question: c.AskClarification = QUESTION) -> Desk:
    """``by`` of the five members stand behind the request."""
    at = Desk(tender(THREE)).seat()
    first, *others = at.members
    at.give(question, first)
    for member in others[: by - 1]:
        at.give(c.SupportClarification(number=1), member)
    return at


def reply(text: str = "进度以文字说明为准,图为示意", number: int = 1) -> c.ReplyClarification:
    return c.ReplyClarification(number=number, text=text)


# The committee's, not a member's


def test_two_of_five_are_not_the_committee_and_the_third_sends_the_request() -> None:
    at = asked(2)
    assert at.lot.evaluation.requests[0].asked_at is None
    _, sent = at.give(c.SupportClarification(number=1), at.members[2])
    assert sent == e.ClarificationAsked(number=1, bidder="b", due=NOW + timedelta(minutes=60), at=NOW)


def test_each_member_counts_once() -> None:
    at = asked(2)
    for member in at.members[:2]:
        with pytest.raises(Conflicting) as refused:
            at.give(c.SupportClarification(number=1), member)
        assert refused.value.code == "request-supported"


def test_a_sent_request_needs_no_more_voices_and_an_unknown_one_has_none() -> None:
    at = asked()
    with pytest.raises(Conflicting) as sent:
        at.give(c.SupportClarification(number=1), at.members[4])
    assert sent.value.code == "request-sent"
    with pytest.raises(Unknown):
        at.give(c.SupportClarification(number=2), at.members[4])


def test_the_voice_of_a_member_who_leaves_counts_no_more_unless_the_request_is_out() -> None:
    at = asked(2)
    at.give(c.Recuse(reason="与投标人有亲属关系"), at.members[1])
    assert at.lot.evaluation.requests[0].voices == (at.members[0],)
    out = asked(3)
    voices = out.lot.evaluation.requests[0].voices
    out.give(c.Recuse(reason="与投标人有亲属关系"), out.members[1])
    assert out.lot.evaluation.requests[0].voices == voices


def test_only_a_bid_under_evaluation_is_asked_and_only_by_who_has_signed_in() -> None:
    at = Desk(tender({**THREE, "d": 1_000_001 * YUAN})).seat()
    for bidder in ("d", "nobody"):
        with pytest.raises(Unknown):
            at.give(c.AskClarification(bidder=bidder, text="?", page="1", minutes=30), at.members[0])
    with pytest.raises(OutOfOrder) as refused:
        at.give(QUESTION, "stranger")
    assert refused.value.code == "not-signed-in"


def test_after_the_last_sheet_it_is_too_late_to_ask() -> None:
    at = Desk(tender(THREE)).seat().mark()
    with pytest.raises(OutOfOrder) as refused:
        at.give(QUESTION, at.members[0])
    assert refused.value.code == "sheets-are-in"


# The reply: once, in time, to what was asked of this bidder


def test_what_is_volunteered_is_refused_in_the_same_words_as_what_was_asked_of_another() -> None:
    found = []
    for at, bidder in ((Desk(tender(THREE)).seat(), "a"), (asked(), "a"), (asked(2), "b")):
        with pytest.raises(OutOfOrder) as refused:
            at.give(reply(), bidder)
        found.append((refused.value.code, refused.value.rule, refused.value.found))
    assert found == [("clarification-not-asked", "R-EVAL-10", {})] * 3


def test_the_reply_is_taken_once() -> None:
    at = asked()
    at.now += timedelta(minutes=59, seconds=59)
    (replied,) = at.give(reply(), "b")
    assert isinstance(replied, e.ClarificationReplied)
    assert at.lot.evaluation.requests[0].reply == "进度以文字说明为准,图为示意"
    with pytest.raises(Conflicting):
        at.give(reply(), "b")


def test_the_last_instant_of_the_term_is_too_late() -> None:
    at = asked()
    at.now += timedelta(minutes=60)
    with pytest.raises(TooLate) as refused:
        at.give(reply(), "b")
    assert refused.value.found == {"due": at.now}


@pytest.mark.parametrize(
    "text",
    [
        "我方愿将投标总价调整为680万元",
        "工期缩短至150日",
        "同意报价下浮3%",
        "项目负责人更换为李伟",
        "不改变工期,报价改为 6 999 999 元",
    ],
)
def test_a_reply_that_changes_the_substance_is_refused_and_may_be_given_anew(text: str) -> None:
    at = asked()
    with pytest.raises(Invalid) as refused:
        at.give(reply(text), "b")
    assert refused.value.code == "clarification-changes-bid"
    at.give(reply(), "b")


@pytest.mark.parametrize(
    "text",
    [
        "本答复不改变投标报价",
        "报价未作任何调整,工期没有变更",
        "报价由人工费、材料费和机械费组成,机械为自有",
        "不会因此提高总价或延长工期",
    ],
)
def test_an_explanation_is_no_change(text: str) -> None:
    assert changes(text) == []


# Nobody scores while an answer may still come


def test_sheets_wait_for_the_reply_or_the_end_of_its_term() -> None:
    for answered in (True, False):
        at = asked()
        with pytest.raises(OutOfOrder) as refused:
            at.give(sheet(POINTS), at.members[4])
        assert refused.value.code == "clarification-open"
        assert refused.value.found["numbers"] == [1]
        if answered:
            at.give(reply(), "b")
        else:
            at.now += timedelta(minutes=60)
        at.mark(POINTS).report()


def test_what_was_asked_and_answered_stands_in_the_report() -> None:
    at = asked()
    at.give(reply(), "b")
    at.mark(POINTS).report()
    assert "第1号要求，b公司澄清、说明，页码55" in at.lot.evaluation.report
    assert "进度以文字说明为准,图为示意" in at.lot.evaluation.report
    silent = asked()
    silent.now += timedelta(minutes=61)
    silent.mark(POINTS).report()
    assert "逾期未答复" in silent.lot.evaluation.report


# Who reads it: the committee, supervision and the one bidder


def test_only_its_bidder_reads_a_request_and_not_who_stands_behind_it() -> None:
    at = asked()
    before = tender(THREE)
    shown = before
    for event in at.events:
        if visible(event, SPECTATOR | {Standing.PARTICIPANT}):
            shown = evolve(shown, event)
    assert shown.evaluation.requests == ()
    (mine,) = addressed(shown, at.lot, "b").evaluation.requests
    assert (mine.text, mine.page, mine.due) == (QUESTION.text, "55", NOW + timedelta(minutes=60))
    assert mine.voices == ()
    assert addressed(shown, at.lot, "a").evaluation.requests == ()
    assert addressed(shown, asked(2).lot, "b").evaluation.requests == ()


def test_supervision_sees_all_of_it() -> None:
    at = asked()
    at.give(reply(), "b")
    seen = view("lot1", at.events, frozenset({Standing.SUPERVISOR}))
    assert [one.reply for one in seen.evaluation.requests] == ["进度以文字说明为准,图为示意"]
    assert addressed(seen, at.lot, "b") is seen
    assert replay("lot1", at.events).evaluation.requests == at.lot.evaluation.requests
