"""The committee: drawn at random, freed of interest, unsealed when all are there (R-EVAL-05…08)."""

from collections.abc import Iterable, Sequence
from functools import partial

from bidding.domain.command import Facts
from bidding.domain.committee import check_committee
from bidding.domain.errors import Conflicting, Invalid, Unknown
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation import events as e
from bidding.domain.evaluation.drawing import RandomBytes, draw
from bidding.domain.evaluation.lowprice import warned
from bidding.domain.evaluation.members import Member, MemberKind, Pick, PoolMember, TradeQuota
from bidding.domain.event import Event
from bidding.domain.given import random_bytes, rules_of, signed_of, terms_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.order import require_phase
from bidding.domain.regime import Regime

SEATED = (Phase.OPENING, Phase.OPENED, Phase.EVALUATING)


def draw_committee(
    lot: Lot,
    command: c.DrawCommittee,
    facts: Facts,
    *,
    pool: Sequence[PoolMember],
    representatives: Sequence[PoolMember] = (),
) -> list[Event]:
    """``pool``: all experts; ``representatives``: the parties that the command names, as far as they exist.

    Given again, fills vacant seats. Possible from the roll on: before it nobody can know whom to exclude.
    """
    require_phase(lot, *SEATED, rule="R-STATE-01")
    sent = _representatives(lot, command, representatives)
    again = [one.party for one in sent if one.party in lot.evaluation.recused]
    if again:  # who left, or was dismissed with a committee, does not come back
        raise Invalid("representative-interested", rule="R-EVAL-08", representatives=again)
    if lot.evaluation.committee or lot.evaluation.vacant:
        return _fill_vacant(lot, facts, pool, sent)
    terms, rules = terms_of(lot), rules_of(lot, facts)
    size, experts = terms.committee_size, terms.committee_size - terms.tenderer_reps
    verdict = check_committee(
        rules.committee,
        members=size,
        experts=experts,
        budget_fen=lot.notice.base_fen if lot.notice.regime is Regime.GP else None,
        technically_complex=terms.special_committee,
    )
    if not verdict.ok:  # R-EVAL-05, R-EVAL-06
        raise Invalid(
            "committee-unlawful",
            rule="R-EVAL-05",
            reasons=list(verdict.reasons),
            members=size,
            experts=experts,
            min_experts=verdict.min_experts_for_size,
        )
    if len(sent) != terms.tenderer_reps:
        raise Invalid("representatives-count", rule="R-EVAL-05", needed=terms.tenderer_reps, found=len(sent))
    gone = {*lot.evaluation.recused, *(rep.party for rep in sent)}
    eligible = [one for one in _eligible(lot, pool) if one.party not in gone]
    picks = _draw_by_trade(eligible, command.trades, experts, facts, excluded=len(pool) - len(eligible))
    by_party = {one.party: one for one in eligible}
    seated = [(by_party[pick.drawn], MemberKind.EXPERT) for pick in picks]
    seated += [(rep, MemberKind.TENDERER_REP) for rep in sent]
    members = tuple(_member(seat, person, kind) for seat, (person, kind) in enumerate(seated, 1))
    return [e.CommitteeDrawn(members=members, picks=picks, excluded=len(pool) - len(eligible), at=facts.now)]


def sign_in(lot: Lot, command: c.SignIn, facts: Facts) -> list[Event]:
    """R-EVAL-07: the list is unsealed, and the evaluation begins, when the last member has signed in."""
    require_phase(lot, Phase.OPENED, Phase.EVALUATING, rule="R-STATE-01")
    evaluation = lot.evaluation
    member = facts.actor.party
    if member in evaluation.signed_in:
        raise Conflicting("already-signed-in", rule="R-EVAL-07")
    events: list[Event] = [e.MemberSignedIn(member=member, at=facts.now, signed=signed_of(facts))]
    present = {*evaluation.signed_in, member}
    if lot.phase is Phase.OPENED and not evaluation.vacant and present >= set(evaluation.members):
        experts = sum(one.kind is MemberKind.EXPERT for one in evaluation.committee)
        events.append(e.CommitteeUnsealed(size=len(evaluation.committee), experts=experts, at=facts.now))
        events.extend(warned(lot, facts))
    return events


def recuse(lot: Lot, command: c.Recuse, facts: Facts, *, pool: Sequence[PoolMember]) -> list[Event]:
    """R-EVAL-08, 招投条例 48: the member leaves; an expert's seat is drawn anew if the pool can fill it."""
    require_phase(lot, *SEATED, rule="R-STATE-01")
    leaving = seat_of(lot, facts.actor.party)
    left = e.MemberRecused(member=leaving.party, reason=command.reason, at=facts.now, signed=signed_of(facts))
    events: list[Event] = [left]
    if leaving.kind is MemberKind.EXPERT:
        picked = _successor(lot, leaving, pool, partial(random_bytes, facts), taken=set())
        if picked is not None:
            person, pick = picked
            events.append(_replaced(leaving, person, pick, facts))
    return events


def seat_of(lot: Lot, party: str) -> Member:
    for member in lot.evaluation.committee:
        if member.party == party:
            return member
    raise Unknown("not-a-member", rule="R-EVAL-05")


def _representatives(
    lot: Lot, command: c.DrawCommittee, found: Sequence[PoolMember]
) -> tuple[PoolMember, ...]:
    """The named representatives, each known and free of interest in a bidder (R-EVAL-08)."""
    known = {one.party: one for one in found}
    unknown = [party for party in command.representatives if party not in known]
    if unknown:
        raise Unknown("representative-unknown", rule="R-EVAL-05", representatives=unknown)
    named = tuple(known[party] for party in dict.fromkeys(command.representatives))
    bidding = _bidding_units(lot)
    conflicted = [one.party for one in named if _interested(one, bidding)]
    if conflicted:
        raise Invalid("representative-interested", rule="R-EVAL-08", representatives=conflicted)
    return named


def _fill_vacant(
    lot: Lot, facts: Facts, pool: Sequence[PoolMember], sent: Sequence[PoolMember]
) -> list[Event]:
    vacant = lot.evaluation.vacant
    if not vacant:
        raise Conflicting("committee-drawn", rule="R-EVAL-07")
    reps = [seat for seat in vacant if seat.kind is MemberKind.TENDERER_REP]
    if len(sent) != len(reps):
        raise Invalid("representatives-count", rule="R-EVAL-05", needed=len(reps), found=len(sent))
    seated_or_gone = {*lot.evaluation.members, *lot.evaluation.recused}
    again = [one.party for one in sent if one.party in seated_or_gone]
    if again:
        raise Invalid("representative-interested", rule="R-EVAL-08", representatives=again)
    events: list[Event] = [
        _replaced(seat, person, None, facts) for seat, person in zip(reps, sent, strict=True)
    ]
    taken = {one.party for one in sent}
    for seat in vacant:
        if seat.kind is not MemberKind.EXPERT:
            continue
        picked = _successor(lot, seat, pool, partial(random_bytes, facts), taken=taken)
        if picked is None:
            raise _too_small(needed=1, eligible=0, trade="", excluded=len(pool))
        person, pick = picked
        taken.add(person.party)
        events.append(_replaced(seat, person, pick, facts))
    return events


def _successor(
    lot: Lot, seat: Member, pool: Iterable[PoolMember], random: RandomBytes, *, taken: set[str]
) -> tuple[PoolMember, Pick] | None:
    """Somebody of the same trade if there is one, else of any; None if nobody is left."""
    gone = {*lot.evaluation.members, *lot.evaluation.recused, *taken}
    free = [one for one in _eligible(lot, pool) if one.party not in gone]
    same = [one for one in free if one.trade == seat.trade] or free
    if not same:
        return None
    (pick,) = draw((one.party for one in same), 1, random)
    return next(one for one in same if one.party == pick.drawn), pick


def _draw_by_trade(
    eligible: Sequence[PoolMember],
    trades: Sequence[TradeQuota],
    experts: int,
    facts: Facts,
    *,
    excluded: int,
) -> tuple[Pick, ...]:
    """R-EVAL-07: random among those who meet the conditions; without any, among all."""
    if trades and (sum(one.count for one in trades) != experts or min(one.count for one in trades) < 1):
        asked = sum(one.count for one in trades)
        raise Invalid("trades-do-not-sum", rule="R-EVAL-07", experts=experts, found=asked)
    if len({one.trade for one in trades}) != len(trades):
        raise Invalid("trade-twice", rule="R-EVAL-07", trades=[one.trade for one in trades])
    picks: list[Pick] = []
    for trade, count in [(one.trade, one.count) for one in trades] or [("", experts)]:
        fitting = [one.party for one in eligible if not trade or one.trade == trade]
        if len(fitting) < count:
            raise _too_small(needed=count, eligible=len(fitting), trade=trade, excluded=excluded)
        picks.extend(draw(fitting, count, partial(random_bytes, facts)))
    return tuple(picks)


def _too_small(*, needed: int, eligible: int, trade: str, excluded: int) -> Invalid:
    """``excluded``: how many the recusal units left out; an operator must add experts to the pool."""
    return Invalid(
        "pool-too-small",
        rule="R-EVAL-07",
        needed=needed,
        eligible=eligible,
        trade=trade,
        excluded=excluded,
    )


def _eligible(lot: Lot, pool: Iterable[PoolMember]) -> list[PoolMember]:
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


def _member(seat: int, person: PoolMember, kind: MemberKind) -> Member:
    return Member(seat=seat, party=person.party, name=person.name, kind=kind, trade=person.trade)


def _replaced(left: Member, person: PoolMember, pick: Pick | None, facts: Facts) -> e.MemberReplaced:
    return e.MemberReplaced(
        left=left.party, member=_member(left.seat, person, left.kind), pick=pick, at=facts.now
    )
