"""Leaves added to a tree at its right edge, which is all that is kept of it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bidding.crypto.errors import LogError
from bidding.crypto.log.tiles import HEIGHT, WIDTH, partial_width
from bidding.crypto.log.tree import Range, complete_subtrees, folded, paired

Edge = Mapping[int, Sequence[bytes]]


@dataclass(frozen=True)
class Run:
    """New hashes of one ``level``, the first being number ``first`` of it."""

    level: int
    first: int
    hashes: tuple[bytes, ...]


@dataclass(frozen=True)
class Tree:
    """A tree of ``size`` leaves. ``edge``: by level, the hashes of its partial tile, where there is one."""

    size: int = 0
    edge: Edge = field(default_factory=dict)

    def __post_init__(self) -> None:
        for level in range(_levels(self.size)):
            if len(self.edge.get(level, ())) != _edge_width(self.size, level):
                raise LogError(what=f"the right edge at level {level} is not that of {self.size} leaves")

    def grown(self, leaves: Sequence[bytes]) -> "tuple[Tree, list[Run]]":
        """The tree with these leaf hashes added, and the hashes that are new on each level, level 0 first."""
        size = self.size + len(leaves)
        edge: dict[int, Sequence[bytes]] = {}
        runs: list[Run] = []
        new: Sequence[bytes] = leaves
        level, before = 0, self.size
        while new or before:
            if new:
                runs.append(Run(level, before, tuple(new)))
            hashes = [*self.edge.get(level, ()), *new]
            whole = len(hashes) // WIDTH * WIDTH
            new = [paired(hashes[at : at + WIDTH]) for at in range(0, whole, WIDTH)]
            if len(hashes) > whole:
                edge[level] = tuple(hashes[whole:])
            level, before = level + 1, before >> HEIGHT
        return Tree(size, edge), runs

    @property
    def root(self) -> bytes:
        """RFC 6962, 2.1: the tree head; SHA-256 of nothing for no leaves."""
        if not self.size:
            return hashlib.sha256(b"").digest()
        hashes = []
        for height, index in complete_subtrees(Range(0, self.size)):
            level, spare = divmod(height, HEIGHT)
            place = (index << spare) % WIDTH
            hashes.append(paired(self.edge[level][place : place + (1 << spare)]))
        return folded(hashes)


def _levels(size: int) -> int:
    return -(-size.bit_length() // HEIGHT)


def _edge_width(size: int, level: int) -> int:
    on_level = size >> (HEIGHT * level)
    return partial_width(level, on_level // WIDTH, size)
