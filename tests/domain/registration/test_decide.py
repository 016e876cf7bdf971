"""R-CODE-01, R-PLAT-08: who is registered, verified and given a role."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bidding.domain.command import Facts
from bidding.domain.errors import Conflicting, Forbidden, Invalid, OutOfOrder, Refusal, Unknown
from bidding.domain.event import Event, SignedAct
from bidding.domain.parties import Actor, Role
from bidding.domain.registration import decide
from bidding.domain.registration.commands import BindCredential, Enrol, GrantRole, RevokeCredential, Verify
from bidding.domain.registration.decide import Certified
from bidding.domain.registration.events import CredentialBound, Kind, PartyVerified, RoleGranted
from bidding.domain.registration.state import Party, evolve, replay

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SIGNED = SignedAct(statement="{}", signature="A" * 86)
SOUND = "91110000101623741K"  # published, valid
REPORTED = "91350211M0000XUF46"  # reported as genuine, fails its check character
KEY = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
OPERATOR = Actor(party="op", roles=frozenset({Role.OPERATOR}))


def facts(actor: Actor | None = None) -> Facts:
    return Facts(now=NOW, actor=actor or Actor(party="p"), signed=SIGNED)


def certified(credential: str = "c1") -> Certified:
    return Certified(credential=credential, certificate="cert", opening_certificate="open")


def enrol(first: bool = False, **fields: Any) -> list[Event]:
    asked = {
        "kind": Kind.ORGANISATION,
        "name": "单位",
        "uscc": SOUND,
        "requested_roles": (Role.BIDDER,),
        "signing_key": KEY,
        "opening_key": KEY,
        "label": "电脑",
        **fields,
    }
    command = Enrol(**asked)
    return decide.enrol("p", command, facts(), certified(), first)


def accepted(uscc: str) -> bool:
    try:
        return replay(enrol(uscc=uscc)).verified
    except Invalid:
        return False


def bound(party: Party, credential: str, **fields: Any) -> Party:
    asked: dict[str, Any] = {"signing_key": KEY, "opening_key": KEY, "label": "手机", **fields}
    events = decide.bind(party, BindCredential(**asked), facts(), certified(credential))
    for event in events:
        party = evolve(party, event)
    return party


def refusal(code: str, kind: type[Refusal]) -> Any:
    return pytest.raises(kind, match=f"^{code} ")


def test_the_unflipped_code_is_accepted() -> None:
    assert accepted(SOUND)


def test_a_sound_code_verifies_the_organisation_and_its_declared_roles_count_at_once() -> None:
    party = replay(enrol(requested_roles=(Role.BIDDER, Role.AGENCY, Role.BIDDER)))
    assert (party.verified, party.verified_by) == (True, "platform")
    assert party.roles == {Role.BIDDER, Role.AGENCY}
    assert party.requested_roles == (Role.BIDDER, Role.AGENCY)


def test_a_code_typed_with_blanks_and_small_letters_is_the_same_code() -> None:
    assert replay(enrol(uscc=f" {SOUND.lower()} ")).uscc == SOUND


def test_a_doubtful_check_character_waits_for_the_authoritys_proof_and_gives_no_role() -> None:
    party = replay(enrol(uscc=REPORTED))
    assert party.uscc_verdict == "NEEDS_AUTHORITY_PROOF"
    assert (party.verified, party.roles) == (False, frozenset())


@pytest.mark.parametrize("position", range(18))
def test_one_flipped_character_is_never_accepted(position: int) -> None:
    other = "0" if SOUND[position] != "0" else "1"
    flipped = SOUND[:position] + other + SOUND[position + 1 :]
    assert not accepted(flipped)


@pytest.mark.parametrize("code", ["", "9111000010162374", "91110000101623741I", "XX110000101623741K"])
def test_a_malformed_code_is_refused_with_its_reasons(code: str) -> None:
    with refusal("uscc-format", Invalid) as caught:
        enrol(uscc=code)
    assert caught.value.found["reasons"]


def test_the_operator_verifies_on_proof_once() -> None:
    party = replay(enrol(uscc=REPORTED))
    events = decide.verify(party, Verify(proof=" 登记证明 "), facts(OPERATOR))
    assert events == [PartyVerified(party="p", by="op", proof="登记证明", at=NOW)]
    with refusal("verified-already", OutOfOrder):
        decide.verify(evolve(party, events[0]), Verify(proof="x"), facts(OPERATOR))


@pytest.mark.parametrize(
    "role", [None, Role.BIDDER, Role.TENDERER, Role.AGENCY, Role.EXPERT, Role.SUPERVISOR]
)
def test_nobody_but_an_operator_verifies_or_grants(role: Role | None) -> None:
    other = Actor(party="x", roles=frozenset({role} if role else ()))
    party = replay(enrol(uscc=REPORTED))
    with refusal("operator-needed", Forbidden):
        decide.verify(party, Verify(proof="x"), facts(other))
    with refusal("operator-needed", Forbidden):
        decide.grant_role(party, GrantRole(role=Role.EXPERT), facts(other))


def test_an_unknown_party_is_neither_verified_nor_given_a_role() -> None:
    with refusal("no-such-party", Unknown):
        decide.verify(Party(), Verify(proof="x"), facts(OPERATOR))
    with refusal("no-such-party", Unknown):
        decide.grant_role(Party(), GrantRole(role=Role.EXPERT), facts(OPERATOR))


def test_a_person_has_no_code_waits_and_takes_no_organisations_role() -> None:
    person: dict[str, Any] = {"kind": Kind.PERSON, "uscc": "", "requested_roles": (Role.EXPERT,)}
    assert not replay(enrol(**person)).verified
    with refusal("person-has-no-uscc", Invalid):
        enrol(**person | {"uscc": SOUND})
    with refusal("role-needs-organisation", Invalid):
        enrol(**person | {"requested_roles": (Role.BIDDER,)})


@pytest.mark.parametrize("role", [Role.EXPERT, Role.SUPERVISOR, Role.OPERATOR])
def test_a_deciding_role_asked_for_counts_only_when_granted(role: Role) -> None:
    party = replay(enrol(requested_roles=(role,)))
    assert party.roles == frozenset()
    events = decide.grant_role(party, GrantRole(role=role), facts(OPERATOR))
    assert events == [RoleGranted(party="p", role=role, by="op", at=NOW)]
    granted = evolve(party, events[0])
    assert granted.roles == {role}
    with refusal("role-granted-already", OutOfOrder):
        decide.grant_role(granted, GrantRole(role=role), facts(OPERATOR))


def test_roles_are_granted_to_verified_parties_only_and_declared_ones_never() -> None:
    waiting = replay(enrol(uscc=REPORTED))
    with refusal("party-unverified", OutOfOrder):
        decide.grant_role(waiting, GrantRole(role=Role.SUPERVISOR), facts(OPERATOR))
    with refusal("role-is-declared", Invalid):
        decide.grant_role(replay(enrol()), GrantRole(role=Role.BIDDER), facts(OPERATOR))


def test_somebody_registers_for_something() -> None:
    with refusal("no-role-requested", Invalid):
        enrol(requested_roles=())
    with refusal("name-empty", Invalid):
        enrol(name="  ")


def test_the_bootstrap_code_makes_a_verified_operator() -> None:
    party = replay(enrol(first=True, requested_roles=()))
    assert party.verified
    assert party.roles == {Role.OPERATOR}


def test_the_enrolment_keeps_the_signed_statement_with_the_device() -> None:
    events = [event for event in enrol() if isinstance(event, CredentialBound)]
    assert [event.signed for event in events] == [SIGNED]
    with refusal("statement-missing", Invalid):
        decide.enrol(
            "p",
            Enrol(
                kind=Kind.ORGANISATION,
                name="单位",
                uscc=SOUND,
                requested_roles=(Role.BIDDER,),
                signing_key=KEY,
                opening_key=KEY,
                label="x",
            ),
            Facts(now=NOW, actor=Actor(party="p")),
            certified(),
            False,
        )


def test_a_device_is_bound_once_and_a_recovery_recipient_signs_nothing() -> None:
    party = bound(replay(enrol()), "c2")
    assert party.speaks_through("c2")
    with refusal("credential-known", Conflicting):
        bound(party, "c2")
    recovering = bound(party, "c3", recovery=True, signing_key=None)
    assert recovering.credential("c3")
    assert recovering.speaks_through("c3") is None
    with refusal("recovery-opens-only", Invalid):
        bound(party, "c4", recovery=True)
    with refusal("recovery-opens-only", Invalid):
        bound(party, "c4", signing_key=None)


def test_a_revoked_device_no_longer_speaks_and_is_never_bound_again() -> None:
    party = bound(replay(enrol()), "c2")
    [revoked] = decide.revoke(party, RevokeCredential(credential="c2", reason="丢失"), facts())
    after = evolve(party, revoked)
    assert after.speaks_through("c2") is None
    assert after.speaks_through("c1")
    with refusal("credential-revoked-already", OutOfOrder):
        decide.revoke(after, RevokeCredential(credential="c2", reason="x"), facts())
    with refusal("credential-known", Conflicting):
        bound(after, "c2")


def test_the_last_device_that_signs_stays() -> None:
    party = bound(replay(enrol()), "c2", recovery=True, signing_key=None)
    with refusal("last-credential", OutOfOrder):
        decide.revoke(party, RevokeCredential(credential="c1", reason="x"), facts())
    decide.revoke(party, RevokeCredential(credential="c2", reason="x"), facts())
    with refusal("no-such-credential", Unknown):
        decide.revoke(party, RevokeCredential(credential="c9", reason="x"), facts())


def test_devices_are_limited() -> None:
    party = replay(enrol())
    for number in range(2, decide.MAX_CREDENTIALS + 1):
        party = bound(party, f"c{number}")
    with refusal("too-many-credentials", OutOfOrder):
        bound(party, "one-more")
