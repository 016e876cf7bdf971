"""The bidders: invented enterprises with valid codes, and on which lots they bid."""

import hashlib
import random
from collections.abc import Sequence

import msgspec

from bidding.domain.codes import make_uscc
from bidding.domain.regions import HUBEI
from bidding.stage.generated.plan import LotPlan, Sort

SUPPLIERS = 430
#: The share of places that goes to enterprises that have not bid yet, while there are any.
FRESH = 0.9
#: Counties of the district's city, of the province, and of elsewhere (GB/T 2260).
CITY = [code for code in HUBEI if code[:4] == "4209" and code not in {"420900", "420902"}]
PROVINCE = [code for code in HUBEI if code[:4] != "4209" and not code.endswith("00")]
ELSEWHERE = [
    "110105",
    "310115",
    "320102",
    "330106",
    "340104",
    "360102",
    "410105",
    "430104",
    "440106",
    "610113",
]
SIZES = ("大型", "中型", "小型", "微型", "")


class Enterprise(msgspec.Struct, frozen=True, kw_only=True):
    """``size``: as declared in every bid, empty if it declares none. ``diligence``: how often it bids."""

    party: str
    uscc: str
    name: str
    size: str
    diligence: float


def enterprises(count: int, chance: random.Random) -> list[Enterprise]:
    return [_enterprise(number, chance) for number in range(1, count + 1)]


def _enterprise(number: int, chance: random.Random) -> Enterprise:
    homes = chance.choices((["420902"], CITY, PROVINCE, ELSEWHERE), weights=(28, 22, 38, 12))[0]
    uscc = make_uscc("91", chance.choice(homes), number)
    return Enterprise(
        party=hashlib.sha256(uscc.encode()).hexdigest()[:24],
        uscc=uscc,
        name=f"演示企业{number:04d}(生成)",
        size=chance.choices(SIZES, weights=(4, 17, 46, 28, 5))[0],
        diligence=chance.paretovariate(1.6),
    )


def dealt(
    lots: Sequence[LotPlan], everyone: Sequence[Enterprise], chance: random.Random
) -> dict[str, tuple[Enterprise, ...]]:
    """Lot → its bidders, each once. Every enterprise stands on the roll of at least one lot that waives
    something. Raises ``ValueError`` if there are fewer places on such rolls than enterprises."""
    supplying, building = list(everyone[:SUPPLIERS]), list(everyone[SUPPLIERS:])
    found: dict[str, tuple[Enterprise, ...]] = {}
    for pool, wanted in ((supplying, True), (building, False)):
        chosen = [lot for lot in lots if (lot.sort is Sort.PURCHASE) is wanted]
        found |= _dealt(chosen, pool, chance)
    return found


def _dealt(
    lots: Sequence[LotPlan], pool: Sequence[Enterprise], chance: random.Random
) -> dict[str, tuple[Enterprise, ...]]:
    waiting = chance.sample(pool, len(pool))
    keenness = [one.diligence for one in pool]
    found = {}
    for lot in chance.sample(lots, len(lots)):
        bidders: dict[str, Enterprise] = {}
        named = not lot.fails and lot.sort is not Sort.COMPANY_WORKS
        while len(bidders) < lot.sealed:
            fresh = named and waiting and chance.random() < FRESH
            one = waiting.pop() if fresh else chance.choices(pool, weights=keenness)[0]
            bidders.setdefault(one.uscc, one)
        found[lot.lot] = tuple(bidders.values())
    if waiting:
        raise ValueError(f"{len(waiting)} enterprises found no place on a roll")
    return found
