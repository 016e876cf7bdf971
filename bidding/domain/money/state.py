"""The lot's ledger (R-LEDG-01): what was waived, what may be received, what must go back and what did."""

from datetime import date, datetime

import msgspec

from bidding.domain.credit.grounds import Graded
from bidding.domain.event import Event
from bidding.domain.guarantee import GuaranteeFault, GuaranteeKind
from bidding.domain.money import events as e
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


class Guarantee(msgspec.Struct, frozen=True, kw_only=True):
    """One guarantee in place of money (担保替代), known since the opening or, of the contract, since it was lodged.

    ``accepted`` None: not judged (yet, or not for this audience); ``end`` empty: it still holds."""

    kind: GuaranteeKind
    bidder: str
    number: str
    issuer: str
    amount_fen: int
    valid_until: date | None
    faults: tuple[GuaranteeFault, ...] = ()
    accepted: bool | None = None
    end: str = ""
    claimed_fen: int = 0
    ended_at: datetime | None = None


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A deposit that is never waived, and never was (R-WAIVE-02)."""

    kind: e.KeptKind
    party: str
    amount_fen: int
    form: str


class GradedGuarantee(msgspec.Struct, frozen=True, kw_only=True):
    kind: Kind
    bidder: str
    graded: Graded


class Money(msgspec.Struct, frozen=True, kw_only=True):
    benefits: tuple[Benefit, ...] = ()
    receivables: tuple[Receivable, ...] = ()
    returns: tuple[Return, ...] = ()
    guarantees: tuple[Guarantee, ...] = ()
    kept: tuple[Kept, ...] = ()
    graded: tuple[GradedGuarantee, ...] = ()

    def guarantee(self, kind: GuaranteeKind, bidder: str) -> Guarantee | None:
        """The last one of this kind that the bidder gave."""
        found = [one for one in self.guarantees if (one.kind, one.bidder) == (kind, bidder)]
        return found[-1] if found else None

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
        case e.GuaranteeGraded(kind=kind, bidder=bidder, graded=graded):
            one = GradedGuarantee(kind=kind, bidder=bidder, graded=graded)
            return msgspec.structs.replace(money, graded=(*money.graded, one))
        case e.KeptDepositNoted():
            noted = Kept(kind=event.kind, party=event.party, amount_fen=event.amount_fen, form=event.form)
            return msgspec.structs.replace(money, kept=(*money.kept, noted))
        case _:
            return msgspec.structs.replace(money, guarantees=_guarantees(money.guarantees, event))


def _guarantees(known: tuple[Guarantee, ...], event: Event) -> tuple[Guarantee, ...]:
    match event:
        case e.GuaranteeDisclosed():
            return (
                *known,
                Guarantee(
                    kind=event.kind,
                    bidder=event.bidder,
                    number=event.number,
                    issuer=event.issuer,
                    amount_fen=event.amount_fen,
                    valid_until=event.valid_until,
                    faults=event.faults,
                ),
            )
        case e.PerformanceGuaranteeLodged(guarantee=said):
            return (
                *known,
                Guarantee(
                    kind=said.kind,
                    bidder=event.bidder,
                    number=said.number,
                    issuer=said.issuer,
                    amount_fen=said.amount_fen,
                    valid_until=said.valid_until,
                ),
            )
        case e.GuaranteeJudged() | e.GuaranteeClaimed() | e.GuaranteeEnded():
            return tuple(_changed(one, event) for one in known)
        case _:
            return known


def _changed(one: Guarantee, event: e.GuaranteeJudged | e.GuaranteeClaimed | e.GuaranteeEnded) -> Guarantee:
    kind = GuaranteeKind.BID if isinstance(event, e.GuaranteeJudged) else event.kind
    if one.end or (one.kind, one.bidder, one.number) != (kind, event.bidder, event.number):
        return one
    match event:
        case e.GuaranteeJudged():
            return msgspec.structs.replace(one, accepted=event.accepted)
        case e.GuaranteeClaimed():
            end = e.GuaranteeEnd.CLAIMED.value
            return msgspec.structs.replace(one, end=end, claimed_fen=event.amount_fen, ended_at=event.at)
        case e.GuaranteeEnded():
            return msgspec.structs.replace(one, end=event.end.value, ended_at=event.at)


def _settled(entry: Return, event: DepositsReturned) -> Return:
    if entry.bidder != event.bidder or entry.returned_at is not None:
        return entry
    return msgspec.structs.replace(
        entry, returned_at=event.at, interest_fen=event.interest_fen, late=event.late
    )
