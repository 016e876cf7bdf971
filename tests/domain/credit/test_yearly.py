"""监督节奏: reminders, and a year's evaluation in numbers alone (R-NB-SS-05)."""

from datetime import UTC, date, datetime, timedelta

from msgspec.structs import replace

from bidding.domain.credit.conduct import Conduct
from bidding.domain.credit.yearly import REMIND, waiting, yearly_evaluation
from tests.domain.credit.test_consequences import decided, having
from tests.domain.credit.test_record import NOW

DEC = datetime(2026, 12, 20, 1, tzinfo=UTC)


def test_what_waits_for_a_decision_is_told_longest_first_and_reminded_of_in_time() -> None:
    older = having(Conduct.CONTRACT_UNSIGNED)
    both = having(Conduct.INSPECTION_LATE, Conduct.PAYMENT_OVERDUE, now=NOW + timedelta(days=1), record=older)
    found = waiting(both.conduct, NOW + REMIND)
    assert [(one.finding.conduct, one.days, one.remind) for one in found] == [
        (Conduct.CONTRACT_UNSIGNED, 15, True),
        (Conduct.INSPECTION_LATE, 14, False),
    ]
    assert waiting(decided(older, as_record=False).conduct, NOW + REMIND) == ()


def test_the_classes_of_a_years_findings_make_up_the_whole() -> None:
    late = having(Conduct.PAYMENT_OVERDUE, Conduct.PAYMENT_OVERDUE)
    repaired = replace(late.conduct[1], repaired_at=NOW, repaired_by="已付清")
    struck = decided(having(Conduct.PAYMENT_OVERDUE), as_record=False).conduct
    open_ = having(Conduct.CONTRACT_UNSIGNED, now=DEC).conduct
    found = yearly_evaluation([(late.conduct[0], repaired), struck, open_], 2026)
    assert (found.as_of, found.units, found.found, found.reminded) == (date(2026, 12, 31), 3, 4, 0)
    payment, unsigned = found.lines
    assert (payment.conduct, payment.found, payment.units) == (Conduct.PAYMENT_OVERDUE, 3, 2)
    assert (payment.recorded, payment.repaired, payment.dismissed, payment.proposed) == (1, 1, 1, 0)
    assert (unsigned.conduct, unsigned.proposed, unsigned.found) == (Conduct.CONTRACT_UNSIGNED, 1, 1)
    for line in found.lines:
        assert line.found == line.recorded + line.repaired + line.dismissed + line.proposed


def test_a_year_counts_what_was_found_in_it_in_beijing() -> None:
    """31 December, 16:00 UTC, is the next year's."""
    eve = having(Conduct.CONTRACT_UNSIGNED, now=datetime(2026, 12, 31, 16, tzinfo=UTC)).conduct
    assert yearly_evaluation([eve], 2026).found == 0
    assert yearly_evaluation([eve], 2027).units == 1
    assert yearly_evaluation([], 2026).lines == ()


def test_what_nobody_decided_for_too_long_is_counted() -> None:
    """Fifteen days before the year's end: 16 December."""
    for day, reminded in ((16, 1), (17, 0)):
        conduct = having(Conduct.CONTRACT_UNSIGNED, now=datetime(2026, 12, day, 1, tzinfo=UTC)).conduct
        assert yearly_evaluation([conduct], 2026).reminded == reminded
