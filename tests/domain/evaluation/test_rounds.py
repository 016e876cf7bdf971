"""Another round of the experts' draw, once the order has nobody left for a seat (R-EVAL-07, R-DRAW-02)."""

import json
from typing import Any

import msgspec
import pytest

from bidding.crypto.canonical import b64
from bidding.domain.disclosure import is_public
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation import events as e
from bidding.domain.evaluation import ticketing as t
from bidding.domain.evaluation.decide import due
from bidding.domain.evaluation.members import PoolMember, TradeQuota
from bidding.domain.evaluation.ticketed import transcript_of
from bidding.domain.lot import Phase
from bidding.domain.scoring import Source
from tests.domain.evaluation.tender import HOST, POOL
from tests.domain.evaluation.ticketdesk import CHAIN, LATER, SUPERVISOR, TicketDesk

OFFICES = (Source.SUPERVISOR, Source.AGENCY)
ORDER = (*OFFICES, Source.BEACON)
FRESH = tuple(
    PoolMember(party=f"fresh-{n}", name=f"新专家{n}", trade="造价" if n % 2 else "施工", units=(f"new-{n}",))
    for n in range(6)
)


def used_up(*, leaving: int = 1, **changes: Any) -> TicketDesk:
    """An evaluating committee that so many experts have left, and nobody of the order may take their seats."""
    at = TicketDesk(**changes).drawn()
    for member in at.members:
        at.give(c.SignIn(), member)
    at.pool = tuple(one for one in POOL if one.party in at.members)
    for one in at.lot.evaluation.committee[:leaving]:
        at.give(c.Recuse(reason="利害关系"), one.party)
    at.pool = (*at.pool, *FRESH)
    return at


def begun(**changes: Any) -> TicketDesk:
    at = used_up(**changes)
    at.give(c.OpenExpertRound())
    return at


def drawn(at: TicketDesk) -> list[object]:
    at.commit(*OFFICES)
    at.open()
    for source in ORDER:
        at.reveal(source)
    return list(at.draw())


def test_a_new_pool_fills_the_seats_that_were_left_and_no_other() -> None:
    at = used_up(leaving=2)
    stayed = at.lot.evaluation.committee
    at.give(c.OpenExpertRound())
    shown, *replaced = drawn(at)
    assert isinstance(shown, t.ExpertsDrawn)
    assert len(shown.drawn) == 2
    assert [type(one) for one in replaced] == [e.MemberReplaced, e.MemberReplaced]
    now = at.lot.evaluation
    assert len(now.committee) == 5
    assert now.vacant == ()
    assert set(stayed) < set(now.committee)
    new = [one for one in now.committee if one not in stayed]
    assert {one.party for one in new} <= {one.party for one in FRESH}
    for one in new:
        assert t.ticket_of("lot1", one.party, bytes.fromhex(one.salt)) == one.ticket
    for one in new:
        at.give(c.SignIn(), one.party)
    assert now.lottery.round == 2
    assert at.lot.phase is Phase.EVALUATING


def test_while_the_order_has_somebody_nothing_is_drawn_again() -> None:
    at = TicketDesk().drawn()
    with pytest.raises(Conflicting, match="committee-drawn"):
        at.give(c.OpenExpertRound())
    at = used_up()
    at.pool = POOL
    with pytest.raises(OutOfOrder, match="expert-order-not-used-up"):
        at.give(c.OpenExpertRound())
    with pytest.raises(OutOfOrder, match="expert-order-not-drawn"):
        TicketDesk().give(c.OpenExpertRound())


def test_a_round_is_finished_before_the_next() -> None:
    at = begun()
    with pytest.raises(OutOfOrder, match="expert-order-not-drawn"):
        at.give(c.OpenExpertRound())
    with pytest.raises(OutOfOrder, match="expert-order-used-up"):
        at.give(c.DrawCommittee())
    assert at.give(c.Recuse(reason="回避"), at.members[0])[1:] == []  # and no seat is drawn beside it
    drawn(at)
    (followed, _) = at.give(c.DrawCommittee())
    assert isinstance(followed, t.ExpertSucceeded)  # by the order of the new round


def test_commitments_and_chain_are_of_the_round_alone() -> None:
    at = begun()
    at.commit(*OFFICES)
    at.open()
    before = at.lot.evaluation.lottery
    assert before.anchor == b64(LATER[0])
    at.reveal(Source.SUPERVISOR)
    at.reveal(Source.AGENCY)
    for value in (CHAIN[1], CHAIN[2]):  # the chain of the notice is used up
        with pytest.raises(Invalid, match="reveal-differs"):
            at.reveal(Source.BEACON, value)
    at.reveal(Source.BEACON)
    at.draw()
    said = json.loads(transcript_of(at.lot))
    assert (said["draw"], said["beacon"]["anchor"]) == ("experts/2", b64(LATER[0]))


def test_a_commitment_of_the_first_draw_does_not_serve_in_a_round() -> None:
    at = used_up()
    first = {one.source: one.commitment for one in at.lot.evaluation.lottery.drawing.commitments}
    at.give(c.OpenExpertRound())
    again = c.CommitExpertDraw(commitment=first[Source.AGENCY], reserve=first[Source.RESERVE])
    at.give(again, HOST)
    at.commit(Source.SUPERVISOR)
    at.open()
    at.reveal(Source.SUPERVISOR)
    with pytest.raises(Invalid, match="reveal-differs"):
        at.reveal(Source.AGENCY)


def test_the_supervisor_gives_a_head_in_a_round_and_nobody_else_ever() -> None:
    at = begun()
    with pytest.raises(Invalid, match="draw-anchor-of-a-round"):
        at.give(c.CommitExpertDraw(commitment="ab" * 32), SUPERVISOR)
    with pytest.raises(Invalid, match="draw-anchor-of-a-round"):
        at.give(c.CommitExpertDraw(commitment="ab" * 32, reserve="cd" * 32, anchor=b64(LATER[0])), HOST)
    first = TicketDesk()
    with pytest.raises(Invalid, match="draw-anchor-of-a-round"):
        first.give(c.CommitExpertDraw(commitment="ab" * 32, anchor=b64(LATER[0])), SUPERVISOR)


def test_a_supervisor_that_does_not_take_part_is_passed_over_by_the_clock() -> None:
    at = begun()
    at.commit(Source.AGENCY)
    at.open()
    at.reveal(Source.AGENCY)
    with pytest.raises(Invalid, match="reveal-differs"):
        at.reveal(Source.BEACON)  # nothing stands behind a head that was not given
    assert due(at.lot) != []
    at.miss()
    at.reveal(Source.RESERVE)
    at.draw()
    assert at.lot.evaluation.vacant == ()


def test_the_notices_trades_hold_for_the_seats_that_were_left() -> None:
    at = begun(trades=(TradeQuota(trade="造价", count=2), TradeQuota(trade="施工", count=2)))
    trade = at.lot.evaluation.vacant[0].trade
    assert at.lot.evaluation.lottery.quotas == (TradeQuota(trade=trade, count=1),)
    drawn(at)
    assert {one.trade for one in at.lot.evaluation.committee if one.party.startswith("fresh")} == {trade}


def test_who_sits_left_or_is_barred_has_no_ticket_in_the_new_pool() -> None:  # R-EVAL-08
    at = used_up()
    at.pool = (*POOL, msgspec.structs.replace(FRESH[0], units=("USCC-a",)), *FRESH[1:])
    gone = {*at.lot.evaluation.members, *at.lot.evaluation.recused}
    at.lot = msgspec.structs.replace(
        at.lot,
        evaluation=msgspec.structs.replace(
            at.lot.evaluation, recused=tuple({*gone, *(one.party for one in POOL)} - set(at.members))
        ),
    )
    at.give(c.OpenExpertRound())
    at.commit(*OFFICES)
    sealed, _ = at.open()
    assert isinstance(sealed, t.ExpertPoolSealed)
    assert {one.person.party for one in sealed.tickets} == {one.party for one in FRESH[1:]}


def test_a_dismissed_committee_may_need_a_round_for_every_seat() -> None:
    at = TicketDesk().drawn()
    for member in at.members:
        at.give(c.SignIn(), member)
    at.store(e.CommitteeDismissed(rule="R-OBJ-01", reason="另行组建", at=at.now))
    at.pool = FRESH
    at.representatives = (msgspec.structs.replace(POOL[0], party="delegate2", units=("tenderer",)),)
    with pytest.raises(OutOfOrder, match="expert-order-used-up"):
        at.give(c.DrawCommittee(representatives=("delegate2",)))
    (opened,) = at.give(c.OpenExpertRound())
    assert isinstance(opened, t.ExpertRoundOpened)
    assert (opened.whole, sum(one.count for one in opened.quotas)) == (True, 4)
    at.commit(*OFFICES)
    at.give(c.OpenExpertDraw(representatives=("delegate2",)))
    for source in ORDER:
        at.reveal(source)
    _, seated = at.draw()
    assert isinstance(seated, e.CommitteeDrawn)
    assert len(at.members) == 5


def test_a_committee_dismissed_while_a_round_runs_takes_its_seats_from_the_new_order() -> None:
    at = begun()
    at.commit(*OFFICES)
    at.open()
    at.store(e.CommitteeDismissed(rule="R-OBJ-01", reason="另行组建", at=at.now))
    for source in ORDER:
        at.reveal(source)
    assert [type(one) for one in at.draw()] == [t.ExpertsDrawn]
    assert at.members == ()


def test_the_round_names_nobody_in_public() -> None:
    at = begun()
    drawn(at)
    text = b"".join(msgspec.json.encode(event) for event in at.events if is_public(event)).decode()
    assert not any(one.party in text or one.name in text for one in (*POOL, *FRESH))
