"""Who may sit on the committee: its size, freedom of interest, the representatives sent (R-EVAL-05, 06, 08)."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bidding.domain.command import Facts
from bidding.domain.committee import check_committee
from bidding.domain.errors import Invalid, Unknown
from bidding.domain.evaluation.members import Member, MemberKind, PoolMember, TradeQuota
from bidding.domain.given import rules_of, terms_of
from bidding.domain.lot import Lot
from bidding.domain.regime import Regime
from bidding.domain.relations import Unit, folded


def require_lawful(lot: Lot, facts: Facts) -> int:
    """The number of experts that the terms' committee has. R-EVAL-05, R-EVAL-06."""
    terms, rules = terms_of(lot), rules_of(lot, facts)
    size, experts = terms.committee_size, terms.committee_size - terms.tenderer_reps
    verdict = check_committee(
        rules.committee,
        members=size,
        experts=experts,
        budget_fen=lot.notice.base_fen if lot.notice.regime is Regime.GP else None,
        technically_complex=terms.special_committee,
    )
    if not verdict.ok:
        raise Invalid(
            "committee-unlawful",
            rule="R-EVAL-05",
            reasons=list(verdict.reasons),
            members=size,
            experts=experts,
            min_experts=verdict.min_experts_for_size,
        )
    return experts


class Barred(NamedTuple):
    """Folded names. ``persons``: who heads or, as a natural person, controls a unit; of a namesake nobody knows who
    it is, and of so many experts one can be left out for a doubt."""

    units: frozenset[str]
    persons: frozenset[str]

    def meets(self, person: PoolMember) -> bool:
        tied = (person.party, *person.units, *person.holdings)
        return folded(person.name) in self.persons or any(folded(unit) in self.units for unit in tied if unit)


def barred_by(interests: Iterable[Unit]) -> Barred:
    """R-EVAL-08: each unit by party, code and name, with those that control it, as they declared.

    招投条例 46; 采购条例 9: employment, directorship or control within three years.
    """
    units: set[str] = set()
    persons: set[str] = set()
    for one in interests:
        units.update((one.party, one.uscc, one.name))
        if one.head is not None:
            persons.add(one.head.name)
        for above in one.above:
            units.update((above.uscc, above.name))
            persons.update(() if above.uscc else (above.name,))
    return Barred(units=frozenset(map(folded, units - {""})), persons=frozenset(map(folded, persons - {""})))


def sent_for(
    lot: Lot,
    representatives: Sequence[str],
    found: Sequence[PoolMember],
    *,
    needed: int,
    interests: Iterable[Unit] = (),
) -> tuple[PoolMember, ...]:
    """The named representatives: as many as needed, each known, free of interest in a bidder, none who left."""
    sent = _representatives(lot, representatives, found, interests)
    again = [one.party for one in sent if one.party in lot.evaluation.recused]
    if again:  # who left, or was dismissed with a committee, does not come back
        raise Invalid("representative-interested", rule="R-EVAL-08", representatives=again)
    if len(sent) != needed:
        raise Invalid("representatives-count", rule="R-EVAL-05", needed=needed, found=len(sent))
    return sent


def _representatives(
    lot: Lot, named: Sequence[str], found: Sequence[PoolMember], interests: Iterable[Unit]
) -> tuple[PoolMember, ...]:
    """A representative is the tenderer's own: only the bidders' interests bar it."""
    known = {one.party: one for one in found}
    unknown = [party for party in named if party not in known]
    if unknown:
        raise Unknown("representative-unknown", rule="R-EVAL-05", representatives=unknown)
    sent = tuple(known[party] for party in dict.fromkeys(named))
    bidding = barred_by(one for one in interests if one.party not in {lot.notice.tenderer, lot.notice.host})
    conflicted = [one.party for one in sent if bidding.meets(one) or _rolled(lot).meets(one)]
    if conflicted:
        raise Invalid("representative-interested", rule="R-EVAL-08", representatives=conflicted)
    return sent


def quotas_of(trades: Sequence[TradeQuota], experts: int) -> tuple[TradeQuota, ...]:
    """R-EVAL-07: the conditions of the draw, which sum to the number of experts; without any, all of any trade."""
    if trades and (sum(one.count for one in trades) != experts or min(one.count for one in trades) < 1):
        asked = sum(one.count for one in trades)
        raise Invalid("trades-do-not-sum", rule="R-EVAL-07", experts=experts, found=asked)
    if len({one.trade for one in trades}) != len(trades):
        raise Invalid("trade-twice", rule="R-EVAL-07", trades=[one.trade for one in trades])
    return tuple(trades) or (TradeQuota(trade="", count=experts),)


def too_small(*, needed: int, eligible: int, trade: str, excluded: int) -> Invalid:
    """``excluded``: how many the recusal units left out; an operator must add experts to the pool."""
    return Invalid(
        "pool-too-small",
        rule="R-EVAL-07",
        needed=needed,
        eligible=eligible,
        trade=trade,
        excluded=excluded,
    )


def eligible(lot: Lot, pool: Iterable[PoolMember], interests: Iterable[Unit] = ()) -> list[PoolMember]:
    """R-EVAL-08: nobody who is, within the period worked for, or has a part in a bidder, the tenderer or the agency.

    ``interests``: all of these with the units above them, as they have declared by now.
    """
    notice = lot.notice
    offices = Barred(
        units=frozenset(
            folded(unit)
            for unit in (notice.host, notice.agency_name, notice.tenderer, notice.tenderer_name)
            if unit
        ),
        persons=frozenset(),
    )
    bars = (_rolled(lot), offices, barred_by(interests))
    return [one for one in pool if not any(bar.meets(one) for bar in bars)]


def _rolled(lot: Lot) -> Barred:
    """A consortium's members bid as much as its lead."""
    units = frozenset(folded(unit) for entry in lot.opening.roll for unit in entry.units if unit)
    return Barred(units=units, persons=frozenset())


def seated(seat: int, person: PoolMember, kind: MemberKind) -> Member:
    return Member(seat=seat, party=person.party, name=person.name, kind=kind, trade=person.trade)
