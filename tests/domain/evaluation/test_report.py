"""The report: signed over one hash, dissent printed, silence agrees, no names (R-ENG-18, R-EVAL-05)."""

import pytest

from bidding.domain.disclosure import visible
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, Unknown
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation import events as e
from bidding.domain.evaluation.report import text_hash
from bidding.domain.evaluation.sheets import Ground, RejectionVote
from bidding.domain.event import OFFICES
from bidding.domain.lot import Phase
from bidding.domain.parties import Standing
from tests.domain.evaluation.tender import OFFICER, YUAN, Desk, tender

FOUR = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN, "d": 730_000 * YUAN}
VOTE = RejectionVote(bidder="d", ground=Ground.NOT_RESPONSIVE, page="31", reason="工期超出要求")


@pytest.fixture
def ready() -> Desk:
    at = Desk(tender(FOUR)).seat()
    at.mark(rejections=dict.fromkeys(at.members[:3], (VOTE,)))
    at.give(c.Compile())
    return at


def sign(at: Desk, *members: str, dissent: str = "") -> None:
    for member in members:
        at.give(c.SignReport(report_hash=at.lot.evaluation.draft_hash, dissent=dissent), member)


def test_the_last_signature_completes_the_report(ready: Desk) -> None:
    *early, last = ready.members
    sign(ready, *early)
    assert not any(isinstance(event, e.EvaluationReported) for event in ready.events)
    sign(ready, last)
    reported = ready.events[-1]
    assert isinstance(reported, e.EvaluationReported)
    assert ready.lot.phase is Phase.EVALUATED
    assert reported.report.startswith(ready.lot.evaluation.draft)
    assert reported.report_hash == text_hash(reported.report)
    assert [one.bidder for one in reported.rejected] == ["d"]


def test_the_report_tells_rejections_points_prices_and_candidates(ready: Desk) -> None:
    report = ready.lot.evaluation.draft
    assert text_hash(report) == ready.lot.evaluation.draft_hash
    for part in (
        "420902-2026-0007-001",
        "d公司：依据（六）",
        "评委1：否决，页码31，工期超出要求",
        "评委5：不否决",
        "评委2 a公司 施工组织设计：30分，页码12，方案完整",
        "a公司：报价700000.00元",
        "偏差率",
        "第1名 b公司：总分80.00",
        "中标候选人：第1名 b公司",
    ):
        assert part in report, part


def test_a_dissent_is_printed_in_the_report_beside_the_signature(ready: Desk) -> None:
    first, *others = ready.members
    sign(ready, first, dissent="d公司不应被否决")
    sign(ready, *others)
    assert "评委1：签字，不同意见：d公司不应被否决" in ready.lot.evaluation.report
    assert "评委2：签字，同意评标结论" in ready.lot.evaluation.report


def test_who_refuses_both_agrees(ready: Desk) -> None:
    first, *others = ready.members
    sign(ready, *others)
    ready.give(c.RecordRefusal(seat=1, note="经两次提醒仍拒绝"), OFFICER)
    assert ready.lot.phase is Phase.EVALUATED
    assert "评委1：拒绝签字且未陈述不同意见，视为同意评标结论" in ready.lot.evaluation.report
    assert first not in ready.lot.evaluation.report


def test_nobody_closes_the_report_twice(ready: Desk) -> None:
    sign(ready, ready.members[0])
    with pytest.raises(Conflicting):
        sign(ready, ready.members[0])
    with pytest.raises(Conflicting):
        ready.give(c.RecordRefusal(seat=1, note="拒绝"), OFFICER)
    with pytest.raises(Unknown):
        ready.give(c.RecordRefusal(seat=9, note="拒绝"), OFFICER)


def test_only_this_report_is_signed(ready: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        ready.give(c.SignReport(report_hash="0" * 64), ready.members[0])
    assert refused.value.found == {"report_hash": ready.lot.evaluation.draft_hash}


def test_there_is_nothing_to_sign_before_the_ranking() -> None:
    at = Desk(tender(FOUR)).seat().mark()
    with pytest.raises(OutOfOrder) as refused:
        at.give(c.SignReport(report_hash="0" * 64), at.members[0])
    assert refused.value.code == "report-not-ready"


def test_the_report_names_seats_and_no_member(ready: Desk) -> None:
    sign(ready, *ready.members)
    reported = ready.events[-1]
    assert isinstance(reported, e.EvaluationReported)
    assert visible(reported, OFFICES)
    for member in ready.lot.evaluation.committee:
        assert member.name not in reported.report
        assert member.party not in reported.report


def test_results_stay_with_the_committee_until_reported(ready: Desk) -> None:
    inside = [
        event for event in ready.events if isinstance(event, e.BidRejected | e.PricesScored | e.BidsRanked)
    ]
    assert len(inside) == 3
    offices = OFFICES - {Standing.SUPERVISOR}
    assert not any(visible(event, offices | {Standing.PARTICIPANT}) for event in inside)
