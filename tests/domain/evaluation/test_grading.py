"""The credit grade that a tie comes down to: R-SCORE-15, 合理低价法."""

from datetime import UTC, date, datetime, timedelta

import pytest
from msgspec.structs import replace

from bidding.application.reactions import COMPILE, GRADES, pending
from bidding.domain.credit.conduct import Conduct
from bidding.domain.credit.events import CreditListed, CreditRepaired
from bidding.domain.credit.grade import grade, record_at
from bidding.domain.credit.lists import CreditGrade, CreditList, GradeGround, Severity
from bidding.domain.errors import Conflicting, OutOfOrder
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation.grading import grades_wait, record_grades
from bidding.domain.evaluation.sheets import BidScores
from bidding.domain.lot import Lot, evolve
from bidding.domain.parties import PLATFORM
from bidding.domain.ranking import Method
from bidding.domain.scoring import MeanBase, ReasonableLow, TrimPolicy
from tests.domain.credit.test_consequences import decided, having
from tests.domain.evaluation.tender import NOW, YUAN, Desk, tender
from tests.domain.opening.hall import SIGNED

PRICE = 700_000 * YUAN
GROUND = GradeGround(severity=Severity.GENERAL, basis="招投条例 35", source="R-WAIVE-09")


def reasonable(**prices: int) -> Desk:
    formula = ReasonableLow(base=MeanBase(trim=TrimPolicy.ALL), e1="2", e2="1")
    lot = tender(
        prices,
        method=Method.ENG_REASONABLE_LOW,
        price_formula=formula,
        criteria=(),
        price_points="100",
    )
    at = Desk(replace(lot, notice=replace(lot.notice, deadline=NOW)))
    at.seat()
    for member in at.members:
        bids = tuple(replace(one, scores=()) for one in _bids(at))
        at.give(c.SubmitScores(sheet=bids), member)
    return at


def _bids(at: Desk) -> tuple[BidScores, ...]:
    return tuple(BidScores(bidder=bidder, scores=()) for bidder in at.bidders)


def graded(at: Desk, **ranks: int) -> Lot:
    found = [
        CreditGrade(bidder=bidder, rank=rank, standing=(GROUND,) if rank > 1 else ())
        for bidder, rank in ranks.items()
    ]
    for event in record_grades(at.lot, at.facts(PLATFORM), grades=found):
        at.lot = evolve(at.lot, event)
    return at.lot


def test_of_equal_prices_the_better_credit_wins_before_the_earlier_receipt() -> None:
    """The roll gives a the latest receipt and c the earliest."""
    at = reasonable(a=PRICE, b=PRICE, c=PRICE)
    graded(at, a=1, b=3, c=3)
    at.give(c.Compile(), PLATFORM)
    assert [(one.bidder, one.rank) for one in at.lot.evaluation.ranking] == [("a", 1), ("c", 2), ("b", 3)]
    draft = at.lot.evaluation.draft
    assert "总分相等时依次比较：投标报价较低、信用等级较高、递交时间较早" in draft
    assert "a公司：1级，无有效失信记录" in draft
    assert "b公司：3级，招投条例 35（一般）" in draft


def test_merit_that_the_document_prefers_goes_before_a_clean_record_and_the_report_says_by_which_basis() -> (
    None
):
    at = reasonable(a=PRICE, b=PRICE, c=PRICE)  # R-NB-SS-02
    found = [CreditGrade(bidder=name, rank=1) for name in "ac"]
    found.append(CreditGrade(bidder="b", rank=0, preferred=("国发〔2016〕33号 七",)))
    for event in record_grades(at.lot, at.facts(PLATFORM), grades=found):
        at.lot = evolve(at.lot, event)
    at.give(c.Compile(), PLATFORM)
    assert [one.bidder for one in at.lot.evaluation.ranking] == ["b", "c", "a"]
    assert "b公司：0级，守信，同等条件下优先（国发〔2016〕33号 七）" in at.lot.evaluation.draft


def test_nothing_is_ranked_before_the_grades_are_there_and_they_are_taken_once() -> None:
    at = reasonable(a=PRICE, b=PRICE, c=PRICE)
    assert GRADES in pending(at.lot)
    assert COMPILE not in pending(at.lot)
    with pytest.raises(OutOfOrder, match="credit-grades-missing"):
        at.give(c.Compile(), PLATFORM)
    graded(at, a=1, b=1, c=1)
    assert GRADES not in pending(at.lot)
    assert COMPILE in pending(at.lot)
    with pytest.raises(Conflicting, match="credit-grades-recorded"):
        graded(at, a=1, b=1, c=1)


def test_a_method_whose_ties_never_come_down_to_credit_asks_for_none() -> None:
    assert not grades_wait(Desk(tender({"a": 1, "b": 2, "c": 3})).lot)


# From the book, as it stood at T0

T0 = datetime(2026, 6, 10, tzinfo=UTC)


def listed(severity: Severity, at: datetime, until: date = date(2027, 6, 1)) -> CreditListed:
    return CreditListed(
        listing=severity.value,
        uscc="U",
        name="公司",
        list=CreditList.SERIOUS,
        severity=severity,
        basis="文号",
        source="信用中国",
        since=date(2026, 6, 1),
        until=until,
        by="bureau",
        at=at,
        signed=SIGNED,
    )


@pytest.mark.parametrize(
    ("severity", "rank"), [(Severity.MINOR, 2), (Severity.GENERAL, 3), (Severity.SERIOUS, 4)]
)
def test_the_gravest_record_that_stands_makes_the_grade(severity: Severity, rank: int) -> None:
    events = [listed(Severity.MINOR, T0), listed(severity, T0)]
    found = grade("a", [record_at(events, T0)], T0)
    assert found.rank == rank
    assert {one.basis for one in found.standing} == {"文号"}
    assert grade("a", [record_at([], T0)], T0) == CreditGrade(bidder="a", rank=1)


def test_what_was_entered_after_t0_or_ended_before_it_does_not_count() -> None:
    later = listed(Severity.SERIOUS, T0 + timedelta(milliseconds=1))
    ended = listed(Severity.SERIOUS, T0, until=date(2026, 6, 9))
    assert grade("a", [record_at([later, ended], T0)], T0).rank == 1


def test_a_repair_after_t0_does_not_change_the_grade_at_t0() -> None:
    repaired = CreditRepaired(
        listing="serious", uscc="U", basis="修复", by="bureau", at=T0 + timedelta(days=1), signed=SIGNED
    )
    events = [listed(Severity.SERIOUS, T0), repaired]
    assert grade("a", [record_at(events, T0)], T0).rank == 4
    assert grade("a", [record_at(events, repaired.at)], T0).rank == 1


def test_recorded_conduct_counts_and_proposed_or_dismissed_does_not() -> None:
    proposed = having(Conduct.CONTRACT_UNSIGNED)
    assert grade("a", [proposed], T0).rank == 1
    recorded = decided(proposed, as_record=True)
    assert grade("a", [recorded], T0).rank == 3
    assert grade("a", [decided(recorded, as_record=False)], T0).rank == 1


def test_a_consortium_has_the_lowest_grade_of_its_members() -> None:
    clean, listed_ = record_at([], T0), record_at([listed(Severity.GENERAL, T0)], T0)
    assert grade("a", [clean, listed_], T0).rank == 3
