"""The amounts: drawn sizes, scaled and levelled so that the sums come out as published (R-STAT-07).

One sort of lot is free for each sum, and the sums are settled one after the other: the fee by the services
(which pay a share of the price), the deposits by the ordinary works, the bonds by the large works, whose
deposit stands at its cap whatever they cost.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

import msgspec
from msgspec.structs import replace

from bidding.domain.deposit import max_bid_deposit_fen, share_of
from bidding.domain.regime import LotObject
from bidding.domain.ruleset import EngBonds, GpBonds
from bidding.stage.generated.plan import LotPlan, Sort

YUAN = 100
#: Estimates are whole 万元; the one lot that takes up the rest of a sum is the exception.
ROUND = 10_000 * YUAN
#: Bids among which a rest of 200 元 can be shared out evenly: 2 % of 1 万元 is 200 元.
EVEN_BIDS = frozenset({4, 5, 8, 10})

OBJECTS = {
    Sort.SUPERVISION: LotObject.SERVICE,
    Sort.DESIGN: LotObject.SURVEY_DESIGN,
}
SERVICES = frozenset(OBJECTS)
ORDINARY = frozenset({Sort.WORKS, Sort.LOAN_WORKS})
#: What D2 waives whole; D3 waives deposit and bond, D4 the deposit.
FEE_WAIVED = frozenset({Sort.LARGE_WORKS, Sort.WORKS}) | SERVICES
BOND_WAIVED = FEE_WAIVED | {Sort.LOAN_WORKS}
DEPOSIT_WAIVED = BOND_WAIVED | {Sort.PURCHASE}


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """分."""

    bid_deposits_fen: int
    bonds_fen: int
    fees_fen: int


class Tariff(msgspec.Struct, frozen=True, kw_only=True):
    """信息服务费 before it was abolished, paid by the winner (R-STAT-03). INVENTED for this data set: the real
    tariff is the district's to give. Works by band of the price, everything else by a share of it."""

    works_fen: int
    large_works_fen: int
    large_from_fen: int
    services_share: Decimal

    def fee_fen(self, bought: LotObject, price_fen: int) -> int:
        if bought is not LotObject.WORKS:
            return share_of(price_fen, self.services_share)
        return self.large_works_fen if price_fen >= self.large_from_fen else self.works_fen


TARIFF = Tariff(
    works_fen=6_000 * YUAN,
    large_works_fen=30_000 * YUAN,
    large_from_fen=100_000_000 * YUAN,
    services_share=Decimal("0.002"),
)


def bought(lot: LotPlan) -> LotObject:
    if lot.sort is Sort.PURCHASE:
        return LotObject.GOODS if lot.category.value == "货物" else LotObject.SERVICE
    return OBJECTS.get(lot.sort, LotObject.WORKS)


def balanced(plans: Sequence[LotPlan], wanted: Sums, eng: EngBonds, gp: GpBonds) -> list[LotPlan]:
    """The lots with estimates and prices. Raises ``ValueError`` if this draw cannot give the sums."""
    lots = {lot.lot: lot for lot in plans}
    bonds: dict[bool, EngBonds | GpBonds] = {True: gp, False: eng}

    def deposits(lot: LotPlan) -> int:
        each = max_bid_deposit_fen(bonds[lot.sort is Sort.PURCHASE], bought(lot), lot.estimate_fen)
        return each * lot.sealed

    def put(changed: Iterable[LotPlan]) -> None:
        lots.update((lot.lot, lot) for lot in changed)

    put(_scaled(_of(lots.values(), {Sort.PURCHASE}), 1_800_000 * YUAN))
    put(_scaled(_of(lots.values(), {Sort.COMPANY_WORKS}), 9_000_000 * YUAN))
    _settle_fees(lots, wanted.fees_fen, put)
    put(_scaled(_of(lots.values(), {Sort.LARGE_WORKS}), 250_000_000 * YUAN))
    _settle_deposits(lots, wanted.bid_deposits_fen, deposits, put)
    _settle_bonds(lots, wanted.bonds_fen, eng.performance_bond.value, put)
    if sum(deposits(lot) for lot in _of(lots.values(), DEPOSIT_WAIVED)) != wanted.bid_deposits_fen:
        raise ValueError("the deposits do not come out")
    return [lots[lot.lot] for lot in plans]


def _settle_fees(lots: dict[str, LotPlan], wanted_fen: int, put: Callable[[Iterable[LotPlan]], None]) -> None:
    signed = [lot for lot in lots.values() if lot.signed_on is not None]
    works = len(_of(signed, {Sort.WORKS})) * TARIFF.works_fen
    large = len(_of(signed, {Sort.LARGE_WORKS})) * TARIFF.large_works_fen
    target = int((wanted_fen - works - large) / TARIFF.services_share)
    paying = _of(signed, SERVICES)
    mean = target / sum(lot.weight * lot.ratio for lot in paying)
    put(_scaled(_of(lots.values(), SERVICES), mean))
    paying = [lots[lot.lot] for lot in paying]
    largest = max(paying, key=lambda lot: lot.price_fen)
    put([_priced(largest, largest.price_fen + target - sum(lot.price_fen for lot in paying))])


def _settle_deposits(
    lots: dict[str, LotPlan],
    wanted_fen: int,
    deposits: Callable[[LotPlan], int],
    put: Callable[[Iterable[LotPlan]], None],
) -> None:
    free = _of(lots.values(), ORDINARY)
    settled = sum(deposits(lot) for lot in _of(lots.values(), DEPOSIT_WAIVED - ORDINARY))
    put(_scaled(free, (wanted_fen - settled) * 50 / sum(lot.weight * lot.sealed for lot in free)))
    rest = wanted_fen - settled - sum(deposits(lots[lot.lot]) for lot in free)
    step = 200 * YUAN
    for lot in free:
        if abs(rest) < step * 12:
            break
        change = 1 if rest > 0 else -1
        put([_estimated(lots[lot.lot], lots[lot.lot].estimate_fen + change * ROUND)])
        rest -= change * step * lot.sealed
    last = max((lots[lot.lot] for lot in free if lot.sealed in EVEN_BIDS), key=lambda lot: lot.estimate_fen)
    put([_estimated(last, last.estimate_fen + rest // last.sealed * 50)])


def _settle_bonds(
    lots: dict[str, LotPlan], wanted_fen: int, rate: Decimal, put: Callable[[Iterable[LotPlan]], None]
) -> None:
    signed = [lot for lot in _of(lots.values(), BOND_WAIVED) if lot.signed_on is not None]
    other = sum(share_of(lot.price_fen, rate) for lot in signed if lot.sort is not Sort.LARGE_WORKS)
    large = _of(signed, {Sort.LARGE_WORKS})
    target = int((wanted_fen - other) / rate)
    put(_scaled(large, target / sum(lot.weight * lot.ratio for lot in large)))
    large = [lots[lot.lot] for lot in large]
    first = max(large, key=lambda lot: lot.price_fen)
    put([_priced(first, first.price_fen + target - sum(lot.price_fen for lot in large))])
    if min(lots[lot.lot].price_fen for lot in large) < TARIFF.large_from_fen:
        raise ValueError("a large lot fell out of its band")


def _scaled(lots: Iterable[LotPlan], mean_fen: float) -> list[LotPlan]:
    """Each lot at ``weight`` times the mean, a whole 万元."""
    return [_estimated(lot, max(1, round(lot.weight * mean_fen / ROUND)) * ROUND) for lot in lots]


def _estimated(lot: LotPlan, estimate_fen: int) -> LotPlan:
    """With its estimate, and the price that its ratio gives: a whole 500 元."""
    price = round(estimate_fen * lot.ratio / (500 * YUAN)) * 500 * YUAN
    return replace(lot, estimate_fen=estimate_fen, price_fen=price)


def _priced(lot: LotPlan, price_fen: int) -> LotPlan:
    if not 0 < price_fen <= lot.estimate_fen:
        raise ValueError(f"{lot.lot} would cost {price_fen} of {lot.estimate_fen} 分")
    return replace(lot, price_fen=price_fen)


def _of(lots: Iterable[LotPlan], sorts: Iterable[Sort]) -> list[LotPlan]:
    return [lot for lot in lots if lot.sort in set(sorts)]
