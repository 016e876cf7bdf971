"""Guarantees by credit: whose deposit or bond is lowered or raised, by how much and on which basis (R-NB-SS-02).

The tender document says that it grades, and the notice fixes the lines of the rule set then in force. Who stands in a
list is judged by the platform's register as it stood at the notice: one book for everybody, so that each bidder knows
its amount from then on and nobody is listed against a bid in the making. A repair lifts at once what was raised
(R-NB-SS-03).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from bidding.domain.credit.grade import record_at
from bidding.domain.credit.grounds import Graded, Ground
from bidding.domain.credit.publication import after
from bidding.domain.credit.record import Entry, replay
from bidding.domain.deposit import max_performance_bond_fen, share_of
from bidding.domain.event import Event
from bidding.domain.lot import Lot
from bidding.domain.periods import local_date
from bidding.domain.ruleset import Charged, CreditAction, CreditEffect, RuleSet

#: Party → its entries, as ``known_at_notice`` gives them; of a joint bid every member's (R-ENG-30).
Known = Mapping[str, Sequence[Entry]]


def effects_of(lot: Lot) -> tuple[CreditEffect, ...]:
    """The lines that the notice fixed; none where the document does not grade."""
    waiver = lot.notice.waiver
    return () if waiver is None or waiver.by_credit is msgspec.UNSET else waiver.by_credit


def grades(lot: Lot, charged: Charged) -> bool:
    """Whether anybody's register has to be looked at for this charge."""
    return any(one.charge is charged for one in effects_of(lot))


def known_at_notice(lot: Lot, events: Sequence[Event]) -> tuple[Entry, ...]:
    """The entries of a unit's register that stood at the notice and have not been repaired since."""
    noticed = lot.notice.published_at
    if noticed is None:
        return ()
    lifted = {one.listing for one in replay(events).entries if one.repaired_at is not None}
    return tuple(one for one in record_at(events, noticed).entries if one.listing not in lifted)


def graded_deposit(lot: Lot, known: Known, now: datetime) -> Graded:
    """Within the law's maximum, which the notice fixed too (招投条例 26; 采购条例 33)."""
    terms, waiver = lot.notice.terms, lot.notice.waiver
    general = 0 if terms is None else terms.bid_deposit_fen
    most = None if waiver is None else waiver.bid_deposit_max_fen
    return _graded(lot, Charged.BID_DEPOSIT, general, general if most is None else most, known, now)


def graded_bond(lot: Lot, rules: RuleSet, price_fen: int, known: Known, now: datetime) -> Graded:
    """Of the document's rate of the price, within the law's (招投条例 58; 采购条例 48)."""
    rate = "0" if lot.notice.terms is None else lot.notice.terms.performance_bond_rate
    most = max_performance_bond_fen(rules.bonds, price_fen)
    general = min(most, share_of(price_fen, Decimal(rate)))
    return _graded(lot, Charged.PERFORMANCE_BOND, general, most, known, now)


def preferred(lot: Lot, known: Known) -> tuple[str, ...]:
    """同等条件下优先: the bases on which the bidder goes before its equals; everybody behind the bid needs one."""
    each = [[*_grounds(lot, None, party, entries)] for party, entries in known.items()]
    return tuple(found[0].basis for found in each) if each and all(each) else ()


def _graded(lot: Lot, charged: Charged, general: int, most: int, known: Known, now: datetime) -> Graded:
    """What is raised is not lowered as well; several lines do not add up, the strongest counts.

    A lowered deposit is lowered until the deadline: who has paid it has paid. A bond is asked once, when it is drafted.
    """
    today, stays = local_date(now), charged is Charged.BID_DEPOSIT
    each = [
        [
            one
            for one in _grounds(lot, charged, party, entries)
            if today <= one.until or (stays and one.action is CreditAction.LOWER)
        ]
        for party, entries in known.items()
    ]
    # What was repaired is not among them.
    raising = [one for found in each for one in found if one.action is CreditAction.RAISE]
    if raising:
        decisive = max(raising, key=_factor)
        asked = max(general, min(most, share_of(general, _factor(decisive))))
        return Graded(general_fen=general, asked_fen=asked, grounds=(decisive,))
    lowering = [[one for one in found if one.action is CreditAction.LOWER] for found in each]
    if not lowering or not all(lowering):  # of a consortium everybody must have earned it
        return Graded(general_fen=general, asked_fen=general)
    best = tuple(min(found, key=_factor) for found in lowering)
    asked = share_of(general, max(map(_factor, best)))
    return Graded(general_fen=general, asked_fen=asked, grounds=best)


def _factor(ground: Ground) -> Decimal:
    return Decimal(ground.factor)


def _grounds(lot: Lot, charged: Charged | None, party: str, entries: Sequence[Entry]) -> Iterator[Ground]:
    """Each effect ends with the entry's last day, or with the months of its line if they are over before."""
    if lot.notice.published_at is None:
        return
    noticed = local_date(lot.notice.published_at)
    for effect in effects_of(lot):
        for entry in entries:
            until = min(entry.until, after(entry.since, effect.months))
            if (entry.list, charged) == (effect.list, effect.charge) and entry.since <= noticed <= until:
                yield Ground(
                    party=party,
                    list=effect.list,
                    action=effect.action,
                    factor=effect.factor,
                    decision=entry.basis,
                    basis=effect.source,
                    until=until,
                )
