"""Two years of a district's tenders, GENERATED: 2022-01 … 2023-10, with the published sums (R-STAT-07).

Nothing in it happened. It shows what the statistics projection does with events of the real classes, and that
figures of this size come apart into lots and events. Every title carries 【生成数据】, every lot is a test lot.
"""

import random
from functools import cache

import msgspec

from bidding.application.rulesets import load_rulesets
from bidding.application.statistics import PublicEvent
from bidding.domain.disclosure import is_public
from bidding.domain.regime import Regime
from bidding.domain.ruleset import EngBonds, GpBonds, choose
from bidding.stage.generated.balance import Sums, balanced
from bidding.stage.generated.enterprises import dealt, enterprises
from bidding.stage.generated.plan import FIRST, LAST, LotPlan, at, plan
from bidding.stage.generated.story import Story

SEED = 20231031
WAN, YI = 10_000_00, 100_000_000_00


class Published(msgspec.Struct, frozen=True, kw_only=True):
    """The bulletin's figures, in 分; ``documents_above_fen`` is a bound, the others are exact."""

    enterprises: int
    sums: Sums
    documents_above_fen: int


#: 1861家企业; 5.56亿元; 9.99亿元; 303.93万元; 制作、印刷、装订费180万元以上 (R-STAT-07).
PUBLISHED = Published(
    enterprises=1861,
    sums=Sums(
        bid_deposits_fen=556 * YI // 100,
        bonds_fen=999 * YI // 100,
        fees_fen=30393 * WAN // 100,
    ),
    documents_above_fen=180 * WAN,
)


@cache
def two_years(seed: int = SEED) -> tuple[PublicEvent, ...]:
    """The public events in the order of the feed, positions from 1. The same for the same ``seed``."""
    # Invented lots: the seed must give them again, and nothing secret comes from here.
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    lots = plans(chance)
    bidders = dealt(lots, enterprises(PUBLISHED.enterprises, chance), chance)
    rulesets, end = load_rulesets(), at(LAST, 23, 59, 59)
    told = [
        (when, number, order, event)
        for number, lot in enumerate(lots)
        for order, (when, event) in enumerate(Story(lot, bidders[lot.lot], rulesets, chance).told(end))
        if is_public(event)
    ]
    told.sort(key=lambda one: one[:3])
    return tuple(
        PublicEvent(position=position, at=when, lot=lots[number].lot, event=event)
        for position, (when, number, _, event) in enumerate(told, start=1)
    )


def plans(chance: random.Random) -> list[LotPlan]:
    start = at(FIRST, 0)
    eng = choose(load_rulesets(), Regime.ENG, start).bonds
    gp = choose(load_rulesets(), Regime.GP, start).bonds
    assert isinstance(eng, EngBonds)
    assert isinstance(gp, GpBonds)
    return balanced(plan(chance), PUBLISHED.sums, eng, gp)
