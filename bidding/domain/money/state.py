"""The lot's ledger (R-LEDG-01): what was waived, what may be received, what must go back and what did."""

from datetime import date, datetime

import msgspec

from bidding.domain.event import Event
from bidding.domain.money.events import (
    BenefitRecorded,
    DepositReturnDue,
    DepositsReturned,
    Kind,
    ReceivableRaised,
)


class Benefit(msgspec.Struct, frozen=True, kw_only=True):
    kind: Kind
    party: str
    bids: int
    counterfactual_fen: int
    waived_fen: int
    row: str


class Receivable(msgspec.Struct, frozen=True, kw_only=True):
    kind: Kind
    party: str
    amount_fen: int


class Return(msgspec.Struct, frozen=True, kw_only=True):
    """A deposit that must go back; ``returned_at`` None: not yet."""

    bidder: str
    amount_fen: int
    due: date
    rule: str
    returned_at: datetime | None = None
    interest_fen: int = 0
    late: bool = False


class Money(msgspec.Struct, frozen=True, kw_only=True):
    benefits: tuple[Benefit, ...] = ()
    receivables: tuple[Receivable, ...] = ()
    returns: tuple[Return, ...] = ()

    def waived_fen(self, kind: Kind) -> int:
        return sum(benefit.waived_fen for benefit in self.benefits if benefit.kind is kind)


def evolve(money: Money, event: Event) -> Money:
    match event:
        case BenefitRecorded():
            benefit = Benefit(
                kind=event.kind,
                party=event.party,
                bids=event.bids,
                counterfactual_fen=event.counterfactual_fen,
                waived_fen=event.waived_fen,
                row=event.row,
            )
            return msgspec.structs.replace(money, benefits=(*money.benefits, benefit))
        case ReceivableRaised():
            receivable = Receivable(kind=event.kind, party=event.party, amount_fen=event.amount_fen)
            return msgspec.structs.replace(money, receivables=(*money.receivables, receivable))
        case DepositReturnDue():
            due = Return(bidder=event.bidder, amount_fen=event.amount_fen, due=event.due, rule=event.rule)
            return msgspec.structs.replace(money, returns=(*money.returns, due))
        case DepositsReturned():
            return msgspec.structs.replace(
                money, returns=tuple(_settled(entry, event) for entry in money.returns)
            )
        case _:
            return money


def _settled(entry: Return, event: DepositsReturned) -> Return:
    if entry.bidder != event.bidder or entry.returned_at is not None:
        return entry
    return msgspec.structs.replace(
        entry, returned_at=event.at, interest_fen=event.interest_fen, late=event.late
    )
