"""R-DRAW-02: the draw as specified in docs/draws.md, against vectors of a second implementation."""

import json
from collections import Counter
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from bidding.application.draws import arrange
from bidding.crypto.canonical import b64, unb64
from bidding.crypto.draws import below, chain, commitment, draw, link, seed_of, words
from bidding.domain.evaluation.lottery import seats
from bidding.domain.evaluation.members import TradeQuota
from bidding.domain.evaluation.ticketing import ticket_of
from tests.crypto.make_draw_vectors import FILE, text

VECTORS: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
TRIALS = 50_000


def test_the_file_is_what_the_generator_makes() -> None:
    assert FILE.read_text(encoding="utf-8") == text()


@pytest.mark.parametrize("case", VECTORS["commitments"])
def test_commitments(case: dict[str, Any]) -> None:
    assert commitment(case["names"], unb64(case["nonce"])) == case["commitment"]


def test_a_commitment_names_party_and_purpose() -> None:
    assert len({case["commitment"] for case in VECTORS["commitments"]}) == len(VECTORS["commitments"])


def test_a_chain_is_fixed_by_its_head() -> None:
    case = VECTORS["chain"]
    values = chain(case["lot"], unb64(case["secret"]), case["length"])
    assert [b64(one) for one in values] == case["values"]
    assert all(link(case["lot"], behind) == head for head, behind in pairwise(values))
    assert link("another-lot", values[1]) != values[0]


@pytest.mark.parametrize(("secret", "length"), [(bytes(31), 1), (bytes(32), 0)])
def test_a_chain_needs_a_secret_and_a_value(secret: bytes, length: int) -> None:
    with pytest.raises(ValueError, match="a chain has a secret"):
        chain("lot", secret, length)


@pytest.mark.parametrize("case", VECTORS["draws"])
def test_draws(case: dict[str, Any]) -> None:
    seed = seed_of(case["transcript"].encode())
    assert seed.hex() == case["seed"]
    assert list(draw(seed, case["pool"], case["count"])) == case["drawn"]
    assert draw(seed, reversed(case["pool"]), case["count"]) == tuple(case["drawn"])


def test_a_word_beyond_the_last_whole_multiple_is_passed_over() -> None:
    """2^64 mod 3 is 1: the largest word would favour 0."""
    assert below(iter([2**64 - 1, 5]), 3) == 2
    assert below(iter([2**64 - 2, 5]), 3) == (2**64 - 2) % 3


def test_words_run_on_from_block_to_block() -> None:
    found = [word for word, _ in zip(words(bytes(32)), range(9), strict=False)]
    assert len(set(found)) == 9


def test_everybody_is_equally_likely() -> None:
    """Chi-square over five choices, four degrees of freedom: below 18.47 at p = 0.001. The seeds are fixed."""
    pool = ("0.01", "0.015", "0.02", "0.025", "0.03")
    seen = Counter(draw(seed_of(number.to_bytes(4, "big")), pool)[0] for number in range(TRIALS))
    each = TRIALS / len(pool)
    assert sum((seen[one] - each) ** 2 / each for one in pool) < 18.47


def test_every_order_is_equally_likely() -> None:
    """Six orders of three, five degrees of freedom: below 20.52 at p = 0.001."""
    seen = Counter(draw(seed_of(number.to_bytes(4, "big")), "abc", 3) for number in range(TRIALS // 5))
    each = TRIALS / 5 / 6
    assert len(seen) == 6
    assert sum((one - each) ** 2 / each for one in seen.values()) < 20.52


@pytest.mark.parametrize("wanted", [0, 4])
def test_no_more_are_drawn_than_there_are(wanted: int) -> None:
    with pytest.raises(ValueError, match="cannot be drawn"):
        draw(bytes(32), "abc", wanted)


def test_one_bit_of_the_transcript_changes_the_seed() -> None:
    assert seed_of(b"\x00") != seed_of(b"\x01")


def test_tickets_and_who_sits_by_them() -> None:  # R-EVAL-07
    case = VECTORS["experts"]
    for one in case["tickets"]:
        assert ticket_of(case["lot"], one["party"], bytes.fromhex(one["salt"])) == one["ticket"]
    pool = tuple(one["ticket"] for one in case["tickets"])
    assert arrange(case["transcript"], pool) == (case["seed"], tuple(case["order"]))
    trades = {one["ticket"]: one["trade"] for one in case["tickets"]}
    for one in case["seats"]:
        quotas = msgspec.convert(one["quotas"], tuple[TradeQuota, ...])
        assert list(seats(case["order"], trades, quotas)) == one["drawn"]
