"""RFC 6962 proofs as ranges of leaves: which subtrees a proof is made of, and whether it holds.

Leaf and node hashes are those of ``bidding.crypto.parts``, and so is ``verify_inclusion``: an entry of the log is
what a part's hash is there. A range ``(first, end)`` stands for MTH(D[first:end]).
"""

from collections.abc import Sequence
from typing import NamedTuple

from bidding.crypto.parts import node_hash


class Range(NamedTuple):
    """The leaves ``first`` … ``end`` - 1. In proofs ``first`` is a multiple of the power of two ≥ its length."""

    first: int
    end: int


class Node(NamedTuple):
    """The root of a complete subtree: 2^height leaves, the ``number``-th such subtree of its height."""

    height: int
    number: int


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """RFC 6962, 2.1.1: PATH(index, D[size]), the leaf's sibling first. IndexError outside the tree."""
    if not 0 <= index < size:
        raise IndexError("no such leaf")
    path: list[Range] = []
    first, end = 0, size
    while end - first > 1:
        middle = first + _split(end - first)
        if index < middle:
            path.append(Range(middle, end))
            end = middle
        else:
            path.append(Range(first, middle))
            first = middle
    return path[::-1]


def consistency_ranges(old: int, new: int) -> list[Range]:
    """RFC 6962, 2.1.2: PROOF(old, D[new]). Empty from size 0 and between equal sizes. IndexError if it shrinks."""
    if not 0 <= old <= new:
        raise IndexError("no tree of this size is an older one")
    if old in (0, new):
        return []
    path: list[Range] = []
    first, end, complete = 0, new, True
    while old != end:
        middle = first + _split(end - first)
        if old <= middle:
            path.append(Range(middle, end))
            end = middle
        else:
            path.append(Range(first, middle))
            first, complete = middle, False
    if not complete:  # else it is the old root itself, which the verifier has
        path.append(Range(first, end))
    return path[::-1]


def complete_subtrees(leaves: Range) -> list[Node]:
    """The range cut into complete subtrees, the largest that fit, left to right."""
    nodes = []
    first, end = leaves
    while first < end:
        height = (end - first).bit_length() - 1
        if first:
            height = min(height, (first & -first).bit_length() - 1)
        nodes.append(Node(height, first >> height))
        first += 1 << height
    return nodes


def folded(hashes: Sequence[bytes]) -> bytes:
    """MTH of what complete subtrees of falling size, given left to right, make together (at least one)."""
    result = hashes[-1]
    for left in reversed(hashes[:-1]):
        result = node_hash(left, result)
    return result


def paired(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of sibling subtrees' hashes."""
    level = list(hashes)
    while len(level) > 1:
        level = [node_hash(level[i], level[i + 1]) for i in range(0, len(level), 2)]
    return level[0]


def verify_consistency(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """RFC 9162, 2.1.4.2: whether the tree of size ``old`` is the beginning of the one of size ``new``."""
    if not 0 <= old <= new:
        return False
    if old in (0, new):
        return not proof and (old != new or old_root == new_root)
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        return False
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def _split(count: int) -> int:
    """RFC 6962, 2.1: the largest power of two below ``count`` (> 1)."""
    return 1 << ((count - 1).bit_length() - 1)
