"""Kinds ``deposit.cap``, ``waiver.decide``, ``stat.waived_sum``, ``pay.late_interest``, ``sum.balance``."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec

from bidding.domain.calendar import WorkCalendar
from bidding.domain.deposit import max_bid_deposit_fen
from bidding.domain.latepayment import late_interest
from bidding.domain.regime import LotObject, Regime
from bidding.domain.ruleset import EngBonds, GpBonds
from bidding.domain.scoring import exact_text
from bidding.domain.statistics import CountedBid, Entry, FeePayer, WaivedLot, balance, waived_sums
from bidding.domain.waiver import EFFECTIVE_FROM, WaiverInputs, WaiverPolicy, WaiverRow, decide_waiver
from tests.vectors.kinds import rules
from tests.vectors.kinds.time import day

#: R-STATE-02: every state of a bid that was there at T0, whatever became of it.
SEALED_STATES = {
    "SEALED_AT_DEADLINE",
    "DECRYPTED",
    "NOT_DECRYPTED",
    "OPENED",
    "REJECTED",
    "RANKED",
    "REVOKED",
    # R-BID-10: what becomes of a bid that was there and was not opened as the others were
    "OPENED_BY_REMEDY",
    "DEEMED_REVOKED",
    "DEEMED_WITHDRAWN_OTHER_FAULT",
    "HELD_FOR_ADJUDICATION",
}


def deposit_cap(inputs: dict[str, Any], _: WorkCalendar) -> dict[str, Any]:
    bonds = _bonds(inputs["regime"], inputs)
    maximum = max_bid_deposit_fen(bonds, _object(inputs["object"]), inputs["base_fen"])
    asked = {"allowed": inputs["asked_fen"] <= maximum} if "asked_fen" in inputs else {}
    return {"max_fen": maximum, **asked}


def waiver(inputs: dict[str, Any], _: WorkCalendar) -> dict[str, Any]:
    starts = {
        WaiverRow(row): date.fromisoformat(on) for row, on in inputs.get("row_effective_from", {}).items()
    }
    # A case also carries facts of R-WAIVE-03 that no row asks for.
    facts = {
        name: value
        for name, value in inputs.items()
        if name in WaiverInputs.__struct_fields__ and value != ""  # a form left open
    }
    if "notice_at" in facts:
        facts["notice_at"] = _instant(facts["notice_at"])
    if "object" in facts:
        facts["object"] = _object(facts["object"])
    policy = WaiverPolicy(effective_from=EFFECTIVE_FROM | starts, eng=_eng_bonds(inputs), gp=rules.GP.bonds)
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
        due=day(inputs["due"]),
        paid=day(inputs["paid"]),
        agreed_annual=_decimal(inputs.get("agreed_annual")),
        lpr_1y=_decimal(inputs.get("lpr_1y")),
    )
    return {"days": found.days, "interest_fen": found.interest_fen}


def ledger_balance(inputs: dict[str, Any], _: WorkCalendar) -> dict[str, Any]:
    found = balance(_entry(inputs["total"]), [_entry(part) for part in inputs["parts"]])
    return {"sum": exact_text(found.sum), "count": found.count, "balanced": found.balanced}


def _bonds(regime: str, switches: dict[str, Any]) -> EngBonds | GpBonds:
    return _eng_bonds(switches) if Regime(regime) is Regime.ENG else rules.GP.bonds


def _eng_bonds(switches: dict[str, Any]) -> EngBonds:
    bonds = rules.ENG.bonds
    if "cap_enabled" not in switches:
        return bonds
    return msgspec.structs.replace(
        bonds, cap_enabled=msgspec.structs.replace(bonds.cap_enabled, on=switches["cap_enabled"])
    )


def _object(name: str) -> LotObject:
    """Supervision (监理) is one of the services."""
    return LotObject.SERVICE if name == "SUPERVISION" else LotObject(name)


def _instant(text: str) -> str:
    """Of a day its beginning in Beijing."""
    return f"{text}T00:00:00+08:00" if len(text) == len("2026-03-02") else text


def _sealed(state: str) -> bool:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", state).upper() in SEALED_STATES


def _waived_lot(lot: dict[str, Any]) -> WaivedLot:
    return WaivedLot(
        object=_object(lot["object"]),
        bonds=_bonds(lot.get("regime", "ENG"), lot),
        base_fen=lot.get("estimate_fen", lot.get("budget_fen", 0)),
        bids=tuple(CountedBid(lead=bid["lead"], sealed=_sealed(bid["state"])) for bid in lot["bids"]),
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
