"""How much was waived, and for whom: figures that can be recomputed from the lots (R-STAT-01…05)."""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import msgspec

from bidding.domain.deposit import max_bid_deposit_fen, share_of
from bidding.domain.latepayment import half_up_fen
from bidding.domain.regime import LotObject
from bidding.domain.ruleset import EngBonds, GpBonds


class FeePayer(StrEnum):
    """Whom the tariff in force before the waiver made pay (R-STAT-03)."""

    WINNER = "WINNER"
    TENDERER = "TENDERER"
    BIDDER = "BIDDER"


class CountedBid(msgspec.Struct, frozen=True, kw_only=True):
    """``lead``: USCC of the bidder or of a consortium's lead. ``sealed``: the bid stood at T0."""

    lead: str
    sealed: bool


class WaivedLot(msgspec.Struct, frozen=True, kw_only=True):
    """One tender round of a lot; each re-tender is a round of its own (R-STAT-01). Amounts in 分."""

    object: LotObject
    bonds: EngBonds | GpBonds
    base_fen: int
    bids: tuple[CountedBid, ...]
    bid_deposit_waived: bool = False
    printed_deposit_fen: int | None = None
    performance_waived: bool = False
    signed_contract_fen: int | None = None
    bond_rate: Decimal | None = None
    info_fee_waived: bool = False
    info_fee_tariff_fen: int | None = None
    info_fee_payer: FeePayer = FeePayer.WINNER

    @property
    def sealed(self) -> tuple[CountedBid, ...]:
        return tuple(bid for bid in self.bids if bid.sealed)


class WaivedSums(msgspec.Struct, frozen=True, kw_only=True):
    """分. ``participations`` 家次 and ``enterprises`` 家 stand side by side (R-STAT-05)."""

    bid_deposit_waived_fen: int
    performance_waived_fen: int
    info_fee_waived_fen: int
    participations: int
    enterprises: int


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """An amount with the number of debts or bids behind it."""

    amount: Decimal
    count: int


class Balance(msgspec.Struct, frozen=True, kw_only=True):
    sum: Fraction
    count: int
    balanced: bool


def waived_sums(lots: Sequence[WaivedLot]) -> WaivedSums:
    """The three waived sums over all ``lots``. Bidders of lots that waived nothing are not counted."""
    helped = [
        bid
        for lot in lots
        if lot.bid_deposit_waived or lot.performance_waived or lot.info_fee_waived
        for bid in lot.sealed
    ]
    return WaivedSums(
        bid_deposit_waived_fen=sum(map(bid_deposit_waived_fen, lots)),
        performance_waived_fen=sum(map(performance_waived_fen, lots)),
        info_fee_waived_fen=sum(map(info_fee_waived_fen, lots)),
        participations=len(helped),
        enterprises=len({bid.lead for bid in helped}),
    )


def bid_deposit_waived_fen(lot: WaivedLot) -> int:
    """R-STAT-01: per bid sealed at T0 the amount printed before the waiver, else the lawful maximum."""
    if not lot.bid_deposit_waived:
        return 0
    printed = lot.printed_deposit_fen
    baseline = max_bid_deposit_fen(lot.bonds, lot.object, lot.base_fen) if printed is None else printed
    return baseline * len(lot.sealed)


def performance_waived_fen(lot: WaivedLot) -> int:
    """R-STAT-02: signed contracts only, at the documented rate, else at the lawful maximum; rounds down."""
    if not lot.performance_waived or lot.signed_contract_fen is None:
        return 0
    rate = lot.bonds.performance_bond.value if lot.bond_rate is None else lot.bond_rate
    return share_of(lot.signed_contract_fen, rate)


def info_fee_waived_fen(lot: WaivedLot) -> int:
    """R-STAT-03: the tariff before abolition, once, or once for each bidder where bidders paid."""
    if not lot.info_fee_waived or lot.info_fee_tariff_fen is None:
        return 0
    return lot.info_fee_tariff_fen * (len(lot.sealed) if lot.info_fee_payer is FeePayer.BIDDER else 1)


def document_saving_fen(bids: int, unit_fen: int) -> int:
    """R-STAT-04: an estimate; publish ``unit_fen`` (copies, binding, courier) beside the result."""
    return bids * unit_fen


def capital_cost_fen(amounts: Sequence[tuple[int, int]], lpr_1y: Decimal) -> int:
    """R-STAT-05: what ``(分, days held)`` would have cost: Σ amount × days ÷ 365 × one-year LPR, half up."""
    held = sum(amount * days for amount, days in amounts)
    return half_up_fen(Fraction(held) * Fraction(lpr_1y) / 365)


def balance(total: Entry, parts: Sequence[Entry]) -> Balance:
    """R-NB-HF-06: do the parts of a ledger make up its total, in amount and in number?"""
    amount = sum((Fraction(part.amount) for part in parts), Fraction(0))
    count = sum(part.count for part in parts)
    return Balance(
        sum=amount, count=count, balanced=amount == Fraction(total.amount) and count == total.count
    )
