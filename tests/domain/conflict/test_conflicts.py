"""F-63, F-64: what the check of the roll finds, who decides it, and that no winner comes before that."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from bidding.domain.award import commands as award
from bidding.domain.award.events import PassedOver, PassedOverGround
from bidding.domain.conflict import commands as c
from bidding.domain.conflict import events as e
from bidding.domain.conflict.decide import changed, check, standing
from bidding.domain.conflict.findings import (
    ConflictKind,
    CountingGrade,
    RollUnits,
    counting,
    find_conflicts,
)
from bidding.domain.consortium import Member
from bidding.domain.disclosure import is_public
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, Unknown
from bidding.domain.evaluation.sheets import Ground, RejectionVote
from bidding.domain.lot import Phase, evolve
from bidding.domain.parties import Standing
from bidding.domain.regime import Regime
from bidding.domain.registration.events import Carried, Change, ChangeKind
from bidding.domain.relations import Above, Person, TieKind, Unit
from bidding.domain.supervision import Awaited, Matter, awaited
from tests.domain.evaluation.tender import OFFICER, OWNER, YUAN, Desk, tender

FIVE = {name: (700_000 + 10_000 * place) * YUAN for place, name in enumerate("abcde")}
AFTER_PUBLICITY = datetime(2026, 6, 8, 16, 0, tzinfo=UTC)
ID = "ab" * 32


def unit(name: str, digest: str = "", *above: Above) -> Unit:
    head = Person(name=f"{name}经理", id_digest=digest) if digest else None
    return Unit(party=name, name=f"{name}公司", uscc=f"USCC-{name}", head=head, above=above)


def alone(one: Unit) -> RollUnits:
    return RollUnits(bidder=one.party, units=(one,))


def joint(*members: Unit, parts: tuple[Member, ...] = ()) -> RollUnits:
    return RollUnits(bidder=members[0].party, units=members, parts=parts)


def found(
    *roll: RollUnits, regime: Regime = Regime.ENG, tenderer: Unit | None = None, agency: Unit | None = None
) -> list[tuple[ConflictKind, tuple[str, ...], str]]:
    conflicts = find_conflicts(regime, roll, tenderer=tenderer, agency=agency)
    assert [one.number for one in conflicts] == list(range(1, len(conflicts) + 1))
    return [(one.kind, one.bids, one.rule) for one in conflicts]


# R-ENG-30, R-GP-28: all bids concerned


@pytest.mark.parametrize(("regime", "rule"), [(Regime.ENG, "R-ENG-30"), (Regime.GP, "R-GP-28")])
def test_a_member_that_also_bids_alone_voids_both(regime: Regime, rule: str) -> None:
    roll = joint(unit("a"), unit("b")), alone(unit("b")), alone(unit("c"))
    assert found(*roll, regime=regime) == [(ConflictKind.DOUBLE_PARTICIPATION, ("a", "b"), rule)]


def test_a_member_of_three_bids_voids_all_three_in_one_finding() -> None:
    roll = joint(unit("a"), unit("x")), joint(unit("b"), unit("x")), joint(unit("c"), unit("x"))
    assert found(*roll) == [(ConflictKind.DOUBLE_PARTICIPATION, ("a", "b", "c"), "R-ENG-30")]
    (one,) = find_conflicts(Regime.ENG, roll, tenderer=None, agency=None)
    assert one.evidence == f"{unit('x').name}同时参加3份投标"


def test_the_lowest_grade_counts_in_each_trade() -> None:  # 招投法 31
    parts = (
        Member(party="a", trade="市政", grade=1),
        Member(party="b", trade="市政", grade=3),
        Member(party="b", trade="照明", grade=2),
    )
    assert counting([joint(unit("a"), unit("b"), parts=parts), alone(unit("c"))]) == (
        CountingGrade(bidder="a", trade="市政", grade=3),
        CountingGrade(bidder="a", trade="照明", grade=2),
    )


# R-ENG-31, R-GP-27


def test_partners_of_one_consortium_may_be_related() -> None:
    assert found(joint(unit("a", ID), unit("b", ID)), alone(unit("c", "cd" * 32))) == []


@pytest.mark.parametrize(("regime", "rule"), [(Regime.ENG, "R-ENG-31"), (Regime.GP, "R-GP-27")])
def test_a_member_related_to_another_bid_is_found(regime: Regime, rule: str) -> None:
    roll = joint(unit("a"), unit("b", ID)), alone(unit("c", ID))
    assert found(*roll, regime=regime) == [(ConflictKind.SAME_HEAD, ("a", "c"), rule)]


def test_interest_with_tenderer_and_agency_is_an_eng_bar() -> None:
    daughter = unit("a", "", Above(name="owner公司", uscc="USCC-owner", tie=TieKind.HOLDING))
    roll = alone(daughter), alone(unit("b"))
    assert found(*roll, tenderer=unit("owner")) == [(ConflictKind.TENDERER_INTEREST, ("a",), "R-ENG-31")]
    assert found(*roll, agency=unit("owner")) == [(ConflictKind.AGENCY_INTEREST, ("a",), "R-ENG-31")]
    assert found(*roll, regime=Regime.GP, tenderer=unit("owner"), agency=unit("owner")) == []


# F-63: flagged before the award, with evidence


def reported(*, reject: tuple[str, ...] = ()) -> Desk:
    """Ranking c, b, d, … (as far as not rejected), publicity over; b and c have the same head."""
    at = Desk(tender(FIVE))
    (checked,) = check(
        at.lot,
        at.facts(OFFICER),
        roll=[alone(unit(name, ID if name in "bc" else "")) for name in FIVE],
        tenderer=unit("tenderer"),
        agency=unit("agency"),
    )
    assert isinstance(checked, e.ConflictsChecked)
    at.lot = msgspec.structs.replace(
        at.lot, conflicts=msgspec.structs.replace(at.lot.conflicts, found=checked.conflicts)
    )
    votes = tuple(
        RejectionVote(bidder=name, ground=Ground.NOT_QUALIFIED, page="1", reason="同一负责人")
        for name in reject
    )
    at.seat().mark(rejections=dict.fromkeys(at.members[:3], votes)).report()
    at.give(award.PubliciseCandidates())
    at.now = AFTER_PUBLICITY
    return at


def test_the_check_comes_with_evidence_and_says_who_declared_nothing() -> None:
    at = Desk(tender(FIVE))
    (event,) = check(
        at.lot, at.facts(OFFICER), roll=[alone(unit("a", ID)), alone(unit("b"))], tenderer=None, agency=None
    )
    assert isinstance(event, e.ConflictsChecked)
    assert (event.conflicts, event.undeclared, event.at) == ((), ("b",), at.now)
    assert not is_public(event)  # it names persons
    assert {Standing.COMMITTEE, Standing.HOST, Standing.SUPERVISOR} <= event.AUDIENCE
    assert Standing.PARTICIPANT not in event.AUDIENCE


def test_no_winner_while_a_finding_stands() -> None:
    at = reported()
    assert [one.bids for one in standing(at.lot)] == [("b", "c")]
    assert Awaited(matter=Matter.CONFLICT, number=1) in awaited(at.lot)
    for bidder in ("c", "b", "d"):
        with pytest.raises(OutOfOrder) as refused:
            at.give(award.DetermineWinner(bidder=bidder), OWNER)
        assert (refused.value.code, refused.value.found) == ("conflicts-unsettled", {"numbers": [1]})


def test_a_dismissed_finding_falls() -> None:
    at = reported()
    at.give(c.DecideConflict(number=1, upheld=False, reason="身份证件核对,并非同一人"), OFFICER)
    at.give(award.DetermineWinner(bidder="c"), OWNER)
    assert at.lot.phase is Phase.DETERMINED


def test_an_upheld_finding_bars_every_bid_concerned_and_no_other() -> None:
    at = reported()
    (decided,) = at.give(c.DecideConflict(number=1, upheld=True, reason=" 登记为同一法定代表人 "), OFFICER)
    assert isinstance(decided, e.ConflictDecided)
    assert (decided.reason, decided.by) == ("登记为同一法定代表人", "officer")
    assert at.lot.conflicts.barred == {"b", "c"}
    with pytest.raises(Invalid, match="bid-barred-by-conflict"):
        at.give(award.DetermineWinner(bidder="c"), OWNER)
    passed = tuple(
        PassedOver(bidder=name, ground=PassedOverGround.PROVEN_BREACH, evidence="监督部门认定")
        for name in ("c", "b")
    )
    at.give(award.DetermineWinner(bidder="d", passed_over=passed), OWNER)
    assert at.lot.award.winner == "d"


def test_rejecting_all_bids_concerned_settles_it_and_one_of_them_does_not() -> None:
    assert standing(reported(reject=("b", "c")).lot) == ()
    assert [one.number for one in standing(reported(reject=("b",)).lot)] == [1]


def test_a_decision_is_given_once_on_a_finding_that_is_there_and_with_a_reason() -> None:
    at = reported()
    with pytest.raises(Unknown, match="no-such-conflict"):
        at.give(c.DecideConflict(number=2, upheld=True, reason="x"), OFFICER)
    with pytest.raises(Invalid, match="conflict-without-reason"):
        at.give(c.DecideConflict(number=1, upheld=True, reason="  "), OFFICER)
    at.give(c.DecideConflict(number=1, upheld=False, reason="x"), OFFICER)
    with pytest.raises(Conflicting, match="conflict-decided"):
        at.give(c.DecideConflict(number=1, upheld=True, reason="x"), OFFICER)


def test_before_the_roll_and_after_the_award_nothing_is_decided() -> None:
    at = reported()
    for phase in (Phase.NOTICED, Phase.CLOSED, Phase.AWARDED):
        at.lot = msgspec.structs.replace(at.lot, phase=phase)
        with pytest.raises(OutOfOrder, match="wrong-phase"):
            at.give(c.DecideConflict(number=1, upheld=True, reason="x"), OFFICER)


def test_a_lot_of_before_the_check_has_nothing_to_settle() -> None:
    assert standing(tender(FIVE)) == ()


# R-ENG-32, R-NB-HS-03 (招投条例 38): a bidder that changes


def change(kind: ChangeKind = ChangeKind.NAME) -> Change:
    return Change(kind=kind, before="旧", after="新", evidence="登字88号", at=AFTER_PUBLICITY)


def told(at: Desk, kind: ChangeKind, when: datetime) -> list[tuple[ChangeKind, bool]]:
    events = changed(at.lot, "c", "c", [Carried(change=change(kind), at=when)], at.facts(OFFICER))
    for event in events:
        at.lot = evolve(at.lot, event)
    return [(one.change.kind, one.review) for one in events if isinstance(one, e.BidderChanged)]


def noticed(at: Desk) -> Desk:
    at.lot = msgspec.structs.replace(
        at.lot, notice=msgspec.structs.replace(at.lot.notice, deadline=AFTER_PUBLICITY)
    )
    return at


BEFORE = AFTER_PUBLICITY - timedelta(milliseconds=1)


@pytest.mark.parametrize(
    ("kind", "when", "review"),
    [
        (ChangeKind.NAME, BEFORE, False),
        (ChangeKind.HEAD, BEFORE, False),
        (ChangeKind.NAME, AFTER_PUBLICITY, True),
        (ChangeKind.QUALIFICATION, BEFORE, True),
        (ChangeKind.MERGER, AFTER_PUBLICITY, True),
    ],
)
def test_after_the_deadline_or_for_a_major_change_qualification_is_reviewed(
    kind: ChangeKind, when: datetime, review: bool
) -> None:
    at = noticed(reported(reject=("b", "c")))
    assert told(at, kind, when) == [(kind, review)]
    assert told(at, kind, when) == []  # told once
    assert at.lot.conflicts.unreviewed == ({"c"} if review else set())


@pytest.mark.parametrize("qualified", [True, False])
def test_no_winner_before_the_review_and_none_that_has_lost_its_qualification(qualified: bool) -> None:
    at = noticed(reported())
    at.give(c.DecideConflict(number=1, upheld=False, reason="并非同一人"), OFFICER)
    told(at, ChangeKind.QUALIFICATION, AFTER_PUBLICITY)
    with pytest.raises(OutOfOrder, match="bidder-change-unreviewed"):
        at.give(award.DetermineWinner(bidder="c"), OWNER)
    at.give(c.ReviewChange(bidder="c", qualified=qualified, reason="资质仍符合"))
    with pytest.raises(Unknown, match="no-change-to-review"):
        at.give(c.ReviewChange(bidder="c", qualified=True, reason="x"))
    if qualified:
        at.give(award.DetermineWinner(bidder="c"), OWNER)
    else:
        with pytest.raises(Invalid, match="bid-barred-by-change"):
            at.give(award.DetermineWinner(bidder="c"), OWNER)


def test_a_review_states_its_reason_and_is_of_a_bidder_that_changed() -> None:
    at = noticed(reported())
    with pytest.raises(Unknown, match="no-change-to-review"):
        at.give(c.ReviewChange(bidder="c", qualified=True, reason="x"))
    told(at, ChangeKind.SPLIT, AFTER_PUBLICITY)
    with pytest.raises(Invalid, match="review-without-reason"):
        at.give(c.ReviewChange(bidder="c", qualified=True, reason=" "))
