"""Changes of a unit: by one consent, or by notice and new verification (R-NB-HS-02, R-NB-HS-04, R-ENG-32; F-53)."""

from typing import Any

import pytest

from bidding.domain.errors import Invalid, OutOfOrder
from bidding.domain.parties import Role
from bidding.domain.registration import decide
from bidding.domain.registration.changes import change_licence, report_change
from bidding.domain.registration.commands import ChangeLicence, ReportChange, Verify
from bidding.domain.registration.events import ChangeKind, Kind, LicenceChanged
from bidding.domain.registration.state import Party, evolve, replay
from bidding.domain.relations import Person, Relations, Superior, TieKind
from tests.domain.registration.test_decide import OPERATOR, SOUND, enrol, facts, refusal

HOLDER = Superior(name="集团", tie=TieKind.HOLDING, share_bp=6000)
DECLARED = Relations(head=Person(name="张三"), superiors=(HOLDER,))


def party() -> Party:
    return replay(enrol(relations=DECLARED))


def changed(before: Party, **fields: Any) -> Party:
    asked: dict[str, Any] = {"evidence": "登字88号", "consent": True, **fields}
    command = ChangeLicence(**asked)
    for event in change_licence(before, command, facts()):
        before = evolve(before, event)
    return before


def test_a_new_name_and_head_by_one_consent_and_the_code_stays_the_key() -> None:
    after = changed(party(), name=" 新单位 ", head=Person(name="李四"))
    assert (after.name, after.uscc, after.verified) == ("新单位", SOUND, True)
    assert after.relations == Relations(head=Person(name="李四"), superiors=(HOLDER,))
    assert [(one.kind, one.before, one.after, one.evidence) for one in after.changes] == [
        (ChangeKind.NAME, "单位", "新单位", "登字88号"),
        (ChangeKind.HEAD, "张三", "李四", "登字88号"),
    ]
    assert not after.needs_reverification


def test_only_what_changes_is_recorded() -> None:
    assert [one.kind for one in changed(party(), name="新单位", head=Person(name="张三")).changes] == [
        ChangeKind.NAME
    ]
    assert changed(party(), name="新单位").relations == DECLARED
    assert changed(replay(enrol()), head=Person(name="王五")).relations == Relations(head=Person(name="王五"))


def test_without_consent_nothing_is_carried_and_without_a_change_nothing_recorded() -> None:
    with refusal("change-without-consent", Invalid):
        changed(party(), name="新单位", consent=False)
    for same in ({}, {"name": "单位"}, {"head": Person(name="张三")}):
        with refusal("licence-unchanged", OutOfOrder):
            changed(party(), **same)


def test_a_person_has_no_licence() -> None:
    person = replay(enrol(kind=Kind.PERSON, uscc="", requested_roles=(Role.EXPERT,)))
    with refusal("person-has-no-licence", Invalid):
        changed(person, name="别名")


def test_a_major_change_follows_nowhere_by_itself_and_is_verified_anew() -> None:  # R-ENG-32, R-NB-HS-04
    command = ReportChange(kind=ChangeKind.QUALIFICATION, text=" 一级变二级 ", evidence="资质证书")
    (event,) = report_change(party(), command, facts())
    after = evolve(party(), event)
    assert after.needs_reverification
    assert (after.name, after.changes[0].after) == ("单位", "一级变二级")
    assert after.roles == party().roles  # what it may do is for the tenderer's review to say
    (again,) = decide.verify(after, Verify(proof="新证书原件"), facts(OPERATOR))
    assert not evolve(after, again).needs_reverification
    with refusal("verified-already", OutOfOrder):
        decide.verify(evolve(after, again), Verify(proof="x"), facts(OPERATOR))


@pytest.mark.parametrize("kind", [ChangeKind.NAME, ChangeKind.HEAD])
def test_a_change_of_licence_is_no_major_change(kind: ChangeKind) -> None:
    with refusal("change-is-of-licence", Invalid):
        report_change(party(), ReportChange(kind=kind, text="x", evidence="y"), facts())


def test_the_history_of_names_stays_in_the_log() -> None:
    twice = changed(changed(party(), name="二"), name="三")
    assert [(one.before, one.after) for one in twice.changes] == [("单位", "二"), ("二", "三")]
    assert frozenset() == LicenceChanged.AUDIENCE
