"""RFC 6962 trees, proofs and tiles: against the vectors of Certificate Transparency, and against pymerkle."""

import hashlib
from collections.abc import Mapping, Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from bidding.crypto.errors import LogError
from bidding.crypto.log.growth import Tree
from bidding.crypto.log.tiles import (
    WIDTH,
    Tile,
    consistency_path,
    consistency_tiles,
    decode_bundle,
    encode_bundle,
    inclusion_path,
    inclusion_tiles,
    parse_tile_path,
    partial_width,
    root_hash,
    root_tiles,
    tile_path,
)
from bidding.crypto.log.tree import Range, verify_consistency
from bidding.crypto.parts import leaf_hash, node_hash, root, verify_inclusion
from tests.soaking import SOAK

#: The reference leaves and hashes of certificate-transparency (and of every implementation since).
REFERENCE = [
    bytes.fromhex(one)
    for one in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
_96, _5F = (
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
)
_6B, _BC = (
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
)
_CA, _0E = (
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
)
#: (leaf from 0, size): path.
INCLUSION = {
    (0, 1): [],
    (0, 8): [_96, _5F, _6B],
    (5, 8): [_BC, _CA, ROOTS[4]],
    (2, 3): [ROOTS[2]],
    (1, 5): [ROOTS[1], _5F, _BC],
}
CONSISTENCY = {(1, 1): [], (1, 8): [_96, _5F, _6B], (6, 8): [_0E, _CA, ROOTS[4]], (2, 5): [_5F, _BC]}

Tiles = Mapping[tuple[int, int], bytes]
EMPTY = hashlib.sha256(b"").digest()


def entries(count: int) -> list[bytes]:
    return [str(number).encode() for number in range(count)]


def laid(batches: Sequence[Sequence[bytes]]) -> tuple[Tree, Tiles]:
    """The tree grown batch by batch, and its tiles as a store that only appends has them."""
    tree, tiles = Tree(), dict[tuple[int, int], bytearray]()
    for batch in batches:
        tree, runs = tree.grown([leaf_hash(one) for one in batch])
        for run in runs:
            for place, one in enumerate(run.hashes, start=run.first):
                tile = tiles.setdefault((run.level, place // WIDTH), bytearray())
                assert len(tile) == place % WIDTH * 32  # nothing twice, nothing left out
                tile += one
    return tree, {place: bytes(tile) for place, tile in tiles.items()}


def read(tiles: Tiles, wanted: Sequence[Tile]) -> Tiles:
    """Just those tiles, as wide as a tree of that size has them."""
    found = {}
    for tile in wanted:
        assert tile.level is not None
        found[tile.level, tile.number] = tiles[tile.level, tile.number][: tile.width * 32]
        assert len(found[tile.level, tile.number]) == tile.width * 32
    return found


@pytest.mark.parametrize(("size", "expected"), ROOTS.items())
def test_roots_are_those_of_certificate_transparency(size: int, expected: str) -> None:
    tree, tiles = laid([REFERENCE[:size]])
    assert tree.root.hex() == expected
    assert root_hash(size, read(tiles, root_tiles(size))).hex() == expected
    assert Tree().root == EMPTY


@pytest.mark.parametrize(("place", "expected"), INCLUSION.items())
def test_inclusion_proofs_are_those_of_certificate_transparency(
    place: tuple[int, int], expected: list[str]
) -> None:
    index, size = place
    _, tiles = laid([REFERENCE])
    path = inclusion_path(index, size, read(tiles, inclusion_tiles(index, size)))
    assert [one.hex() for one in path] == expected
    assert verify_inclusion(REFERENCE[index], index, size, path, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("sizes", "expected"), CONSISTENCY.items())
def test_consistency_proofs_are_those_of_certificate_transparency(
    sizes: tuple[int, int], expected: list[str]
) -> None:
    old, new = sizes
    _, tiles = laid([REFERENCE])
    path = consistency_path(old, new, read(tiles, consistency_tiles(old, new)))
    assert [one.hex() for one in path] == expected
    assert verify_consistency(old, bytes.fromhex(ROOTS[old]), new, bytes.fromhex(ROOTS[new]), path)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 255, 256, 257, 511, 513, 1000])
def test_an_independent_implementation_finds_the_same_tree(size: int) -> None:
    oracle = InmemoryTree(algorithm="sha256")
    for one in entries(size):
        oracle.append_entry(one)
    tree, tiles = laid([entries(size)])
    assert tree.root == oracle.get_root(size)
    for old in {1, size // 2 or 1, size - 1 or 1, size}:
        path = consistency_path(old, size, read(tiles, consistency_tiles(old, size)))
        assert verify_consistency(old, oracle.get_root(old), size, oracle.get_root(size), path)
        theirs = oracle.prove_inclusion(old, size).path  # counted from one, the leaf itself at its head
        assert inclusion_path(old - 1, size, tiles) == theirs[1:]


@settings(max_examples=SOAK or 30)
@given(st.lists(st.integers(0, 700), min_size=1, max_size=6), st.data())
def test_batches_leave_no_trace_and_everything_is_proved(sizes: list[int], data: st.DataObject) -> None:
    every = entries(sum(sizes))
    bounds = [0, *(sum(sizes[: at + 1]) for at in range(len(sizes)))]
    tree, tiles = laid([every[first:end] for first, end in pairwise(bounds)])
    assert tree.root == root(every)
    if not every:
        return
    size = data.draw(st.integers(1, len(every)))
    index = data.draw(st.integers(0, size - 1))
    whole = root(every[:size])
    path = inclusion_path(index, size, read(tiles, inclusion_tiles(index, size)))
    assert verify_inclusion(every[index], index, size, path, whole)
    old = data.draw(st.integers(0, size))
    proof = consistency_path(old, size, read(tiles, consistency_tiles(old, size)))
    before = root(every[:old])
    assert verify_consistency(old, before, size, whole, proof)
    if proof:
        assert not verify_consistency(old, node_hash(before, before), size, whole, proof)
        assert not verify_consistency(old, before, size, node_hash(whole, whole), proof)
        assert not verify_consistency(old, before, size, whole, proof[:-1])
        assert not verify_consistency(old, before, size, whole, [*proof, before])
        wrong = data.draw(st.integers(0, len(proof) - 1))
        assert not verify_consistency(
            old, before, size, whole, [*proof[:wrong], bytes(32), *proof[wrong + 1 :]]
        )


def test_consistency_at_the_ends() -> None:
    one, other = bytes(32), b"\1" * 32
    assert verify_consistency(0, EMPTY, 5, other, [])
    assert verify_consistency(5, one, 5, one, [])
    assert not verify_consistency(5, one, 5, other, [])
    assert not verify_consistency(5, one, 5, one, [other])
    assert not verify_consistency(6, one, 5, one, [])
    assert not verify_consistency(3, one, 5, other, [])


def test_no_proof_outside_the_tree() -> None:
    with pytest.raises(IndexError):
        inclusion_tiles(3, 3)
    with pytest.raises(IndexError):
        consistency_tiles(4, 3)
    with pytest.raises(LogError, match="0/000 is missing"):
        inclusion_path(0, 3, {})
    with pytest.raises(LogError, match="right edge"):
        Tree(3, {0: [bytes(32)]})


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Tile(0, 0), "0/000"),
        (Tile(0, 1234067), "0/x001/x234/067"),
        (Tile(63, 1000, 1), "63/x001/000.p/1"),
        (Tile(None, 273, 112), "entries/273.p/112"),
        (Tile(1, 999, 255), "1/999.p/255"),
    ],
)
def test_paths_are_those_of_tlog_tiles(tile: Tile, path: str) -> None:
    assert tile_path(tile) == path
    assert parse_tile_path(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "",
        "0",
        "0/0",
        "0/00",
        "0/0000",
        "00/000",
        "64/000",
        "-1/000",
        "entry/000",
        "0/x000/001",
        "0/001/002",
        "0/x001",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/000.p/",
        "0/000\n",
        "0/٠٠٠",
        "0/../000",
        "0/" + "x001/" * 12 + "000",
    ],
)
def test_no_other_spelling_of_a_path_is_one(path: str) -> None:
    with pytest.raises(LogError):
        parse_tile_path(path)


def test_widths_are_those_of_the_example_in_tlog_tiles() -> None:
    size = 70_000
    assert [partial_width(0, number, size) for number in (0, 272, 273, 274)] == [256, 256, 112, 0]
    assert [partial_width(1, number, size) for number in (0, 1, 2)] == [256, 17, 0]
    assert [partial_width(2, number, size) for number in (0, 1)] == [1, 0]


def test_proofs_of_a_large_tree_read_few_tiles() -> None:
    assert len(inclusion_tiles(123_456, 16_000_000)) <= 6
    assert len(consistency_tiles(123_456, 16_000_000)) <= 6
    assert Range(0, 3) == (0, 3)


def test_bundles_come_apart_as_they_were_put_together() -> None:
    assert decode_bundle(encode_bundle(REFERENCE)) == REFERENCE
    assert encode_bundle([b"ab"]) == b"\0\2ab"
    for cut in (b"\0", b"\0\2a", b"\0\1a\0"):
        with pytest.raises(LogError):
            decode_bundle(cut)
    with pytest.raises(LogError):
        encode_bundle([bytes(65536)])
