"""Outside bodies are told of a changed licence, and the party sees what each answered (R-NB-HS-01; F-53)."""

import pytest
from msgspec.structs import replace

from bidding.domain.registration.bodies import BodyAnswer, answered, notices_of
from bidding.domain.registration.changes import change_licence, report_change
from bidding.domain.registration.commands import ChangeLicence, ReportChange
from bidding.domain.registration.events import BodiesToTell, BodyState, ChangeKind
from bidding.domain.registration.state import Party, evolve, replay
from tests.domain.registration.test_decide import enrol, facts

BODIES = ("湖北CA", "印章备案")


def changed(before: Party, name: str = "新单位") -> Party:
    command = ChangeLicence(name=name, evidence="登字88号", consent=True)
    events = change_licence(before, command, facts())
    for event in [*events, *notices_of(before.bodies, events, BODIES)]:
        before = evolve(before, event)
    return before


def said(party: Party, body: str, state: BodyState, *, number: int = 1, text: str = "") -> Party:
    answer = BodyAnswer(state=state, reference="案1", text=text)
    for event in answered(party.bodies, party.party, number, body, answer, facts().now):
        party = evolve(party, event)
    return party


def states(party: Party, number: int = 1) -> list[BodyState]:
    return [one.state for one in party.bodies[number - 1].told]


def test_the_notice_holds_the_changes_and_the_one_consent_and_waits_for_each_body() -> None:
    after = changed(replay(enrol()))
    (notice,) = after.bodies
    assert [(one.kind, one.after) for one in notice.changes] == [(ChangeKind.NAME, "新单位")]
    assert notice.consent == facts().signed
    assert [(one.body, one.state, one.at) for one in notice.told] == [
        (body, BodyState.WAITING, None) for body in BODIES
    ]
    assert not notice.settled


def test_each_body_answers_for_itself_and_its_last_word_stands() -> None:
    after = said(changed(replay(enrol())), "湖北CA", BodyState.ACCEPTED)
    assert states(after) == [BodyState.ACCEPTED, BodyState.WAITING]
    after = said(said(after, "湖北CA", BodyState.DONE), "印章备案", BodyState.REFUSED, text="请到窗口办理")
    assert states(after) == [BodyState.DONE, BodyState.REFUSED]
    assert after.bodies[0].told[1].text == "请到窗口办理"
    assert after.bodies[0].settled
    assert said(after, "印章备案", BodyState.DONE).version == after.version


@pytest.mark.parametrize(
    ("body", "number", "state"),
    [("湖北CA", 1, BodyState.WAITING), ("别的机构", 1, BodyState.DONE), ("湖北CA", 2, BodyState.DONE)],
)
def test_what_is_no_answer_to_a_notice_of_the_party_is_not_recorded(
    body: str, number: int, state: BodyState
) -> None:
    after = changed(replay(enrol()))
    assert said(after, body, state, number=number).version == after.version


def test_the_same_answer_again_is_recorded_once() -> None:
    once = said(changed(replay(enrol())), "湖北CA", BodyState.ACCEPTED)
    assert said(once, "湖北CA", BodyState.ACCEPTED).version == once.version
    assert said(once, "湖北CA", BodyState.ACCEPTED, text="制证中").version == once.version + 1


def test_every_change_has_a_notice_of_its_own() -> None:
    after = changed(changed(replay(enrol())), "又一单位")
    assert [one.number for one in after.bodies] == [1, 2]
    after = said(after, "湖北CA", BodyState.DONE, number=2)
    assert (states(after, 1)[0], states(after, 2)[0]) == (BodyState.WAITING, BodyState.DONE)


def test_nothing_is_told_without_bodies_or_of_a_change_that_does_not_follow_by_itself() -> None:  # R-NB-HS-04
    party = replay(enrol())
    licence = change_licence(party, ChangeLicence(name="新单位", evidence="e", consent=True), facts())
    assert notices_of((), licence, ()) == []
    major = report_change(party, ReportChange(kind=ChangeKind.MERGER, text="合并", evidence="e"), facts())
    assert notices_of((), major, BODIES) == []
    (told,) = notices_of((), licence, BODIES)
    assert isinstance(told, BodiesToTell)
    assert replace(told, number=1) == told
