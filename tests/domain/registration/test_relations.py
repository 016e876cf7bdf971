"""What a unit declares of itself, and the operator's own group (R-ENG-31, R-GP-27, R-PLAT-07)."""

import pytest

from bidding.domain.errors import Conflicting, Forbidden, Invalid, OutOfOrder, Unknown
from bidding.domain.parties import Actor, Role
from bidding.domain.registration import decide
from bidding.domain.registration.commands import DeclareRelations, DelistAffiliate, Enrol, ListAffiliate
from bidding.domain.registration.events import Kind, RelationsDeclared
from bidding.domain.registration.operatorgroup import (
    NO_GROUP,
    OperatorGroup,
    delist_affiliate,
    evolve,
    list_affiliate,
)
from bidding.domain.registration.operatorgroup import replay as replay_group
from bidding.domain.registration.state import Party, replay
from bidding.domain.registration.state import evolve as evolve_party
from bidding.domain.relations import Person, Relations, Superior, TieKind
from tests.domain.registration.test_decide import KEY, OPERATOR, SOUND, certified, enrol, facts, refusal

OTHER = "911101066976941872"
DECLARED = Relations(
    head=Person(name="张三"),
    superiors=(Superior(name="集团", uscc=OTHER, tie=TieKind.HOLDING, share_bp=6000),),
)


def group() -> OperatorGroup:
    command = ListAffiliate(uscc=f" {OTHER.lower()} ", name=" 集团 ", basis="股权登记")
    return replay_group(list_affiliate(NO_GROUP, command, facts(OPERATOR)))


def party() -> Party:
    return replay(enrol())


def test_relations_are_declared_at_enrolment_or_later_and_replaced_whole() -> None:
    enrolled = replay(enrol(relations=DECLARED))
    assert enrolled.relations == DECLARED
    assert party().relations is None
    other = Relations(head=Person(name="李四"))
    (event,) = decide.declare_relations(enrolled, DeclareRelations(relations=other), facts(), NO_GROUP)
    assert isinstance(event, RelationsDeclared)
    assert evolve_party(enrolled, event).relations == other
    with refusal("relations-unchanged", OutOfOrder):
        decide.declare_relations(enrolled, DeclareRelations(relations=DECLARED), facts(), NO_GROUP)


@pytest.mark.parametrize(
    ("superior", "code"),
    [
        (Superior(name="坏", uscc="91110000101623741", tie=TieKind.HOLDING), "superior-uscc-format"),
        (Superior(name="小写", uscc=OTHER.replace("9", "a", 1), tie=TieKind.HOLDING), "superior-uscc-format"),
        (Superior(name="自己", uscc=SOUND, tie=TieKind.HOLDING), "superior-is-oneself"),
    ],
)
def test_a_superior_is_another_unit_with_a_code_of_the_right_form(superior: Superior, code: str) -> None:
    said = Relations(head=Person(name="张三"), superiors=(superior,))
    with refusal(code, Invalid):
        enrol(relations=said)
    with refusal(code, Invalid):
        decide.declare_relations(party(), DeclareRelations(relations=said), facts(), NO_GROUP)


def test_no_more_than_the_whole_is_held() -> None:
    holders = tuple(Superior(name=n, tie=TieKind.HOLDING, share_bp=5000) for n in ("甲", "乙"))
    enrol(relations=Relations(head=Person(name="张三"), superiors=holders))
    more = (*holders, Superior(name="丙", tie=TieKind.HOLDING, share_bp=1))
    with refusal("shares-over-whole", Invalid):
        enrol(relations=Relations(head=Person(name="张三"), superiors=more))


def test_a_person_declares_none() -> None:
    with refusal("person-has-no-relations", Invalid):
        enrol(kind=Kind.PERSON, uscc="", requested_roles=(Role.EXPERT,), relations=DECLARED)


# R-PLAT-07: role grants


@pytest.mark.parametrize(
    ("role", "barred"), [(Role.BIDDER, True), (Role.AGENCY, True), (Role.TENDERER, False)]
)
def test_a_unit_of_the_operators_group_takes_neither_role(role: Role, barred: bool) -> None:
    command = Enrol(
        kind=Kind.ORGANISATION,
        name="集团",
        uscc=OTHER,
        requested_roles=(role,),
        signing_key=KEY,
        opening_key=KEY,
        label="电脑",
    )
    decide.enrol("p", command, facts(), certified(), first=False)
    if barred:
        with refusal("operator-group", Forbidden) as refused:
            decide.enrol("p", command, facts(), certified(), first=False, group=group())
        assert refused.value.found == {"unit": "集团", "roles": [role]}
    else:
        decide.enrol("p", command, facts(), certified(), first=False, group=group())


def test_nor_does_a_unit_that_the_group_controls_and_a_small_holding_is_no_control() -> None:
    with refusal("operator-group", Forbidden):
        decide.declare_relations(party(), DeclareRelations(relations=DECLARED), facts(), group())
    small = Superior(name="集团", uscc=OTHER, tie=TieKind.HOLDING, share_bp=5000)
    said = Relations(head=Person(name="张三"), superiors=(small,))
    decide.declare_relations(party(), DeclareRelations(relations=said), facts(), group())


def test_the_list_takes_a_unit_once_and_gives_it_back() -> None:
    listed = group()
    assert [(one.uscc, one.name) for one in listed.members] == [(OTHER, "集团")]
    with refusal("affiliate-listed-already", Conflicting):
        list_affiliate(listed, ListAffiliate(uscc=OTHER, name="集团", basis="x"), facts(OPERATOR))
    with refusal("uscc-format", Invalid):
        list_affiliate(listed, ListAffiliate(uscc="X", name="集团", basis="x"), facts(OPERATOR))
    with refusal("no-such-affiliate", Unknown):
        delist_affiliate(listed, DelistAffiliate(uscc=SOUND, reason="x"), facts(OPERATOR))
    (gone,) = delist_affiliate(listed, DelistAffiliate(uscc=OTHER, reason="已转让"), facts(Actor(party="op")))
    after = evolve(listed, gone)
    assert (after.members, after.version) == ((), 2)
    assert after.find(OTHER, "集团") is None
    assert listed.find("", "集团") is not None
