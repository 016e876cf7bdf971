"""The nodes of evaluation and decision: R-EVAL-09, R-EVAL-10, R-ENG-19, R-DRAW-04."""

from datetime import timedelta

from bidding.domain.award import commands as award
from bidding.domain.evaluation import commands as c
from bidding.domain.timeline import Light, State, Step, Who
from tests.domain.award.test_deciding import meeting, publicised
from tests.domain.evaluation.tender import OWNER, YUAN, Desk, tender
from tests.domain.evaluation.test_asking import asked, reply
from tests.domain.opening.hall import HOST
from tests.domain.opening.test_reference import REVEAL, announced
from tests.rules.nodes import node, steps

THREE = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN}
MINUTES = timedelta(minutes=1)


def test_the_report_is_due_when_the_time_that_was_set_is_over_and_later_when_it_is_lengthened() -> None:
    at = Desk(tender(THREE))
    at.give(c.SetTime(minutes=120))
    at.seat()
    assert node(at.lot, Step.REPORT, at.now).due == at.now + 120 * MINUTES
    for member in at.members[:2]:
        at.give(c.CallTimeShort(minutes=45, reason="投标文件篇幅过大"), member)
    assert node(at.lot, Step.REPORT, at.now).due == at.now + 165 * MINUTES
    late = node(at.lot, Step.REPORT, at.now + 165 * MINUTES)
    assert late.rule == "R-ENG-18"


def test_without_a_time_the_report_has_no_date() -> None:
    at = Desk(tender(THREE)).seat()
    assert node(at.lot, Step.REPORT, at.now).due is None


def test_a_request_is_the_bidders_to_answer_until_its_term_ends() -> None:
    at = asked()
    waiting = node(at.lot, Step.BID_CLARIFICATION, at.now)
    assert (waiting.rule, waiting.who, waiting.state) == ("R-EVAL-10", (Who.BIDDERS,), State.OPEN)
    assert waiting.due == at.now + 60 * MINUTES
    assert node(at.lot, Step.BID_CLARIFICATION, at.now + 50 * MINUTES).light is Light.YELLOW
    assert node(at.lot, Step.BID_CLARIFICATION, at.now + 60 * MINUTES).state is State.OVER
    at.give(reply(), "b")
    assert node(at.lot, Step.BID_CLARIFICATION, at.now).state is State.DONE


def test_what_is_only_proposed_is_no_node() -> None:
    at = asked(2)
    assert Step.BID_CLARIFICATION not in steps(at.lot, at.now)


def test_the_reference_price_is_published_between_announcement_and_record() -> None:
    hall = announced()
    assert node(hall.lot, Step.REFERENCE, hall.now).state is State.OPEN
    hall.give(REVEAL, HOST)
    assert node(hall.lot, Step.REFERENCE, hall.now).state is State.DONE


def test_the_decision_meeting_opens_with_the_end_of_the_publicity() -> None:
    at = publicised()
    waiting = node(at.lot, Step.DECISION_MEETING, at.now)
    assert (waiting.rule, waiting.who, waiting.opens) == ("R-DRAW-04", (Who.TENDERER,), at.lot.award.until)
    at.give(meeting(), OWNER)
    assert node(at.lot, Step.DECISION_MEETING, at.now).state is State.DONE
    at.give(award.DetermineWinner(bidder="a"), OWNER)
    assert node(at.lot, Step.DETERMINATION, at.now).state is State.DONE
    plain = Desk(tender(THREE)).seat()
    assert Step.DECISION_MEETING not in steps(plain.lot, plain.now)
