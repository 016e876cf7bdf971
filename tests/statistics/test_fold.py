"""The projection: one fold, resumable, the same in any interleaving of lots; every figure comes apart."""

import random
from collections import defaultdict
from collections.abc import Sequence

import msgspec
import pytest
from msgspec.structs import replace

from bidding.application.platform import described
from bidding.application.statistics import Folded, PublicEvent, Statement, fold, from_feed, statement
from bidding.domain.benefits.figures import Dimension, chosen, grouped, of, total
from bidding.domain.benefits.lines import Figure
from bidding.domain.contract.events import ContractFiled
from bidding.domain.money.events import BenefitRecorded
from bidding.domain.opening.events import SubmissionClosed
from tests.statistics.history import feed, planned, told

SUMS = [figure for figure in Figure if figure is not Figure.ENTERPRISES]


def test_stopping_and_going_on_changes_nothing(events: Sequence[PublicEvent], folded: Folded) -> None:
    half = len(events) // 2
    kept = msgspec.json.encode(fold(events[:half]))
    assert fold(events[half:], msgspec.json.decode(kept, type=Folded)) == folded


def test_events_that_come_again_are_passed_over(events: Sequence[PublicEvent], folded: Folded) -> None:
    assert fold(events[-500:], folded) == folded


def test_the_state_one_starts_from_is_left_as_it_is(events: Sequence[PublicEvent]) -> None:
    start = fold(events[:100])
    before = msgspec.json.encode(start)
    fold(events[100:200], start)
    assert msgspec.json.encode(start) == before


def test_lots_may_come_in_any_interleaving(events: Sequence[PublicEvent], said: Statement) -> None:
    """Only the order within a lot is the feed's promise to a lot; re-tenders follow their first round."""
    of_lot: dict[str, list[PublicEvent]] = defaultdict(list)
    for one in events:
        of_lot[one.lot].append(one)
    queues, chance, mixed = [list(reversed(queue)) for queue in of_lot.values()], random.Random(3), []
    while queues:
        queue = chance.choice(queues)
        mixed.append(queue.pop())
        if not queue:
            queues.remove(queue)
    renumbered = [replace(one, position=position) for position, one in enumerate(mixed, start=1)]
    other = statement(fold(renumbered))
    for figure in Figure:
        assert total(other.lines, figure).value == total(said.lines, figure).value
    assert grouped(other.lines, Figure.BID_DEPOSIT, Dimension.MONTH).keys() == set(
        grouped(said.lines, Figure.BID_DEPOSIT, Dimension.MONTH)
    )


def test_amounts_are_whole_fen(said: Statement) -> None:
    assert all(type(line.amount) is int and line.amount >= 0 for line in said.lines)


@pytest.mark.parametrize("dimension", list(Dimension))
@pytest.mark.parametrize("figure", SUMS)
def test_the_groups_make_up_the_figure(said: Statement, figure: Figure, dimension: Dimension) -> None:
    groups = grouped(said.lines, figure, dimension)
    assert sum(one.value for one in groups.values()) == total(said.lines, figure).value
    for value, one in groups.items():
        picked = chosen(said.lines, figure, dimension, value)
        assert sum(line.amount for line in picked) == one.value > 0


def test_enterprises_of_the_groups_are_more_than_there_are(said: Statement) -> None:
    groups = grouped(said.lines, Figure.ENTERPRISES, Dimension.MONTH)
    assert sum(one.value for one in groups.values()) > total(said.lines, Figure.ENTERPRISES).value
    homes = grouped(said.lines, Figure.ENTERPRISES, Dimension.HOME)
    assert sum(one.value for one in homes.values()) == total(said.lines, Figure.ENTERPRISES).value


def test_every_waived_amount_leads_to_the_event_that_recorded_it(
    events: Sequence[PublicEvent], said: Statement
) -> None:
    """The sum over the events behind a figure, read without the projection, is the figure."""
    at = {one.position: one for one in events}
    for figure in (Figure.BID_DEPOSIT, Figure.PERFORMANCE_BOND, Figure.INFO_FEE):
        found = 0
        for line in of(said.lines, figure):
            behind = [at[position] for position in line.events]
            assert {one.lot for one in behind} == {line.lot}
            (benefit,) = (one.event for one in behind if isinstance(one.event, BenefitRecorded))
            cause = SubmissionClosed if figure is Figure.BID_DEPOSIT else ContractFiled
            assert any(isinstance(one.event, cause) for one in behind)
            assert benefit.waived_fen == line.amount
            found += benefit.waived_fen
        assert found == total(said.lines, figure).value


def test_a_year_is_the_sum_of_its_months(said: Statement) -> None:
    year = chosen(said.lines, Figure.BID_DEPOSIT, Dimension.MONTH, "2022")
    months = grouped(said.lines, Figure.BID_DEPOSIT, Dimension.MONTH)
    assert sum(line.amount for line in year) == sum(
        one.value for month, one in months.items() if month.startswith("2022")
    )


def test_a_period_holds_its_months_and_no_other(folded: Folded, said: Statement) -> None:
    may = statement(folded, first="2023-05", last="2023-05")
    months = grouped(said.lines, Figure.BID_DEPOSIT, Dimension.MONTH)
    assert total(may.lines, Figure.BID_DEPOSIT).value == months["2023-05"].value
    assert {line.month for line in may.lines} == {"2023-05"}
    assert 0 < may.indicators.lots < said.indicators.lots


def test_the_feed_of_a_platform_reads_back(events: Sequence[PublicEvent]) -> None:
    """As ``GET /feed`` shows an event: its topic and its fields, through JSON."""
    for one in feed(("lot-a", told(planned()))):
        shown = {"position": one.position, "at": one.at, "lot": one.lot, "event": described(one.event)}
        assert from_feed(msgspec.json.decode(msgspec.json.encode(shown))).event == one.event
    with pytest.raises(KeyError):
        from_feed({"position": 1, "at": "2026-01-01T00:00:00Z", "lot": "x", "event": {"type": "new.v9"}})
