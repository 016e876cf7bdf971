"""The clock of a test lot: continuous, never backwards, at one rate and then at another (decision 0003)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bidding.domain.testclock import TestClock

REAL = datetime(2026, 11, 25, 8, tzinfo=UTC)
VIRTUAL = datetime(2026, 3, 2, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def fast(**changed: Any) -> TestClock:
    """A day per second until the twenty-first day, then a minute per second."""
    fields: dict[str, Any] = {
        "real": REAL,
        "virtual": VIRTUAL,
        "rate": 86_400,
        "until": VIRTUAL + 21 * DAY,
        "then_rate": 60,
        **changed,
    }
    return TestClock(**fields)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (-5, timedelta(0)),
        (0, timedelta(0)),
        (7, 7 * DAY),
        (21, 21 * DAY),
        (22, 21 * DAY + timedelta(minutes=1)),
        (31, 21 * DAY + timedelta(minutes=10)),
    ],
)
def test_it_runs_at_the_first_rate_to_the_instant_and_then_at_the_second(
    seconds: int, expected: timedelta
) -> None:
    assert fast().at(REAL + timedelta(seconds=seconds)) == VIRTUAL + expected


def test_an_instant_that_is_over_already_leaves_only_the_second_rate() -> None:
    clock = fast(until=VIRTUAL - DAY)
    assert clock.at(REAL) == VIRTUAL
    assert clock.at(REAL + timedelta(seconds=3)) == VIRTUAL + timedelta(minutes=3)


@pytest.mark.parametrize("ahead", [timedelta(hours=7), 21 * DAY, 21 * DAY + timedelta(minutes=7, seconds=1)])
def test_a_timer_set_for_an_instant_fires_when_the_instant_has_come(ahead: timedelta) -> None:
    clock = fast()
    fires = clock.real_of(VIRTUAL + ahead)
    assert clock.at(fires) >= VIRTUAL + ahead
    assert clock.at(fires - timedelta(milliseconds=20)) < VIRTUAL + ahead


@pytest.mark.parametrize("micro", range(1, 9))
def test_a_timer_is_rounded_up_to_the_microsecond_at_either_rate(micro: int) -> None:
    """A microsecond early it would be refused and done with."""
    tick = timedelta(microseconds=1)
    instant = VIRTUAL + micro * tick
    bent, straight = fast(rate=7, until=VIRTUAL + 3 * tick, then_rate=5), fast(rate=7, until=None)
    assert bent.at(bent.real_of(instant)) >= instant
    fires = straight.real_of(instant)
    assert straight.at(fires) >= instant > straight.at(fires - tick)
