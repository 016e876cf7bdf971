"""R-BID-07: no notice declares the escrow before each pair of trustees has opened a test bid."""

from typing import Any

import msgspec
import pytest

from bidding.domain.admission.filing import Mode
from bidding.domain.disclosure import addressed, view
from bidding.domain.errors import Conflicting, Forbidden, Invalid, OutOfOrder
from bidding.domain.escrow import commands as c
from bidding.domain.escrow.events import OpenedPair, TrialPassed, TrialShare
from bidding.domain.escrow.state import Escrow
from bidding.domain.escrow.trustees import check_escrow
from bidding.domain.notice.terms import KeyPolicy, TrusteeTerm
from bidding.domain.parties import Actor, Role, Standing
from tests.domain.opening.hall import HOST, OFFICER, Hall, _terms, key

NOTARY = Actor(party="notary", name="公证处", roles=frozenset({Role.NOTARY}), credential="n" * 64)
TRUSTEES = {"agency": HOST, "supervisor": OFFICER, "notary": NOTARY}
PAIRS = [
    OpenedPair(first=first, second=second, plaintext_sha256="ab" * 32)
    for first, second in (("agency", "supervisor"), ("agency", "notary"), ("supervisor", "notary"))
]
SHARES = c.OpenTrial(shares=(TrialShare(index=0, share="A" * 43), TrialShare(index=1, share="A" * 43)))


def enrolled() -> Hall:
    hall = Hall(mode=Mode.TEST)
    hall.give(c.NameNotary(notary="notary"), HOST, name="公证处")
    for trustee, actor in TRUSTEES.items():
        hall.give(c.EnrolKey(suite="intl-1", public=key(trustee)), actor)
    return hall


def tried() -> Hall:
    hall = enrolled()
    hall.give(c.SealTrial(), HOST)
    for number, actor in enumerate(TRUSTEES.values()):
        hall.give(SHARES, actor, pairs=PAIRS if number == 2 else ())
    return hall


def terms(hall: Hall, **changed: Any) -> Any:
    named = tuple(
        TrusteeTerm(trustee=one.trustee, party=one.party, public=one.public) for one in hall.lot.escrow.keys
    )
    fields = {"key_policy": KeyPolicy.P2, "trustees": named} | changed
    return msgspec.structs.replace(_terms(waived=True, silence=True), **fields)


def test_the_third_trustee_completes_the_trial_and_the_notice_may_declare_it() -> None:
    hall = tried()
    assert isinstance(hall.events[-1], TrialPassed)
    check_escrow(hall.lot, terms(hall))


def test_the_notary_sees_the_ceremony_before_the_notice_and_no_stranger_does() -> None:
    hall = tried()
    seen = view(hall.lot.lot_id, hall.events, frozenset({Standing.ANYONE, Standing.MEMBER}))
    assert addressed(seen, hall.lot, "notary").escrow == hall.lot.escrow
    assert addressed(seen, hall.lot, "stranger").escrow == addressed(seen, hall.lot, "").escrow == Escrow()


def test_no_escrow_without_a_trial() -> None:
    hall = enrolled()
    with pytest.raises(Invalid, match="escrow-trial-missing"):
        check_escrow(hall.lot, terms(hall))
    hall.give(c.SealTrial(), HOST)
    for actor in (HOST, OFFICER):
        hall.give(SHARES, actor)
    with pytest.raises(Invalid, match="escrow-trial-missing"):
        check_escrow(hall.lot, terms(hall))


def test_a_new_key_after_the_trial_needs_a_new_trial() -> None:
    hall = tried()
    hall.give(c.EnrolKey(suite="intl-1", public=key("second")), NOTARY)
    with pytest.raises(Invalid, match="escrow-trial-missing"):
        check_escrow(hall.lot, terms(hall))


def test_the_notice_names_the_enrolled_keys_in_their_suite() -> None:
    hall = tried()
    named = terms(hall).trustees
    swapped = (msgspec.structs.replace(named[0], public=key("host's own")), *named[1:])
    for wrong in (
        terms(hall, trustees=swapped),
        terms(hall, trustees=named[:2]),
        terms(hall, trustees=(*named, named[0])),
        terms(hall, suites=("intl-pq",)),
    ):
        with pytest.raises(Invalid, match="trustees-differ"):
            check_escrow(hall.lot, wrong)
    with pytest.raises(Invalid, match="trustees-without-escrow"):
        check_escrow(hall.lot, terms(hall, key_policy=KeyPolicy.P1))
    check_escrow(hall.lot, terms(hall, key_policy=KeyPolicy.P1, trustees=()))


def test_a_trustee_that_shows_a_false_share_of_the_test_bid_has_not_opened_it() -> None:
    hall = enrolled()
    hall.give(c.SealTrial(), HOST)
    with pytest.raises(Invalid, match="trial-share-false") as refused:
        hall.give(SHARES, NOTARY, false=1)
    assert refused.value.found == {"trustee": "notary", "index": 1}
    hall.give(SHARES, NOTARY)
    with pytest.raises(Conflicting, match="trial-already-opened"):
        hall.give(SHARES, NOTARY)


def test_who_is_no_trustee_enrols_nothing() -> None:
    hall = Hall(mode=Mode.TEST)
    with pytest.raises(Forbidden, match="not-a-trustee"):
        hall.give(c.EnrolKey(suite="intl-1", public=key("x")), NOTARY)
    with pytest.raises(Invalid, match="not-a-notary"):
        hall.give(c.NameNotary(notary="notary"), HOST, name=None)
    with pytest.raises(Invalid, match="not-a-notary"):
        hall.give(c.NameNotary(notary=HOST.party), HOST, name="代理公司")
    with pytest.raises(OutOfOrder, match="trustee-keys-missing"):
        hall.give(c.SealTrial(), HOST)
    with pytest.raises(OutOfOrder, match="no-escrow-trial"):
        hall.give(SHARES, HOST)


def test_keys_are_of_one_suite_each_its_own_and_a_supervisor_does_not_stand_in_for_another() -> None:
    hall = enrolled()
    with pytest.raises(Conflicting, match="trustee-key-known"):
        hall.give(c.EnrolKey(suite="intl-1", public=key("agency")), NOTARY)
    for suite, finding in (("rot13", None), ("intl-pq", "size")):
        with pytest.raises(Invalid, match="trustee-key-malformed"):
            hall.give(c.EnrolKey(suite=suite, public=key("y")), NOTARY, finding=finding)
    other = msgspec.structs.replace(OFFICER, party="officer-2")
    with pytest.raises(Forbidden, match="not-a-trustee"):
        hall.give(c.EnrolKey(suite="intl-1", public=key("z")), other)
    hall.give(c.EnrolKey(suite="intl-pq", public="A" * 1622), NOTARY)
    with pytest.raises(Invalid, match="trustee-suites-differ"):
        hall.give(c.SealTrial(), HOST)
