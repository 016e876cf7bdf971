"""The decisions of the contract: drafted from the bid, signed by both over one text, filed."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bidding.domain.award.queries import require_no_hold
from bidding.domain.command import Command, Facts
from bidding.domain.contract import commands as c
from bidding.domain.contract import events as e
from bidding.domain.contract.term import contract_due, waits_until
from bidding.domain.contract.text import contract_hash, contract_text
from bidding.domain.credit.graded import Known, graded_bond
from bidding.domain.credit.grounds import Graded
from bidding.domain.errors import Conflicting, Forbidden, Invalid, OutOfOrder, TooEarly, TooLate
from bidding.domain.event import Event
from bidding.domain.given import rules_of, signed_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.money.events import GuaranteeGraded, Kind
from bidding.domain.order import require_phase
from bidding.domain.performance.lawful import check_settlement_terms
from bidding.domain.waiver import Charge

TENDERER = "tenderer"
WINNER = "winner"
#: Of a consortium every member signs, beside its lead (招投法 31, 采购法 24).
MEMBER = "member"


def draft(lot: Lot, command: c.DraftContract, facts: Facts, *, known: Known | None = None) -> list[Event]:
    """R-CONT-01, 招投法 46, 招投条例 57: nothing of substance may differ from tender document and bid.

    The price is the price bid, never the evaluated one (R-SCORE-03). Drafting anew voids earlier signatures.
    ``known``: the credit register's entries of the winner, as of the notice, where the document grades by credit.
    """
    require_phase(lot, Phase.AWARDED, rule="R-CONT-01")
    award = lot.award
    if award.contract_due is None:
        raise OutOfOrder("no-award-notice", rule="R-CONT-01")
    bid = {
        "price_fen": award.price_fen,
        "duration_days": award.duration_days,
        "quality": award.quality,
        "project_lead": award.project_lead,
    }
    differing = {
        field: {"bid": said, "contract": getattr(command, field)}
        for field, said in bid.items()
        if getattr(command, field) != said
    }
    if differing:
        raise Invalid("contract-differs-from-bid", rule="R-CONT-01", differing=differing)
    graded = _checked_bond(lot, command, facts, known or {})
    check_settlement_terms(lot, command.terms)
    number = f"{award.number}-HT"
    text = contract_text(lot, command, number)
    return [
        e.ContractDrafted(
            number=number,
            award_number=award.number,
            winner=award.winner,
            price_fen=command.price_fen,
            duration_days=command.duration_days,
            quality=command.quality,
            project_lead=command.project_lead,
            performance_bond_fen=command.performance_bond_fen,
            text=text,
            contract_hash=contract_hash(text),
            at=facts.now,
            due=contract_due(lot, facts) or award.contract_due,
            signed=signed_of(facts),
            legal_review=command.legal_review,
            graded=graded if graded.grounds else None,
        )
    ]


def sign(lot: Lot, command: c.SignContract, facts: Facts) -> list[Event]:
    """签名法 13, 14: each party signs the same hash; the last signature files the contract. R-ENG-30, R-GP-28:
    the members of a consortium are liable together, so each of them signs.

    After the thirty days (R-ENG-24, R-GP-16, without those of a suspension: R-TIME-07) the duty to sign
    remains; the reason goes on record.
    """
    require_phase(lot, Phase.AWARDED, rule="R-CONT-01")
    contract = lot.contract
    if not contract.contract_hash or contract.award_number != lot.award.number or contract.due is None:
        raise OutOfOrder("contract-not-drafted", rule="R-CONT-01")
    sides = [side for side, party in _parties(lot).items() if party == facts.actor.party]
    if not sides:
        raise Forbidden("not-a-contract-party", rule="R-CONT-01")
    (side,) = sides
    if side in contract.signed_by:
        raise Conflicting("contract-signed-already", rule="R-CONT-01")
    require_no_hold(lot)
    if command.contract_hash != contract.contract_hash:
        raise Invalid("contract-hash-differs", rule="R-CONT-01", contract_hash=contract.contract_hash)
    if contract.legal_review and lot.performance.reviewed != contract.contract_hash:
        raise OutOfOrder("legal-review-missing", rule="R-NB-HF-01")
    ends = contract_due(lot, facts)
    late = ends is not None and facts.now >= ends
    if late and not command.late_reason.strip():
        raise TooLate("contract-late", rule="R-ENG-24", due=ends)
    events: list[Event] = [
        e.ContractSigned(
            party=facts.actor.party,
            side=side,
            contract_hash=contract.contract_hash,
            at=facts.now,
            late_reason=command.late_reason.strip() if late else "",
            signed=signed_of(facts),
        )
    ]
    if {*contract.signed_by, side} == set(_parties(lot)):
        events.append(
            e.ContractFiled(
                number=contract.number,
                award_number=contract.award_number,
                winner=contract.winner,
                price_fen=contract.price_fen,
                signed_at=facts.now,
                contract_hash=contract.contract_hash,
                late=late,
            )
        )
        if contract.graded is not None:
            kind, winner = Kind.PERFORMANCE_BOND, contract.winner
            events.append(GuaranteeGraded(kind=kind, bidder=winner, graded=contract.graded, at=facts.now))
    return events


def mark_overdue(lot: Lot, command: c.MarkOverdue, facts: Facts) -> list[Event]:
    """Says so to the parties and the supervisor; what follows is theirs to decide (R-ENG-34)."""
    require_phase(lot, Phase.AWARDED, rule="R-ENG-24")
    award = lot.award
    ends = contract_due(lot, facts)
    if ends is None or facts.now < ends:
        raise TooEarly("contract-not-due", rule="R-ENG-24", due=ends or award.contract_due)
    if lot.contract.overdue_for == award.number:
        raise Conflicting("contract-overdue-recorded", rule="R-ENG-24")
    drafted = lot.contract.award_number == award.number
    signed = lot.contract.signed_by if drafted else ()
    unsigned = {side: party for side, party in _parties(lot).items() if side not in signed}
    return [
        e.ContractOverdue(
            award_number=award.number,
            due=ends,
            unsigned=tuple(unsigned),
            parties=tuple(unsigned.values()),
        )
    ]


def due(lot: Lot) -> list[tuple[str, datetime]]:
    """R-TIME-07: nothing while the lot is suspended or a query holds it; afterwards, the end of the longer term."""
    award = lot.award
    if lot.phase is not Phase.AWARDED or lot.control.suspended is not None or award.holding:
        return []
    until = waits_until(lot)
    if until is None or lot.contract.overdue_for == award.number:
        return []
    return [(c.MarkOverdue.NAME, until)]


def _parties(lot: Lot) -> dict[str, str]:
    """Side → party; each member of a consortium is a side of its own."""
    winner = lot.award.winner
    entry = next((one for one in lot.opening.roll if one.bidder == winner), None)
    members = [party for party in entry.parties if party != winner] if entry is not None else []
    return {
        TENDERER: lot.notice.tenderer,
        WINNER: winner,
        **{f"{MEMBER}:{party}": party for party in members},
    }


def _checked_bond(lot: Lot, command: c.DraftContract, facts: Facts, known: Known) -> Graded:
    """R-WAIVE-05: none where waived; else what the document asked and the law allows (R-ENG-26, R-GP-17), raised or
    lowered by the winner's credit (R-NB-SS-02)."""
    waiver = lot.notice.waiver
    asked = command.performance_bond_fen
    if asked and waiver is not None and waiver.performance_bond is Charge.WAIVED:
        raise Invalid("performance-bond-waived", rule="R-WAIVE-05", asked_fen=asked, row=waiver.row)
    graded = graded_bond(lot, rules_of(lot, facts), command.price_fen, known, facts.now)
    if asked > graded.asked_fen:
        rule = "R-NB-SS-02" if graded.grounds else "R-ENG-26"
        raise Invalid("performance-bond-too-high", rule=rule, asked_fen=asked, max_fen=graded.asked_fen)
    return graded


DECIDERS: dict[type[Command], Callable[..., Any]] = {
    c.DraftContract: draft,
    c.SignContract: sign,
    c.MarkOverdue: mark_overdue,
}
