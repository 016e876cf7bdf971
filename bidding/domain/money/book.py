"""The lot's double-entry book (R-LEDG-01): a pure fold of its events, every entry with the event that it comes from.

A 应收, B 实收, C 减免, D 担保替代, E 退还 are accounts; 义务 stands against them, as what would have been or was asked.
A waived charge is asked and waived in one event, so nothing is ever owed of it (R-WAIVE-06). What takes the place of a
deposit that nobody gave is a memorandum, never an entry: a credit record is no payment order (R-WAIVE-09).
"""

from collections.abc import Iterable, Iterator
from enum import StrEnum

import msgspec

from bidding.domain.bidfate import DepositFate
from bidding.domain.contract.events import ContractOverdue
from bidding.domain.event import Event
from bidding.domain.guarantee import GuaranteeKind
from bidding.domain.money import events as e
from bidding.domain.opening.events import BidRevoked, FaultDecided

#: Consequences that a ledger notes: there is money to keep, or none and a credit record instead.
NOTED = frozenset({DepositFate.MAY_BE_KEPT.value, DepositFate.CREDIT_RECORD_ONLY.value})
OF_GUARANTEE = {
    GuaranteeKind.BID: e.Kind.BID_DEPOSIT,
    GuaranteeKind.PERFORMANCE: e.Kind.PERFORMANCE_BOND,
}


class Account(StrEnum):
    """``OBLIGATION``, ``RETURN_DUE`` and ``INTEREST_PAID`` have credit balances, the others debit balances."""

    RECEIVABLE = "RECEIVABLE"  # A 应收
    HELD = "HELD"  # B 实收
    WAIVED = "WAIVED"  # C 减免
    GUARANTEED = "GUARANTEED"  # D 担保替代
    RETURN_DUE = "RETURN_DUE"  # E 应退未退
    INTEREST = "INTEREST"  # 利息支出
    INTEREST_PAID = "INTEREST_PAID"  # 已付利息
    CLAIMED = "CLAIMED"  # 保函索赔
    OBLIGATION = "OBLIGATION"  # 义务
    KEPT = "KEPT"  # 从不减免的保证金, beside the others and touched by none (R-WAIVE-02)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """``amount_fen`` 分 from ``credit`` to ``debit``, always positive. ``event``: place in the events given, from 1;
    ``kind``: of 两金一费, or the never-waived deposit's."""

    event: int
    topic: str
    kind: str
    party: str
    debit: Account
    credit: Account
    amount_fen: int
    rule: str


class Memorandum(msgspec.Struct, frozen=True, kw_only=True):
    """R-WAIVE-09, 招投条例 35, 74: who is liable, and by what ``consequence``. There is no amount, on purpose."""

    event: int
    topic: str
    party: str
    consequence: str
    rule: str


class Book(msgspec.Struct, frozen=True, kw_only=True):
    entries: tuple[Entry, ...]
    memoranda: tuple[Memorandum, ...]

    def balance(self, account: Account, kind: str = "", party: str = "") -> int:
        """Debits less credits, in 分; of one kind or party where given."""
        return sum(
            one.amount_fen * ((one.debit is account) - (one.credit is account))
            for one in self.entries
            if kind in {"", one.kind} and party in {"", one.party}
        )

    def trial_balance(self) -> dict[Account, int]:
        """Every account's balance; they sum to nothing, or the book is wrong."""
        return {account: self.balance(account) for account in Account}


def book(events: Iterable[Event]) -> Book:
    entries: list[Entry] = []
    memoranda: list[Memorandum] = []
    for number, event in enumerate(events, start=1):
        entries += (one for one in _entries(number, event) if one.amount_fen)
        memoranda += _memoranda(number, event)
    return Book(entries=tuple(entries), memoranda=tuple(memoranda))


def _entries(number: int, event: Event) -> Iterator[Entry]:
    def entry(kind: str, party: str, debit: Account, credit: Account, amount_fen: int, rule: str) -> Entry:
        return Entry(
            event=number,
            topic=event.TOPIC,
            kind=kind,
            party=party,
            debit=debit,
            credit=credit,
            amount_fen=amount_fen,
            rule=rule,
        )

    a = Account
    match event:
        case e.BenefitRecorded(kind=kind, party=party, rule=rule):
            yield entry(kind, party, a.RECEIVABLE, a.OBLIGATION, event.counterfactual_fen, rule)
            yield entry(kind, party, a.WAIVED, a.RECEIVABLE, event.waived_fen, rule)
        case e.ReceivableRaised(kind=kind, party=party, rule=rule):
            yield entry(kind, party, a.RECEIVABLE, a.OBLIGATION, event.amount_fen, rule)
        case e.GuaranteeGraded(kind=kind, bidder=party, graded=graded):
            # What is raised or still asked comes into the book when it is paid or guaranteed.
            yield entry(kind, party, a.RECEIVABLE, a.OBLIGATION, graded.spared_fen, "R-NB-SS-02")
            yield entry(kind, party, a.WAIVED, a.RECEIVABLE, graded.spared_fen, "R-NB-SS-02")
        case e.DepositReturnDue(bidder=party, amount_fen=amount, rule=rule):
            kind = e.Kind.BID_DEPOSIT
            # Who paid what was a secret before T0: here the lot's book learns of it, whole and at once.
            yield entry(kind, party, a.RECEIVABLE, a.OBLIGATION, amount, "R-ENG-09")
            yield entry(kind, party, a.HELD, a.RECEIVABLE, amount, "R-ENG-09")
            yield entry(kind, party, a.OBLIGATION, a.RETURN_DUE, amount, rule)
        case e.DepositsReturned(bidder=party, amount_fen=amount):
            kind = e.Kind.BID_DEPOSIT
            yield entry(kind, party, a.RETURN_DUE, a.HELD, amount, "R-ENG-25")
            yield entry(kind, party, a.INTEREST, a.INTEREST_PAID, event.interest_fen, "R-ENG-25")
        case e.GuaranteeDisclosed(bidder=party, amount_fen=amount):
            kind = OF_GUARANTEE[event.kind]
            yield entry(kind, party, a.RECEIVABLE, a.OBLIGATION, amount, "R-GUAR-01")
            yield entry(kind, party, a.GUARANTEED, a.RECEIVABLE, amount, "R-GUAR-01")
        case e.PerformanceGuaranteeLodged(bidder=party, guarantee=said):
            kind = OF_GUARANTEE[said.kind]
            yield entry(kind, party, a.RECEIVABLE, a.OBLIGATION, said.amount_fen, "R-ENG-26")
            yield entry(kind, party, a.GUARANTEED, a.RECEIVABLE, said.amount_fen, "R-ENG-26")
        case e.GuaranteeEnded(bidder=party, amount_fen=amount, rule=rule):
            yield entry(OF_GUARANTEE[event.kind], party, a.OBLIGATION, a.GUARANTEED, amount, rule)
        case e.GuaranteeClaimed(bidder=party, amount_fen=amount, rule=rule):
            yield entry(OF_GUARANTEE[event.kind], party, a.CLAIMED, a.GUARANTEED, amount, rule)
        case e.KeptDepositNoted(kind=kept, party=party, amount_fen=amount):
            yield entry(kept.value, party, a.KEPT, a.OBLIGATION, amount, "R-WAIVE-02")


def _memoranda(number: int, event: Event) -> Iterator[Memorandum]:
    match event:
        case BidRevoked(bidder=party, consequence=consequence) if consequence in NOTED:
            rule = "R-WAIVE-09"
        case FaultDecided(bidder=party, consequence=consequence) if consequence in NOTED:
            rule = "R-WAIVE-09"
        case ContractOverdue(unsigned=unsigned) if "winner" in unsigned:
            party, consequence, rule = "", DepositFate.CREDIT_RECORD_ONLY.value, "R-ENG-34"
        case _:
            return
    yield Memorandum(event=number, topic=event.TOPIC, party=party, consequence=consequence, rule=rule)
