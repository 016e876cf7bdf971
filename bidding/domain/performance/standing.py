"""How a contract's, or a department's, debts stand: classes that always make up the whole (R-NB-HF-05, R-NB-HF-06)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import msgspec

from bidding.domain.lot import Lot
from bidding.domain.performance.state import Performance
from bidding.domain.statistics import Balance, Entry, balance
from bidding.domain.waiverinputs import TendererType

CLASSES = ("paid", "open", "overdue", "agreed", "disputed")


class ContractDebts(msgspec.Struct, frozen=True, kw_only=True):
    """One contract's obligations and debts, and whose they are."""

    tenderer: str
    tenderer_type: TendererType | None
    performance: Performance


def debts_of(lot: Lot) -> ContractDebts:
    project = lot.notice.project
    return ContractDebts(
        tenderer=lot.notice.tenderer_name,
        tenderer_type=None if project is None else project.tenderer_type,
        performance=lot.performance,
    )


class DebtStanding(msgspec.Struct, frozen=True, kw_only=True):
    """``amounts`` in 分 and ``counts`` of invoices, by class; a settled dispute's part that is not owed is in none.

    ``score``: hundredths of all invoiced money that are neither overdue nor under a repayment agreement.
    """

    total_fen: int
    count: int
    amounts: dict[str, int]
    counts: dict[str, int]
    interest_fen: int
    undelivered: int
    score: int
    balance: Balance


def standing(contracts: Iterable[Performance], day: date) -> DebtStanding:
    amounts, counts = dict.fromkeys(CLASSES, 0), dict.fromkeys(CLASSES, 0)
    total = count = interest = undelivered = 0
    for one in contracts:
        undelivered += sum(
            known.delivered_on is None and known.milestone.due < day for known in one.obligations
        )
        for debt in one.debts:
            kind = debt.class_on(day)
            counts[kind] += 1
            count += 1
            total += debt.amount_fen - debt.waived_fen
            interest += debt.interest_fen
            amounts["paid"] += debt.paid_fen
            amounts["disputed"] += debt.disputed_fen
            if kind != "disputed":  # what is paid owes nothing
                amounts[kind] += debt.owed_fen
    parts = [Entry(amount=Decimal(amounts[kind]), count=counts[kind]) for kind in CLASSES]
    bad = amounts["overdue"] + amounts["agreed"]
    return DebtStanding(
        total_fen=total,
        count=count,
        amounts=amounts,
        counts=counts,
        interest_fen=interest,
        undelivered=undelivered,
        score=100 if not total else (total - bad) * 100 // total,
        balance=balance(Entry(amount=Decimal(total), count=count), parts),
    )


def by_department(contracts: Iterable[ContractDebts], day: date) -> dict[str, DebtStanding]:
    """Tenderer's name → how it stands, over all its contracts."""
    found: dict[str, list[Performance]] = defaultdict(list)
    for one in contracts:
        found[one.tenderer].append(one.performance)
    return {name: standing(found[name], day) for name in sorted(found)}
