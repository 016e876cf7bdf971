"""The committee: drawn at random, freed of interest, unsealed when all are there (R-EVAL-05…08)."""

from collections.abc import Iterable, Sequence
from functools import partial

from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Forbidden, Invalid, OutOfOrder, Unknown
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation import events as e
from bidding.domain.evaluation.drawing import RandomBytes, draw
from bidding.domain.evaluation.eligibility import (
    eligible,
    quotas_of,
    require_lawful,
    seated,
    sent_for,
    too_small,
)
from bidding.domain.evaluation.lowprice import warned
from bidding.domain.evaluation.members import Member, MemberKind, Pick, PoolMember, TradeQuota
from bidding.domain.evaluation.ticketed import reseated, succession
from bidding.domain.event import Event
from bidding.domain.given import random_bytes, signed_of, terms_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.order import require_phase
from bidding.domain.relations import Unit

SEATED = (Phase.OPENING, Phase.OPENED, Phase.EVALUATING)


def draw_committee(
    lot: Lot,
    command: c.DrawCommittee,
    facts: Facts,
    *,
    pool: Sequence[PoolMember],
    representatives: Sequence[PoolMember] = (),
    interests: Sequence[Unit] = (),
) -> list[Event]:
    """``pool``: all experts; ``representatives``: the parties that the command names, as far as they exist;
    ``interests``: every bidder, member, tenderer and agency with the units above it (R-EVAL-08).

    Given again, fills vacant seats. Possible from the roll on: before it nobody can know whom to exclude.
    """
    require_phase(lot, *SEATED, rule="R-STATE-01")
    if lot.evaluation.committee or lot.evaluation.vacant:
        return _fill_vacant(lot, command, facts, pool, representatives, interests)
    if lot.evaluation.lottery.begun:
        return reseated(lot, command, facts, pool, representatives, interests)
    if terms_of(lot).expert_draw is not None:
        raise OutOfOrder("experts-drawn-by-reveals", rule="R-EVAL-07")
    experts = require_lawful(lot, facts)
    needed = terms_of(lot).tenderer_reps
    sent = sent_for(lot, command.representatives, representatives, needed=needed, interests=interests)
    gone = {*lot.evaluation.recused, *(rep.party for rep in sent)}
    free = [one for one in eligible(lot, pool, interests) if one.party not in gone]
    excluded = len(pool) - len(free)
    picks = _draw_by_trade(free, quotas_of(command.trades, experts), facts, excluded=excluded)
    by_party = {one.party: one for one in free}
    people = [(by_party[pick.drawn], MemberKind.EXPERT) for pick in picks]
    people += [(rep, MemberKind.TENDERER_REP) for rep in sent]
    members = tuple(seated(seat, person, kind) for seat, (person, kind) in enumerate(people, 1))
    return [e.CommitteeDrawn(members=members, picks=picks, excluded=excluded, at=facts.now)]


def sign_in(
    lot: Lot,
    command: c.SignIn,
    facts: Facts,
    *,
    pool: Sequence[PoolMember] = (),
    interests: Sequence[Unit] = (),
) -> list[Event]:
    """R-EVAL-07: the list is unsealed, and the evaluation begins, when the last member has signed in.

    An expert who has come to an interest since the draw leaves the seat instead (R-EVAL-08).
    """
    require_phase(lot, Phase.OPENED, Phase.EVALUATING, rule="R-STATE-01")
    evaluation = lot.evaluation
    member = facts.actor.party
    if member in evaluation.signed_in:
        raise Conflicting("already-signed-in", rule="R-EVAL-07")
    seat = seat_of(lot, member)
    listed = [one for one in pool if one.party == member]
    if seat.kind is MemberKind.EXPERT and listed and not eligible(lot, listed, interests):
        raise Forbidden("member-interested", rule="R-EVAL-08")
    events: list[Event] = [e.MemberSignedIn(member=member, at=facts.now, signed=signed_of(facts))]
    present = {*evaluation.signed_in, member}
    if lot.phase is Phase.OPENED and not evaluation.vacant and present >= set(evaluation.members):
        experts = sum(one.kind is MemberKind.EXPERT for one in evaluation.committee)
        events.append(e.CommitteeUnsealed(size=len(evaluation.committee), experts=experts, at=facts.now))
        events.extend(warned(lot, facts))
    return events


def recuse(
    lot: Lot, command: c.Recuse, facts: Facts, *, pool: Sequence[PoolMember], interests: Sequence[Unit] = ()
) -> list[Event]:
    """R-EVAL-08, 招投条例 48: the member leaves; an expert's seat is drawn anew if the pool can fill it."""
    require_phase(lot, *SEATED, rule="R-STATE-01")
    leaving = seat_of(lot, facts.actor.party)
    left = e.MemberRecused(member=leaving.party, reason=command.reason, at=facts.now, signed=signed_of(facts))
    events: list[Event] = [left]
    if leaving.kind is MemberKind.EXPERT and lot.evaluation.lottery.begun:
        events += _succeeded(lot, [leaving], pool, interests, facts, taken=set())
    elif leaving.kind is MemberKind.EXPERT:
        free = eligible(lot, pool, interests)
        picked = _successor(lot, leaving, free, partial(random_bytes, facts), taken=set())
        if picked is not None:
            person, pick = picked
            events.append(_replaced(leaving, person, pick, facts))
    return events


def seat_of(lot: Lot, party: str) -> Member:
    for member in lot.evaluation.committee:
        if member.party == party:
            return member
    raise Unknown("not-a-member", rule="R-EVAL-05")


def _fill_vacant(
    lot: Lot,
    command: c.DrawCommittee,
    facts: Facts,
    pool: Sequence[PoolMember],
    representatives: Sequence[PoolMember],
    interests: Sequence[Unit],
) -> list[Event]:
    vacant = lot.evaluation.vacant
    if not vacant:
        raise Conflicting("committee-drawn", rule="R-EVAL-07")
    reps = [seat for seat in vacant if seat.kind is MemberKind.TENDERER_REP]
    sent = sent_for(lot, command.representatives, representatives, needed=len(reps), interests=interests)
    seated_or_gone = {*lot.evaluation.members, *lot.evaluation.recused}
    again = [one.party for one in sent if one.party in seated_or_gone]
    if again:
        raise Invalid("representative-interested", rule="R-EVAL-08", representatives=again)
    events: list[Event] = [
        _replaced(seat, person, None, facts) for seat, person in zip(reps, sent, strict=True)
    ]
    taken = {one.party for one in sent}
    experts = [seat for seat in vacant if seat.kind is MemberKind.EXPERT]
    if lot.evaluation.lottery.begun:
        found = _succeeded(lot, experts, pool, interests, facts, taken=taken)
        left = sum(isinstance(event, e.MemberReplaced) for event in found)
        if left < len(experts):
            raise OutOfOrder("expert-order-used-up", rule="R-EVAL-07", needed=len(experts), left=left)
        return [*events, *found]
    for seat in experts:
        free = eligible(lot, pool, interests)
        picked = _successor(lot, seat, free, partial(random_bytes, facts), taken=taken)
        if picked is None:
            raise too_small(needed=1, eligible=0, trade="", excluded=len(pool))
        person, pick = picked
        taken.add(person.party)
        events.append(_replaced(seat, person, pick, facts))
    return events


def _succeeded(
    lot: Lot,
    seats: Sequence[Member],
    pool: Sequence[PoolMember],
    interests: Sequence[Unit],
    facts: Facts,
    *,
    taken: set[str],
) -> list[Event]:
    """From the order that was drawn in public, as far as it reaches; nothing is drawn again."""
    out = {*lot.evaluation.members, *lot.evaluation.recused, *taken}
    free = eligible(lot, pool, interests)
    events, members = succession(lot, seats, free, out, facts.now)
    return events + [
        e.MemberReplaced(left=seat.party, member=member, pick=None, at=facts.now)
        for seat, member in zip(seats, members, strict=False)
    ]


def _successor(
    lot: Lot, seat: Member, eligible: Iterable[PoolMember], random: RandomBytes, *, taken: set[str]
) -> tuple[PoolMember, Pick] | None:
    """Somebody of the same trade if there is one, else of any; None if nobody is left."""
    gone = {*lot.evaluation.members, *lot.evaluation.recused, *taken}
    free = [one for one in eligible if one.party not in gone]
    same = [one for one in free if one.trade == seat.trade] or free
    if not same:
        return None
    (pick,) = draw((one.party for one in same), 1, random)
    return next(one for one in same if one.party == pick.drawn), pick


def _draw_by_trade(
    free: Sequence[PoolMember], quotas: Sequence[TradeQuota], facts: Facts, *, excluded: int
) -> tuple[Pick, ...]:
    """R-EVAL-07: random among those who meet the conditions."""
    picks: list[Pick] = []
    for quota in quotas:
        fitting = [one.party for one in free if not quota.trade or one.trade == quota.trade]
        if len(fitting) < quota.count:
            raise too_small(needed=quota.count, eligible=len(fitting), trade=quota.trade, excluded=excluded)
        picks.extend(draw(fitting, quota.count, partial(random_bytes, facts)))
    return tuple(picks)


def _replaced(left: Member, person: PoolMember, pick: Pick | None, facts: Facts) -> e.MemberReplaced:
    return e.MemberReplaced(
        left=left.party, member=seated(left.seat, person, left.kind), pick=pick, at=facts.now
    )
