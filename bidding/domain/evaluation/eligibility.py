"""Who may sit on the committee: its size, freedom of interest, the representatives sent (R-EVAL-05, 06, 08)."""

from collections.abc import Iterable, Sequence

from bidding.domain.command import Facts
from bidding.domain.committee import check_committee
from bidding.domain.errors import Invalid, Unknown
from bidding.domain.evaluation.members import Member, MemberKind, PoolMember, TradeQuota
from bidding.domain.given import rules_of, terms_of
from bidding.domain.lot import Lot
from bidding.domain.regime import Regime


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


def sent_for(
    lot: Lot, representatives: Sequence[str], found: Sequence[PoolMember], *, needed: int
) -> tuple[PoolMember, ...]:
    """The named representatives: as many as needed, each known, free of interest in a bidder, none who left."""
    sent = _representatives(lot, representatives, found)
    again = [one.party for one in sent if one.party in lot.evaluation.recused]
    if again:  # who left, or was dismissed with a committee, does not come back
        raise Invalid("representative-interested", rule="R-EVAL-08", representatives=again)
    if len(sent) != needed:
        raise Invalid("representatives-count", rule="R-EVAL-05", needed=needed, found=len(sent))
    return sent


def _representatives(lot: Lot, named: Sequence[str], found: Sequence[PoolMember]) -> tuple[PoolMember, ...]:
    known = {one.party: one for one in found}
    unknown = [party for party in named if party not in known]
    if unknown:
        raise Unknown("representative-unknown", rule="R-EVAL-05", representatives=unknown)
    sent = tuple(known[party] for party in dict.fromkeys(named))
    bidding = _bidding_units(lot)
    conflicted = [one.party for one in sent if _interested(one, bidding)]
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


def eligible(lot: Lot, pool: Iterable[PoolMember]) -> list[PoolMember]:
    """R-EVAL-08: nobody who is, or within the period worked for, a bidder, the tenderer or the agency."""
    notice = lot.notice
    units = _bidding_units(lot) | {
        folded(unit)
        for unit in (notice.host, notice.agency_name, notice.tenderer, notice.tenderer_name)
        if unit
    }
    return [one for one in pool if not _interested(one, units)]


def _bidding_units(lot: Lot) -> set[str]:
    """A consortium's members bid as much as its lead."""
    return {folded(unit) for entry in lot.opening.roll for unit in entry.units if unit}


def _interested(person: PoolMember, units: set[str]) -> bool:
    return any(folded(unit) in units for unit in (person.party, *person.units) if unit)


def folded(unit: str) -> str:
    """Names and codes are written with stray spaces, in either case, with either kind of brackets."""
    return "".join(unit.split()).casefold().translate(str.maketrans("（）", "()"))


def seated(seat: int, person: PoolMember, kind: MemberKind) -> Member:
    return Member(seat=seat, party=person.party, name=person.name, kind=kind, trade=person.trade)
