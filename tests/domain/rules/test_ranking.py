"""R-SCORE-15: order and ties."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.domain.ranking import Contender, Method, rank

contenders = st.lists(
    st.builds(
        Contender,
        bid=st.uuids().map(str),
        price=st.sampled_from(["1", "2", "2.0"]),
        score=st.sampled_from(["90", "90.00", "91"]),
        evaluated=st.none() | st.sampled_from(["1", "3/2"]),
        credit_rank=st.none() | st.integers(1, 2),
        submitted=st.none() | st.sampled_from([datetime(2026, 3, 1, h, tzinfo=UTC) for h in (1, 2)]),
    ),
    max_size=6,
)


@given(contenders, st.sampled_from(Method))
def test_everybody_is_ranked_once_whatever_the_order_of_arrival(
    many: list[Contender], method: Method
) -> None:
    forward, backward = rank(method, many), rank(method, list(reversed(many)))
    assert sorted(bid for equals in forward for bid in equals) == sorted(one.bid for one in many)
    assert [set(equals) for equals in forward] == [set(equals) for equals in backward]


def one(bid: str, *, credit: int | None = None, hour: int | None = None) -> Contender:
    submitted = None if hour is None else datetime(2026, 3, 1, hour, tzinfo=UTC)
    return Contender(bid=bid, price="1", score="90", credit_rank=credit, submitted=submitted)


def test_a_bid_without_a_recorded_instant_is_not_the_earlier_one() -> None:
    assert rank(Method.ENG_REASONABLE_LOW, [one("A", credit=1), one("B", credit=1, hour=23)]) == (
        ("B",),
        ("A",),
    )


@pytest.mark.parametrize("method", [Method.GP_COMPREHENSIVE, Method.ENG_COMPREHENSIVE])
def test_only_the_reasonable_low_price_method_looks_beyond_the_price(method: Method) -> None:
    assert rank(method, [one("A", credit=2, hour=2), one("B", credit=1, hour=1)]) == (("A", "B"),)


def test_the_tie_is_broken_by_the_bid_price_not_the_deducted_one() -> None:
    dear = Contender(bid="A", price="100", score="90", evaluated="80")
    cheap = Contender(bid="B", price="95", score="90", evaluated="95")
    assert rank(Method.GP_COMPREHENSIVE, [dear, cheap]) == (("B",), ("A",))
    assert rank(Method.GP_LOWEST_EVALUATED, [dear, cheap]) == (("A",), ("B",))
    assert rank(Method.ENG_LOWEST_EVALUATED, [cheap, dear]) == (("A",), ("B",))
