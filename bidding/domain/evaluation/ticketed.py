"""Deciding the experts' draw (R-EVAL-07, R-DRAW-02; ``docs/draws.md``).

Both offices commit before anybody knows the pool; the platform freezes the pool before it knows a nonce; the reveals
come in an order that leaves nobody who knows the committee while it can still be another. Replacements come from the
same order: for them nothing is drawn again, until nobody in it may sit any more. Then another round is held in the same
way, with commitments, a chain, a pool and an order of its own.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, TooLate
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation import events as committee
from bidding.domain.evaluation import ticketing as e
from bidding.domain.evaluation.eligibility import (
    eligible,
    quotas_of,
    require_lawful,
    seated,
    sent_for,
    too_small,
)
from bidding.domain.evaluation.lottery import Lottery, evolve, following, seats, transcript
from bidding.domain.evaluation.members import Member, MemberKind, PoolMember, TradeQuota
from bidding.domain.event import Event
from bidding.domain.given import random_bytes, signed_of, terms_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.opening.reveals import (
    Shown,
    committing,
    missing,
    require_revealed,
    revealing,
    term,
    waiting,
)
from bidding.domain.order import require_phase
from bidding.domain.relations import Unit
from bidding.domain.scoring.drawrule import Source, pool_sha256


class Arranged(NamedTuple):
    """``seed`` in hex; ``order``: the whole pool."""

    seed: str
    order: tuple[str, ...]


#: The first draw is held once the opening has ended; a later one also while the committee works.
LATER = (Phase.OPENED, Phase.EVALUATING)
#: Canonical transcript, pool → what it comes to.
Arrange = Callable[[str, tuple[str, ...]], Arranged]


def commit_experts(lot: Lot, command: c.CommitExpertDraw, facts: Facts) -> list[Event]:
    """Once for each office, before the pool is frozen: who committed later could know whom it is drawn from."""
    later = lot.evaluation.lottery.round > 1
    first = (Phase.NOTICED, Phase.CLOSED, Phase.OPENING, Phase.OPENED)
    require_phase(lot, *(LATER if later else first), rule="R-DRAW-02")
    _rule(lot)
    drawing = lot.evaluation.lottery.drawing
    if drawing.opened_at is not None:
        raise TooLate("expert-commitment-too-late", rule="R-DRAW-02")
    office = committing(lot, drawing, facts, command.commitment, command.reserve)
    if bool(command.anchor) is not (later and office is Source.SUPERVISOR):
        raise Invalid("draw-anchor-of-a-round", rule="R-DRAW-02", office=office.value)
    return [
        e.ExpertDrawCommitted(
            office=office,
            commitment=command.commitment,
            reserve=command.reserve,
            by=facts.actor.party,
            at=facts.now,
            signed=signed_of(facts),
            anchor=command.anchor,
        )
    ]


def open_round(
    lot: Lot,
    command: c.OpenExpertRound,
    facts: Facts,
    *,
    pool: Sequence[PoolMember],
    interests: Sequence[Unit] = (),
) -> list[Event]:
    """Only when the order cannot fill the seats: while it can, nobody may have another one drawn (招投条例 46)."""
    require_phase(lot, *LATER, rule="R-EVAL-07")
    rule, evaluation = _rule(lot), lot.evaluation
    if not evaluation.lottery.order:
        raise OutOfOrder("expert-order-not-drawn", rule="R-EVAL-07")
    whole = not evaluation.committee and not evaluation.vacant
    if whole:
        quotas = quotas_of(rule.trades, require_lawful(lot, facts))
        places = _places(quotas)
    else:
        places = [seat for seat in evaluation.vacant if seat.kind is MemberKind.EXPERT]
        counted = Counter(_asked(rule, seat) for seat in places)
        quotas = tuple(TradeQuota(trade=trade, count=count) for trade, count in counted.items())
    if not places:
        raise Conflicting("committee-drawn", rule="R-EVAL-07")
    taken = {*evaluation.members, *evaluation.recused}
    _, members = succession(lot, places, eligible(lot, pool, interests), taken, facts.now)
    if len(members) == len(places):
        raise OutOfOrder("expert-order-not-used-up", rule="R-EVAL-07")
    return [
        e.ExpertRoundOpened(
            round=evaluation.lottery.round + 1,
            quotas=quotas,
            whole=whole,
            by=facts.actor.party,
            at=facts.now,
        )
    ]


def _asked(rule: e.ExpertDrawRule, seat: Member) -> str:
    """The trade that the notice asks of the seat; "" where it leaves that open."""
    return seat.trade if any(one.trade == seat.trade for one in rule.trades) else ""


def _places(quotas: Sequence[TradeQuota]) -> list[Member]:
    wanted = [quota.trade for quota in quotas for _ in range(quota.count)]
    return [
        Member(seat=seat, party="", name="", kind=MemberKind.EXPERT, trade=trade)
        for seat, trade in enumerate(wanted, start=1)
    ]


def open_experts(
    lot: Lot,
    command: c.OpenExpertDraw,
    facts: Facts,
    *,
    pool: Sequence[PoolMember],
    representatives: Sequence[PoolMember],
    interests: Sequence[Unit] = (),
) -> list[Event]:
    """Freeze the pool. After the opening, whose own draw may use the chain before (R-OPEN-27).

    Without the agency's commitment nobody could take the place of a beacon that is withheld.
    """
    _require_time(lot, "R-EVAL-07")
    lottery = lot.evaluation.lottery
    rule, drawing = _rule(lot), lottery.drawing
    if drawing.opened_at is not None:
        raise Conflicting("expert-draw-opened", rule="R-EVAL-07")
    if drawing.commitment(Source.AGENCY) is None:
        raise OutOfOrder("agency-commitment-missing", rule="R-DRAW-02")
    quotas = lottery.quotas or quotas_of(rule.trades, require_lawful(lot, facts))
    needed = terms_of(lot).tenderer_reps if lottery.whole else 0
    sent = sent_for(lot, command.representatives, representatives, needed=needed, interests=interests)
    gone = {*(one.party for one in sent), *lot.evaluation.members, *lot.evaluation.recused}
    free = [one for one in eligible(lot, pool, interests) if one.party not in gone]
    excluded = len(pool) - len(free)
    for quota in quotas:
        fitting = sum(quota.trade in ("", one.trade) for one in free)
        if fitting < quota.count:
            raise too_small(needed=quota.count, eligible=fitting, trade=quota.trade, excluded=excluded)
    salts = [random_bytes(facts, e.SALT) for _ in free]
    tickets = sorted(
        (
            e.Ticket(ticket=e.ticket_of(lot.lot_id, one.party, salt), salt=salt.hex(), person=one)
            for one, salt in zip(free, salts, strict=True)
        ),
        key=lambda one: one.ticket,
    )
    slips = tuple(e.Slip(ticket=one.ticket, trade=one.person.trade) for one in tickets)
    return [
        e.ExpertPoolSealed(
            tickets=tuple(tickets), representatives=tuple(sent), excluded=excluded, at=facts.now
        ),
        e.ExpertDrawOpened(
            pool=slips,
            pool_sha256=pool_sha256(tuple(f"{one.ticket} {one.trade}" for one in slips)),
            quotas=quotas,
            uncommitted=() if drawing.commitment(Source.SUPERVISOR) else (Source.SUPERVISOR,),
            at=facts.now,
            until=term(facts.now, rule.reveal_minutes),
        ),
    ]


def reveal_experts(
    lot: Lot, command: c.RevealExpertDraw, facts: Facts, *, finding: str | None
) -> list[Event]:
    """``finding``: set by the application if the value is not what commitment or chain hold this office to."""
    _require_time(lot, "R-DRAW-02")
    _rule(lot)
    source = revealing(lot, lot.evaluation.lottery.drawing, facts, finding)
    revealed = e.ExpertDrawRevealed(
        source=source,
        value=command.value,
        by=facts.actor.party,
        at=facts.now,
        until=None,
        signed=signed_of(facts),
    )
    return [_waiting(lot, revealed, facts.now)]


def miss_experts(lot: Lot, command: c.MissExpertReveal, facts: Facts) -> list[Event]:
    """The source is left out, for all to see."""
    _require_time(lot, "R-DRAW-02")
    source = missing(lot, lot.evaluation.lottery.drawing, facts.now)
    if source is None:
        return []
    return [_waiting(lot, e.ExpertDrawRevealMissed(source=source, at=facts.now, until=None), facts.now)]


def draw_experts(lot: Lot, command: c.DrawExperts, facts: Facts, *, arrange: Arrange) -> list[Event]:
    """All has come or was missed: what follows is arithmetic. Given again it does nothing."""
    _require_time(lot, "R-EVAL-07")
    _rule(lot)
    lottery = lot.evaluation.lottery
    if lottery.seed:
        return []
    require_revealed(lottery.drawing)
    said = transcript_of(lot)
    seed, order = arrange(said, tuple(one.ticket for one in lottery.pool))
    drawn = seats(order, lottery.trades, lottery.quotas)
    tickets = {one.ticket: one for one in lottery.tickets}
    shown = e.ExpertsDrawn(at=facts.now, transcript=said, seed=seed, order=order, drawn=drawn)
    if not lottery.whole:
        return [shown, *_refilled(lot, [tickets[one] for one in drawn], facts.now)]
    members = [
        _ticketed(seat, tickets[ticket], MemberKind.EXPERT) for seat, ticket in enumerate(drawn, start=1)
    ]
    members += [
        seated(seat, person, MemberKind.TENDERER_REP)
        for seat, person in enumerate(lottery.representatives, start=len(drawn) + 1)
    ]
    return [
        shown,
        committee.CommitteeDrawn(members=tuple(members), picks=(), excluded=lottery.excluded, at=facts.now),
    ]


def _refilled(lot: Lot, drawn: Sequence[e.Ticket], at: datetime) -> list[Event]:
    """The seats that the round was held for, quota by quota; one left since then is taken by the new order."""
    rule, left = _rule(lot), [one for one in lot.evaluation.vacant if one.kind is MemberKind.EXPERT]
    seats_ = [
        seat
        for quota in lot.evaluation.lottery.quotas
        for seat in [one for one in left if _asked(rule, one) == quota.trade][: quota.count]
    ]
    return [
        committee.MemberReplaced(
            left=seat.party, member=_ticketed(seat.seat, ticket, MemberKind.EXPERT), pick=None, at=at
        )
        for seat, ticket in zip(seats_, drawn, strict=False)  # none where the committee was dismissed since
    ]


def _require_time(lot: Lot, rule: str) -> None:
    later = lot.evaluation.lottery.round > 1
    require_phase(lot, *(LATER if later else (Phase.OPENED,)), rule=rule)


def transcript_of(lot: Lot) -> str:
    return transcript(lot.lot_id, lot.notice.notice_hash, lot.evaluation.lottery, anchor_of(lot))


def anchor_of(lot: Lot) -> str:
    """What the beacon stands behind: the chain's value that the coefficients' draw ended with, else its head; in a
    later round the head that the supervisor committed to for it, "" if it did not."""
    if lot.evaluation.lottery.round > 1:
        return lot.evaluation.lottery.anchor
    shown = lot.opening.drawing.reveal(Source.BEACON)
    return _rule(lot).anchor if shown is None else shown.value


def succeeding(
    lottery: Lottery, free: set[str], trade: str, at: datetime
) -> tuple[e.Ticket, e.ExpertSucceeded] | None:
    """The next in the order who may still sit, being of ``free``; None if nobody is left."""
    tickets = {one.ticket: one for one in lottery.tickets}
    passed: list[str] = []
    for ticket in following(lottery, trade):
        if tickets[ticket].person.party in free:
            event = e.ExpertSucceeded(trade=trade, passed=tuple(passed), drawn=ticket, at=at)
            return tickets[ticket], event
        passed.append(ticket)
    return None


def succession(
    lot: Lot, vacant: Sequence[Member], eligible: Sequence[PoolMember], taken: set[str], at: datetime
) -> tuple[list[Event], list[Member]]:
    """(public events, who takes each seat of ``vacant``), as far as the order has somebody for it. ``taken``: parties
    that have a seat or left one."""
    lottery, free = lot.evaluation.lottery, {one.party for one in eligible} - taken
    events: list[Event] = []
    members: list[Member] = []
    for seat in vacant:
        found = succeeding(lottery, free, seat.trade, at)
        if found is None:
            break
        ticket, event = found
        lottery = evolve(lottery, event)
        free.discard(ticket.person.party)
        events.append(event)
        members.append(_ticketed(seat.seat, ticket, MemberKind.EXPERT))
    return events, members


def reseated(
    lot: Lot,
    command: c.DrawCommittee,
    facts: Facts,
    pool: Sequence[PoolMember],
    found: Sequence[PoolMember],
    interests: Sequence[Unit],
) -> list[Event]:
    """A dismissed committee's successors: the next of the same order (招投条例 48, 82)."""
    experts = require_lawful(lot, facts)
    needed = terms_of(lot).tenderer_reps
    sent = sent_for(lot, command.representatives, found, needed=needed, interests=interests)
    places = _places(quotas_of(_rule(lot).trades, experts))
    taken = {*lot.evaluation.recused, *(one.party for one in sent)}
    events, members = succession(lot, places, eligible(lot, pool, interests), taken, facts.now)
    if len(members) < experts:
        raise OutOfOrder("expert-order-used-up", rule="R-EVAL-07", needed=experts, left=len(members))
    members += [
        seated(seat, one, MemberKind.TENDERER_REP) for seat, one in enumerate(sent, start=len(members) + 1)
    ]
    return [*events, committee.CommitteeDrawn(members=tuple(members), picks=(), excluded=0, at=facts.now)]


def _ticketed(seat: int, ticket: e.Ticket, kind: MemberKind) -> Member:
    return replace(seated(seat, ticket.person, kind), ticket=ticket.ticket, salt=ticket.salt)


def _waiting(lot: Lot, event: Shown, now: datetime) -> Shown:
    return waiting(event, evolve(lot.evaluation.lottery, event).drawing, now, _rule(lot).reveal_minutes)


def _rule(lot: Lot) -> e.ExpertDrawRule:
    rule = terms_of(lot).expert_draw
    if rule is None:
        raise OutOfOrder("experts-drawn-without-reveals", rule="R-EVAL-07")
    return rule
