"""Kinds ``deposit.cap``, ``waiver.decide``, ``stat.waived_sum``, ``pay.late_interest``, ``sum.balance``."""

from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from bidding.domain.calendar import WorkCalendar
from bidding.domain.deposit import max_bid_deposit_fen
from bidding.domain.latepayment import late_interest
from bidding.domain.regime import LotObject
from bidding.domain.ruleset import EngBonds, GpBonds
from bidding.domain.scoring import exact_text
from bidding.domain.statistics import CountedBid, Entry, FeePayer, WaivedLot, balance, waived_sums
from bidding.domain.waiver import EFFECTIVE_FROM, WaiverInputs, WaiverPolicy, WaiverRow, decide_waiver
from tests.vectors.kinds import rules

#: R-STATE-02: every state of a bid that was there at T0, whatever became of it.
SEALED_STATES = {
    "SEALED_AT_DEADLINE",
    "DECRYPTED",
    "NOT_DECRYPTED",
    "OPENED",
    "REJECTED",
    "RANKED",
    "REVOKED",
}

#: What a waiver case may carry besides: the policy, and facts of R-WAIVE-03 that no row asks for.
UNUSED_BY_WAIVER = {"row_effective_from", "category", "method", "limit_fen", "ruleset"}


def deposit_cap(inputs: dict[str, Any], _: WorkCalendar) -> dict[str, Any]:
    bonds = _bonds(inputs["regime"], inputs)
    maximum = max_bid_deposit_fen(bonds, LotObject(inputs["object"]), inputs["base_fen"])
    asked = {"allowed": inputs["asked_fen"] <= maximum} if "asked_fen" in inputs else {}
    return {"max_fen": maximum, **asked}


def waiver(inputs: dict[str, Any], _: WorkCalendar) -> dict[str, Any]:
    starts = inputs.get("row_effective_from")
    facts = {name: value for name, value in inputs.items() if name not in UNUSED_BY_WAIVER}
    policy = WaiverPolicy(
        effective_from=EFFECTIVE_FROM
        if starts is None
        else {WaiverRow(row): date.fromisoformat(start) for row, start in starts.items()},
        eng=rules.ENG.bonds,
        gp=rules.GP.bonds,
    )
    found: dict[str, Any] = msgspec.to_builtins(decide_waiver(msgspec.convert(facts, WaiverInputs), policy))
    del found["citation"]
    return found | {"skipped_by_date": list(found["skipped_by_date"]), "reasons": list(found["reasons"])}


def waived_sum(inputs: dict[str, Any], _: WorkCalendar) -> dict[str, Any]:
    return {
        name: getattr(waived_sums([_waived_lot(lot) for lot in inputs["lots"]]), name)
        for name in (
            "bid_deposit_waived_fen",
            "performance_waived_fen",
            "info_fee_waived_fen",
            "participations",
            "enterprises",
        )
    }


def late_payment(inputs: dict[str, Any], _: WorkCalendar) -> dict[str, Any]:
    found = late_interest(
        rules.late_payment(),
        amount_fen=inputs["amount_fen"],
        due=date.fromisoformat(inputs["due"]),
        paid=date.fromisoformat(inputs["paid"]),
        agreed_annual=_decimal(inputs.get("agreed_annual")),
        lpr_1y=_decimal(inputs.get("lpr_1y")),
    )
    return {"days": found.days, "interest_fen": found.interest_fen}


def ledger_balance(inputs: dict[str, Any], _: WorkCalendar) -> dict[str, Any]:
    found = balance(_entry(inputs["total"]), [_entry(part) for part in inputs["parts"]])
    return {"sum": exact_text(found.sum), "count": found.count, "balanced": found.balanced}


def _bonds(regime: str, switches: dict[str, Any]) -> EngBonds | GpBonds:
    bonds = rules.of(regime).bonds
    if isinstance(bonds, EngBonds) and "cap_enabled" in switches:
        enabled = msgspec.structs.replace(bonds.cap_enabled, on=switches["cap_enabled"])
        return msgspec.structs.replace(bonds, cap_enabled=enabled)
    return bonds


def _waived_lot(lot: dict[str, Any]) -> WaivedLot:
    return WaivedLot(
        object=LotObject(lot["object"]),
        bonds=_bonds(lot.get("regime", "ENG"), lot),
        base_fen=lot.get("estimate_fen", lot.get("budget_fen", 0)),
        bids=tuple(CountedBid(lead=bid["lead"], sealed=bid["state"] in SEALED_STATES) for bid in lot["bids"]),
        bid_deposit_waived=lot.get("bid_deposit_waived", False),
        printed_deposit_fen=lot.get("printed_deposit_fen"),
        performance_waived=lot.get("performance_waived", False),
        signed_contract_fen=lot.get("signed_contract_fen"),
        bond_rate=_decimal(lot.get("bond_rate")),
        info_fee_waived=lot.get("info_fee_waived", False),
        info_fee_tariff_fen=lot.get("info_fee_tariff_fen"),
        info_fee_payer=FeePayer(lot.get("info_fee_payer", "WINNER")),
    )


def _entry(plain: dict[str, Any]) -> Entry:
    return Entry(amount=Decimal(plain["amount"]), count=plain.get("count", 0))


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
