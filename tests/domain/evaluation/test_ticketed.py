"""The experts drawn by commitments, reveals and a beacon (R-EVAL-07, R-DRAW-02; F-24; docs/draws.md)."""

import json
from datetime import timedelta

import msgspec
import pytest

from bidding.application.draws import arrange
from bidding.crypto.canonical import b64
from bidding.domain.disclosure import SPECTATOR, is_public, view
from bidding.domain.errors import Conflicting, Forbidden, Invalid, OutOfOrder, TooEarly, TooLate
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation import events as e
from bidding.domain.evaluation import ticketing as t
from bidding.domain.evaluation.decide import due
from bidding.domain.evaluation.lottery import seats
from bidding.domain.evaluation.members import TradeQuota
from bidding.domain.evaluation.ticketed import transcript_of
from bidding.domain.lot import Phase
from bidding.domain.notice.state import Notice
from bidding.domain.opening.parts import DrawReveal
from bidding.domain.parties import Actor
from bidding.domain.scoring import Source
from tests.domain.evaluation.tender import HOST, NOW, POOL, Desk
from tests.domain.evaluation.ticketdesk import CHAIN, REVEAL, SUPERVISOR, TicketDesk

OFFICES = (Source.SUPERVISOR, Source.AGENCY)
ORDER = (*OFFICES, Source.BEACON)
TRADES = (TradeQuota(trade="造价", count=1), TradeQuota(trade="施工", count=3))


def frozen(**changes: object) -> TicketDesk:
    at = TicketDesk(**changes)
    at.commit(*OFFICES)
    at.open()
    return at


def test_from_the_commitments_to_the_sealed_committee() -> None:
    at = frozen()
    for source in ORDER:
        assert at.lot.evaluation.lottery.drawing.awaited is source
        at.reveal(source)
    drawn, seated = at.draw()
    assert isinstance(drawn, t.ExpertsDrawn)
    assert isinstance(seated, e.CommitteeDrawn)
    assert [one.ticket for one in seated.members] == [*drawn.drawn, ""]
    assert len(seated.members) == 5
    assert at.draw() == []


def test_anybody_computes_who_sits_from_public_events_and_learns_no_name() -> None:
    at = TicketDesk(trades=TRADES).drawn()
    public = [event for event in at.events if is_public(event)]
    (opened,) = (one for one in public if isinstance(one, t.ExpertDrawOpened))
    (drawn,) = (one for one in public if isinstance(one, t.ExpertsDrawn))
    trades = {slip.ticket: slip.trade for slip in opened.pool}
    seed, order = arrange(drawn.transcript, tuple(trades))
    assert (seed, order) == (drawn.seed, drawn.order)
    assert seats(order, trades, TRADES) == drawn.drawn
    assert [trades[one] for one in drawn.drawn] == ["造价", "施工", "施工", "施工"]
    text = b"".join(msgspec.json.encode(event) for event in public).decode()
    assert not any(one.party in text or one.name in text for one in POOL)
    assert view("lot1", at.events, SPECTATOR).evaluation.lottery.tickets == ()


def test_the_disclosed_member_is_the_one_of_the_drawn_ticket() -> None:
    at = TicketDesk().drawn()
    for member in at.lot.evaluation.committee[:4]:
        assert t.ticket_of("lot1", member.party, bytes.fromhex(member.salt)) == member.ticket
        assert t.ticket_of("lot1", "expert-99", bytes.fromhex(member.salt)) != member.ticket


def test_the_transcript_names_pool_rule_and_every_nonce() -> None:
    at = TicketDesk().drawn()
    said = json.loads(transcript_of(at.lot))
    assert (said["draw"], said["lot"], said["beacon"]["anchor"]) == ("experts", "lot1", b64(CHAIN[0]))
    assert [slip["ticket"] for slip in said["pool"]] == sorted(slip["ticket"] for slip in said["pool"])
    assert all(one["nonce"] for one in said["nonces"])
    assert said["reserve"]["nonce"] is None
    assert said["reserve"]["commitment"]


# -- nobody chooses -----------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ORDER)
def test_another_value_than_the_one_committed_to_is_refused(source: Source) -> None:
    at = frozen()
    for earlier in ORDER[: ORDER.index(source)]:
        at.reveal(earlier)
    with pytest.raises(Invalid, match="reveal-differs"):
        at.reveal(source, bytes(32))


def test_the_last_revealer_cannot_choose_the_committee() -> None:
    """It can show the one beacon or none; without it the agency's reserve, unknown to it, takes the beacon's place."""
    at = frozen()
    for source in OFFICES:
        at.reveal(source)
    for value in (CHAIN[0], CHAIN[2], bytes(32)):
        with pytest.raises(Invalid, match="reveal-differs"):
            at.reveal(Source.BEACON, value)
    (missed,) = at.miss()
    assert isinstance(missed, t.ExpertDrawRevealMissed)
    with pytest.raises(OutOfOrder, match="reveal-not-your-turn"):
        at.reveal(Source.BEACON)
    with pytest.raises(OutOfOrder, match="reveals-awaited"):
        at.draw()
    at.reveal(Source.RESERVE)
    at.draw()
    said = json.loads(transcript_of(at.lot))
    assert said["beacon"]["value"] is None
    assert said["reserve"]["nonce"]


@pytest.mark.parametrize("source", [Source.AGENCY, Source.BEACON])
def test_the_reveals_come_in_the_declared_order(source: Source) -> None:
    at = frozen()
    with pytest.raises((OutOfOrder, Invalid), match=r"reveal-not-your-turn|reveal-differs"):
        at.reveal(source)


def test_who_commits_after_the_freeze_could_know_the_pool() -> None:
    at = TicketDesk()
    at.commit(Source.AGENCY)
    (_, opened) = at.open()
    assert isinstance(opened, t.ExpertDrawOpened)
    assert opened.uncommitted == (Source.SUPERVISOR,)
    with pytest.raises(TooLate, match="expert-commitment-too-late"):
        at.commit(Source.SUPERVISOR)
    assert at.lot.evaluation.lottery.drawing.awaited is Source.AGENCY


def test_a_commitment_is_given_once_and_the_reserve_is_the_agencys() -> None:
    at = TicketDesk()
    at.commit(Source.AGENCY)
    with pytest.raises(Conflicting, match="draw-committed"):
        at.commit(Source.AGENCY)
    with pytest.raises(Invalid, match="draw-reserve-is-the-agencys"):
        at.give(c.CommitExpertDraw(commitment="ab" * 32, reserve="cd" * 32), SUPERVISOR)
    with pytest.raises(Forbidden, match="not-an-office"):
        at.give(c.CommitExpertDraw(commitment="ab" * 32), Actor(party="stranger"))


def test_without_the_agencys_commitment_a_withheld_beacon_would_choose() -> None:
    at = TicketDesk()
    at.commit(Source.SUPERVISOR)
    with pytest.raises(OutOfOrder, match="agency-commitment-missing"):
        at.open()


def test_a_commitment_for_a_coefficient_serves_no_draw_of_experts() -> None:
    """And the beacon shown at the opening is not shown again: the chain's next value is (R-OPEN-27)."""
    at = frozen()
    shown = DrawReveal(source=Source.BEACON, value=b64(CHAIN[1]), by="officer", at=NOW)
    drawing = msgspec.structs.replace(at.lot.opening.drawing, reveals=(shown,))
    opening = msgspec.structs.replace(at.lot.opening, drawing=drawing)
    at.lot = msgspec.structs.replace(at.lot, opening=opening)
    for source in OFFICES:
        at.reveal(source)
    with pytest.raises(Invalid, match="reveal-differs"):
        at.reveal(Source.BEACON, CHAIN[1])
    at.reveal(Source.BEACON, CHAIN[2])


def test_a_reveal_that_does_not_come_is_left_out_by_the_clock_alone() -> None:
    at = frozen()
    (wait,) = due(at.lot)
    assert wait == (c.MissExpertReveal.NAME, NOW + timedelta(minutes=REVEAL))
    with pytest.raises(TooEarly, match="window-still-open"):
        at.give(c.MissExpertReveal())
    at.now = wait[1]
    with pytest.raises(TooLate, match="reveal-over"):
        at.reveal(Source.SUPERVISOR)
    at.miss()
    for source in (Source.AGENCY, Source.BEACON):
        at.reveal(source)
    assert due(at.lot) == []
    assert at.give(c.MissExpertReveal()) == []
    at.draw()
    assert len(at.members) == 5


# -- the pool -----------------------------------------------------------------------------------------


def test_the_recusal_units_are_out_before_the_freeze() -> None:  # R-EVAL-08
    at = TicketDesk()
    at.pool = (msgspec.structs.replace(POOL[0], units=("USCC-a",)), *POOL[1:])
    at.commit(*OFFICES)
    sealed, opened = at.open()
    assert isinstance(sealed, t.ExpertPoolSealed)
    assert isinstance(opened, t.ExpertDrawOpened)
    assert sealed.excluded == 1
    assert POOL[0].party not in {one.person.party for one in sealed.tickets}
    assert len(opened.pool) == len(POOL) - 1


def test_a_pool_too_small_is_not_frozen() -> None:
    at = TicketDesk(trades=(TradeQuota(trade="安装", count=4),))
    at.commit(*OFFICES)
    with pytest.raises(Invalid, match="pool-too-small"):
        at.open()


def test_the_draw_waits_for_the_end_of_the_opening_and_is_opened_once() -> None:
    at = TicketDesk()
    at.commit(*OFFICES)
    lot = at.lot
    at.lot = msgspec.structs.replace(lot, phase=Phase.OPENING)
    with pytest.raises(OutOfOrder, match="wrong-phase"):
        at.open()
    at.lot = lot
    at.open()
    with pytest.raises(Conflicting, match="expert-draw-opened"):
        at.open()


def test_each_kind_of_draw_is_for_its_own_lots() -> None:
    with pytest.raises(OutOfOrder, match="experts-drawn-by-reveals"):
        TicketDesk().give(c.DrawCommittee(representatives=("delegate",)))
    at = TicketDesk()
    plain = Desk(msgspec.structs.replace(at.lot, notice=_without_rule(at)))
    with pytest.raises(OutOfOrder, match="experts-drawn-without-reveals"):
        plain.give(c.CommitExpertDraw(commitment="ab" * 32, reserve="cd" * 32), HOST)


def _without_rule(at: TicketDesk) -> Notice:
    """The lot's notice, its rule taken out."""
    terms = at.lot.notice.terms
    assert terms is not None
    return msgspec.structs.replace(at.lot.notice, terms=msgspec.structs.replace(terms, expert_draw=None))


# -- replacements: nothing is drawn again --------------------------------------------------------------


def unsealed() -> TicketDesk:
    at = TicketDesk().drawn()
    for member in at.members:
        at.give(c.SignIn(), member)
    return at


def test_a_replacement_is_the_next_of_the_same_order_and_trade() -> None:
    at = unsealed()
    lottery = at.lot.evaluation.lottery
    leaving = at.lot.evaluation.committee[0]
    _, succeeded, replaced = at.give(c.Recuse(reason="与投标人有利害关系"), leaving.party)
    assert isinstance(succeeded, t.ExpertSucceeded)
    assert isinstance(replaced, e.MemberReplaced)
    waiting = [one for one in lottery.order if one not in lottery.used]
    expected = next(one for one in waiting if lottery.trades[one] == leaving.trade)
    assert (succeeded.drawn, succeeded.passed, replaced.pick) == (expected, (), None)
    assert replaced.member.ticket == expected


def test_who_has_come_to_an_interest_since_is_passed_over_in_public() -> None:
    at = unsealed()
    lottery = at.lot.evaluation.lottery
    leaving = at.lot.evaluation.committee[0]
    parties = {one.ticket: one.person.party for one in lottery.tickets}
    first, second, *_ = [
        one for one in lottery.order if one not in lottery.used and lottery.trades[one] == leaving.trade
    ]
    at.pool = tuple(one for one in at.pool if one.party != parties[first])
    _, succeeded, _ = at.give(c.Recuse(reason="与投标人有利害关系"), leaving.party)
    assert isinstance(succeeded, t.ExpertSucceeded)
    assert (succeeded.passed, succeeded.drawn) == ((first,), second)
    assert {first, second} <= set(at.lot.evaluation.lottery.used)


def test_an_order_that_is_used_up_leaves_the_seat_vacant() -> None:
    at = unsealed()
    at.pool = tuple(one for one in at.pool if one.party in at.members)
    leaving = at.lot.evaluation.committee[0].party
    assert [type(one) for one in at.give(c.Recuse(reason="利害关系"), leaving)] == [e.MemberRecused]
    with pytest.raises(OutOfOrder, match="expert-order-used-up"):
        at.give(c.DrawCommittee())
    at.pool = POOL
    succeeded, replaced = at.give(c.DrawCommittee())
    assert isinstance(succeeded, t.ExpertSucceeded)
    assert isinstance(replaced, e.MemberReplaced)
    assert len(at.members) == 5


def test_a_dismissed_committee_is_followed_by_the_next_of_the_order() -> None:
    at = unsealed()
    former = set(at.members)
    (dismissed,) = [e.CommitteeDismissed(rule="R-OBJ-01", reason="另行组建", at=at.now)]
    at.store(dismissed)
    at.representatives = (msgspec.structs.replace(POOL[0], party="delegate2", units=("tenderer",)),)
    *succeeded, seated = at.give(c.DrawCommittee(representatives=("delegate2",)))
    assert isinstance(seated, e.CommitteeDrawn)
    assert len(succeeded) == 4
    assert former.isdisjoint(at.members)
    assert len(at.members) == 5
