"""Drawing without replacement, every candidate equally likely (R-EVAL-07).

A byte string taken modulo n favours the small remainders; values beyond the largest multiple of n are
therefore thrown away and drawn again (rejection sampling). All bytes spent stay in the pick: whoever may
see it can recompute it with ``verify``.
"""

from collections.abc import Callable, Iterable

from bidding.domain.evaluation.members import Pick

RandomBytes = Callable[[int], bytes]


def pick(pool: Iterable[str], random: RandomBytes) -> Pick:
    """One of ``pool``, which must not be empty. ``random(n)`` gives n fresh random bytes."""
    candidates = tuple(sorted(set(pool)))
    if not candidates:
        raise ValueError("nobody to draw from")
    count = len(candidates)
    width = ((count - 1).bit_length() + 7) // 8
    spent = b""
    index = 0
    if width:  # one candidate alone needs no chance
        fair = 256**width - 256**width % count
        while True:
            drawn = random(width)
            spent += drawn
            value = int.from_bytes(drawn, "big")
            if value < fair:
                index = value % count
                break
    return Pick(pool=candidates, random=spent.hex(), drawn=candidates[index])


def draw(pool: Iterable[str], count: int, random: RandomBytes) -> tuple[Pick, ...]:
    """``count`` different ones of ``pool``, which must hold so many, in the order drawn."""
    left = set(pool)
    picks: list[Pick] = []
    for _ in range(count):
        one = pick(left, random)
        left.remove(one.drawn)
        picks.append(one)
    return tuple(picks)


def verify(recorded: Pick) -> bool:
    """Whether the recorded bytes, all of them, lead from the recorded pool to the one drawn."""
    spent = iter(bytes.fromhex(recorded.random))
    try:
        again = pick(recorded.pool, lambda n: bytes(next(spent) for _ in range(n)))
    except RuntimeError:  # the generator ran dry: bytes are missing
        return False
    return again == recorded
