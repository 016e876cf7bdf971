"""The draw: uniform, without replacement, recomputable (R-EVAL-07)."""

from collections import Counter
from itertools import product

import msgspec
import pytest

from bidding.domain.evaluation.drawing import RandomBytes, draw, pick, verify


def feed(*values: int) -> RandomBytes:
    left = list(values)
    return lambda n: bytes(left.pop(0) for _ in range(n))


def test_every_byte_below_the_largest_multiple_counts_and_each_candidate_gets_as_many() -> None:
    pool = ["a", "b", "c"]
    drawn = Counter(pick(pool, feed(byte)).drawn for byte in range(255))
    assert drawn == {"a": 85, "b": 85, "c": 85}


def test_a_byte_that_would_favour_the_first_is_thrown_away_and_stays_in_the_record() -> None:
    one = pick(["a", "b", "c"], feed(255, 1))
    assert (one.drawn, one.random) == ("b", "ff01")


def test_pools_beyond_one_byte_are_drawn_with_two() -> None:
    pool = [f"{n:03}" for n in range(300)]
    assert pick(pool, feed(1, 43)).drawn == "299"  # 256 + 43
    assert pick(pool, feed(255, 255, 0, 7)).drawn == "007"  # 65535 ≥ 218·300


def test_draws_without_replacement_reach_every_ordered_pair_equally() -> None:
    pairs = Counter(
        tuple(one.drawn for one in draw("abc", 2, feed(first, second)))
        for first, second in product(range(6), range(6))
    )
    assert len(pairs) == 6
    assert set(pairs.values()) == {6}


def test_the_order_in_which_the_pool_is_given_is_immaterial() -> None:
    assert pick(["c", "a", "b"], feed(1)) == pick(["b", "c", "a"], feed(1))


def test_one_candidate_needs_no_chance() -> None:
    assert pick(["only"], feed()).random == ""


def test_nobody_to_draw_from_is_an_error() -> None:
    with pytest.raises(ValueError, match="nobody"):
        pick([], feed(1))


def test_a_pick_verifies_and_a_changed_one_does_not() -> None:
    one = pick(["a", "b", "c"], feed(255, 1))
    assert verify(one)
    changed = [
        msgspec.structs.replace(one, drawn="a"),
        msgspec.structs.replace(one, random="ff"),
        msgspec.structs.replace(one, random="0100"),
        msgspec.structs.replace(one, random="ff0102"),
        msgspec.structs.replace(one, pool=("a", "b")),
        msgspec.structs.replace(one, pool=("a", "c", "b")),
    ]
    assert [verify(other) for other in changed] == [False] * len(changed)


@pytest.mark.parametrize("value", [513, 30_000, 65_399])
def test_with_two_bytes_all_below_the_largest_multiple_count(value: int) -> None:
    """The fair range is of the bytes' whole number, not of how many bytes there are."""
    pool = [f"{n:03}" for n in range(300)]
    one = pick(pool, feed(*divmod(value, 256)))
    assert (one.drawn, one.random) == (f"{value % 300:03}", f"{value:04x}")
