"""Correction and acceptance: R-SVC-03, R-CODE-06, F-61."""

import re

import pytest
from msgspec.structs import replace

from bidding.domain.admission import decide
from bidding.domain.admission.catalogue import CATALOGUE, Need, items
from bidding.domain.admission.commands import Admit, RequestCorrection
from bidding.domain.admission.events import CorrectionRequested, LotAdmitted
from bidding.domain.admission.filing import Category, Defect
from bidding.domain.errors import Invalid, OutOfOrder
from bidding.domain.lot import Lot, Phase
from bidding.domain.regime import LotObject
from tests.domain.lots import OPERATOR, admitted, eng_filing, entries, facts, fold, gp_filing, submitted

OWN = Defect(item="approval", reason="批复文件缺页")


def corrected(lot: Lot, *defects: Defect) -> CorrectionRequested:
    (event,) = decide.request_correction(lot, RequestCorrection(defects=defects), facts(OPERATOR))
    assert isinstance(event, CorrectionRequested)
    return event


def test_a_complete_file_is_admitted_with_a_number() -> None:
    (event,) = decide.admit(submitted(), Admit(), facts(OPERATOR))
    assert isinstance(event, LotAdmitted)
    assert re.fullmatch(r"420902-2026-[0-9A-HJKMNP-TV-Z]{8}-001", event.number)


def test_the_number_comes_from_the_random_bytes_and_not_from_a_counter() -> None:
    lot = submitted()
    other = replace(facts(OPERATOR), random=lambda n: bytes([255] * n))
    (event,) = decide.admit(lot, Admit(), other)
    assert isinstance(event, LotAdmitted)
    assert event.number == "420902-2026-ZZZZZZZZ-001"


def test_one_list_names_every_defect_and_the_officers_own() -> None:
    filing = eng_filing(checklist=entries("approval"), fund_lines=())
    filing = replace(filing, project=replace(filing.project, project_code="", authority_document=" "))
    found = corrected(submitted(filing), OWN)
    assert [defect.item for defect in found.defects] == [
        "tender-scheme",
        "funding-proof",
        "agency-contract",
        "design",
        "authority-document",
        "project-code",
        "waiver:MISSING:fund_lines",
        "approval",
    ]
    assert all(defect.reason for defect in found.defects)


def test_correction_is_asked_for_once_only() -> None:
    lot = submitted(eng_filing(checklist=()))
    lot = fold(lot, [corrected(lot)])
    assert lot.phase is Phase.DRAFT
    assert lot.admission.defects
    again = submitted(eng_filing(checklist=()), lot=lot)
    assert again.admission.defects == ()
    with pytest.raises(OutOfOrder) as caught:
        corrected(again, OWN)
    assert (caught.value.code, caught.value.rule) == ("corrected-before", "R-SVC-03")


def test_a_corrected_file_is_admitted() -> None:
    lot = submitted(eng_filing(checklist=()))
    lot = fold(lot, [corrected(lot)])
    lot = submitted(eng_filing(), lot=lot)
    assert fold(lot, decide.admit(lot, Admit(), facts(OPERATOR))).phase is Phase.ADMITTED


def test_a_file_waiting_for_its_correction_is_not_admitted() -> None:
    lot = submitted(eng_filing(checklist=()))
    with pytest.raises(OutOfOrder):
        decide.admit(fold(lot, [corrected(lot)]), Admit(), facts(OPERATOR))


def test_a_list_without_defects_is_refused() -> None:
    with pytest.raises(Invalid) as caught:
        corrected(submitted())
    assert caught.value.code == "no-defect-named"


def test_a_defect_needs_its_reason() -> None:
    with pytest.raises(Invalid) as caught:
        corrected(submitted(), Defect(item="approval", reason=""))
    assert caught.value.code == "defect-without-reason"


@pytest.mark.parametrize("category", list(Category))
def test_every_main_item_of_every_category_keeps_the_file_out(category: Category) -> None:
    filing = gp_filing() if category in {Category.GOODS, Category.SERVICES} else eng_filing()
    main = [item.code for item in items(category, with_agency=True) if item.need is Need.MAIN]
    lot = submitted(
        replace(filing, category=category, checklist=())
        if category is not Category.SERVICES
        else replace(filing, category=category, object=LotObject.SERVICE, checklist=())
    )
    with pytest.raises(Invalid) as caught:
        decide.admit(lot, Admit(), facts(OPERATOR))
    assert [defect["item"] for defect in caught.value.found["defects"]] == main


def test_deferrable_items_do_not_keep_a_file_out() -> None:
    deferrable = [item.code for item in CATALOGUE[Category.MUNICIPAL] if item.need is Need.DEFERRABLE]
    assert deferrable
    assert not {entry.item for entry in eng_filing().checklist} & set(deferrable)
    assert admitted().phase is Phase.ADMITTED


def test_a_lot_is_admitted_once() -> None:
    with pytest.raises(OutOfOrder) as caught:
        decide.admit(admitted(), Admit(), facts(OPERATOR))
    assert caught.value.found["phase"] == "admitted"
