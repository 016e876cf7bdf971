"""R-BID-07, R-PAIN-04: the escrow opens what the report names, after both offices agreed, before any price is known."""

import pytest

from bidding.domain.errors import Conflicting, Forbidden, Invalid, OutOfOrder, Unknown
from bidding.domain.escrow import commands as c
from bidding.domain.escrow import events as e
from bidding.domain.escrow.remedy import Lie
from bidding.domain.notice.terms import KeyPolicy, TrusteeTerm
from bidding.domain.opening.commands import Import, PublishFormKey
from bidding.domain.opening.events import BidsImported
from bidding.domain.opening.outcomes import releasing, unreleased
from bidding.domain.parties import Actor, Role
from tests.domain.opening.hall import HOST, OFFICER, SIGNED, T0, Hall, key

NOTARY = Actor(party="notary", name="公证处", roles=frozenset({Role.NOTARY}), credential="n" * 64)
DIGEST = "ab" * 32
LOST = c.Report(kind="keys-lost", bidders=("c",), text="手机损坏", evidence_hash=DIGEST)
WITHHELD = c.Report(kind="office-withholds", office="agency", text="代理机构未公布密钥", evidence_hash=DIGEST)


def given(number: int, bidder: str) -> c.GiveShares:
    shares = tuple(
        e.GivenShare(envelope="form", index=index, commitment=DIGEST, wrapped="AA") for index in (0, 1)
    )
    return c.GiveShares(number=number, bidder=bidder, shares=shares)


def ended(*released: str, policy: KeyPolicy = KeyPolicy.P2) -> Hall:
    """a, b and c on the roll; the release window has ended."""
    trustees = tuple(
        TrusteeTerm(trustee=name, party=name, public=key(name)) for name in ("agency", "supervisor", "notary")
    )
    hall = Hall(terms={"key_policy": policy, "trustees": trustees if policy is KeyPolicy.P2 else ()})
    hall.store(e.NotaryNamed(notary="notary", name="公证处", by="agency", at=T0, signed=SIGNED))
    hall.order("a", "b", "c")
    hall.release(*released)
    hall.end_window()
    return hall


def reported() -> Hall:
    hall = ended("a", "b")
    hall.give(LOST, HOST)
    hall.give(c.Agree(number=1), OFFICER)
    return hall


def test_two_trustees_open_the_bid_of_a_bidder_that_lost_its_keys() -> None:
    hall = reported()
    with pytest.raises(OutOfOrder, match="outcomes-pending"):
        hall.give(PublishFormKey(private_key=key("x")), HOST)
    hall.give(given(1, "c"), OFFICER)
    assert unreleased(hall.lot) == ("c",), "one trustee alone opens nothing"
    hall.give(given(1, "c"), NOTARY)
    assert (unreleased(hall.lot), sorted(releasing(hall.lot))) == ((), ["a", "b", "c"])
    hall.form_keys()
    assert isinstance(hall.bring_in()[0], BidsImported)
    assert {one.bidder for one in hall.lot.opening.imported if one.opened} == {"a", "b", "c"}


def test_nothing_is_opened_without_the_report_and_both_offices() -> None:
    hall = ended("a", "b")
    with pytest.raises(Unknown, match="no-such-report"):
        hall.give(given(1, "c"), NOTARY)
    hall.give(LOST, OFFICER)
    with pytest.raises(OutOfOrder, match="escrow-not-agreed"):
        hall.give(given(1, "c"), NOTARY)
    with pytest.raises(Conflicting, match="escrow-already-agreed"):
        hall.give(c.Agree(number=1), OFFICER)
    hall.give(c.Agree(number=1), HOST)
    with pytest.raises(Unknown, match="not-in-the-report"):
        hall.give(given(1, "a"), NOTARY)
    with pytest.raises(Unknown, match="no-such-report"):
        hall.give(c.Agree(number=2), HOST)


def test_under_p1_nobody_can_help() -> None:
    hall = ended("a", "b", policy=KeyPolicy.P1)
    with pytest.raises(OutOfOrder, match="no-escrow-declared"):
        hall.give(LOST, HOST)


def test_not_while_the_bidder_can_still_release() -> None:
    hall = Hall(terms={"key_policy": KeyPolicy.P2})
    hall.order("a", "b", "c")
    with pytest.raises(OutOfOrder, match="release-window-running"):
        hall.give(LOST, HOST)


def test_not_for_a_bidder_that_released_nor_after_a_form_key_is_out() -> None:
    hall = ended("a", "b", "c")
    with pytest.raises(Invalid, match="escrow-bidder-has-released"):
        hall.give(LOST, HOST)
    hall.give(PublishFormKey(private_key=key("x")), HOST)
    with pytest.raises(OutOfOrder, match="escrow-too-late"):
        hall.give(LOST, HOST)


def test_a_false_share_names_its_trustee_and_the_third_stands_in() -> None:
    hall = reported()
    hall.give(given(1, "c"), OFFICER)
    lie = Lie(envelope="form", share=1, shown="cd" * 32, committed=DIGEST)
    (shown,) = hall.give(given(1, "c"), NOTARY, lies=[lie])
    assert isinstance(shown, e.FalseShareShown)
    assert (shown.trustee, shown.index, shown.shown) == ("notary", 1, "cd" * 32)
    assert [one.trustee for one in hall.lot.escrow.false_shares] == ["notary"]
    assert unreleased(hall.lot) == ("c",)
    hall.give(given(1, "c"), HOST)
    assert unreleased(hall.lot) == ()


def test_shares_are_given_once_and_readable() -> None:
    hall = reported()
    with pytest.raises(Invalid, match="escrow-shares-refused"):
        hall.give(given(1, "c"), NOTARY, finding="not-every-share")
    hall.give(given(1, "c"), NOTARY)
    with pytest.raises(Conflicting, match="escrow-shares-already-given"):
        hall.give(given(1, "c"), NOTARY)
    stranger = Actor(party="x", roles=frozenset({Role.NOTARY}), credential="x" * 64)
    with pytest.raises(Forbidden, match="not-a-trustee"):
        hall.give(given(1, "c"), stranger)


def test_one_session_key_withheld_is_opened_by_supervisor_and_notary() -> None:
    hall = ended("a", "b", "c")
    hall.give(PublishFormKey(private_key=key("x")), OFFICER)
    hall.give(WITHHELD, OFFICER)
    with pytest.raises(OutOfOrder, match="form-keys-missing"):
        hall.give(Import(), results=hall.results())
    for name in ("a", "b", "c"):
        hall.give(given(1, name), OFFICER)
        hall.give(given(1, name), NOTARY)
    hall.bring_in()
    assert {one.bidder for one in hall.lot.opening.imported if one.opened} == {"a", "b", "c"}
    with pytest.raises(OutOfOrder, match="escrow-too-late"):
        hall.give(given(1, "a"), HOST)


def test_an_office_that_has_published_withholds_nothing_and_none_reports_itself() -> None:
    hall = ended("a", "b", "c")
    with pytest.raises(Invalid, match="escrow-report-names-the-other-office"):
        hall.give(WITHHELD, HOST)
    hall.give(PublishFormKey(private_key=key("x")), HOST)
    with pytest.raises(OutOfOrder, match="office-has-published"):
        hall.give(WITHHELD, OFFICER)
    hall = ended("a", "b")
    with pytest.raises(OutOfOrder, match="outcomes-pending"):
        hall.give(WITHHELD, OFFICER)


def test_a_report_is_made_once() -> None:
    hall = reported()
    with pytest.raises(Conflicting, match="escrow-already-reported"):
        hall.give(LOST, HOST)
