"""Signing the record, and handing the other envelopes' keys to the evaluation (R-OPEN-30, R-OPEN-04)."""

from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Forbidden, Invalid, OutOfOrder
from bidding.domain.event import Event
from bidding.domain.given import signed_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.opening import commands as c
from bidding.domain.opening import events as e
from bidding.domain.opening.adjudicating import require_settled
from bidding.domain.opening.announcing import require_undisputed
from bidding.domain.opening.offices import office_of
from bidding.domain.opening.record import record_hash, record_text
from bidding.domain.opening.reference import require_revealed
from bidding.domain.opening.running import HANDING_OVER
from bidding.domain.opening.state import OFFICES
from bidding.domain.order import require_phase


def sign_record(lot: Lot, command: c.SignRecord, facts: Facts) -> list[Event]:
    """Both offices sign one text, known by its hash; the second signature ends the opening."""
    require_phase(lot, Phase.OPENING, rule="R-OPEN-30")
    office = office_of(lot, facts.actor)
    unanswered = lot.opening.unanswered
    if unanswered:
        numbers = [one.number for one in unanswered]
        raise OutOfOrder("objections-unanswered", rule="R-OPEN-29", numbers=numbers)
    require_undisputed(lot)
    if lot.opening.silence is None:
        raise OutOfOrder("confirmation-open", rule="R-OPEN-28")
    if lot.opening.open_incidents:
        raise OutOfOrder("incident-open", rule="R-INC-01")
    require_revealed(lot)
    if any(one.office == office for one in lot.opening.signatures):
        raise Conflicting("record-already-signed", rule="R-OPEN-30", office=office)
    if any(one.by == facts.actor.party for one in lot.opening.signatures):
        raise Forbidden("one-signer-for-both", rule="R-OPEN-30")
    expected = record_hash(lot)
    if command.record_hash != expected:
        raise Invalid("record-differs", rule="R-OPEN-30", record_hash=expected)
    signature = e.RecordSigned(
        office=office,
        record_hash=expected,
        by=facts.actor.party,
        at=facts.now,
        signed=signed_of(facts),
    )
    if {one.office for one in lot.opening.signatures} | {office} != set(OFFICES):
        return [signature]
    return [
        signature,
        e.OpeningEnded(at=facts.now, record=record_text(lot), record_hash=expected),
    ]


def disclose_evaluation_key(
    lot: Lot, command: c.DiscloseEvaluationKey, facts: Facts, *, finding: str | None
) -> list[Event]:
    """``finding``: set by the application if what is sealed is not the announced key's private half.

    Where the release is run again for it, not before every bid's keys are there or its bidder's fault is decided.
    """
    require_phase(lot, *HANDING_OVER, rule="R-STATE-01")
    office = office_of(lot, facts.actor)
    if lot.opening.rerun:
        require_settled(lot, facts)
    if any(secret.office == office for secret in lot.opening.evaluation_keys):
        raise Conflicting("evaluation-key-already-disclosed", rule="R-STATE-01", office=office)
    if finding is not None:
        raise Invalid("evaluation-key-refused", rule="R-STATE-01", finding=finding)
    return [
        e.EvaluationKeysDisclosed(
            office=office,
            sealed_key=command.sealed_key,
            by=facts.actor.party,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]
