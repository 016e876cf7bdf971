"""Personal data erased on a supervisor's order (个人信息保护法 47; R-ARCH-01, R-GP-18)."""

import json
from datetime import date
from typing import Any

import pytest
from msgspec.structs import replace

from bidding.domain.errors import Conflicting, Forbidden, Invalid, OutOfOrder, TooEarly, Unknown
from bidding.domain.event import Event, SignedAct
from bidding.domain.experts.events import ExpertListed
from bidding.domain.parties import Actor, Role
from bidding.domain.registration.commands import EraseData, OrderErasure
from bidding.domain.registration.erasure import NOTHING_SAID, Keeping, erase, order_erasure, without
from bidding.domain.registration.events import (
    ERASED,
    Contact,
    CredentialBound,
    Erased,
    ErasureGround,
    ErasureOrdered,
    Kind,
    PartyRegistered,
    PartyVerified,
    PersonalDataErased,
    PersonalPart,
)
from bidding.domain.registration.state import Party, evolve, replay
from tests.domain.registration.test_decide import NOW, SIGNED, enrol, facts, refusal

CONTACT, IDENTITY = PersonalPart.CONTACT, PersonalPart.IDENTITY
SUPERVISOR = Actor(party="s", roles=frozenset({Role.SUPERVISOR}))
OPERATOR = Actor(party="op", roles=frozenset({Role.OPERATOR}))
REACHED = Contact(person="王小明", phone="13900001111", email="w@example.com", address="孝感市孝南区")
PERSON: dict[str, Any] = {
    "kind": Kind.PERSON,
    "name": "王小明",
    "uscc": "",
    "requested_roles": (Role.EXPERT,),
}


def ordered(party: Party, *parts: PersonalPart) -> Party:
    command = OrderErasure(parts=parts, ground=ErasureGround.CONSENT_WITHDRAWN, reference="删〔2026〕3号")
    for event in order_erasure(party, command, facts(SUPERVISOR)):
        party = evolve(party, event)
    return party


def person(**fields: Any) -> Party:
    return replay(enrol(**PERSON, contact=REACHED, **fields))


def erased(
    party: Party, order: int = 1, *keeping: Keeping, by: Actor = OPERATOR, listed: bool = False
) -> list[Event]:
    left = [Erased(event="e1", left="0" * 64)]
    return erase(party, EraseData(order=order), facts(by), keeping=keeping, listed=listed, left=left)


def kept(until: date | None) -> Keeping:
    return Keeping(lot="lot", until=until, rule="R-ARCH-01")


def test_the_order_says_who_what_on_which_ground_when_and_is_the_supervisors_signed_act() -> None:
    command = OrderErasure(parts=(CONTACT, CONTACT), ground=ErasureGround.UNLAWFUL, reference=" 删3号 ")
    [order] = order_erasure(person(), command, facts(SUPERVISOR))
    assert order == ErasureOrdered(
        party="p",
        number=1,
        parts=(CONTACT,),
        ground=ErasureGround.UNLAWFUL,
        reference="删3号",
        by="s",
        signed=SIGNED,
        at=NOW,
    )


def test_who_is_not_registered_and_the_identity_of_a_unit_cannot_be_ordered_erased() -> None:
    """个人信息保护法 4: personal data are of natural persons."""
    with refusal("no-such-party", Unknown):
        ordered(Party(), CONTACT)
    with refusal("erasure-of-a-unit", Invalid):
        ordered(replay(enrol()), IDENTITY)


def test_what_is_ordered_already_is_not_ordered_again_until_it_is_done() -> None:
    once = ordered(person(), CONTACT)
    with refusal("erasure-ordered-already", Conflicting):
        ordered(once, CONTACT)
    assert [one.number for one in ordered(once, CONTACT, IDENTITY).erasures] == [1, 2]
    [done] = erased(once)
    assert ordered(evolve(once, done), CONTACT).erasures[1].number == 2


def test_nothing_is_erased_without_an_order() -> None:
    with refusal("no-erasure-order", Unknown):
        erased(person())
    with refusal("no-erasure-order", Unknown):
        erased(ordered(person(), CONTACT), 2)


def test_who_ordered_does_not_carry_out_and_nobody_does_twice() -> None:
    party = ordered(person(), CONTACT)
    both = Actor(party="s", roles=frozenset({Role.OPERATOR, Role.SUPERVISOR}))
    with refusal("erasure-own-order", Forbidden):
        erased(party, by=both)
    [done] = erased(party)
    assert isinstance(done, PersonalDataErased)
    assert (done.order, done.parts, done.by, done.signed) == (1, (CONTACT,), "op", SIGNED)
    after = evolve(party, done)
    assert (after.contact, after.name, after.erasures[0].done) == (Contact(), "王小明", NOW)
    with refusal("erasure-done", OutOfOrder):
        erased(after)


@pytest.mark.parametrize("part", [CONTACT, IDENTITY])
def test_nothing_is_erased_while_a_lot_goes_on(part: PersonalPart) -> None:
    """个人信息保护法 47 I (一): what is still needed for the purpose is kept."""
    with refusal("erasure-lot-running", TooEarly):
        erased(ordered(person(), part), 1, kept(date(2020, 1, 1)), kept(None))


def test_a_contact_goes_when_the_lots_have_ended_and_an_identity_not_before_the_records_term() -> None:
    """R-GP-18 (采购法 42), R-ARCH-01: fifteen years; R-ARCH-01's last day included."""
    today = date(2026, 3, 2)
    party = person()
    assert erased(ordered(party, CONTACT), 1, kept(date(2041, 3, 1)))
    with refusal("erasure-term-running", TooEarly):
        erased(ordered(party, IDENTITY), 1, kept(date(2025, 1, 1)), kept(today))
    with refusal("erasure-in-records", OutOfOrder):
        erased(ordered(party, IDENTITY), 1, kept(date(2026, 3, 1)))
    nameless = replace(kept(date(2026, 3, 1)), named=False)
    assert erased(ordered(party, IDENTITY), 1, nameless), "it was erased in the lot's events before"
    with refusal("erasure-term-running", TooEarly):
        erased(ordered(party, IDENTITY), 1, replace(kept(today), named=False))
    assert erased(ordered(party, IDENTITY))


def test_an_identity_goes_with_the_account_which_ends_and_not_out_of_the_expert_pool() -> None:
    party = ordered(person(), IDENTITY)
    with refusal("erasure-of-a-listed-expert", OutOfOrder):
        erased(party, listed=True)
    [done] = erased(party)
    after = evolve(party, done)
    assert (after.name, {one.label for one in after.credentials}) == (ERASED, {""})
    assert after.speaks_through("c1") is None
    assert party.speaks_through("c1") is not None
    assert erased(ordered(person(), CONTACT), listed=True), "a contact goes all the same"


SAID = SignedAct(
    statement=json.dumps({"act": "registration/enrol", "body": {"name": "王小明"}}), signature="A"
)
LATER = SignedAct(
    statement=json.dumps({"act": "registration/bind", "body": {"label": "王小明的手机"}}), signature="A"
)


def bound(signed: SignedAct, suite: str = "intl-1") -> CredentialBound:
    return CredentialBound(
        party="p",
        credential="c",
        signing_key="k",
        certificate="cert",
        opening_key="o",
        opening_certificate="by an authority",
        label="王小明的手机",
        signed=signed,
        at=NOW,
        suite=suite,
    )


def test_of_an_event_goes_what_is_personal_and_nothing_else() -> None:
    registered = enrol(**PERSON, contact=REACHED)[0]
    assert isinstance(registered, PartyRegistered)
    after = without(registered, "p", [CONTACT])
    assert isinstance(after, PartyRegistered)
    assert (after.contact, after.name, after.at) == (Contact(), "王小明", NOW)
    whole = without(registered, "p", [CONTACT, IDENTITY])
    assert isinstance(whole, PartyRegistered)
    assert (whole.contact, whole.name, whole.kind) == (Contact(), ERASED, Kind.PERSON)
    verified = PartyVerified(party="p", by="op", proof="身份证 420902…", at=NOW)
    assert without(verified, "p", [CONTACT]) == verified
    assert without(verified, "p", [IDENTITY]) == PartyVerified(party="p", by="op", proof="", at=NOW)


def test_the_enrolments_statement_goes_with_the_contact_that_it_says_and_a_later_one_stays() -> None:
    assert without(bound(SAID), "p", [CONTACT]) == bound(NOTHING_SAID)
    assert without(bound(LATER), "p", [CONTACT]) == bound(LATER)
    named = without(bound(LATER, "gm-1"), "p", [IDENTITY])
    assert isinstance(named, CredentialBound)
    assert (named.label, named.signed, named.opening_certificate) == ("", NOTHING_SAID, "")
    own = without(bound(LATER), "p", [IDENTITY])
    assert isinstance(own, CredentialBound)
    assert own.opening_certificate == "by an authority"
    assert without(own, "p", [IDENTITY, CONTACT]) == own, "twice is once"


def test_of_the_expert_pool_goes_this_persons_entry_alone() -> None:
    def listed(party: str) -> ExpertListed:
        return ExpertListed(
            party=party, name="王小明", trade="市政", units=("某大学",), by="op", at=NOW, holdings=("某公司",)
        )

    gone = without(listed("p"), "p", [IDENTITY])
    assert isinstance(gone, ExpertListed)
    assert (gone.name, gone.units, gone.holdings) == (ERASED, (), ())
    assert without(listed("q"), "p", [IDENTITY]) == listed("q")
    assert without(listed("p"), "p", [CONTACT]) == listed("p")
