"""Lines summed, grouped and chosen (R-STAT-05, R-STAT-08)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from enum import StrEnum
from fractions import Fraction

import msgspec

from bidding.domain.benefits.facts import LotFacts
from bidding.domain.benefits.lines import (
    ELSEWHERE,
    HOMES,
    SIZES,
    UNDECLARED,
    UNKNOWN,
    UNNAMED,
    Figure,
    Line,
    counts,
)
from bidding.domain.deposit import max_performance_bond_fen
from bidding.domain.money.events import Kind
from bidding.domain.periods import local_date
from bidding.domain.ruleset import RuleSet, by_version


class Dimension(StrEnum):
    """R-STAT-08. ``POLICY``: the row of the waiver table."""

    MONTH = "month"
    CATEGORY = "category"
    FUNDING = "funding"
    SIZE = "size"
    HOME = "home"
    POLICY = "policy"
    METHOD = "method"


#: Values that have an order of their own; all others stand after these, by themselves.
ORDER = (*SIZES, UNDECLARED, *(name for _, name in HOMES), ELSEWHERE, UNKNOWN)

#: The rule that each figure follows.
RULES = {
    Figure.ENTERPRISES: "R-STAT-05",
    Figure.PARTICIPATIONS: "R-STAT-05",
    Figure.BID_DEPOSIT: "R-STAT-01",
    Figure.PERFORMANCE_BOND: "R-STAT-02",
    Figure.INFO_FEE: "R-STAT-03",
    Figure.DOCUMENTS: "R-STAT-04",
    Figure.CAPITAL_COST: "R-STAT-05",
}


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """``value``: 分, or a count. ``retender``: how much of it lots tendered again make up (R-STAT-01)."""

    value: int
    lines: int
    retender: int


class Indicators(msgspec.Struct, frozen=True, kw_only=True):
    """R-STAT-08. Lots count once submission has closed. ``trips``: journeys there and back, one person a bid.

    ``undated_bids``: bids whose deposit has no return day yet, and so no capital cost. ``milestones``: obligations
    fulfilled, of which ``milestones_late`` after their day; ``late_payments``: invoices that became overdue, for
    ``late_fen`` 分 in all, of which ``still_late`` are not known to be paid.
    """

    lots: int
    bids: int
    failed: int
    retenders: int
    contracts: int
    on_roll: int
    opened: int
    objections: int
    trips: int
    mean_days_to_contract: Fraction | None
    mean_days_held: Fraction | None
    undated_bids: int
    in_library: int = 0
    milestones: int = 0
    milestones_late: int = 0
    late_payments: int = 0
    late_fen: int = 0
    still_late: int = 0
    mean_days_late: Fraction | None = None


class Deviation(msgspec.Struct, frozen=True, kw_only=True):
    """A recorded benefit that the rules do not bear out, or one that they call for and nobody recorded."""

    lot: str
    kind: Kind
    party: str
    recorded_fen: int
    expected_fen: int
    events: tuple[int, ...]

    @property
    def outstanding(self) -> bool:
        """Not recorded yet: on a running platform the record follows its cause by a moment."""
        return self.recorded_fen == 0 and not self.events


def of(lines: Iterable[Line], figure: Figure) -> list[Line]:
    """The lines that a figure is made of; enterprises are counted on the participations."""
    source = Figure.PARTICIPATIONS if figure is Figure.ENTERPRISES else figure
    return [line for line in lines if line.figure is source]


def total(lines: Iterable[Line], figure: Figure) -> Total:
    chosen = of(lines, figure)
    again = [line for line in chosen if line.retender]
    return Total(value=_value(chosen, figure), lines=len(chosen), retender=_value(again, figure))


def grouped(lines: Iterable[Line], figure: Figure, dimension: Dimension) -> dict[str, Total]:
    """By value of the dimension, in its order. Enterprises of the groups may sum to more than there are: one that
    bids in two months stands in both."""
    parts: dict[str, list[Line]] = defaultdict(list)
    for line in of(lines, figure):
        parts[value_of(line, dimension)].append(line)
    return {value: total(parts[value], figure) for value in sorted(parts, key=_place)}


def value_of(line: Line, dimension: Dimension) -> str:
    return str(getattr(line, dimension.value))


def chosen(lines: Iterable[Line], figure: Figure, dimension: Dimension, value: str) -> list[Line]:
    """The lines behind one group; a month may be given by its beginning ("2023")."""
    found = of(lines, figure)
    if dimension is Dimension.MONTH:
        return [line for line in found if line.month.startswith(value)]
    return [line for line in found if value_of(line, dimension) == value]


def indicators(lots: Iterable[LotFacts], lines: Sequence[Line], rounds: dict[str, int]) -> Indicators:
    closed = [facts for facts in lots if facts.noticed is not None and facts.closed is not None]
    announced = [facts for facts in closed if facts.announced]
    bids = sum(facts.closed.received for facts in closed if facts.closed is not None)
    spans = [
        (local_date(facts.filed.at) - local_date(facts.noticed.at)).days
        for facts in closed
        if facts.filed is not None and facts.noticed is not None
    ]
    late = [one for facts in closed for one in facts.late_payments]
    paid = [one.days_late for one in late if one.days_late is not None]
    held = of(lines, Figure.CAPITAL_COST)
    dated = sum(line.bids for line in held)
    return Indicators(
        lots=len(closed),
        bids=bids,
        failed=sum(facts.failed is not None for facts in closed),
        retenders=sum(rounds.get(facts.lot, 1) > 1 for facts in closed),
        contracts=len(spans),
        on_roll=sum(len(facts.roll) for facts in announced),
        opened=sum(facts.opened for facts in announced),
        objections=sum(facts.objections for facts in closed),
        trips=bids,
        mean_days_to_contract=Fraction(sum(spans), len(spans)) if spans else None,
        mean_days_held=Fraction(sum(line.days * line.bids for line in held), dated) if dated else None,
        undated_bids=sum(line.bids for line in of(lines, Figure.BID_DEPOSIT)) - dated,
        in_library=sum(facts.in_library for facts in closed),
        milestones=sum(facts.milestones for facts in closed),
        milestones_late=sum(facts.milestones_late for facts in closed),
        late_payments=len(late),
        late_fen=sum(one.amount_fen for one in late),
        still_late=len(late) - len(paid),
        mean_days_late=Fraction(sum(paid), len(paid)) if paid else None,
    )


def deviations(facts: LotFacts, rulesets: Iterable[RuleSet]) -> list[Deviation]:
    """R-LEDG-01: what the lot's events say was waived, against what the rules make of its notice, bids and
    contract. The fee has no expected amount here: its tariff stands in no event."""
    if facts.noticed is None or facts.closed is None:
        return []
    expected = dict(_expected(facts, tuple(rulesets)))
    found = []
    for benefit in facts.benefits:
        key = (benefit.kind, benefit.party)
        due = expected.pop(key, benefit.waived_fen if benefit.kind is Kind.INFO_FEE else 0)
        if not counts(facts, benefit) or due != benefit.waived_fen:
            found.append(_deviation(facts, *key, benefit.waived_fen, due, benefit.position))
    return found + [_deviation(facts, kind, party, 0, due) for (kind, party), due in expected.items()]


def _expected(facts: LotFacts, rulesets: tuple[RuleSet, ...]) -> Iterable[tuple[tuple[Kind, str], int]]:
    noticed, closed, filed = facts.noticed, facts.closed, facts.filed
    assert noticed is not None
    assert closed is not None
    if Kind.BID_DEPOSIT in noticed.waived:
        for entry in facts.roll:
            yield (Kind.BID_DEPOSIT, entry.bidder), noticed.each_fen
        if not facts.roll and facts.failed is not None and closed.received:
            yield (Kind.BID_DEPOSIT, ""), noticed.each_fen * closed.received
    if Kind.PERFORMANCE_BOND in noticed.waived and filed is not None:
        bonds = by_version(rulesets, noticed.ruleset).bonds
        yield (Kind.PERFORMANCE_BOND, filed.winner), max_performance_bond_fen(bonds, filed.price_fen)


def _deviation(
    facts: LotFacts, kind: Kind, party: str, recorded: int, expected: int, *events: int
) -> Deviation:
    return Deviation(
        lot=facts.lot,
        kind=kind,
        party=party,
        recorded_fen=recorded,
        expected_fen=expected,
        events=events,
    )


def _place(value: str) -> tuple[bool, int, str]:
    return value == UNNAMED, ORDER.index(value) if value in ORDER else len(ORDER), value


def _value(lines: Iterable[Line], figure: Figure) -> int:
    if figure is Figure.ENTERPRISES:
        return len({line.uscc for line in lines if line.uscc})
    return sum(line.amount for line in lines)
