"""What was accepted for a project once is not asked again (R-NB-HM-05; 政务规定 7)."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from bidding.domain.admission import decide
from bidding.domain.admission.defects import defects
from bidding.domain.admission.filing import Category, ChecklistEntry
from bidding.domain.admission.sharing import shared
from bidding.domain.admission.state import Admission
from bidding.domain.lot import Lot
from tests.domain.lots import TENDERER, admitted, eng_filing, entries, facts, fold

FIRST = admitted().admission
CODE = eng_filing().project.project_code
OWN = entries("agency-contract", "design")


def filed(checklist: tuple[ChecklistEntry, ...] = OWN, earlier: Sequence[Admission] = (FIRST,)) -> Admission:
    lot = Lot(lot_id="lot-2")
    command = eng_filing(section=2, checklist=checklist)
    return fold(lot, decide.submit(lot, command, facts(), tenderer=TENDERER, earlier=earlier)).admission


def taken(admission: Admission) -> dict[str, tuple[str, str]]:
    return {one.item: (one.reference, one.shared_from) for one in admission.checklist if one.shared_from}


def test_the_second_section_of_a_project_brings_only_what_is_its_own() -> None:
    second = filed()
    assert taken(second) == {
        "approval": ("附件 approval", FIRST.number),
        "tender-scheme": ("附件 tender-scheme", FIRST.number),
        "funding-proof": ("附件 funding-proof", FIRST.number),
    }
    assert defects(second) == ()
    assert {one.item for one in defects(filed(earlier=()))} == {"approval", "tender-scheme", "funding-proof"}


def test_what_the_filer_brings_stands_before_what_is_known() -> None:
    newer = (*OWN, ChecklistEntry(item="approval", provided=True, reference="新批复"))
    second = filed(newer)
    assert "approval" not in taken(second)
    assert [one.reference for one in second.checklist if one.item == "approval"] == ["新批复"]


def test_an_item_marked_missing_is_taken_over_and_stands_once() -> None:
    second = filed((*OWN, ChecklistEntry(item="approval", provided=False)))
    assert [one.provided for one in second.checklist if one.item == "approval"] == [True]
    alone = filed((*OWN, ChecklistEntry(item="price-limit", provided=False)))
    assert [one.provided for one in alone.checklist if one.item == "price-limit"] == [False]


def test_only_the_platform_says_where_something_was_shared_from() -> None:
    claimed = ChecklistEntry(item="approval", provided=True, reference="假", shared_from="X")
    assert taken(filed((*OWN, claimed)))["approval"] == ("附件 approval", FIRST.number)
    assert "approval" in {one.item for one in defects(filed((*OWN, claimed), earlier=()))}


@pytest.mark.parametrize(
    "other",
    [
        replace(FIRST, number=""),  # not accepted
        replace(FIRST, tenderer="another"),
        replace(FIRST, project=None),
        replace(FIRST, checklist=()),
    ],
)
def test_nothing_comes_from_a_file_that_is_not_an_accepted_one_of_this_project(other: Admission) -> None:
    assert taken(filed(earlier=(other,))) == {}
    assert set(taken(filed(earlier=(other, FIRST)))) == {"approval", "tender-scheme", "funding-proof"}


def test_without_a_project_code_nothing_tells_two_projects_apart() -> None:
    assert shared(Category.MUNICIPAL, "", TENDERER.party, (FIRST,)) == ()
    assert shared(Category.MUNICIPAL, f"{CODE}9", TENDERER.party, (FIRST,)) == ()


def test_what_was_taken_over_names_the_file_that_first_brought_it() -> None:
    second = replace(filed(), number="N2")
    assert taken(filed(earlier=(second,)))["approval"] == ("附件 approval", FIRST.number)
