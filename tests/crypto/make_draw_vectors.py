"""Makes tests/vectors/draws/draws.json from a second implementation; run it, and the file does not change.

python -m tests.crypto.make_draw_vectors
"""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import rfc8785

from tests.crypto.reference import b64, fixed

FILE = Path(__file__).parents[1] / "vectors" / "draws" / "draws.json"
LOT = "lot-7"
POOLS = (("0.01", "0.015", "0.02", "0.025", "0.03"), ("0",), tuple(f"expert-{n:03}" for n in range(300)))


def committed(names: list[str], nonce: bytes) -> str:
    return hashlib.sha256(b"bidding/draw/commit/v1\x00" + rfc8785.dumps(names) + nonce).hexdigest()


def linked(value: bytes) -> bytes:
    return hashlib.sha256(b"bidding/draw/chain/v1\x00" + rfc8785.dumps([LOT]) + value).digest()


def drawn(seed: bytes, pool: tuple[str, ...], count: int) -> list[str]:
    """Fisher–Yates as one takes names from a hat: what was swapped away is put where the drawn one lay."""
    left, block, counter = sorted(pool), b"", 0
    taken: list[str] = []
    while len(taken) < count:
        size = len(left)
        while True:
            if not block:
                block = hmac.new(seed, counter.to_bytes(8, "big"), hashlib.sha256).digest()
                counter += 1
            word, block = int.from_bytes(block[:8], "big"), block[8:]
            if word < 2**64 // size * size:
                break
        at = word % size
        first = left.pop(0)
        if at == 0:
            taken.append(first)
        else:
            taken.append(left[at - 1])
            left[at - 1] = first
    return taken


def ticket(party: str, salt: bytes) -> str:
    return hashlib.sha256(b"bidding/draw/ticket/v1\x00" + rfc8785.dumps([LOT, party]) + salt).hexdigest()


def sitting(order: list[str], trades: dict[str, str], quotas: list[tuple[str, int]]) -> list[str]:
    """Quota by quota, each taking tickets off the order's front that fit."""
    left, taken = list(order), []
    for trade, count in quotas:
        for _ in range(count):
            one = next(one for one in left if not trade or trades[one] == trade)
            left.remove(one)
            taken.append(one)
    return taken


def experts() -> dict[str, Any]:
    people = [(f"expert-{n:02}", ("造价", "市政", "安装")[n % 3], fixed(f"salt {n}")) for n in range(12)]
    made = sorted((ticket(party, salt), trade, party, salt) for party, trade, salt in people)
    pool = tuple(one[0] for one in made)
    trades = {one[0]: one[1] for one in made}
    said = b'{"draw":"experts","lot":"lot-7"}'
    seed = hashlib.sha256(b"bidding/draw/v1\x00" + said).digest()
    order = drawn(seed, pool, len(pool))
    conditions: tuple[list[tuple[str, int]], ...] = (
        [("", 4)],
        [("造价", 1), ("市政", 3)],
        [("安装", 2), ("", 2)],
    )
    return {
        "lot": LOT,
        "tickets": [
            {"party": party, "trade": trade, "salt": salt.hex(), "ticket": name}
            for name, trade, party, salt in made
        ],
        "transcript": said.decode(),
        "seed": seed.hex(),
        "order": order,
        "seats": [
            {
                "quotas": [{"trade": trade, "count": count} for trade, count in one],
                "drawn": sitting(order, trades, one),
            }
            for one in conditions
        ],
    }


def vectors() -> dict[str, Any]:
    nonce, secret = fixed("draw nonce"), fixed("chain secret")
    names = ([LOT, "party-3"], [LOT, "agency-1", "agency"], [LOT, "agency-1", "reserve"])
    transcripts = (b'{"draw":"k","lot":"lot-7"}', b'{"draw":"alpha","lot":"lot-7"}')
    seeds = [hashlib.sha256(b"bidding/draw/v1\x00" + text).digest() for text in transcripts]
    return {
        "format": "bidding/draws/v1",
        "commitments": [
            {"names": one, "nonce": b64(nonce), "commitment": committed(list(one), nonce)} for one in names
        ],
        "chain": {
            "lot": LOT,
            "secret": b64(secret),
            "length": 2,
            "values": [b64(linked(linked(secret))), b64(linked(secret)), b64(secret)],
        },
        "experts": experts(),
        "draws": [
            {
                "transcript": text.decode(),
                "seed": seed.hex(),
                "pool": list(pool),
                "count": count,
                "drawn": drawn(seed, pool, count),
            }
            for text, seed in zip(transcripts, seeds, strict=True)
            for pool in POOLS
            for count in sorted({1, min(len(pool), 7)})
        ],
    }


def text() -> str:
    return json.dumps(vectors(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(text(), encoding="utf-8")
