"""Applications and their review (招投条例 18, 19, 36, 37; 招投法 22; R-ENG-05, R-ENG-30, R-GP-30, R-EVAL-08)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from bidding.domain.bid.entry import entry_finding
from bidding.domain.bid.joint import Consortium, Contender, JoinedIn, Partner, Share
from bidding.domain.bid.refusals import rule_of
from bidding.domain.disclosure import is_public, visible
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, TooEarly, TooLate, Unknown
from bidding.domain.evaluation.members import PoolMember
from bidding.domain.lot import Lot, Phase
from bidding.domain.notice.decide import publish as publish_notice
from bidding.domain.parties import Standing
from bidding.domain.permissions import standings
from bidding.domain.prequalification import commands as c
from bidding.domain.prequalification import events as e
from bidding.domain.prequalification.answers import Fault
from bidding.domain.prequalification.applying import apply, withdraw
from bidding.domain.prequalification.reviewing import conclude, draw, recuse, review
from bidding.domain.prequalification.state import Application
from bidding.domain.registration.operatorgroup import NO_GROUP
from bidding.domain.relations import Above, TieKind, Unit
from tests.domain.lots import AGENCY, SIGNED, booked, company_filing, facts, fold, publication, terms
from tests.domain.prequalification.stage import (
    AFTER,
    DEADLINE,
    FIRST,
    POOL,
    SECOND,
    answers,
    applied,
    by,
    ended,
    issue,
    person,
    prequalifying,
    reviewed,
    seated,
    told,
)
from tests.domain.prequalification.stage import EARLY as OPEN


def hand_in(lot: Lot, name: str = "a", now: datetime = OPEN, **changes: Any) -> Application:
    own = Application(lot=lot.lot_id, applicant=name)
    command = replace(c.Apply(answers=answers()), **changes)
    return told(own, apply(lot, command, by(name, now), application=own, issue=issue))


# Applying


def test_an_application_answers_every_requirement_once_and_gets_a_receipt() -> None:
    got = hand_in(prequalifying())
    assert (got.stands, got.number, got.receipt) == (True, 1, f"receipt {got.receipt_number}")
    asked = [one.requirement for one in answers()]
    for wrong, missing in ((answers()[:1], asked[1:]), ((*answers(), answers()[0]), []), ((), asked)):
        with pytest.raises(Invalid, match="application-incomplete") as caught:
            hand_in(prequalifying(), answers=wrong)
        assert caught.value.found["missing"] == missing


def test_at_the_deadline_it_is_too_late_to_apply_or_to_withdraw() -> None:  # R-TIME-09, 招投条例 36
    lot = prequalifying()
    got = hand_in(lot, now=DEADLINE - timedelta(milliseconds=1))
    with pytest.raises(TooLate, match="applications-closed"):
        hand_in(lot, now=DEADLINE)
    with pytest.raises(TooLate, match="applications-closed"):
        withdraw(lot, c.Withdraw(), by("a", DEADLINE), application=got)


def test_the_last_application_counts_and_a_withdrawn_one_does_not() -> None:
    lot = prequalifying()
    got = hand_in(lot)
    again = told(got, apply(lot, c.Apply(answers=answers()), by("a", OPEN), application=got, issue=issue))
    assert (again.number, again.stands) == (2, True)
    gone = told(again, withdraw(lot, c.Withdraw(), by("a", OPEN), application=again))
    assert not gone.stands
    with pytest.raises(Unknown, match="no-application"):
        withdraw(lot, c.Withdraw(), by("a", OPEN), application=gone)
    assert hand_in(lot).stands


def test_joint_applications_only_where_the_document_accepts_them() -> None:  # 招投条例 37
    assert hand_in(prequalifying(), members=("b",)).parties == ("a", "b")
    with pytest.raises(Invalid, match="application-consortium-refused"):
        hand_in(prequalifying(consortia=False), members=("b",))
    for twice in (("a",), ("b", "b")):
        with pytest.raises(Invalid, match="application-member-twice"):
            hand_in(prequalifying(), members=twice)


# Who reviews


def test_nobody_reviews_or_is_drawn_before_the_deadline() -> None:  # 招投法 22, R-GEN-04
    lot = prequalifying()
    with pytest.raises(TooEarly, match="applications-open"):
        seated(lot, now=DEADLINE - timedelta(seconds=1))
    with pytest.raises(TooEarly, match="applications-open"):
        review(lot, c.Review(applicant="a"), by("e1", OPEN), application=hand_in(lot))
    assert len(seated(lot).prequalification.committee) == 5


def test_the_committee_is_as_lawful_as_one_that_evaluates() -> None:  # 招投条例 18, R-EVAL-05
    for size in (3, 4, 6):
        with pytest.raises(Invalid, match="reviewers-unlawful"):
            seated(prequalifying(), size=size)
    sent = (PoolMember(party="r1", name="代表"), PoolMember(party="r2", name="代表"))
    command = c.Draw(size=5, representatives=("r1", "r2"))
    with pytest.raises(Invalid, match="reviewers-unlawful"):
        draw(prequalifying(), command, facts(AGENCY, AFTER), pool=POOL, representatives=sent, interests=())
    with pytest.raises(Conflicting, match="reviewers-seated"):
        seated(seated(prequalifying()))


def test_nobody_is_drawn_who_works_for_an_applicant_or_who_controls_one() -> None:  # R-EVAL-08
    lot = prequalifying()
    applicant = Unit(
        party="a",
        name="甲公司",
        uscc="USCC-a",
        above=(Above(name="母公司", uscc="USCC-m", tie=TieKind.HOLDING),),
    )
    tied = [
        PoolMember(party=f"t{n}", name="x", units=(unit,))
        for n, unit in enumerate(("a", "甲公司", "uscc-a", "母公司", "USCC-m"))
    ]
    events = draw(
        lot,
        c.Draw(),
        facts(AGENCY, AFTER),
        pool=[*tied, *POOL],
        representatives=(),
        interests=(applicant,),
    )
    (drawn,) = events
    assert isinstance(drawn, e.ReviewersSeated)
    assert {one.party for one in drawn.members} <= {one.party for one in POOL}
    assert not {one.party for one in tied} & set(drawn.picks[0].pool)
    with pytest.raises(Invalid, match="reviewers-too-few") as few:
        draw(lot, c.Draw(), facts(AGENCY, AFTER), pool=tied, representatives=(), interests=(applicant,))
    assert set(few.value.found) == {"trade"}  # no number: it would count the applicants' experts


def test_a_representative_tied_to_an_applicant_is_refused() -> None:  # R-EVAL-08
    sent = (PoolMember(party="r1", name="代表", units=("甲公司",)),)
    command = c.Draw(size=5, representatives=("r1",))
    with pytest.raises(Invalid, match="representative-interested"):
        draw(
            prequalifying(),
            command,
            facts(AGENCY, AFTER),
            pool=POOL,
            representatives=sent,
            interests=(Unit(party="a", name="甲公司"),),
        )
    with pytest.raises(Unknown, match="representative-unknown"):
        draw(prequalifying(), command, facts(AGENCY, AFTER), pool=POOL, representatives=(), interests=())


def test_who_leaves_is_replaced_from_the_pool_or_leaves_a_seat_to_draw() -> None:  # R-EVAL-08
    lot = seated(prequalifying())
    leaving = lot.prequalification.committee[0]
    command = c.Recuse(reason="利害关系")
    after = fold(lot, recuse(lot, command, by(leaving.party), pool=POOL, interests=()))
    assert len(after.prequalification.committee) == 5
    assert leaving.party not in after.prequalification.members
    empty = fold(lot, recuse(lot, command, by(leaving.party), pool=(), interests=()))
    assert [one.seat for one in empty.prequalification.vacant] == [leaving.seat]
    with pytest.raises(OutOfOrder, match="reviewers-missing"):
        conclude(empty, c.Conclude(), by("e2"), applications=())
    filled = seated(empty)
    assert len(filled.prequalification.committee) == 5
    assert leaving.party not in filled.prequalification.members


def test_who_reviews_has_no_standing_once_the_lot_has_gone_on() -> None:
    lot = seated(prequalifying())
    member = person(min(lot.prequalification.members))
    assert Standing.COMMITTEE in standings(member, lot)
    for phase in set(Phase) - {Phase.PREQUALIFYING}:
        assert Standing.COMMITTEE not in standings(member, replace(lot, phase=phase))


def test_without_a_committee_the_tenderer_reviews() -> None:  # 招投条例 18, 87号令 44
    lot = prequalifying(booked(company_filing()), by_committee=False)
    assert Standing.COMMITTEE in standings(person("tenderer"), lot)
    assert Standing.COMMITTEE not in standings(person("tenderer"), prequalifying())
    with pytest.raises(OutOfOrder, match="reviewers-no-committee"):
        seated(lot)
    applications = []
    for name in "abc":
        got = applied(lot, name, OPEN)
        applications.append(told(got, review(lot, c.Review(applicant=name), by("tenderer"), application=got)))
    events, _ = conclude(lot, c.Conclude(), by("tenderer"), applications=applications)
    assert fold(lot, events).prequalification.ended_at is not None


# Reviewing


def test_a_review_knows_the_published_requirements_only_and_is_final() -> None:  # 招投条例 18
    lot = seated(prequalifying())
    got = applied(prequalifying(), "a", OPEN)
    member = min(lot.prequalification.members)
    strange = c.Review(applicant="a", faults=(Fault(requirement="local-tax", reason="未在本地纳税"),))
    with pytest.raises(Invalid, match="requirement-not-published"):
        review(lot, strange, by(member), application=got)
    once = told(got, review(lot, c.Review(applicant="a"), by(member), application=got))
    with pytest.raises(Conflicting, match="application-reviewed"):
        review(lot, c.Review(applicant="a"), by(member), application=once)
    with pytest.raises(Unknown, match="no-application"):
        review(lot, c.Review(applicant="z"), by(member), application=Application(applicant="z"))


def test_it_ends_when_every_member_has_found_on_every_application() -> None:
    lot = seated(prequalifying())
    whole = [reviewed(lot, applied(prequalifying(), name, OPEN)) for name in "abc"]
    part = applied(prequalifying(), "d", OPEN)
    with pytest.raises(OutOfOrder, match="reviews-missing") as missing:
        ended(lot, [*whole, part])
    assert not missing.value.found
    gone = told(part, [e.ApplicationWithdrawn(lot="lot-1", applicant="d", at=OPEN, signed=SIGNED)])
    after, _ = ended(lot, [*whole, gone])
    assert after.prequalification.qualified is not None
    assert [one.applicant for one in after.prequalification.qualified] == ["a", "b", "c"]
    with pytest.raises(OutOfOrder, match="prequalification-over"):
        ended(after, whole)


def test_more_than_half_of_the_members_pass_an_applicant() -> None:
    lot = seated(prequalifying())
    two, three = sorted(lot.prequalification.members)[:2], sorted(lot.prequalification.members)[:3]
    applications = [
        reviewed(lot, applied(prequalifying(), "a", OPEN), *two),
        reviewed(lot, applied(prequalifying(), "b", OPEN), *three),
        *(reviewed(lot, applied(prequalifying(), name, OPEN)) for name in "cd"),
    ]
    after, events = ended(lot, applications)
    results = {one.applicant: one for one in events if isinstance(one, e.ApplicationDecided)}
    assert {name: one.qualified for name, one in results.items()} == {
        "a": True,
        "b": False,
        "c": True,
        "d": True,
    }
    assert results["a"].faults == ()
    assert {one.requirement for one in results["b"].faults} == {SECOND}
    assert FIRST not in {one.requirement for one in results["b"].faults}
    assert after.phase is Phase.PREQUALIFYING


def test_fewer_than_three_qualified_means_a_new_tender() -> None:  # 招投条例 19
    lot = seated(prequalifying())
    applications = [reviewed(lot, applied(prequalifying(), name, OPEN)) for name in "ab"]
    after, events = ended(lot, applications)
    failed = next(one for one in events if isinstance(one, e.PrequalificationFailed))
    assert (failed.rule, failed.decision, after.phase) == ("R-ENG-05", "RETENDER", Phase.FAILED)
    assert not any(isinstance(one, e.PrequalificationEnded) for one in events)


# Secrecy, and what follows for bids


def test_who_applied_and_who_qualified_stays_with_who_reviews() -> None:  # 招投法 22, 52, R-GEN-04
    lot = seated(prequalifying())
    _, events = ended(lot, [reviewed(lot, applied(prequalifying(), name, OPEN)) for name in "abc"])
    assert [one.TOPIC for one in events if is_public(one)] == ["lot.prequalification-ended.v1"]
    offices = frozenset(Standing) - {Standing.COMMITTEE}
    assert [one.TOPIC for one in events if visible(one, offices)] == ["lot.prequalification-ended.v1"]
    results = [one for one in events if isinstance(one, e.ApplicationDecided)]
    assert not any(visible(one, frozenset(Standing)) for one in results)


SHARE = Share(trade="市政", grade=1, work="道路")


def at_the_door(lead: str, *members: str) -> str | None:
    lot = seated(prequalifying())
    first = applied(prequalifying(), "a", OPEN, members=("m",))
    applications = [reviewed(lot, one) for one in (first, *(applied(prequalifying(), n, OPEN) for n in "bc"))]
    lot, _ = ended(lot, applications)
    command = publication(terms=terms(consortia=True))
    lot = fold(lot, publish_notice(lot, command, facts()))
    parties = (lead, *members)
    consortium = None
    if members:
        partners = tuple(Partner(party=one, shares=(SHARE,)) for one in parties)
        consortium = Consortium(agreement_sha256="ab" * 32, partners=partners)
    word = JoinedIn(lead=lead, agreement_sha256="ab" * 32, shares=(SHARE,), signed=SIGNED)
    contenders = {
        one: Contender(unit=Unit(party=one, name=one), may_bid=True, joined=(word,)) for one in parties
    }
    found = entry_finding(
        lot, lead=lead, consortium=consortium, contenders=contenders, agency=None, group=NO_GROUP
    )
    return None if found is None else f"{found.code.value} {rule_of(found.code.value)}"


def test_only_the_qualified_bid_and_in_the_composition_that_qualified() -> None:  # 招投条例 19, 37
    assert at_the_door("b") is None
    assert at_the_door("a", "m") is None
    assert at_the_door("x") == "NOT_PREQUALIFIED R-ENG-05"
    assert at_the_door("m", "a") == "NOT_PREQUALIFIED R-ENG-05"  # the lead applied, and nobody else for it
    for changed in (("a",), ("a", "m", "n"), ("a", "n"), ("b", "m")):
        assert at_the_door(*changed) == "CONSORTIUM_CHANGED R-ENG-30", changed
