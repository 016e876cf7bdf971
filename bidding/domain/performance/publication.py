"""What a public body owed at a year's end, published by 31 March of the next (R-NB-HF-04, 款项条例 18)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

import msgspec

from bidding.domain.performance.standing import ContractDebts
from bidding.domain.waiverinputs import TendererType

#: 机关、事业单位: who must publish; enterprises say it in their own yearly reports (款项条例 18).
PUBLISHERS = frozenset({TendererType.AUTHORITY, TendererType.INSTITUTION})
PUBLISHED_BY = (3, 31)


class OverdueLine(msgspec.Struct, frozen=True, kw_only=True):
    """One body's. ``amount_fen`` in 分: undisputed and past its last day; ``contracts``, ``invoices``: how many."""

    body: str
    contracts: int
    invoices: int
    amount_fen: int


class OverdueList(msgspec.Struct, frozen=True, kw_only=True):
    """``as_of``: the last day of ``year``; ``publish_by``: the last day to publish it. ``contracts`` and ``amount_fen``
    are those of the lines."""

    year: int
    as_of: date
    publish_by: date
    contracts: int
    amount_fen: int
    lines: tuple[OverdueLine, ...]


def overdue_list(contracts: Iterable[ContractDebts], year: int) -> OverdueList:
    """``contracts``: as they stood when the year ended, so that a list once published never changes."""
    as_of = date(year, 12, 31)
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for contract in contracts:
        if contract.tenderer_type not in PUBLISHERS:
            continue
        late = [one.owed_fen for one in contract.performance.debts if one.class_on(as_of) == "overdue"]
        if late:
            found[contract.tenderer].append((len(late), sum(late)))
    lines = tuple(
        OverdueLine(
            body=body,
            contracts=len(found[body]),
            invoices=sum(count for count, _ in found[body]),
            amount_fen=sum(amount for _, amount in found[body]),
        )
        for body in sorted(found)
    )
    return OverdueList(
        year=year,
        as_of=as_of,
        publish_by=date(year + 1, *PUBLISHED_BY),
        contracts=sum(one.contracts for one in lines),
        amount_fen=sum(one.amount_fen for one in lines),
        lines=lines,
    )
