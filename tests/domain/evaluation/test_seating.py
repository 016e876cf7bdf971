"""The committee: size, composition, recusal, secrecy (R-EVAL-05…08)."""

from typing import Any

import msgspec
import pytest

from bidding.domain.disclosure import sight, view, visible
from bidding.domain.errors import Conflicting, Forbidden, Invalid, OutOfOrder, Unknown
from bidding.domain.evaluation import commands as c
from bidding.domain.evaluation import events as e
from bidding.domain.evaluation.drawing import verify
from bidding.domain.evaluation.members import MemberKind, PoolMember, TradeQuota
from bidding.domain.evaluation.outcome import EnvelopeResult
from bidding.domain.event import OFFICES, PARTICIPANTS
from bidding.domain.lot import Phase
from bidding.domain.opening.entries import RollMember
from bidding.domain.parties import Actor, Role, Standing
from bidding.domain.regime import Regime
from bidding.domain.relations import Above, Person, TieKind, Unit
from tests.domain.evaluation.tender import POOL, REP, YUAN, Desk, sheet, tender

THREE = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN}
DRAW = c.DrawCommittee(representatives=("delegate",))


def desk(**changes: Any) -> Desk:
    return Desk(tender(THREE, **changes))


# R-EVAL-05, R-EVAL-06: size, parity, share of experts


@pytest.mark.parametrize(
    ("size", "reps", "reason"),
    [(4, 0, "SIZE_LT_5"), (6, 1, "EVEN"), (5, 2, "EXPERTS_LT_TWO_THIRDS")],
)
def test_an_unlawful_committee_is_refused(size: int, reps: int, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        desk(committee_size=size, tenderer_reps=reps).give(DRAW)
    assert refused.value.code == "committee-unlawful"
    assert reason in refused.value.found["reasons"]


def test_gp_from_ten_million_yuan_needs_seven() -> None:
    at = desk(regime=Regime.GP)
    notice = msgspec.structs.replace(at.lot.notice, base_fen=10_000_000 * YUAN)
    at.lot = msgspec.structs.replace(at.lot, notice=notice)
    with pytest.raises(Invalid) as refused:
        at.give(DRAW)
    assert refused.value.found["reasons"] == ["SIZE_LT_7"]


def test_a_lawful_committee_is_drawn_with_its_representative() -> None:
    at = desk()
    (drawn,) = at.give(DRAW)
    assert isinstance(drawn, e.CommitteeDrawn)
    kinds = [member.kind for member in drawn.members]
    assert kinds == [MemberKind.EXPERT] * 4 + [MemberKind.TENDERER_REP]
    assert [member.seat for member in drawn.members] == [1, 2, 3, 4, 5]
    assert [pick.drawn for pick in drawn.picks] == [member.party for member in drawn.members[:4]]
    assert all(verify(pick) for pick in drawn.picks)
    assert drawn.picks[0].pool == tuple(sorted(expert.party for expert in POOL))


def test_trades_are_conditions_of_the_draw() -> None:
    at = desk()
    quotas = (TradeQuota(trade="造价", count=1), TradeQuota(trade="施工", count=3))
    at.give(c.DrawCommittee(representatives=("delegate",), trades=quotas))
    assert [one.trade for one in at.lot.evaluation.committee[:4]] == ["造价", "施工", "施工", "施工"]


@pytest.mark.parametrize(
    ("trades", "code"),
    [
        ((TradeQuota(trade="造价", count=3),), "trades-do-not-sum"),
        ((TradeQuota(trade="造价", count=5), TradeQuota(trade="施工", count=-1)), "trades-do-not-sum"),
        ((TradeQuota(trade="造价", count=2), TradeQuota(trade="造价", count=2)), "trade-twice"),
        ((TradeQuota(trade="安装", count=4),), "pool-too-small"),
    ],
)
def test_impossible_conditions_are_refused(trades: tuple[TradeQuota, ...], code: str) -> None:
    with pytest.raises(Invalid) as refused:
        desk().give(c.DrawCommittee(representatives=("delegate",), trades=trades))
    assert refused.value.code == code


def test_drawing_needs_the_roll() -> None:
    at = desk()
    at.lot = msgspec.structs.replace(at.lot, phase=Phase.CLOSED)
    with pytest.raises(OutOfOrder):
        at.give(DRAW)


def test_a_drawn_committee_is_not_drawn_again() -> None:
    at = desk()
    at.give(DRAW)
    with pytest.raises(Conflicting) as refused:
        at.give(DRAW)
    assert refused.value.code == "committee-drawn"


@pytest.mark.parametrize("named", [(), ("delegate", "delegate2")])
def test_the_declared_number_of_representatives_is_sent(named: tuple[str, ...]) -> None:
    at = desk()
    at.representatives = (REP, PoolMember(party="delegate2", name="第二代表"))
    with pytest.raises(Invalid) as refused:
        at.give(c.DrawCommittee(representatives=named))
    assert refused.value.code == "representatives-count"


def test_an_unknown_representative_is_refused() -> None:
    with pytest.raises(Unknown) as refused:
        desk().give(c.DrawCommittee(representatives=("nobody",)))
    assert refused.value.code == "representative-unknown"


# R-EVAL-08: recusal units


@pytest.mark.parametrize(
    "unit", ["a", "USCC-b", "uscc-b", "c公司", " c 公司 ", "agency", "诚信招标代理公司", "孝南区住建局"]
)
def test_experts_of_a_bidding_or_tendering_unit_are_never_in_the_pool(unit: str) -> None:
    at = desk()
    tied = msgspec.structs.replace(POOL[0], units=("unit-0", unit))
    at.pool = (tied, *POOL[1:])
    (drawn,) = at.give(DRAW)
    assert isinstance(drawn, e.CommitteeDrawn)
    assert tied.party not in drawn.picks[0].pool
    assert drawn.excluded == 1


def test_an_expert_who_is_a_bidder_is_left_out() -> None:
    at = desk()
    at.pool = (*POOL, PoolMember(party="a", name="投标人本人"))
    (drawn,) = at.give(DRAW)
    assert isinstance(drawn, e.CommitteeDrawn)
    assert "a" not in drawn.picks[0].pool


def test_a_representative_of_a_bidder_is_refused() -> None:
    at = desk()
    at.representatives = (msgspec.structs.replace(REP, units=("tenderer", "USCC-a")),)
    with pytest.raises(Invalid) as refused:
        at.give(DRAW)
    assert refused.value.code == "representative-interested"


def test_a_pool_too_small_says_how_many_are_missing_and_why() -> None:
    at = desk()
    at.pool = (*POOL[:3], *(msgspec.structs.replace(one, units=("a",)) for one in POOL[3:8]))
    with pytest.raises(Invalid) as refused:
        at.give(DRAW)
    assert refused.value.code == "pool-too-small"
    assert refused.value.found == {"needed": 4, "eligible": 3, "trade": "", "excluded": 5}


# R-EVAL-07: unsealed when all have signed in


def test_the_last_signature_unseals_the_committee_and_begins_the_evaluation() -> None:
    at = desk()
    at.give(DRAW)
    *early, last = at.members
    for member in early:
        assert [type(event) for event in at.give(c.SignIn(), member)] == [e.MemberSignedIn]
        assert at.lot.phase is Phase.OPENED
    _, unsealed = at.give(c.SignIn(), last)
    assert isinstance(unsealed, e.CommitteeUnsealed)
    assert (unsealed.size, unsealed.experts) == (5, 4)
    assert at.lot.phase is Phase.EVALUATING


def test_signing_in_twice_is_refused() -> None:
    at = desk()
    at.give(DRAW)
    at.give(c.SignIn(), at.members[0])
    with pytest.raises(Conflicting) as refused:
        at.give(c.SignIn(), at.members[0])
    assert refused.value.code == "already-signed-in"


def test_nobody_signs_in_before_the_opening_has_ended() -> None:
    at = desk()
    at.lot = msgspec.structs.replace(at.lot, phase=Phase.OPENING)
    at.give(DRAW)
    with pytest.raises(OutOfOrder):
        at.give(c.SignIn(), at.members[0])


# R-EVAL-05: names are secret until the result


NAMING = ("lot.committee-drawn", "lot.member-")


def test_names_are_seen_by_committee_and_supervisor_only() -> None:
    at = desk().seat()
    named = [event for event in at.events if event.TOPIC.startswith(NAMING)]
    assert len(named) == 6
    for party in (*at.members, WATCHER):
        assert all(visible(event, sight(party_of(party), at.lot)) for event in named)
    outsiders = (OFFICES | PARTICIPANTS) - {Standing.SUPERVISOR}
    assert not any(visible(event, outsiders) for event in named)


def test_until_all_have_signed_in_nobody_sees_the_list_nor_a_member_an_envelope() -> None:
    """R-EVAL-07: members present and absent, supervision and offices alike."""
    at = desk()
    at.give(DRAW)
    opened = (EnvelopeResult(bidder="a", envelope="technical", status="OPENED", object_key="k", length=1),)
    at.give(c.RecordEnvelopes(bids=opened))
    *early, last = at.members
    for member in early:
        at.give(c.SignIn(), member)
    for party in (*early, last, WATCHER, "agency", "tenderer"):
        seen = view("lot1", at.events, sight(party_of(party), at.lot))
        assert (seen.evaluation.committee, seen.evaluation.signed_in) == ((), ()), party
        if party != WATCHER:
            assert seen.evaluation.envelopes == (), party
    at.give(c.SignIn(), last)
    for party in (*early, last, WATCHER):
        known = view("lot1", at.events, sight(party_of(party), at.lot)).evaluation
        assert (len(known.committee), len(known.envelopes)) == (5, 1), party


def test_who_takes_a_seat_later_sees_nothing_before_signing_in() -> None:
    at = desk().seat()
    at.give(c.Recuse(reason="利害关系"), at.members[0])
    (newcomer,) = (one for one in at.members if one not in at.lot.evaluation.signed_in)
    assert view("lot1", at.events, sight(party_of(newcomer), at.lot)).evaluation.committee == ()
    others = [one for one in at.members if one != newcomer]
    assert all(Standing.COMMITTEE in sight(party_of(one), at.lot) for one in others)
    at.give(c.SignIn(), newcomer)
    assert len(view("lot1", at.events, sight(party_of(newcomer), at.lot)).evaluation.committee) == 5


WATCHER = "watcher"


def party_of(party: str) -> Actor:
    roles = frozenset({Role.SUPERVISOR}) if party == WATCHER else frozenset[Role]()
    return Actor(party=party, roles=roles)


def test_the_offices_view_knows_the_size_and_no_name() -> None:
    at = desk().seat().mark().report()
    seen = view("lot1", at.events, frozenset({Standing.HOST, Standing.TENDERER, Standing.OPERATOR}))
    assert seen.phase is Phase.EVALUATED
    assert (seen.evaluation.size, seen.evaluation.experts) == (5, 4)
    assert seen.evaluation.members == ()
    text = msgspec.json.encode(seen.evaluation).decode()
    assert not any(member in text for member in at.members)
    assert not any(member.name in text for member in at.lot.evaluation.committee)


# R-EVAL-08, 招投条例 48: replacement


def test_a_member_who_leaves_is_replaced_by_one_of_the_rest_of_the_pool() -> None:
    at = desk().seat()
    leaving = at.lot.evaluation.committee[1]
    left, replaced = at.give(c.Recuse(reason="与投标人有亲属关系"), leaving.party)
    assert isinstance(left, e.MemberRecused)
    assert isinstance(replaced, e.MemberReplaced)
    assert replaced.pick is not None
    assert verify(replaced.pick)
    assert leaving.party not in replaced.pick.pool
    assert replaced.member.seat == leaving.seat
    assert replaced.member.trade == leaving.trade
    assert leaving.party not in at.members
    assert len(at.members) == 5


def test_the_conclusions_of_a_replaced_member_are_void() -> None:
    at = desk().seat().mark()
    at.give(c.Compile())
    assert at.lot.evaluation.ranking
    leaving = at.members[0]
    at.give(c.Recuse(reason="曾在投标人处任职"), leaving)
    evaluation = at.lot.evaluation
    assert leaving not in {one.member for one in evaluation.sheets}
    assert (evaluation.ranking, evaluation.prices, evaluation.draft_hash) == ((), (), "")
    with pytest.raises(OutOfOrder) as refused:
        at.give(c.Compile())
    assert refused.value.code == "sheets-missing"
    newcomer = next(one for one in at.members if one not in evaluation.signed_in)
    with pytest.raises(OutOfOrder) as unsigned:
        at.give(sheet({"a": ("1", "1"), "b": ("1", "1"), "c": ("1", "1")}), newcomer)
    assert unsigned.value.code == "not-signed-in"
    at.give(c.SignIn(), newcomer)
    at.give(sheet({"a": ("40", "10"), "b": ("30", "10"), "c": ("30", "10")}), newcomer)
    at.give(c.Compile())
    assert at.lot.evaluation.ranking


def test_an_empty_pool_leaves_the_seat_vacant_until_the_host_draws_again() -> None:
    at = desk()
    at.pool = POOL[:4]
    at.seat()
    leaving = at.members[0]
    assert [type(event) for event in at.give(c.Recuse(reason="利害关系"), leaving)] == [e.MemberRecused]
    with pytest.raises(Invalid) as refused:
        at.give(c.DrawCommittee())
    assert refused.value.code == "pool-too-small"
    at.pool = POOL
    (filled,) = at.give(c.DrawCommittee())
    assert isinstance(filled, e.MemberReplaced)
    assert filled.member.party != leaving
    assert len(at.members) == 5


def test_a_representative_who_leaves_is_replaced_by_name() -> None:
    at = desk().seat()
    at.give(c.Recuse(reason="利害关系"), "delegate")
    with pytest.raises(Invalid) as refused:
        at.give(DRAW)
    assert refused.value.code == "representative-interested"
    at.representatives = (PoolMember(party="delegate2", name="第二代表"),)
    (filled,) = at.give(c.DrawCommittee(representatives=("delegate2",)))
    assert isinstance(filled, e.MemberReplaced)
    assert filled.member.kind is MemberKind.TENDERER_REP
    assert at.members[-1] == "delegate2"


def test_only_a_member_can_leave() -> None:
    with pytest.raises(Unknown) as refused:
        desk().seat().give(c.Recuse(reason="无"), "stranger")
    assert refused.value.code == "not-a-member"


def test_nothing_is_revealed_while_a_seat_is_vacant() -> None:
    at = desk()
    at.pool = POOL[:4]
    at.seat()
    at.give(c.Recuse(reason="利害关系"), at.members[0])
    at.mark()
    assert len(at.lot.evaluation.sheets) == 4
    assert not any(isinstance(event, e.ScoresRevealed) for event in at.events)


def test_an_expert_of_a_consortiums_member_is_left_out_too() -> None:  # R-EVAL-08, R-ENG-30
    lot = tender(dict.fromkeys("abc", 700_000 * YUAN))
    member = RollMember(party="m", name="某设计院", uscc="USCC-m", shares=())
    roll = (msgspec.structs.replace(lot.opening.roll[0], consortium=(member,)), *lot.opening.roll[1:])
    at = Desk(msgspec.structs.replace(lot, opening=msgspec.structs.replace(lot.opening, roll=roll)))
    at.pool = (*POOL[:-1], msgspec.structs.replace(POOL[-1], units=(" 某设计院",)))
    (drawn,) = at.give(c.DrawCommittee(representatives=("delegate",)))
    assert isinstance(drawn, e.CommitteeDrawn)
    assert drawn.excluded == 1


def test_a_vacant_seat_is_filled_by_as_many_and_by_nobody_who_sits_already() -> None:  # R-EVAL-05, R-EVAL-08
    at = desk().seat()
    at.give(c.Recuse(reason="利害关系"), "delegate")
    with pytest.raises(Invalid) as refused:
        at.give(c.DrawCommittee())
    assert refused.value.code == "representatives-count"
    assert (refused.value.rule, refused.value.found) == ("R-EVAL-05", {"needed": 1, "found": 0})
    seated = at.members[0]
    at.representatives = (PoolMember(party=seated, name="已在座"),)
    with pytest.raises(Invalid) as refused:
        at.give(c.DrawCommittee(representatives=(seated,)))
    assert refused.value.code == "representative-interested"
    assert (refused.value.rule, refused.value.found) == ("R-EVAL-08", {"representatives": [seated]})


# R-EVAL-08: what experts and units have declared, evaluated by itself (招投条例 46; 采购条例 9)

BIDDER = Unit(
    party="a",
    name="a公司",
    uscc="USCC-a",
    head=Person(name="钱进"),
    above=(
        Above(name="母公司", uscc="USCC-mother", tie=TieKind.HOLDING),
        Above(name="孙实际", uscc="", tie=TieKind.HOLDING),
    ),
)
TIES = (
    {"units": ("母公司",)},
    {"units": ("uscc-mother",)},
    {"holdings": ("a公司",)},
    {"holdings": ("USCC-mother",)},
    {"name": "钱进"},
    {"name": "孙实际"},
)


@pytest.mark.parametrize("tie", TIES)
def test_declared_holdings_and_control_leave_an_expert_out_of_the_draw(tie: dict[str, object]) -> None:
    at = desk()
    at.pool = (msgspec.structs.replace(POOL[0], **tie), *POOL[1:])
    at.interests = (BIDDER,)
    (drawn,) = at.give(DRAW)
    assert isinstance(drawn, e.CommitteeDrawn)
    assert POOL[0].party not in drawn.picks[0].pool
    assert drawn.excluded == 1


@pytest.mark.parametrize("tie", TIES)
def test_a_representative_with_such_a_tie_to_a_bidder_is_refused(tie: dict[str, object]) -> None:
    at = desk()
    at.representatives = (msgspec.structs.replace(REP, **tie),)
    at.interests = (BIDDER,)
    with pytest.raises(Invalid, match="representative-interested"):
        at.give(DRAW)


def test_the_tenderers_own_people_may_represent_it() -> None:
    at = desk()
    at.interests = (Unit(party="tenderer", name="孝南区住建局", head=Person(name=REP.name)),)
    at.give(DRAW)
    assert REP.party in at.members


def test_who_comes_to_an_interest_after_the_draw_leaves_instead_of_signing_in() -> None:
    at = desk()
    at.give(DRAW)
    member = at.members[0]
    at.interests = (
        msgspec.structs.replace(
            BIDDER, above=(Above(name=_unit_of(at, member), uscc="", tie=TieKind.HOLDING),)
        ),
    )
    with pytest.raises(Forbidden, match="member-interested"):
        at.give(c.SignIn(), member)
    _, replaced = at.give(c.Recuse(reason="任职单位控股投标人"), member)
    assert isinstance(replaced, e.MemberReplaced)
    assert replaced.member.party != member


def _unit_of(at: Desk, party: str) -> str:
    return next(one.units[0] for one in at.pool if one.party == party)
