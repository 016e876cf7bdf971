"""Decisions of a lot about credit: look-ups after the roll, and the bar before the award notice (F-54)."""

import hashlib
from collections.abc import Sequence

import msgspec

from bidding.domain.command import Command, Facts
from bidding.domain.credit import commands as c
from bidding.domain.credit import events as e
from bidding.domain.credit.lists import Answered, Effects, Listing, Snapshot, excluded
from bidding.domain.errors import Invalid, OutOfOrder, Refusal
from bidding.domain.evaluation.outcome import QualificationResult
from bidding.domain.event import Event
from bidding.domain.given import regime_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.order import require_phase
from bidding.domain.regime import Regime

#: While a decision about the bids is still to come.
PENDING = (
    Phase.OPENING,
    Phase.OPENED,
    Phase.EVALUATING,
    Phase.EVALUATED,
    Phase.PUBLICISED,
    Phase.DETERMINED,
)


def snapshot(
    party: str,
    uscc: str,
    name: str,
    *,
    source: str,
    listings: Sequence[Listing],
    facts: Facts,
    effects: Effects,
    answers: Sequence[Answered] = (),
) -> Snapshot:
    """What the sources said, with the instant until which it may be relied on (R-NB-SS-04)."""
    said = Snapshot(
        party=party,
        uscc=uscc,
        name=name,
        source=source,
        at=facts.now,
        valid_until=facts.now + effects.validity,
        listings=tuple(listings),
        answers=tuple(answers) or msgspec.UNSET,
    )
    plain = msgspec.to_builtins(said)
    del plain["sha256"]
    digest = hashlib.sha256(msgspec.json.encode(plain, order="sorted")).hexdigest()
    return msgspec.structs.replace(said, sha256=digest)


def checked(lot: Lot, stage: e.Stage, snapshots: Sequence[Snapshot], facts: Facts) -> list[Event]:
    """R-CRDT-01: recorded with source, instant and hash, whatever it says."""
    require_phase(lot, *PENDING, rule="R-CRDT-01")
    return [e.CreditChecked(stage=stage, snapshots=tuple(snapshots), at=facts.now)]


def look_up_waits(lot: Lot) -> bool:
    """招投条例 78: bids are opened, the committee examines the bidders (资格后审), and nobody has been looked up yet.

    In GP the purchaser's own review asks (R-GP-09).
    """
    examining = lot.phase in (Phase.OPENED, Phase.EVALUATING)
    return examining and lot.notice.regime is Regime.ENG and lot.credits.checked_at is None


def shut_out_but_qualified(
    lot: Lot,
    results: Sequence[QualificationResult],
    snapshots: Sequence[Snapshot],
    effects: Effects,
    facts: Facts,
) -> Refusal | None:
    """GP, 采购法 22: the purchaser's review cannot pass a supplier that a list shuts out."""
    barred = excluded(snapshots, regime_of(lot), effects, facts.now)
    leads = {entry.bidder: entry.parties for entry in lot.opening.roll}
    passed = [
        one.bidder
        for one in results
        if one.qualified and any(party in barred for party in leads.get(one.bidder, (one.bidder,)))
    ]
    if not passed:
        return None
    return Invalid("credit-excluded-qualified", rule="R-CRDT-01", bidders=passed)


def before_award(
    lot: Lot, snapshots: Sequence[Snapshot] | None, effects: Effects, facts: Facts
) -> tuple[list[Event], Refusal | None]:
    """What is recorded before an award notice, and why there is to be none.

    ``snapshots``: of the winner and its consortium, just looked up; None if the source did not answer: then
    earlier ones count as long as they are valid.
    """
    events = [] if snapshots is None else checked(lot, e.Stage.AWARD, snapshots, facts)
    entry = next((one for one in lot.opening.roll if one.bidder == lot.award.winner), None)
    parties = (lot.award.winner,) if entry is None else entry.parties
    known = {one.party: one for one in (*lot.credits.latest, *(snapshots or ()))}
    stale = [party for party in parties if party not in known or known[party].valid_until <= facts.now]
    if stale:
        return events, OutOfOrder("credit-snapshot-stale", rule="R-NB-SS-04", parties=stale)
    barred = excluded([known[party] for party in parties], regime_of(lot), effects, facts.now)
    if barred:
        listings = [
            {"party": party, "list": one.list.value, "basis": one.basis, "until": one.until.isoformat()}
            for party, found in barred.items()
            for one in found
        ]
        return events, Invalid("winner-credit-listed", rule="R-CRDT-01", listings=listings)
    return events, None


NEEDS_MORE: dict[type[Command], str] = {
    c.ListUnit: "record.list_unit(Record, …, repair: the terms in force)",
    c.RepairUnit: "record.repair_unit(Record, …, repair: the terms in force)",
    c.DecideConduct: "standing.decide_conduct(entries of the unit's record, …, table, repair: the terms in force)",
    c.AttestCredit: "record.attest(Record, …, effects, known: names of the outside sources)",
    c.NoteConduct: "consequences.note(findings, …, units: who they are, table)",
    c.CheckCredit: "checked(…, snapshots of all on the roll)",
    c.LookUpBidders: "checked(…, snapshots of all on the roll)",
    c.Recheck: "checked(…, snapshots of those found listed)",
}
