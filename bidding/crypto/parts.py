"""8 MiB parts and their RFC 6962 tree: the root stands for the sealed bytes, whatever store keeps them."""

import hashlib
from collections.abc import Iterable, Sequence

PART_SIZE = 8 * 1024 * 1024
DIGEST_SIZE = 32


def part_hash(part: bytes | bytearray | memoryview) -> bytes:
    """SHA-256 of one part's bytes."""
    return hashlib.sha256(part).digest()


class PartHasher:
    """The part hashes of a stream fed in pieces of any size."""

    def __init__(self) -> None:
        self._parts: list[hashlib._Hash] = []
        self.length = 0

    def update(self, data: bytes | bytearray | memoryview) -> None:
        view = memoryview(data).cast("B")
        while len(view):
            filled = self.length % PART_SIZE
            if not filled:
                self._parts.append(hashlib.sha256())
            piece = view[: PART_SIZE - filled]
            self._parts[-1].update(piece)
            self.length += len(piece)
            view = view[len(piece) :]

    def hashes(self) -> list[bytes]:
        """One hash per part, the last part possibly short; an empty stream has no part."""
        return [part.digest() for part in self._parts]


def part_hashes(stream: Iterable[bytes | bytearray | memoryview]) -> list[bytes]:
    """The part hashes of the concatenated pieces."""
    hasher = PartHasher()
    for piece in stream:
        hasher.update(piece)
    return hasher.hashes()


def part_count(length: int) -> int:
    """How many parts `length` bytes make."""
    return -(-length // PART_SIZE)


def leaf_hash(part_hash: bytes) -> bytes:
    """RFC 6962, 2.1: SHA-256(0x00 ‖ d), where d is the part's SHA-256."""
    return hashlib.sha256(b"\x00" + part_hash).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962, 2.1: SHA-256(0x01 ‖ left ‖ right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(part_hashes: Sequence[bytes]) -> bytes:
    """RFC 6962, 2.1: MTH(D[n]); SHA-256 of nothing for no parts."""
    if not part_hashes:
        return hashlib.sha256(b"").digest()
    level = [leaf_hash(part) for part in part_hashes]
    # Pairing level by level gives MTH: an odd node at the end goes up unhashed, as the split at the
    # largest power of two below n demands.
    while len(level) > 1:
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) & ~1 :]
    return level[0]


def inclusion_proof(part_hashes: Sequence[bytes], index: int) -> list[bytes]:
    """RFC 6962, 2.1.1: PATH(index, D[n]), leaf side first. IndexError outside the tree."""
    if not 0 <= index < len(part_hashes):
        raise IndexError("no such part")
    path: list[bytes] = []
    level = [leaf_hash(part) for part in part_hashes]
    while len(level) > 1:
        if index ^ 1 < len(level):
            path.append(level[index ^ 1])
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level, index = paired + level[len(level) & ~1 :], index >> 1
    return path


def verify_inclusion(
    part_hash: bytes, index: int, count: int, proof: Sequence[bytes], expected_root: bytes
) -> bool:
    """RFC 9162, 2.1.3.2: whether `part_hash` is part `index` of the `count` parts under `expected_root`."""
    if not 0 <= index < count:
        return False
    node, last, computed = index, count - 1, leaf_hash(part_hash)
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            computed = node_hash(sibling, computed)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            computed = node_hash(computed, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and computed == expected_root
