"""What is owed to whom, computed from the lot (R-LEDG-01, R-STAT-01…03, R-ENG-11/25, R-GP-07)."""

from collections.abc import Iterable
from datetime import date, datetime

import msgspec

from bidding.domain.bidfate import DepositFate
from bidding.domain.calendar import WorkCalendar
from bidding.domain.deposit import ReturnCause, max_performance_bond_fen, return_due
from bidding.domain.guarantee import GuaranteeKind
from bidding.domain.lot import Lot, Phase
from bidding.domain.money.events import BenefitRecorded, DepositReturnDue, Kind
from bidding.domain.money.state import Guarantee, Return
from bidding.domain.periods import local_date
from bidding.domain.regime import Regime
from bidding.domain.ruleset import EngRules, RuleSet
from bidding.domain.waiver import Charge, WaiverDecision

#: Phases in which a contract may still come of the lot, and those in which it cannot.
ENDED_WITHOUT_CONTRACT = frozenset({Phase.FAILED, Phase.TERMINATED})
RETURNED_AT_ONCE = frozenset({DepositFate.RETURN_WITHIN_5_DAYS, DepositFate.RETURN_WITHIN_5_WORKDAYS})


class HeldDeposit(msgspec.Struct, frozen=True, kw_only=True):
    """A deposit that one bidder paid and that has not gone back, from the bidder's own stream.

    ``fate``: what became of the bid (R-BID-10); ``since``: the instant of the withdrawal or refusal, if any.
    """

    bidder: str
    amount_fen: int
    fate: DepositFate
    since: datetime | None = None


def benefits_at_close(lot: Lot) -> list[BenefitRecorded]:
    """R-STAT-01: the deposit that each bid sealed at T0 did not have to make.

    By name once the roll is public; a failed lot's roll stays secret, so one sum stands for all of them.
    """
    waiver = lot.notice.waiver
    if waiver is None or waiver.bid_deposit is not Charge.WAIVED:
        return []
    each = waiver.counterfactual_bid_deposit_fen or 0
    if lot.opening.roll:
        return [
            _benefit(Kind.BID_DEPOSIT, entry.bidder, each, waiver, "R-STAT-01") for entry in lot.opening.roll
        ]
    if lot.phase is Phase.FAILED and lot.opening.received:
        bids = lot.opening.received
        return [_benefit(Kind.BID_DEPOSIT, "", each * bids, waiver, "R-STAT-01", bids=bids)]
    return []


def benefits_at_contract(
    lot: Lot, rules: RuleSet, *, info_fee_tariff_fen: int | None = None
) -> list[BenefitRecorded]:
    """R-STAT-02, R-STAT-03: the bond and the fee that the winner did not pay; signed contracts only.

    ``info_fee_tariff_fen``: from the tariff before its abolition; None where the district gave none."""
    waiver = lot.notice.waiver
    if waiver is None or lot.contract.filed_at is None:
        return []
    winner, found = lot.contract.winner, []
    if waiver.performance_bond is Charge.WAIVED:
        amount = max_performance_bond_fen(rules.bonds, lot.contract.price_fen)
        found.append(_benefit(Kind.PERFORMANCE_BOND, winner, amount, waiver, "R-STAT-02"))
    if waiver.info_fee is Charge.WAIVED and info_fee_tariff_fen is not None:
        found.append(_benefit(Kind.INFO_FEE, winner, info_fee_tariff_fen, waiver, "R-STAT-03"))
    return found


def returns_due(
    lot: Lot, held: Iterable[HeldDeposit], rules: RuleSet, now: datetime, calendar: WorkCalendar
) -> list[DepositReturnDue]:
    """The deposits whose return can be dated now, each with its last day. Kept ones are none, nor frozen ones while
    the lot goes on."""
    scheduled = {entry.bidder for entry in lot.money.returns}
    found = []
    for deposit in held:
        begun = _return_begins(lot, deposit, now)
        if begun is None or deposit.bidder in scheduled or deposit.amount_fen <= 0:
            continue
        cause, start = begun
        found.append(
            DepositReturnDue(
                bidder=deposit.bidder,
                amount_fen=deposit.amount_fen,
                due=return_due(rules, cause, start, calendar),
                rule=_return_rule(rules, cause),
            )
        )
    return found


def guarantees_free(lot: Lot, rules: RuleSet, now: datetime) -> list[tuple[Guarantee, str]]:
    """The bid guarantees from which nothing can come any more, each with the rule that money would go back by."""
    found = []
    for one in lot.money.guarantees:
        if one.kind is not GuaranteeKind.BID or one.end:
            continue
        like = HeldDeposit(bidder=one.bidder, amount_fen=one.amount_fen, fate=DepositFate.NORMAL)
        begun = _return_begins(lot, like, now)
        if begun is not None:
            found.append((one, _return_rule(rules, begun[0])))
    return found


def overdue(lot: Lot, now: datetime) -> tuple[Return, ...]:
    """The returns that are late: computed, so that nobody need report them (F-37)."""
    today = local_date(now)
    return tuple(entry for entry in lot.money.returns if entry.returned_at is None and today > entry.due)


def waived(waiver: WaiverDecision | None, kind: Kind) -> bool:
    """Whether the lot may hold no receivable of this kind: waived, or not decided (R-WAIVE-04)."""
    if waiver is None:
        return True
    charge = {
        Kind.BID_DEPOSIT: waiver.bid_deposit,
        Kind.PERFORMANCE_BOND: waiver.performance_bond,
        Kind.INFO_FEE: waiver.info_fee,
    }[kind]
    return charge in {Charge.WAIVED, Charge.HOLD}


def _return_begins(lot: Lot, deposit: HeldDeposit, now: datetime) -> tuple[ReturnCause, date] | None:
    """Why this deposit goes back and the day its period starts on; None: not yet, or not at all."""
    if deposit.fate in RETURNED_AT_ONCE:
        return ReturnCause.WITHDRAWN, local_date(deposit.since or now)
    if lot.phase in ENDED_WITHOUT_CONTRACT and deposit.fate in {DepositFate.NORMAL, DepositFate.FROZEN}:
        # No article dates this case; the term for a withdrawn bid is the shortest there is (R-BID-09). What was
        # frozen until a fault is found, or because nothing was ever opened, has nothing left to wait for.
        return ReturnCause.WITHDRAWN, local_date(now)
    if deposit.fate is not DepositFate.NORMAL:
        return None
    won = deposit.bidder == lot.award.winner
    signed, noticed = lot.contract.filed_at, lot.award.issued_at
    if won or lot.notice.regime is Regime.ENG:
        cause = ReturnCause.WON if won else ReturnCause.LOST
        return None if signed is None else (cause, local_date(signed))
    return None if noticed is None else (ReturnCause.LOST, local_date(noticed))


def _return_rule(rules: RuleSet, cause: ReturnCause) -> str:
    periods = rules.periods
    if cause is ReturnCause.WITHDRAWN:
        return periods.withdrawn_deposit_return.rule
    if isinstance(rules, EngRules):
        return rules.periods.deposit_return.rule
    won = cause is ReturnCause.WON
    return rules.periods.winner_deposit_return.rule if won else rules.periods.loser_deposit_return.rule


def _benefit(
    kind: Kind, party: str, amount_fen: int, waiver: WaiverDecision, rule: str, *, bids: int = 1
) -> BenefitRecorded:
    return BenefitRecorded(
        kind=kind,
        party=party,
        bids=bids,
        counterfactual_fen=amount_fen,
        waived_fen=amount_fen,
        row=waiver.row.value,
        rule=rule,
    )
