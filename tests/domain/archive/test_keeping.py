"""R-GP-18 (采购法 42; 采购条例 46), R-ARCH-01: fifteen years by the rule set, and no deletion before."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from bidding.application.rulesets import load_rulesets
from bidding.domain.archive.commands import DisposeFiles
from bidding.domain.archive.events import FilesDisposed
from bidding.domain.archive.keeping import ended_at, retention
from bidding.domain.control.commands import Terminate
from bidding.domain.errors import Forbidden, OutOfOrder, TooEarly
from bidding.domain.lot import Phase
from bidding.domain.regime import Regime
from bidding.domain.ruleset import by_version
from tests.domain.opening.hall import CENTRE, HOST, T0, Hall

DISPOSE = DisposeFiles(reason="保管期满")
LAST = date(2041, 6, 9)
#: 24:00 in Beijing of the last day.
OVER = datetime(2041, 6, 9, 16, 0, tzinfo=UTC)


def failed(regime: Regime = Regime.ENG) -> Hall:
    hall = Hall(regime=regime)
    hall.close("a", "b")
    assert hall.lot.phase is Phase.FAILED
    return hall


@pytest.mark.parametrize(("regime", "rule"), [(Regime.GP, "R-GP-18"), (Regime.ENG, "R-ARCH-01")])
def test_the_rule_set_says_how_long(regime: Regime, rule: str) -> None:
    lot = failed(regime).lot
    kept = retention(lot, by_version(load_rulesets(), lot.notice.ruleset))
    assert (kept.years, kept.until, kept.rule, kept.ended) == (15, LAST, rule, T0)


def test_a_lot_that_goes_on_is_not_archived() -> None:
    lot = Hall().lot
    with pytest.raises(TooEarly) as refused:
        retention(lot, by_version(load_rulesets(), lot.notice.ruleset))
    assert (refused.value.code, refused.value.found) == ("archive-not-closed", {"phase": "noticed"})


def test_the_term_counts_from_the_termination_too() -> None:
    hall = Hall()
    hall.give(Terminate(reason="项目取消"), HOST)
    assert ended_at(hall.lot) == hall.now


def test_whose_end_is_not_shown_is_not_known_to_have_ended() -> None:
    """A view may lack the event that ended the lot."""
    assert ended_at(msgspec.structs.replace(Hall().lot, phase=Phase.FAILED)) is None


def test_a_lot_that_failed_in_prequalification_has_ended_too() -> None:
    lot = Hall().lot
    review = msgspec.structs.replace(lot.prequalification, failed_at=T0)
    lot = msgspec.structs.replace(lot, phase=Phase.FAILED, prequalification=review)
    assert ended_at(lot) == T0


@pytest.mark.parametrize(
    ("ended", "until"), [(date(2028, 2, 29), date(2043, 3, 1)), (date(2029, 2, 28), date(2044, 2, 28))]
)
def test_a_leap_day_ends_on_the_first_of_march(ended: date, until: date) -> None:
    lot = failed().lot
    assert lot.opening.failure is not None
    at = datetime(ended.year, ended.month, ended.day, 4, tzinfo=UTC)
    failure = msgspec.structs.replace(lot.opening.failure, at=at)
    lot = msgspec.structs.replace(lot, opening=msgspec.structs.replace(lot.opening, failure=failure))
    assert retention(lot, by_version(load_rulesets(), lot.notice.ruleset)).until == until


def test_nothing_is_deleted_before_the_last_day_is_over() -> None:
    hall = failed()
    hall.now = OVER - timedelta(milliseconds=1)
    with pytest.raises(TooEarly) as refused:
        hall.give(DISPOSE, CENTRE)
    assert refused.value.code == "archive-term-running"
    assert refused.value.found == {"until": LAST, "years": 15}
    hall.now = OVER
    (event,) = hall.give(DISPOSE, CENTRE)
    assert isinstance(event, FilesDisposed)
    assert (event.kept_until, event.reason, event.at) == (LAST, DISPOSE.reason, OVER)


def test_files_are_disposed_of_once_and_by_the_centre_alone() -> None:
    hall = failed()
    hall.now = OVER
    with pytest.raises(Forbidden):
        hall.give(DISPOSE, HOST)
    hall.give(DISPOSE, CENTRE)
    with pytest.raises(OutOfOrder) as refused:
        hall.give(DISPOSE, CENTRE)
    assert refused.value.code == "archive-disposed"
