"""A party's new name: the draft follows, the signed text is noted beside (R-NB-HS-01; 民法典 532; F-53)."""

import hashlib
from datetime import timedelta

import pytest
from msgspec.structs import replace

from bidding.domain.contract.events import ContractNoted, ContractRenamed
from bidding.domain.contract.renaming import renamed
from bidding.domain.contract.text import contract_hash, party_named
from bidding.domain.event import Event
from bidding.domain.lot import Phase
from bidding.domain.opening.entries import RollMember
from bidding.domain.registration.events import Carried, Change, ChangeKind
from tests.domain.contract.test_contract import PLAIN, awarded, signing
from tests.domain.evaluation.tender import NOW, OWNER, Desk

NEW = Change(kind=ChangeKind.NAME, before="b公司", after="乙建设集团", evidence="登字88号", at=NOW)
OFFICE = Change(
    kind=ChangeKind.NAME, before="孝南区住建局", after="孝南区住更局", evidence="编办〔2026〕3号", at=NOW
)


def tell(at: Desk, party: str, *changes: Change) -> list[Event]:
    events = renamed(at.lot, party, [Carried(change=one, at=at.now) for one in changes], at.facts(OWNER))
    at.store(*events)
    return events


@pytest.fixture
def drafted() -> Desk:
    at = awarded()
    at.give(PLAIN)
    return at


@pytest.mark.parametrize(
    ("party", "change", "line"),
    [("b", NEW, "乙方（中标人）：乙建设集团\n"), ("tenderer", OFFICE, "甲方（招标人）：孝南区住更局\n")],
)
def test_an_unsigned_draft_bears_the_new_name_under_a_new_hash(
    drafted: Desk, party: str, change: Change, line: str
) -> None:
    before = drafted.lot.contract
    (event,) = tell(drafted, party, change)
    assert isinstance(event, ContractRenamed)
    after = drafted.lot.contract
    assert line in after.text
    assert after.text.replace(change.after, change.before) == before.text
    assert after.contract_hash == contract_hash(after.text) != before.contract_hash
    assert tell(drafted, party, change) == []  # carried once
    drafted.give(signing(drafted), OWNER)
    drafted.give(signing(drafted), "b")
    assert drafted.lot.phase is Phase.CONTRACTED


def test_a_change_before_the_draft_is_kept_for_it() -> None:
    at = awarded()
    (event,) = tell(at, "b", NEW)
    assert isinstance(event, ContractRenamed)
    assert (event.text, event.contract_hash) == ("", "")
    at.give(PLAIN)
    assert "乙方（中标人）：乙建设集团\n" in at.lot.contract.text


@pytest.mark.parametrize("sides", [1, 2])
def test_what_somebody_has_signed_keeps_its_text_and_gets_a_notation(drafted: Desk, sides: int) -> None:
    for by in (OWNER, "b")[:sides]:
        drafted.give(signing(drafted), by)
    before = drafted.lot.contract
    (event,) = tell(drafted, "b", NEW)
    assert isinstance(event, ContractNoted)
    after = drafted.lot.contract
    assert (after.text, after.contract_hash, after.signed_by, after.filed_at) == (
        before.text,
        before.contract_hash,
        before.signed_by,
        before.filed_at,
    )
    (noted,) = after.renamed
    assert noted.sha256 == hashlib.sha256(noted.notation.encode()).hexdigest() == event.sha256
    for said in (
        "乙方（中标人）：b公司",
        "变更后名称：乙建设集团",
        "登字88号",
        before.contract_hash,
        before.number,
    ):
        assert said in noted.notation
    assert party_named(drafted.lot, "b") == "乙建设集团"
    assert tell(drafted, "b", NEW) == []


def test_names_follow_one_another_and_a_name_may_come_back(drafted: Desk) -> None:
    again = replace(NEW, before="乙建设集团", after="b公司", at=NOW + timedelta(days=1))
    assert [type(one) for one in tell(drafted, "b", NEW, again)] == [ContractRenamed, ContractRenamed]
    assert "乙方（中标人）：b公司\n" in drafted.lot.contract.text
    assert tell(drafted, "b", NEW, again) == []


def test_neither_another_head_nor_another_party_nor_an_older_name_touches_it(drafted: Desk) -> None:
    assert tell(drafted, "b", replace(NEW, kind=ChangeKind.HEAD)) == []
    assert tell(drafted, "c", replace(NEW, before="c公司")) == []
    assert tell(drafted, "b", replace(NEW, before="从前的公司")) == []


def test_a_members_new_name_touches_no_other_name_that_ends_like_it(drafted: Desk) -> None:  # R-ENG-30
    """The heading names the lead alone; a member's change is kept for the notations."""
    member = RollMember(party="m", name="公司", uscc="USCC-m", shares=())
    roll = tuple(
        replace(one, consortium=(member,)) if one.bidder == "b" else one for one in drafted.lot.opening.roll
    )
    drafted.lot = replace(drafted.lot, opening=replace(drafted.lot.opening, roll=roll))
    before = drafted.lot.contract.text
    assert "b公司\n" in before
    (event,) = tell(drafted, "m", replace(NEW, before="公司", after="建设公司"))
    assert isinstance(event, ContractRenamed)
    assert drafted.lot.contract.text == before
    assert party_named(drafted.lot, "m") == "建设公司"


def test_before_the_award_there_is_no_contract_to_change() -> None:
    at = awarded()
    at.lot = replace(at.lot, phase=Phase.DETERMINED)
    assert tell(at, "b", NEW) == []
