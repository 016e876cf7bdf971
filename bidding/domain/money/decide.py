"""Decisions about money: what a waived lot saved, what may be received, what goes back when."""

from collections.abc import Callable, Sequence
from datetime import datetime

from bidding.domain.command import Command, Facts
from bidding.domain.errors import Conflicting, Invalid, Unknown
from bidding.domain.event import Event
from bidding.domain.given import calendar_of, rules_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.money import commands as c
from bidding.domain.money import guarantees
from bidding.domain.money.commands import RaiseReceivable, RecordBenefits, RecordReturn, ScheduleReturns
from bidding.domain.money.events import DepositsReturned, KeptDepositNoted, Kind, ReceivableRaised
from bidding.domain.money.ledger import (
    HeldDeposit,
    benefits_at_close,
    benefits_at_contract,
    guarantees_free,
    returns_due,
    waived,
)
from bidding.domain.order import require_phase
from bidding.domain.periods import local_date
from bidding.domain.regime import LotObject


def record_benefits(
    lot: Lot, command: RecordBenefits, facts: Facts, *, info_fee_tariff_fen: int | None = None
) -> list[Event]:
    """R-STAT-01…03: what this lot has waived so far. Giving it again adds only what is new."""
    if lot.notice.waiver is None:
        return []
    rules = rules_of(lot, facts)
    recorded = {(benefit.kind, benefit.party) for benefit in lot.money.benefits}
    found = [
        *benefits_at_close(lot),
        *benefits_at_contract(lot, rules, info_fee_tariff_fen=info_fee_tariff_fen),
    ]
    return [benefit for benefit in found if (benefit.kind, benefit.party) not in recorded]


def raise_receivable(lot: Lot, command: RaiseReceivable, facts: Facts) -> list[Event]:
    """R-WAIVE-06: a waived lot cannot hold a receivable. Nor is there one without a tariff (R-WAIVE-02)."""
    require_phase(lot, Phase.AWARDED, Phase.CONTRACTED, rule="R-WAIVE-06")
    refuse_if_waived(lot, command.kind)
    if command.kind is Kind.BID_DEPOSIT:
        raise Invalid("deposit-is-the-bidders", rule="R-GEN-04")
    most = _most(lot, command.kind)
    if most is None:
        raise Invalid("no-tariff", rule="R-WAIVE-02", kind=command.kind.value)
    if not 0 < command.amount_fen <= most:
        raise Invalid("receivable-over-limit", rule="R-WAIVE-02", asked_fen=command.amount_fen, max_fen=most)
    return [
        ReceivableRaised(
            kind=command.kind, party=command.party, amount_fen=command.amount_fen, rule="R-WAIVE-04"
        )
    ]


#: 工程质量保证金 and 农民工工资保证金 are at most 3 % of the price (建质〔2017〕138号 7; 人社部发〔2021〕65号 11) [M].
KEPT_MOST_PERCENT = 3


def note_kept_deposit(lot: Lot, command: c.NoteKeptDeposit, facts: Facts) -> list[Event]:
    """R-WAIVE-02: lawful also where everything else is waived; each kind once, of the winner, on works only."""
    require_phase(lot, Phase.CONTRACTED, rule="R-WAIVE-02")
    if lot.notice.object is not LotObject.WORKS:
        raise Invalid("kept-deposit-of-works-only", rule="R-WAIVE-02")
    if any(one.kind is command.kind for one in lot.money.kept):
        raise Conflicting("kept-deposit-noted", rule="R-WAIVE-02", kind=command.kind.value)
    most = lot.contract.price_fen * KEPT_MOST_PERCENT // 100
    if command.amount_fen > most:
        raise Invalid("kept-deposit-too-high", rule="R-WAIVE-02", asked_fen=command.amount_fen, max_fen=most)
    return [
        KeptDepositNoted(
            kind=command.kind,
            party=lot.contract.winner,
            amount_fen=command.amount_fen,
            form=command.form,
            at=facts.now,
        )
    ]


def refuse_if_waived(lot: Lot, kind: Kind) -> None:
    """R-WAIVE-06, the ledger's invariant: raises ``Invalid`` where the lot's notice waives ``kind``."""
    if waived(lot.notice.waiver, kind):
        row = None if lot.notice.waiver is None else lot.notice.waiver.row.value
        raise Invalid("waived-lot-receivable", rule="R-WAIVE-06", kind=kind.value, row=row)


def schedule_returns(
    lot: Lot, command: ScheduleReturns, facts: Facts, *, held: Sequence[HeldDeposit]
) -> list[Event]:
    """Fix the last day for every deposit that must go back now (R-ENG-11/25, R-GP-07); after T0 only, when
    the bidders' names are no secret any more."""
    if lot.opening.closed_at is None:
        return []
    rules = rules_of(lot, facts)
    free = [guarantees.returned(one, rule, facts.now) for one, rule in guarantees_free(lot, rules, facts.now)]
    return [*returns_due(lot, held, rules, facts.now, calendar_of(facts)), *free]


def due(lot: Lot) -> list[tuple[str, datetime]]:
    return guarantees.due(lot)


def record_return(lot: Lot, command: RecordReturn, facts: Facts) -> list[Event]:
    """R-ENG-25: the deposit went back with its bank interest; late if after its last day (R-GP-08)."""
    for entry in lot.money.returns:
        if entry.bidder == command.bidder and entry.returned_at is None:
            if command.interest_fen < 0:
                raise Invalid("amount-not-positive", rule="R-ENG-25", field="interest_fen")
            return [
                DepositsReturned(
                    bidder=entry.bidder,
                    amount_fen=entry.amount_fen,
                    interest_fen=command.interest_fen,
                    at=facts.now,
                    late=local_date(facts.now) > entry.due,
                )
            ]
    raise Unknown("no-return-due", rule="R-ENG-25", bidder=command.bidder)


def _most(lot: Lot, kind: Kind) -> int | None:
    """The highest lawful amount in 分: the bond that the contract states, the fee of the tariff."""
    if kind is Kind.PERFORMANCE_BOND:
        return lot.contract.performance_bond_fen
    return None if lot.notice.waiver is None else lot.notice.waiver.info_fee_fen


DECIDERS: dict[type[Command], Callable[..., list[Event]]] = {
    RecordBenefits: record_benefits,
    RaiseReceivable: raise_receivable,
    RecordReturn: record_return,
    c.NoteKeptDeposit: note_kept_deposit,
    c.JudgeGuarantee: guarantees.judge,
    c.ClaimGuarantee: guarantees.claim,
    c.ReleaseGuarantee: guarantees.release,
    c.LapseGuarantees: guarantees.lapse,
}
NEEDS_MORE: dict[type[Command], str] = {
    ScheduleReturns: "held: the HeldDeposit of every bidder",
    c.LodgeGuarantee: "offered: OfferedGuarantee read from the letter; principal_uscc: the winner's",
}
