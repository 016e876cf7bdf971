"""Which lots there were: kinds, days, bids, failures and what was tendered again. Drawn from a seed."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from bidding.domain.admission.filing import Category
from bidding.domain.calendar import STATE_COUNCIL, next_workday
from bidding.domain.periods import SHANGHAI

#: The period of the published figures, both days included (R-STAT-07).
FIRST, LAST = date(2022, 1, 1), date(2023, 10, 31)
#: The first day on which a notice could rest on the district's own waiver and still be opened (row D2).
DISTRICT_WAIVER = date(2022, 2, 8)
MINIMUM_BIDS = 3
FAILURES = 0.06
WITHDRAWALS = 0.1


class Sort(StrEnum):
    """What kind of lot, and so which row of the waiver table it falls under."""

    LARGE_WORKS = "重点工程施工"
    WORKS = "施工"
    LOAN_WORKS = "财政还款贷款工程施工"
    SUPERVISION = "监理"
    DESIGN = "勘察设计"
    PURCHASE = "采购"
    COMPANY_WORKS = "企业投资工程施工"


class LotPlan(msgspec.Struct, frozen=True, kw_only=True):
    """``serial``: of the project; a lot tendered again keeps it. ``signed_on`` None: no contract within the
    period. ``weight`` and ``ratio``: size among its sort, and price over estimate, until they are amounts in 分.
    """

    lot: str
    serial: int
    sort: Sort
    category: Category
    noticed: date
    opens: date
    awarded: date
    signed_on: date | None
    sealed: int
    withdrawn: bool
    again: bool
    weight: float
    ratio: float
    estimate_fen: int = 0
    price_fen: int = 0

    @property
    def fails(self) -> bool:
        return self.sealed < MINIMUM_BIDS


class _Shape(msgspec.Struct, frozen=True):
    """How many lots of a sort, from and until which opening day, with how many bids."""

    count: int
    first: date
    last: date
    bids: tuple[int, int]
    may_fail: bool = True


SHAPES = {
    Sort.LARGE_WORKS: _Shape(28, date(2022, 3, 1), date(2023, 7, 31), (5, 10), False),
    Sort.WORKS: _Shape(250, DISTRICT_WAIVER, LAST, (4, 11)),
    Sort.LOAN_WORKS: _Shape(30, date(2022, 1, 4), LAST, (4, 9), False),
    Sort.SUPERVISION: _Shape(62, DISTRICT_WAIVER, LAST, (3, 7)),
    Sort.DESIGN: _Shape(48, DISTRICT_WAIVER, LAST, (3, 7)),
    Sort.PURCHASE: _Shape(126, date(2022, 1, 4), LAST, (3, 8)),
    Sort.COMPANY_WORKS: _Shape(18, date(2022, 1, 4), LAST, (3, 6), False),
}
CONSTRUCTION = (Category.BUILDING, Category.MUNICIPAL, Category.TRANSPORT, Category.WATER)


def plan(chance: random.Random) -> list[LotPlan]:
    """All lots, in the order in which they open; amounts are still to be given."""
    drawn = [lot for sort, shape in SHAPES.items() for lot in _sort(sort, shape, chance)]
    drawn.sort(key=lambda lot: (lot.opens, lot.serial, lot.again))
    return [replace(lot, lot=f"generated-{number:04d}") for number, lot in enumerate(drawn, start=1)]


def _sort(sort: Sort, shape: _Shape, chance: random.Random) -> Iterator[LotPlan]:
    for number in range(shape.count):
        # Spread over the period, with a little jitter, so that no month is empty.
        span = (shape.last - shape.first).days
        day = shape.first + timedelta(days=min(span, int(span * (number + chance.random()) / shape.count)))
        fails = shape.may_fail and chance.random() < FAILURES
        lot = LotPlan(
            lot="",
            serial=list(Sort).index(sort) * 1000 + number,
            sort=sort,
            category=_category(sort, chance),
            noticed=FIRST,
            opens=FIRST,
            awarded=FIRST,
            signed_on=None,
            sealed=chance.choice((1, 2)) if fails else chance.randint(*shape.bids),
            withdrawn=chance.random() < WITHDRAWALS,
            again=False,
            weight=min(2.2, max(0.5, chance.lognormvariate(0, 0.45))),
            ratio=0.88 + chance.random() * 0.08,
        )
        yield (first := _dated(lot, day, chance))
        again = first.opens + timedelta(days=chance.randint(32, 45))
        if fails and again <= LAST - timedelta(days=5):
            bids = chance.randint(MINIMUM_BIDS, shape.bids[1])
            yield _dated(replace(lot, sealed=bids, withdrawn=False, again=True), again, chance)


def _dated(lot: LotPlan, day: date, chance: random.Random) -> LotPlan:
    """The lot with its days around the opening: all of them working days, the notice early enough."""
    opens = previous_workday(min(day, LAST))
    awarded = workday_after(opens, chance.randint(9, 15))
    signed = workday_after(awarded, chance.randint(6, 22))
    return replace(
        lot,
        opens=opens,
        noticed=previous_workday(opens - timedelta(days=chance.randint(21, 25))),
        awarded=awarded,
        signed_on=signed if signed <= LAST and not lot.fails else None,
    )


def _category(sort: Sort, chance: random.Random) -> Category:
    if sort is Sort.PURCHASE:
        return chance.choice((Category.GOODS, Category.SERVICES))
    return chance.choices(CONSTRUCTION, weights=(38, 34, 16, 12))[0]


def workday_after(day: date, days: int) -> date:
    return next_workday(day + timedelta(days=days), STATE_COUNCIL)


def previous_workday(day: date) -> date:
    while not STATE_COUNCIL.is_workday(day):
        day -= timedelta(days=1)
    return day


def at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute, second), SHANGHAI)
