"""The light of a node turns on the instant (R-NB-ZX-02): a fifth of the time left, or three days of a term of days."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bidding.domain.timeline.node import Kind, Light, Span, State, Step, Who, light_of, node

OPENS = datetime(2026, 3, 2, 1, tzinfo=UTC)
DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
SHORT = Span(opens=OPENS, due=OPENS + timedelta(minutes=10))
LONG = Span(opens=OPENS, due=OPENS + 10 * DAY, last_day=date(2026, 3, 11))
OPEN_ENDED = Span(due=OPENS + 10 * DAY, last_day=date(2026, 3, 11))


@pytest.mark.parametrize(
    ("span", "turns"),
    [
        (SHORT, timedelta(minutes=8)),
        (LONG, 7 * DAY),
        (OPEN_ENDED, 7 * DAY),
        (Span(opens=OPENS, due=OPENS + 20 * DAY), 16 * DAY),  # a fifth is more than three days
        (Span(opens=OPENS, due=OPENS + 3 * DAY), 3 * DAY * 4 / 5),  # no longer than three days: by its share
        (Span(opens=OPENS, due=OPENS + 3 * DAY + TICK), TICK),
    ],
)
def test_an_open_node_turns_yellow_on_the_instant(span: Span, turns: timedelta) -> None:
    assert light_of(State.OPEN, span, OPENS + turns - TICK) is Light.GREEN
    assert light_of(State.OPEN, span, OPENS + turns) is Light.YELLOW


@pytest.mark.parametrize("state", [State.AHEAD, State.DONE, State.OVER])
def test_only_what_is_open_or_late_is_lit(state: State) -> None:
    assert light_of(state, SHORT, OPENS + DAY) is Light.GREEN
    assert light_of(State.LATE, SHORT, OPENS) is Light.RED
    assert light_of(State.OPEN, Span(), OPENS) is Light.GREEN


@pytest.mark.parametrize(
    ("kind", "at_its_end"),
    [
        (Kind.DUTY, State.LATE),
        (Kind.WINDOW, State.OPEN),
        (Kind.RIGHT, State.OVER),
        (Kind.OUTSIDE, State.OVER),
    ],
)
def test_the_end_of_the_time_is_the_first_instant_too_late(
    kind: Kind, at_its_end: State
) -> None:  # R-TIME-02
    due = LONG.due
    assert due is not None
    assert node(Step.REPORT, kind, Who.HOST, LONG, OPENS - TICK).state is State.AHEAD
    assert node(Step.REPORT, kind, Who.HOST, LONG, OPENS).state is State.OPEN
    assert node(Step.REPORT, kind, Who.HOST, LONG, due - TICK).state is State.OPEN
    assert node(Step.REPORT, kind, Who.HOST, LONG, due).state is at_its_end
    assert node(Step.REPORT, kind, Who.HOST, LONG, due, still=True).state is State.OPEN
    done = node(Step.REPORT, kind, Who.HOST, LONG, due + DAY, done_at=due - TICK)
    assert (done.state, done.done_at, done.stands_still) == (State.DONE, due - TICK, False)
    assert node(Step.REPORT, kind, Who.HOST, LONG, due + DAY, done=True, still=True).stands_still is False
    late = node(Step.REPORT, kind, Who.HOST, LONG, due + DAY, done_at=due)
    assert late.state is (State.LATE if kind is Kind.DUTY else State.DONE)
