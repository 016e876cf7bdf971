"""Kinds ``committee.*``, ``consortium.check``, ``bidcount.decide`` and ``bid.fate``."""

from datetime import datetime
from typing import Any

from bidding.domain.bidcount import after_decryption, after_qualification, after_review, at_deadline
from bidding.domain.bidfate import Decryption, Fault, Upload, decide_fate
from bidding.domain.calendar import WorkCalendar
from bidding.domain.committee import check_committee, must_extend
from bidding.domain.consortium import JointBid, Member, check_consortia
from bidding.domain.regime import Regime
from tests.vectors.kinds import rules


def committee(inputs: dict[str, Any], _: WorkCalendar) -> dict[str, Any]:
    found = check_committee(
        rules.of(inputs["regime"]).committee,
        members=inputs["members"],
        experts=inputs["experts"],
        budget_fen=inputs.get("budget_fen"),
        technically_complex=inputs.get("complex", inputs.get("technically_complex", False)),
        high_social_impact=inputs.get("high_social_impact", inputs.get("social_impact", False)),
    )
    return {
        "ok": found.ok,
        "reasons": [reason.value for reason in found.reasons],
        "min_experts_for_size": found.min_experts_for_size,
    }


def committee_time(inputs: dict[str, Any], _: WorkCalendar) -> dict[str, Any]:
    extend = must_extend(
        rules.ENG.committee, members=inputs["members"], say_too_short=inputs["say_too_short"]
    )
    return {"must_extend": extend}


def consortium(inputs: dict[str, Any], _: WorkCalendar) -> dict[str, Any]:
    found = check_consortia(
        [
            JointBid(
                bid=bid["id"],
                agreement=bid.get("agreement", False),
                members=tuple(
                    Member(party=member["id"], trade=member["trade"], grade=member["grade"])
                    for member in bid["members"]
                ),
            )
            for bid in inputs["bids"]
        ]
    )
    return {
        "invalid": list(found.invalid),
        "no_agreement": list(found.no_agreement),
        "grade": found.grades,
    }


def bid_count(inputs: dict[str, Any], _: WorkCalendar) -> dict[str, Any]:
    regime = rules.of(inputs["regime"])
    match inputs["stage"]:
        case "DEADLINE":
            return {"decision": at_deadline(regime, inputs["received"]).value}
        case "REVIEW":
            return {"decision": after_review(regime, inputs["valid"]).value}
        case "PREQUALIFICATION":
            return {"decision": after_qualification(regime, inputs["qualified"]).value}
        case "DECRYPTION":
            found = after_decryption(
                regime,
                received=inputs["received"],
                undecrypted_bidder=inputs.get("undecrypted_bidder", 0),
                undecrypted_other=inputs.get("undecrypted_other", 0),
                undecrypted_pending=inputs.get("undecrypted_pending", 0),
            )
            return {
                "counted_for_three": found.counted_for_three,
                "opened": found.opened,
                "decision": found.decision.value,
            }
    raise ValueError(f"unknown stage {inputs['stage']!r}")


def fate(inputs: dict[str, Any], _: WorkCalendar) -> dict[str, Any]:
    asked = inputs.get("withdraw_requested", [])
    found = decide_fate(
        regime=Regime(inputs["regime"]),
        deposit_held=inputs.get("deposit", "NONE") not in {"WAIVED", "NONE", "UNPAID"},
        deadline=datetime.fromisoformat(inputs["deadline"]),
        uploads=tuple(map(_upload, inputs["uploads"])),
        pull_outs=tuple(map(datetime.fromisoformat, asked if isinstance(asked, list) else [asked])),
        decryption=_decryption(inputs.get("decrypt", {})),
    )
    return {
        "outcome": found.outcome.value,
        "term": found.term or None,
        "counts_toward_three": found.counts_toward_three,
        "deposit": found.deposit.value,
        "may_claim_loss": found.may_claim_loss,
    }


def _upload(plain: dict[str, Any]) -> Upload:
    completed = plain.get("completed")
    return Upload(
        started=datetime.fromisoformat(plain["started"]),
        completed=None if completed is None else datetime.fromisoformat(completed),
        encrypted=plain["encrypted"],
    )


def _decryption(plain: dict[str, Any]) -> Decryption:
    """A spare file works only with an equal digest; other remedies unless the case says that they failed."""
    spare = plain.get("remedy") == "SPARE_FILE"
    succeeded = plain.get("spare_digest_matches", False) if spare else plain.get("remedy_works", True)
    return Decryption(
        done=plain.get("done", False),
        remedy_works="remedy" in plain and plain.get("remedy_allowed", False) and succeeded,
        # R-BID-10: whatever is neither proven the bidder's nor another's is held for who decides
        fault=Fault(fault) if (fault := plain.get("fault")) in set(Fault) else Fault.PENDING,
        evidence=plain.get("evidence", False),
    )
