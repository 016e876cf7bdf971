"""Who may not bid here at all, and consortia at the door (R-PLAT-07, R-ENG-31, R-GP-27, R-ENG-30, R-GP-28)."""

import msgspec
import pytest

from bidding.domain.bid import commands as b
from bidding.domain.bid.entry import entry_finding
from bidding.domain.bid.joint import Consortium, Contender, JoinedIn, Partner, Share, agreed
from bidding.domain.bid.refusals import RefusalCode, rule_of
from bidding.domain.errors import Invalid, OutOfOrder, TooLate
from bidding.domain.lot import Lot
from bidding.domain.notice.terms import ExcludedUnit
from bidding.domain.opening.commands import PublishRoll
from bidding.domain.opening.events import RollPublished
from bidding.domain.registration.operatorgroup import NO_GROUP, Affiliate, OperatorGroup
from bidding.domain.relations import Above, Person, TieKind, Unit
from tests.domain.opening.hall import HOST, SIGNED, T0, Hall, bidder

ROADS = Share(trade="市政", grade=1, work="道路")
LIGHTS = Share(trade="照明", grade=2, work="照明")
AGREEMENT = "ab" * 32
ID = "cd" * 32


def hall(**terms: object) -> Hall:
    made = Hall()
    noticed = made.lot.notice
    assert noticed.terms is not None
    changed = msgspec.structs.replace(noticed.terms, **{"consortia": True, **terms})
    made.lot = msgspec.structs.replace(made.lot, notice=msgspec.structs.replace(noticed, terms=changed))
    return made


def unit(name: str, *above: Above, head: Person | None = None) -> Unit:
    return Unit(party=name, name=f"{name}公司", uscc=f"USCC-{name}", head=head, above=above)


def word(lead: str = "a", agreement: str = AGREEMENT, *shares: Share) -> JoinedIn:
    return JoinedIn(lead=lead, agreement_sha256=agreement, shares=shares or (LIGHTS,), signed=SIGNED)


def pair(*more: str) -> Consortium:
    partners = (Partner(party="a", shares=(ROADS,)), Partner(party="b", shares=(LIGHTS,)))
    return Consortium(
        agreement_sha256=AGREEMENT,
        partners=(*partners, *(Partner(party=name, shares=(ROADS,)) for name in more)),
    )


def contender(one: Unit, *joined: JoinedIn, may_bid: bool = True, operates: bool = False) -> Contender:
    return Contender(unit=one, may_bid=may_bid, operates=operates, joined=joined)


def finding(
    lot: Lot,
    *contenders: Contender,
    consortium: Consortium | None = None,
    agency: Unit | None = None,
    group: OperatorGroup = NO_GROUP,
) -> tuple[str, tuple[str, ...]] | None:
    known = {one.unit.party: one for one in contenders}
    found = entry_finding(lot, lead="a", consortium=consortium, contenders=known, agency=agency, group=group)
    return None if found is None else (found.code.value, found.units)


OURS = OperatorGroup(members=(Affiliate(uscc="USCC-op", name="运营公司", basis="股权登记"),))
UNDER = Above(name="运营公司", uscc="USCC-op", tie=TieKind.HOLDING, via=("中间公司",))


def test_the_operator_its_group_and_what_they_control_do_not_bid() -> None:  # R-PLAT-07, F-63
    lot = hall().lot
    assert finding(lot, contender(unit("a")), group=OURS) is None
    assert finding(lot, contender(unit("a", UNDER)), group=OURS) == ("OPERATOR_GROUP", ("a公司",))
    assert finding(lot, contender(unit("a"), operates=True)) == ("OPERATOR_GROUP", ("a公司",))
    member = contender(unit("b", UNDER), word())
    assert finding(lot, contender(unit("a")), member, consortium=pair(), group=OURS) == (
        "OPERATOR_GROUP",
        ("b公司",),
    )


def test_the_tenderer_and_its_agency_and_the_agencys_relations_do_not_bid() -> None:  # R-ENG-31, F-63
    lot = hall().lot
    owner = Unit(party="owner", name="住建局")
    assert (
        entry_finding(
            lot,
            lead="owner",
            consortium=None,
            contenders={"owner": contender(owner)},
            agency=None,
            group=NO_GROUP,
        )
        is not None
    )
    agency = unit("agency", head=Person(name="王五", id_digest=ID))
    daughter = unit("a", Above(name="agency公司", uscc="USCC-agency", tie=TieKind.HOLDING))
    assert finding(lot, contender(daughter), agency=agency) == ("AGENCY_RELATED", ("a公司",))
    same_head = unit("a", head=Person(name="王五", id_digest=ID))
    assert finding(lot, contender(same_head), agency=agency) == ("AGENCY_RELATED", ("a公司",))
    namesake = unit("a", head=Person(name="王五"))
    assert finding(lot, contender(namesake), agency=agency) is None  # a doubt shuts nobody out


def test_a_unit_that_the_document_excludes_does_not_bid() -> None:  # R-GP-27: designers, supervisors
    excluded = ExcludedUnit(name="a公司", uscc="USCC-a", why="承担本项目设计")
    assert finding(hall(excluded_units=(excluded,)).lot, contender(unit("a"))) == (
        "EXCLUDED_UNIT",
        ("a公司",),
    )
    assert (
        finding(hall(excluded_units=(excluded,)).lot, contender(Unit(party="a", name="a 公司"))) is not None
    )


def test_every_bar_cites_its_clause() -> None:
    assert rule_of("OPERATOR_GROUP") == "R-PLAT-07"
    assert rule_of("EXCLUDED_UNIT") == "R-GP-27"
    assert rule_of("CONSORTIUM_UNCONFIRMED") == "R-ENG-30"
    assert rule_of("LATE") == "R-BID-01"
    assert RefusalCode.AGENCY_RELATED in RefusalCode


# R-ENG-30, R-GP-28: consortia


def test_a_consortium_is_taken_where_the_document_admits_it() -> None:
    both = contender(unit("a")), contender(unit("b"), word())
    assert finding(hall().lot, *both, consortium=pair()) is None
    assert finding(hall(consortia=False).lot, *both, consortium=pair()) == ("CONSORTIUM_NOT_ADMITTED", ())
    three = (*both, contender(unit("c"), word("a", AGREEMENT, ROADS)))
    assert finding(hall(consortium_members=3).lot, *three, consortium=pair("c")) is None
    assert finding(hall(consortium_members=2).lot, *three, consortium=pair("c")) == (
        "CONSORTIUM_NOT_ADMITTED",
        (),
    )


@pytest.mark.parametrize(
    "joined",
    [
        (),
        (word("c"),),
        (word("a", "ef" * 32),),
        (word("a", AGREEMENT, ROADS),),
        (word("a", AGREEMENT, LIGHTS, ROADS),),
    ],
    ids=["silent", "other-lead", "other-agreement", "other-share", "more-shares"],
)
def test_a_member_has_agreed_to_just_this_or_not_at_all(joined: tuple[JoinedIn, ...]) -> None:
    both = contender(unit("a")), contender(unit("b"), *joined)
    assert finding(hall().lot, *both, consortium=pair()) == ("CONSORTIUM_UNCONFIRMED", ("b",))


def test_a_member_must_itself_be_a_bidder() -> None:
    both = contender(unit("a")), contender(unit("b"), word(), may_bid=False)
    assert finding(hall().lot, *both, consortium=pair()) == ("CONSORTIUM_UNCONFIRMED", ("b",))


@pytest.mark.parametrize(
    "partners",
    [("a",), ("b", "c"), ("a", "b", "b")],
    ids=["one-alone", "without-its-lead", "twice"],
)
def test_a_consortium_has_its_lead_nobody_twice_and_two_members(partners: tuple[str, ...]) -> None:
    made = Consortium(
        agreement_sha256=AGREEMENT,
        partners=tuple(Partner(party=name, shares=(LIGHTS,)) for name in partners),
    )
    known = [contender(unit(name), word()) for name in "abc"]
    assert finding(hall().lot, *known, consortium=made) == ("CONSORTIUM_MALFORMED", ())


def test_the_words_of_the_members_are_kept_with_the_bid() -> None:
    known = {"a": contender(unit("a")), "b": contender(unit("b"), word("c"), word())}
    assert [one.party for one in agreed(pair(), "a", known)] == ["b"]


def join(at: Hall, name: str, lead: str = "a", *shares: Share) -> list[object]:
    command = b.Join(lead=lead, agreement_sha256=AGREEMENT, shares=shares or (LIGHTS,))
    return list(at.give(command, bidder(name)))


def test_a_member_agrees_in_its_own_stream_and_leaves_no_trace_elsewhere() -> None:  # R-GEN-04
    at = hall()
    before = at.lot
    assert len(join(at, "b")) == 1
    assert at.lot == before
    assert "a" not in at.bids
    assert at.bid("b").joined == (word(),)
    assert at.bid("b").effective is None


def test_the_same_word_again_changes_nothing_and_another_replaces_it() -> None:
    at = hall()
    join(at, "b")
    assert join(at, "b") == []
    join(at, "b", "a", ROADS)
    assert [one.shares for one in at.bid("b").joined] == [(ROADS,)]
    join(at, "b", "c")
    assert [one.lead for one in at.bid("b").joined] == ["a", "c"]  # what comes of that shows with the roll


def test_nobody_joins_after_the_deadline_or_where_consortia_are_not_taken() -> None:  # 招投条例 37
    at = hall()
    with pytest.raises(Invalid, match="lead-need-not-join"):
        join(at, "a")
    at.now = T0
    with pytest.raises(TooLate, match="submission-closed"):
        join(at, "b")
    with pytest.raises(OutOfOrder, match="consortia-not-admitted"):
        join(hall(consortia=False), "b")


def test_a_consortium_is_one_bid_in_the_count_and_one_line_of_the_roll() -> None:  # R-STAT-01, F-64
    at = hall()
    join(at, "x")
    joined = Consortium(
        agreement_sha256=AGREEMENT,
        partners=(Partner(party="a", shares=(ROADS,)), Partner(party="x", shares=(LIGHTS,))),
    )
    at.submit("a", consortium=joined)
    at.close("b", "c")
    assert at.lot.opening.received == 3
    events = at.give(PublishRoll(), HOST)
    roll = next(one for one in events if isinstance(one, RollPublished)).roll
    lines = {entry.bidder: entry for entry in roll}
    assert set(lines) == {"a", "b", "c"}
    assert [one.party for one in lines["a"].consortium] == ["a", "x"]
    assert [one.name for one in lines["a"].consortium] == ["a公司", "x公司"]
    assert lines["a"].parties == ("a", "x")
    assert lines["a"].agreement_sha256 == AGREEMENT
    assert (lines["b"].consortium, lines["b"].parties) == ((), ("b",))
    # a single bid's line is written as it always was, so that signed records of old compute the same
    assert "consortium" not in msgspec.to_builtins(lines["b"])
