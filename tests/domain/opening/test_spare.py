"""R-PAIN-05, F-18 (20号令 31): a spare file is taken where the document allows it, before any price is known."""

from typing import Any

import msgspec
import pytest

from bidding.domain.bid import commands as b
from bidding.domain.bidfate import BidOutcome
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, Unknown
from bidding.domain.notice.terms import SpareUse
from bidding.domain.opening import commands as c
from bidding.domain.opening import events as e
from bidding.domain.opening.outcomes import outcome_of, unreleased
from bidding.domain.opening.record import opening_record
from bidding.domain.supervision import Awaited, Matter, awaited
from tests.domain.opening.hall import HOST, OFFICER, Hall, bidder, key

HANDED = c.HandInSpare(upload="a" * 26, reason="解密服务中断")


def accepted(name: str, fault: str = "OTHER") -> c.AcceptSpare:
    fields = {"bidder": name, "fault": fault, "reason": "非投标人原因", "evidence_hash": "ef" * 32}
    return msgspec.convert(fields, c.AcceptSpare)


def ended(*released: str, use: SpareUse | None = SpareUse.OTHER_FAULT) -> Hall:
    """a, b and c on the roll; the release window has ended."""
    terms: dict[str, Any] = {} if use is None else {"spare": use}
    hall = Hall(terms=terms)
    hall.order("a", "b", "c")
    hall.release(*released)
    hall.end_window()
    return hall


def test_a_spare_that_is_taken_opens_with_all_others_and_is_said_in_the_record() -> None:
    hall = ended("a", "b")
    hall.give(b.StartUpload(envelope="spare", length=9), bidder("c"))
    (brought,) = hall.give(HANDED, bidder("c"))
    assert isinstance(brought, e.SpareHandedIn)
    assert unreleased(hall.lot) == ("c",), "handed in is not taken"
    with pytest.raises(OutOfOrder, match="outcomes-pending"):
        hall.give(c.PublishFormKey(private_key=key("x")), HOST)
    (taken,) = hall.give(accepted("c"), OFFICER)
    assert isinstance(taken, e.SpareAccepted)
    assert (taken.by, taken.fault, taken.reason) == (OFFICER.party, "OTHER", "非投标人原因")
    hall.form_keys()
    hall.bring_in()
    standing = outcome_of(hall.lot, "c")
    assert standing is not None
    assert (standing.outcome, standing.form is not None) == (BidOutcome.OPENED_BY_REMEDY, True)
    hall.give(c.Announce(), HOST)
    hall.confirm("a", "b", "c")
    (said,) = opening_record(hall.lot)["spares"]
    assert (said["bidder"], said["sha256"], said["grounds"]) == ("c", "ab" * 32, "非投标人原因")


def test_only_where_the_document_allows_it() -> None:
    hall = ended("a", "b", use=None)
    with pytest.raises(OutOfOrder, match="no-spare-declared"):
        hall.give(HANDED, bidder("c"))
    with pytest.raises(OutOfOrder, match="no-spare-declared"):
        hall.give(b.StartUpload(envelope="spare", length=9), bidder("c"))


def test_another_digest_than_the_receipts_is_refused() -> None:
    hall = ended("a", "b")
    with pytest.raises(Invalid, match="spare-refused") as refused:
        hall.give(HANDED, bidder("c"), finding="another-digest", sha256="cd" * 32)
    assert refused.value.found == {"finding": "another-digest", "sha256": "cd" * 32}
    with pytest.raises(Unknown, match="no-spare-handed-in"):
        hall.give(accepted("c"), OFFICER)


def test_not_while_keys_can_come_nor_for_a_bid_whose_key_came() -> None:
    hall = Hall(terms={"spare": SpareUse.ANY})
    hall.order("a", "b", "c")
    with pytest.raises(OutOfOrder, match="release-window-running"):
        hall.give(HANDED, bidder("c"))
    hall.release("a", "b", "c")
    hall.end_window()
    with pytest.raises(OutOfOrder, match="spare-not-needed"):
        hall.give(HANDED, bidder("c"))


def test_not_after_anything_can_be_read() -> None:
    """Nobody brings a bid, or has one taken, who could have seen the others' prices."""
    hall = ended("a", "b")
    hall.give(HANDED, bidder("c"))
    hall.fault("c", "BIDDER")
    hall.give(c.PublishFormKey(private_key=key("x")), HOST)
    with pytest.raises(OutOfOrder, match="spare-too-late"):
        hall.give(accepted("c"), OFFICER)


def test_the_bidders_own_fault_only_if_the_document_says_so() -> None:
    hall = ended("a", "b")
    hall.give(HANDED, bidder("c"))
    with pytest.raises(Invalid, match="spare-not-for-own-fault"):
        hall.give(accepted("c", "BIDDER"), OFFICER)
    hall = ended("a", "b", use=SpareUse.ANY)
    hall.give(HANDED, bidder("c"))
    assert isinstance(hall.give(accepted("c", "BIDDER"), OFFICER)[0], e.SpareAccepted)


def test_it_is_brought_once_and_waits_for_the_supervisor() -> None:
    hall = ended("a", "b")
    assert [one.matter for one in awaited(hall.lot)] == [Matter.FAULT]
    hall.give(HANDED, bidder("c"))
    with pytest.raises(Conflicting, match="spare-already-handed-in"):
        hall.give(HANDED, bidder("c"))
    assert awaited(hall.lot) == (
        Awaited(matter=Matter.SPARE, about="c"),
        Awaited(matter=Matter.FAULT, about="c"),
    )
    hall.give(accepted("c"), OFFICER)
    assert [one.matter for one in awaited(hall.lot)] == [Matter.FORM_KEY]
