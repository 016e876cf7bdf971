"""Kinds ``uscc.check`` and ``mod37_2.check``."""

from typing import Any

from bidding.domain.calendar import WorkCalendar
from bidding.domain.codes import check_uscc, mod_37_2_check


def uscc(inputs: dict[str, Any], _: WorkCalendar) -> dict[str, Any]:
    found = check_uscc(inputs["code"])
    return {
        "normalized": found.normalized,
        "format_ok": found.format_ok,
        "checksum_ok": found.checksum_ok,
        "expected_check": found.expected_check,
        "org_check_ok": found.org_check_ok,
        "verdict": found.verdict.value,
        "reasons": [reason.value for reason in found.reasons],
    }


def mod_37_2(inputs: dict[str, Any], _: WorkCalendar) -> dict[str, Any]:
    check = mod_37_2_check(inputs["payload"])
    return {"check": check} | ({"valid": inputs["given"] == check} if "given" in inputs else {})
