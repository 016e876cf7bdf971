"""Draws that anybody recomputes (``docs/draws.md``): commitments, a hash chain as beacon, the seed, the choice.

A nonce is committed to before anything is known, so whoever reveals it can only reveal that one or none. The
chain's next value is fixed by its published head in the same way. Nothing that the platform could choose
afterwards, such as an instant, goes into the seed.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Sequence

from bidding.crypto.canonical import canonical

COMMIT_LABEL = b"bidding/draw/commit/v1\0"
CHAIN_LABEL = b"bidding/draw/chain/v1\0"
SEED_LABEL = b"bidding/draw/v1\0"
#: Bytes of a nonce and of a chain value.
NONCE = 32
WORD = 8
WORDS = 2**64


def commitment(names: Sequence[str], nonce: bytes) -> str:
    """Hex SHA-256(label ‖ canonical ``names`` ‖ nonce).

    ``names``: ``[lot, bidder]`` for the nonce in a bid's form, ``[lot, party, source]`` for an office's: nobody
    can copy another's commitment, nor use one of its own for something else.
    """
    return hashlib.sha256(COMMIT_LABEL + canonical(list(names)) + nonce).hexdigest()


def link(lot: str, value: bytes) -> bytes:
    """The head that ``value`` stands behind: SHA-256(label ‖ canonical [lot] ‖ value), so a chain serves one lot."""
    return hashlib.sha256(CHAIN_LABEL + canonical([lot]) + value).digest()


def chain(lot: str, secret: bytes, length: int) -> tuple[bytes, ...]:
    """Head first, ``secret`` last: ``length`` values can be shown one after another, each fixed by the one before.

    ``ValueError`` for a secret that is not 32 bytes or a chain without a value behind its head.
    """
    if len(secret) != NONCE or length < 1:
        raise ValueError("a chain has a secret of 32 bytes and at least one value behind its head")
    values = [secret]
    for _ in range(length):
        values.append(link(lot, values[-1]))
    return tuple(reversed(values))


def seed_of(transcript: bytes) -> bytes:
    """SHA-256(label ‖ transcript). ``transcript``: canonical JSON (RFC 8785), the draw named in it."""
    return hashlib.sha256(SEED_LABEL + transcript).digest()


def words(seed: bytes) -> Iterator[int]:
    """64-bit big-endian words of HMAC-SHA-256(seed, 0), HMAC-SHA-256(seed, 1), …; the counter is 8 bytes."""
    counter = 0
    while True:
        block = hmac.digest(seed, counter.to_bytes(WORD, "big"), "sha256")
        for at in range(0, len(block), WORD):
            yield int.from_bytes(block[at : at + WORD], "big")
        counter += 1


def below(stream: Iterator[int], count: int) -> int:
    """An index below ``count``, each equally likely: words beyond the last whole multiple are passed over."""
    fair = WORDS - WORDS % count
    return next(word for word in stream if word < fair) % count


def draw(seed: bytes, pool: Iterable[str], count: int = 1) -> tuple[str, ...]:
    """``count`` different ones of ``pool`` in the order drawn: partial Fisher–Yates over the sorted pool.

    Sorted by code points, which for the ASCII texts drawn here is the order of their bytes. ``ValueError`` if the pool
    does not hold so many.
    """
    items = sorted(set(pool))
    if not 0 < count <= len(items):
        raise ValueError(f"{count} cannot be drawn of {len(items)}")
    stream = words(seed)
    for at in range(count):
        other = at + below(stream, len(items) - at)
        items[at], items[other] = items[other], items[at]
    return tuple(items[:count])
