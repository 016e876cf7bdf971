"""RFC 6962 over 8 MiB parts, against the RFC's own recursive definition."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bidding.crypto import parts
from bidding.crypto.parts import inclusion_proof, leaf_hash, node_hash, root, verify_inclusion


def mth(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    k = 1 << ((len(leaves) - 1).bit_length() - 1)
    return node_hash(mth(leaves[:k]), mth(leaves[k:]))


def leaves(count: int) -> list[bytes]:
    return [hashlib.sha256(str(number).encode()).digest() for number in range(count)]


@pytest.mark.parametrize("count", [*range(0, 34), 255, 256, 257, 511, 513, 1000])
def test_the_root_is_the_rfcs_tree_head(count: int) -> None:
    assert root(leaves(count)) == mth(leaves(count))


@pytest.mark.parametrize("count", range(1, 34))
def test_every_part_is_proved_and_no_other_is(count: int) -> None:
    hashes = leaves(count)
    expected = root(hashes)
    for index in range(count):
        proof = inclusion_proof(hashes, index)
        assert verify_inclusion(hashes[index], index, count, proof, expected)
        assert not verify_inclusion(bytes(32), index, count, proof, expected)
        assert not verify_inclusion(hashes[index], index, count, [*proof, bytes(32)], expected)
        assert not verify_inclusion(hashes[index], count, count, proof, expected)
        if proof:
            assert not verify_inclusion(hashes[index], index, count, proof[:-1], expected)
            assert not verify_inclusion(hashes[index], (index + 1) % count, count, proof, expected)


def test_no_proof_outside_the_tree() -> None:
    with pytest.raises(IndexError):
        inclusion_proof(leaves(3), 3)


@given(st.lists(st.integers(0, parts.PART_SIZE // 3), max_size=6))
def test_parts_do_not_depend_on_the_pieces_they_arrive_in(sizes: list[int]) -> None:
    data = bytes(sum(sizes))
    pieces, start = [], 0
    for size in sizes:
        pieces.append(data[start : start + size])
        start += size
    expected = [
        hashlib.sha256(data[at : at + parts.PART_SIZE]).digest()
        for at in range(0, len(data), parts.PART_SIZE)
    ]
    assert parts.part_hashes(pieces) == expected
    assert len(expected) == parts.part_count(len(data))
