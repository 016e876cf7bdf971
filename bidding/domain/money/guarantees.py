"""Guarantees in the lot: disclosed with the prices, judged by people, back or lapsed by the clock (R-GUAR-01, F-41)."""

from collections.abc import Iterable
from datetime import datetime

from bidding.domain.bid.deposits import admits_guarantees
from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, Unknown
from bidding.domain.event import Event
from bidding.domain.given import deadline_of, signed_of, terms_of
from bidding.domain.guarantee import (
    Asked,
    GuaranteeKind,
    OfferedGuarantee,
    bid_validity_ends,
    faults,
)
from bidding.domain.lot import Lot, Phase
from bidding.domain.money import commands as c
from bidding.domain.money import events as e
from bidding.domain.money.state import Guarantee
from bidding.domain.opening.entries import RollEntry
from bidding.domain.opening.outcomes import RollOutcome
from bidding.domain.order import require_phase
from bidding.domain.periods import end_of_day, local_date
from bidding.domain.waiver import Charge

#: While the committee works: later a judgement could not be acted on any more (招投条例 51).
JUDGED_IN = (Phase.OPENING, Phase.OPENED, Phase.EVALUATING)


def asked_of_bid(lot: Lot, entry: RollEntry) -> Asked:
    """What a bid's guarantee must cover: the deposit asked, for as long as bids bind (R-ENG-09, R-ENG-10)."""
    terms, graded = terms_of(lot), entry.deposit_asked_fen
    return Asked(
        kind=GuaranteeKind.BID,
        lot=lot.lot_id,
        beneficiary=lot.notice.tenderer_name,
        amount_fen=terms.bid_deposit_fen if graded is None else graded,
        valid_until=bid_validity_ends(deadline_of(lot), terms.bid_validity_days),
        principal_uscc=entry.uscc,
    )


def sufficient(lot: Lot, entry: RollEntry, offered: OfferedGuarantee) -> bool:
    return not faults(offered, asked_of_bid(lot, entry))


def disclosed(lot: Lot, opened: Iterable[RollOutcome]) -> list[Event]:
    """The guarantees that lay in the opened bids, of a lot that asks a deposit and not from who paid money."""
    if not admits_guarantees(lot):
        return []
    return [
        e.GuaranteeDisclosed(
            kind=GuaranteeKind.BID,
            bidder=one.entry.bidder,
            number=offered.number,
            issuer=offered.issuer,
            amount_fen=offered.amount_fen,
            valid_until=offered.valid_until,
            faults=faults(offered, asked_of_bid(lot, one.entry)),
        )
        for one in opened
        if one.form is not None and isinstance(offered := one.form.guarantee, OfferedGuarantee)
    ]


def judge(lot: Lot, command: c.JudgeGuarantee, facts: Facts) -> list[Event]:
    """The committee, or the agency for it, says whether the guarantee is accepted; never twice differently."""
    require_phase(lot, *JUDGED_IN, rule="R-GUAR-01")
    known = _live(lot, GuaranteeKind.BID, command.bidder)
    if known.accepted is not None:
        raise Conflicting("guarantee-judged", rule="R-GUAR-01", number=known.number)
    if not command.accepted and not command.reason.strip():
        raise Invalid("guarantee-refused-without-reason", rule="R-GUAR-01")
    return [
        e.GuaranteeJudged(
            bidder=known.bidder,
            number=known.number,
            accepted=command.accepted,
            reason=command.reason.strip(),
            page=command.page,
            by=facts.actor.party,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def claim(lot: Lot, command: c.ClaimGuarantee, facts: Facts) -> list[Event]:
    """招投条例 74, R-ENG-34: a winner that did not sign in time loses what it gave; nobody else does.

    Of a performance guarantee: any amount up to it, after the contract is filed (招投法 60).
    """
    known = _live(lot, command.kind, command.bidder)
    if command.kind is GuaranteeKind.BID:
        refused = command.bidder == lot.award.winner and lot.contract.overdue_for == lot.award.number != ""
        if not refused:
            raise OutOfOrder("guarantee-not-forfeited", rule="R-ENG-34", bidder=command.bidder)
        rule = "R-ENG-34"
    else:
        require_phase(lot, Phase.CONTRACTED, rule="R-WAIVE-09")
        rule = "R-WAIVE-09"
    if not command.reason.strip():
        raise Invalid("claim-without-reason", rule=rule)
    if command.amount_fen > known.amount_fen:
        raise Invalid("claim-exceeds-guarantee", rule=rule, max_fen=known.amount_fen)
    return [
        e.GuaranteeClaimed(
            kind=known.kind,
            bidder=known.bidder,
            number=known.number,
            amount_fen=command.amount_fen,
            reason=command.reason.strip(),
            rule=rule,
            at=facts.now,
            signed=signed_of(facts),
        )
    ]


def lodge(
    lot: Lot, command: c.LodgeGuarantee, facts: Facts, *, offered: OfferedGuarantee, principal_uscc: str
) -> list[Event]:
    """履约保函 from the winner, as the contract asks for one (R-ENG-26, R-GP-17); a waived lot takes none.

    It must hold at least for the contract's days from today; the filed contract's parties may agree on more.
    """
    require_phase(lot, Phase.AWARDED, Phase.CONTRACTED, rule="R-ENG-26")
    waiver, contract = lot.notice.waiver, lot.contract
    if waiver is not None and waiver.performance_bond is Charge.WAIVED:
        raise Invalid("performance-guarantee-waived", rule="R-WAIVE-06", row=waiver.row.value)
    if contract.award_number != lot.award.number or not contract.performance_bond_fen:
        raise OutOfOrder("performance-guarantee-not-asked", rule="R-ENG-26")
    earlier = lot.money.guarantee(GuaranteeKind.PERFORMANCE, facts.actor.party)
    if earlier is not None and not earlier.end:
        raise Conflicting("guarantee-lodged", rule="R-ENG-26", number=earlier.number)
    asked = Asked(
        kind=GuaranteeKind.PERFORMANCE,
        lot=lot.lot_id,
        beneficiary=lot.notice.tenderer_name,
        amount_fen=contract.performance_bond_fen,
        valid_until=bid_validity_ends(facts.now, contract.duration_days),
        principal_uscc=principal_uscc,
    )
    found = faults(offered, asked)
    if found:
        raise Invalid("guarantee-inadequate", rule="R-GUAR-01", faults=[fault.value for fault in found])
    return [
        e.PerformanceGuaranteeLodged(
            bidder=facts.actor.party, guarantee=offered, at=facts.now, signed=signed_of(facts)
        )
    ]


def release(lot: Lot, command: c.ReleaseGuarantee, facts: Facts) -> list[Event]:
    """The tenderer gives the performance guarantee back, at the latest when the work is accepted."""
    known = _live(lot, GuaranteeKind.PERFORMANCE, command.bidder)
    return [_ended(known, e.GuaranteeEnd.RETURNED, "R-ENG-26", facts.now)]


def lapse(lot: Lot, command: c.LapseGuarantees, facts: Facts) -> list[Event]:
    """The clock: whatever could be claimed until yesterday at the latest ends by itself."""
    today = local_date(facts.now)
    return [
        _ended(one, e.GuaranteeEnd.LAPSED, "R-GUAR-01", facts.now)
        for one in lot.money.guarantees
        if not one.end and one.valid_until is not None and one.valid_until < today
    ]


def due(lot: Lot) -> list[tuple[str, datetime]]:
    ends = [
        end_of_day(one.valid_until)
        for one in lot.money.guarantees
        if not one.end and one.valid_until is not None
    ]
    return [(c.LapseGuarantees.NAME, min(ends))] if ends else []


def returned(one: Guarantee, rule: str, now: datetime) -> Event:
    """A guarantee has no interest and no way to travel: it is back as soon as its cause is there."""
    return _ended(one, e.GuaranteeEnd.RETURNED, rule, now)


def _ended(one: Guarantee, end: e.GuaranteeEnd, rule: str, now: datetime) -> Event:
    return e.GuaranteeEnded(
        kind=one.kind,
        bidder=one.bidder,
        number=one.number,
        end=end,
        amount_fen=one.amount_fen,
        rule=rule,
        at=now,
    )


def _live(lot: Lot, kind: GuaranteeKind, bidder: str) -> Guarantee:
    known = lot.money.guarantee(kind, bidder)
    if known is None or known.end:
        raise Unknown("no-guarantee", rule="R-GUAR-01", bidder=bidder)
    return known
