"""R-STAT-06: how a figure comes about, the lot with most of it, and the year that is drawn from it."""

import pytest

from bidding.domain.benefits.figures import total
from bidding.domain.benefits.lines import Figure, Line
from bidding.domain.benefits.origin import BASES, Basis, Example, Extrapolation, example, extrapolated

DEPOSIT = Figure.BID_DEPOSIT


def line(month: str, amount: int, *, lot: str = "lot-a", bids: int = 1, figure: Figure = DEPOSIT) -> Line:
    return Line(
        figure=figure,
        lot=lot,
        uscc="",
        name="",
        amount=amount,
        bids=bids,
        events=(1,),
        retender=False,
        month=month,
        category="市政",
        funding="government",
        size="小型",
        home="本区县",
        policy="D1",
        method="open",
    )


def test_a_lot_is_its_bids_times_what_each_would_have_paid() -> None:
    """大冶 2021: 26 bidders × 10 万 = 260 万."""
    lines = [line("2021-03", 10_0000_00) for _ in range(26)]
    assert example(lines, DEPOSIT) == Example(lot="lot-a", times=26, each=10_0000_00, amount=260_0000_00)


def test_the_bids_of_a_failed_lot_stand_in_one_line_and_count_each() -> None:
    assert example([line("2021-03", 30, bids=2)], DEPOSIT) == Example(
        lot="lot-a", times=2, each=15, amount=30
    )


def test_what_differs_has_no_each() -> None:
    found = example([line("2021-03", 10), line("2021-03", 12)], DEPOSIT)
    assert found == Example(lot="lot-a", times=2, each=None, amount=22)
    assert example([line("2021-03", 5, bids=2)], DEPOSIT) == Example(
        lot="lot-a", times=2, each=None, amount=5
    )


def test_the_lot_with_most_is_shown_and_of_two_the_first_by_name() -> None:
    lines = [line("2021-03", 10, lot="c"), line("2021-03", 10, lot="b"), line("2021-03", 9, lot="a")]
    found = example(lines, DEPOSIT)
    assert found is not None
    assert found.lot == "b"
    assert example(lines, Figure.INFO_FEE) is None


def test_a_contract_is_one_although_nobody_bids_in_it() -> None:
    fee = line("2021-03", 7, bids=0, figure=Figure.INFO_FEE)
    assert example([fee], Figure.INFO_FEE) == Example(lot="lot-a", times=1, each=7, amount=7)


def test_a_year_is_drawn_from_the_twelve_months_before_the_newest() -> None:
    """The newest may not be over; what is older than a year is another year's."""
    months = [
        *(f"2020-{month:02d}" for month in range(9, 13)),
        *(f"2021-{month:02d}" for month in range(1, 13)),
    ]
    lines = [line(month, 100 + number) for number, month in enumerate(months)]
    assert extrapolated(lines, DEPOSIT) == Extrapolation(
        first="2020-12", last="2021-11", months=12, amount=sum(100 + number for number in range(3, 15))
    )


def test_a_shorter_past_is_scaled_half_up_and_two_months_are_none() -> None:
    short = [line("2021-10", 1), line("2021-12", 1), line("2022-01", 9)]
    assert extrapolated(short, DEPOSIT) == Extrapolation(first="2021-10", last="2021-12", months=3, amount=8)
    five = [line("2021-08", 1), line("2022-01", 9)]
    assert extrapolated(five, DEPOSIT) == Extrapolation(first="2021-08", last="2021-12", months=5, amount=2)
    eight = [line("2021-05", 1), line("2022-01", 9)]
    assert extrapolated(eight, DEPOSIT) == Extrapolation(first="2021-05", last="2021-12", months=8, amount=2)
    assert extrapolated([line("2021-11", 1), line("2022-01", 9)], DEPOSIT) is None
    assert extrapolated([], DEPOSIT) is None


def test_the_months_are_those_of_all_that_was_saved() -> None:
    """A figure that was nothing for the last months is a year with less in it."""
    lines = [line("2021-01", 12), line("2021-06", 5, figure=Figure.INFO_FEE)]
    assert extrapolated(lines, DEPOSIT) == Extrapolation(first="2021-01", last="2021-05", months=5, amount=29)


@pytest.mark.parametrize("figure", [Figure.ENTERPRISES, Figure.PARTICIPATIONS])
def test_what_is_counted_is_not_drawn_out(figure: Figure) -> None:
    lines = [line(f"2021-{month:02d}", 1, figure=Figure.PARTICIPATIONS) for month in range(1, 9)]
    assert total(lines, Figure.PARTICIPATIONS).value == 8
    assert (example(lines, figure), extrapolated(lines, figure)) == (None, None)


def test_every_figure_says_what_it_rests_on() -> None:
    assert BASES.keys() == set(Figure)
    assert [one for one in Figure if BASES[one] is Basis.ESTIMATED] == [Figure.DOCUMENTS]
