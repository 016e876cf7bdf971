"""R-OPEN-24, R-BID-08: under P1 an office withholds its form key; the release is run again, or the lot fails."""

import msgspec
import pytest

from bidding.domain.errors import Conflicting, Forbidden, Invalid, OutOfOrder, Unknown
from bidding.domain.lot import Phase
from bidding.domain.notice.terms import KeyPolicy
from bidding.domain.opening import commands as c
from bidding.domain.opening import events as e
from bidding.domain.opening.outcomes import outcome_of, unreleased
from bidding.domain.opening.record import opening_record
from bidding.domain.parties import Actor
from bidding.domain.supervision import Matter, awaited
from tests.domain.opening.hall import HOST, OFFICER, Hall, key

TENDERER = Actor(party="owner", name="住建局", roles=HOST.roles, credential="t" * 64)
COLLEAGUE = msgspec.structs.replace(OFFICER, party="officer-2")


def missing(office: str) -> c.ReportWithheldKey:
    fields = {"office": office, "text": "会话私钥丢失", "evidence_hash": "ab" * 32}
    return msgspec.convert(fields, c.ReportWithheldKey)


def decision(resolution: str = "rerun", substitute: str = "owner", number: int = 1) -> c.DecideWithheldKey:
    fields = {"number": number, "resolution": resolution, "substitute": substitute, "reason": "接替"}
    return msgspec.convert(fields, c.DecideWithheldKey)


def ended(*released: str, policy: KeyPolicy = KeyPolicy.P1) -> Hall:
    hall = Hall(terms={"key_policy": policy})
    hall.order("a", "b", "c")
    hall.release(*released)
    hall.end_window()
    return hall


def again(hall: Hall, *releasing: str) -> None:
    """The second run up to its window's end, with the tenderer in the agency's place; all release, or ``releasing``."""
    hall.office_keys(TENDERER, session="s-2", seed="second/agency")
    hall.office_keys(OFFICER, session="s-2", seed="second/supervisor")
    hall.give(c.OrderRelease(), TENDERER)
    hall.release(*(releasing or ("a", "b", "c")))
    hall.end_window()


def test_the_same_bidders_release_again_to_new_keys_of_a_substitute() -> None:
    hall = ended("a", "b", "c")
    bids = {name: hall.bid(name).effective for name in "abc"}
    hall.give(missing("agency"), OFFICER)
    assert Matter.WITHHELD in {one.matter for one in awaited(hall.lot)}
    (decided,) = hall.give(decision(), OFFICER)
    assert isinstance(decided, e.WithheldKeyDecided)
    opening = hall.lot.opening
    assert (opening.office_keys, opening.released, opening.release_window) == ((), (), None)
    assert sorted(unreleased(hall.lot)) == ["a", "b", "c"]
    again(hall)
    for actor in (TENDERER, OFFICER):
        hall.give(c.PublishFormKey(private_key=key(f"{actor.party}/2")), actor)
    hall.bring_in()
    assert {one.bidder for one in hall.lot.opening.imported if one.opened} == {"a", "b", "c"}
    assert {name: hall.bid(name).effective for name in "abc"} == bids, "no bid was changed (招投法 28, 29)"
    (said,) = opening_record(hall.lot)["withheld"]
    assert (said["office"], said["substitute"], len(said["abandoned"])) == ("agency", "owner", 2)


def test_who_was_replaced_is_no_office_any_more_and_given_up_keys_are_not_used_again() -> None:
    hall = ended("a", "b", "c")
    hall.give(missing("agency"), OFFICER)
    hall.give(decision(), OFFICER)
    with pytest.raises(Forbidden, match="not-an-office"):
        hall.office_keys(HOST, session="s-2", seed="second/agency")
    with pytest.raises(Conflicting, match="session-given-up"):
        hall.office_keys(OFFICER, session="s-1", seed="second/supervisor")
    with pytest.raises(Invalid, match="office-keys-reused"):
        hall.office_keys(OFFICER, session="s-2")
    again(hall)


def test_a_report_needs_a_missing_key_and_nothing_else_that_waits() -> None:
    hall = Hall()
    hall.order("a", "b", "c")
    with pytest.raises(OutOfOrder, match="release-window-running"):
        hall.give(missing("agency"), OFFICER)
    hall = ended("a", "b")
    with pytest.raises(OutOfOrder, match="outcomes-pending"):
        hall.give(missing("agency"), OFFICER)
    hall = ended("a", "b", "c")
    hall.give(c.PublishFormKey(private_key=key("x")), HOST)
    with pytest.raises(OutOfOrder, match="key-not-withheld"):
        hall.give(missing("agency"), OFFICER)
    (reported,) = hall.give(missing("supervisor"), HOST)
    assert isinstance(reported, e.KeyWithheldReported)
    assert (reported.reporter, reported.exposed) == ("agency", True), "its holder could read alone"
    with pytest.raises(Conflicting, match="withheld-key-reported"):
        hall.give(missing("supervisor"), HOST)


def test_trustees_are_the_remedy_where_there_are_some() -> None:
    hall = ended("a", "b", "c", policy=KeyPolicy.P2)
    with pytest.raises(OutOfOrder, match="withheld-key-has-escrow"):
        hall.give(missing("agency"), OFFICER)


def test_whose_key_is_missing_does_not_decide() -> None:
    hall = ended("a", "b", "c")
    hall.give(missing("supervisor"), HOST)
    with pytest.raises(Forbidden, match="own-key-withheld"):
        hall.give(decision("fail", ""), OFFICER)
    hall.give(decision("rerun", ""), COLLEAGUE)
    hall.office_keys(HOST, session="s-2", seed="second/agency")
    hall.office_keys(COLLEAGUE, session="s-2", seed="second/supervisor")


def test_only_the_principal_takes_the_agencys_place() -> None:
    hall = ended("a", "b", "c")
    hall.give(missing("agency"), OFFICER)
    for wrong in (decision(substitute="a"), decision("fail", "owner")):
        with pytest.raises(Invalid, match="substitute-unfit"):
            hall.give(wrong, OFFICER)
    with pytest.raises(Unknown, match="no-withheld-key"):
        hall.give(decision(number=2), OFFICER)
    hall.give(decision(substitute=""), OFFICER)
    hall.office_keys(HOST, session="s-2", seed="second/agency")


def test_a_key_that_is_published_after_all_settles_the_report() -> None:
    hall = ended("a", "b", "c")
    hall.give(missing("agency"), OFFICER)
    hall.give(c.PublishFormKey(private_key=key("x")), HOST)
    assert Matter.WITHHELD not in {one.matter for one in awaited(hall.lot)}
    with pytest.raises(Unknown, match="no-withheld-key"):
        hall.give(decision(), OFFICER)


def test_the_lot_may_fail_instead() -> None:
    hall = ended("a", "b", "c")
    hall.give(missing("agency"), OFFICER)
    _, failed = hall.give(decision("fail", ""), OFFICER)
    assert isinstance(failed, e.LotFailed)
    assert (hall.lot.phase, failed.reason) == (Phase.FAILED, "session-key-withheld")


def test_what_was_a_bidders_own_doing_stays_found() -> None:
    hall = ended("a", "b", "c")
    hall.give(missing("agency"), OFFICER)
    hall.give(decision(), OFFICER)
    again(hall)
    standing = outcome_of(hall.lot, "a")
    assert standing is not None
    assert not standing.final
    hall = Hall()
    hall.order("a", "b", "c", "d", "f")
    hall.release("a", "b", "c")
    hall.end_window()
    hall.fault("d", "BIDDER")
    hall.fault("f", "OTHER")
    hall.give(missing("agency"), OFFICER)
    hall.give(decision(), OFFICER)
    assert [one.bidder for one in hall.lot.opening.faults] == ["d"]
