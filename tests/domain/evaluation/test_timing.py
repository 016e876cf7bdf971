"""More than a third call the time too short: it is extended (R-EVAL-09, R-ENG-16; 招投条例 48)."""

from datetime import timedelta
from typing import Any

import pytest

from bidding.domain.errors import Conflicting, OutOfOrder
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation import events as e
from bidding.domain.event import Event
from bidding.domain.regime import Regime
from tests.domain.evaluation.tender import NOW, YUAN, Desk, tender

THREE = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN}


def timed(size: int = 5, **changes: Any) -> Desk:
    at = Desk(tender(THREE, committee_size=size, **changes))
    at.give(c.SetTime(minutes=120))
    return at.seat()


def short(minutes: int = 30) -> c.CallTimeShort:
    return c.CallTimeShort(minutes=minutes, reason="投标文件篇幅过大")


def test_the_time_runs_from_the_unsealing() -> None:
    at = Desk(tender(THREE))
    at.give(c.SetTime(minutes=120))
    assert at.lot.evaluation.ends is None
    at.seat()
    assert at.lot.evaluation.ends == NOW + timedelta(minutes=120)


@pytest.mark.parametrize(("size", "enough"), [(5, 2), (7, 3), (9, 4)])
def test_a_third_is_not_more_than_a_third(size: int, enough: int) -> None:
    at = timed(size, tenderer_reps=1)
    extended: list[Event] = []
    for place, member in enumerate(at.members[:enough], 1):
        called, *extended = at.give(short(20 + place), member)
        assert isinstance(called, e.TimeCalledShort)
        assert bool(extended) is (place == enough)
    assert extended == [e.EvaluationTimeExtended(minutes=20 + enough, calls=enough, members=size, at=NOW)]
    assert at.lot.evaluation.ends == NOW + timedelta(minutes=120 + 20 + enough)


def test_the_longest_need_of_the_callers_counts_and_the_voices_begin_anew() -> None:
    at = timed()
    one, two, three, *_ = at.members
    at.give(short(90), one)
    at.give(short(30), two)
    assert at.lot.evaluation.time_minutes == 210
    at.give(short(15), one)
    assert at.lot.evaluation.time_minutes == 210
    at.give(short(10), three)
    assert at.lot.evaluation.time_minutes == 225


def test_nobody_calls_twice_and_who_leaves_has_not_called() -> None:
    at = timed()
    first, second, *_ = at.members
    at.give(short(), first)
    with pytest.raises(Conflicting) as refused:
        at.give(short(), first)
    assert refused.value.code == "time-called-already"
    at.give(c.Recuse(reason="与投标人有利害关系"), first)
    at.give(short(), second)
    assert at.lot.evaluation.time_minutes == 120


def test_without_a_time_there_is_nothing_to_extend_and_it_is_set_once() -> None:
    at = Desk(tender(THREE)).seat()
    with pytest.raises(OutOfOrder) as refused:
        at.give(short(), at.members[0])
    assert refused.value.code == "no-time-set"
    at.give(c.SetTime(minutes=60))
    with pytest.raises(Conflicting):
        at.give(c.SetTime(minutes=30))
    assert at.lot.evaluation.time_minutes == 60


def test_the_right_is_of_engineering_tenders() -> None:
    at = timed(regime=Regime.GP)
    with pytest.raises(OutOfOrder) as refused:
        at.give(short(), at.members[0])
    assert refused.value.code == "time-vote-is-eng"
