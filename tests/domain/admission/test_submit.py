"""Handing in a file: R-SVC-03, R-GEN-01, R-GEN-02, R-CODE-04, R-PLAT-08."""

from typing import Any

import pytest
from msgspec.structs import replace

from bidding.domain.admission import decide
from bidding.domain.admission.commands import Admit, AmendFunding, Submit
from bidding.domain.admission.events import FundingAmended, LotSubmitted, WaiverDecided
from bidding.domain.admission.filing import Category, ChecklistEntry, Method
from bidding.domain.errors import Forbidden, Invalid, OutOfOrder, Refusal, Unknown
from bidding.domain.lot import Lot, Phase
from bidding.domain.parties import Actor, Role
from bidding.domain.regime import LotObject
from bidding.domain.registration.state import Party
from bidding.domain.waiver import Charge, FundLine, FundSource, WaiverRow
from tests.domain.lots import (
    AGENCY,
    OPERATOR,
    TENDERER,
    admitted,
    eng_filing,
    entries,
    facts,
    fold,
    gp_filing,
    noticed,
    submitted,
)

NEW = Lot(lot_id="lot-1")


def refused(filing: Submit, *, lot: Lot = NEW, actor: Actor = AGENCY, tenderer: Party = TENDERER) -> Refusal:
    with pytest.raises(Refusal) as caught:
        decide.submit(lot, filing, facts(actor), tenderer=tenderer)
    return caught.value


def test_the_file_and_its_waiver_are_recorded_together() -> None:
    filed, waiver = decide.submit(NEW, eng_filing(), facts(), tenderer=TENDERER)
    assert isinstance(filed, LotSubmitted)
    assert isinstance(waiver, WaiverDecided)
    assert (filed.host, filed.host_name, filed.tenderer_name) == ("agency", AGENCY.name, TENDERER.name)
    assert (waiver.decision.row, waiver.frozen) == (WaiverRow.D2, False)


def test_the_state_holds_every_field_of_the_file() -> None:
    filing = gp_filing()
    lot = submitted(filing)
    assert lot.phase is Phase.SUBMITTED
    for field in filing.__struct_fields__:
        assert getattr(lot.admission, field) == getattr(filing, field), field
    assert lot.admission.base_fen == filing.budget_fen


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"category": Category.GOODS}, "category-not-of-regime"),
        ({"method": Method.NEGOTIATION}, "method-not-carried-out"),
        ({"title": " "}, "title-missing"),
        ({"section": 0}, "section-out-of-range"),
        ({"price_limit_fen": 0}, "amount-not-positive"),
        ({"estimate_fen": -1}, "amount-not-positive"),
        ({"budget_fen": 100}, "base-of-other-regime"),
        ({"checklist": entries("palm-reading")}, "checklist-item-unknown"),
        ({"checklist": (*entries("design"), *entries("design"))}, "checklist-item-twice"),
    ],
)
def test_a_file_that_contradicts_itself_is_refused(changes: dict[str, Any], code: str) -> None:
    assert refused(eng_filing(**changes)).code == code


def test_a_gp_lot_buys_what_its_category_says() -> None:
    assert refused(gp_filing(object=LotObject.WORKS)).code == "object-not-of-category"


def test_a_gp_lot_has_a_budget_and_no_estimate() -> None:
    found = refused(gp_filing(estimate_fen=5)).found
    assert found["field"] == "estimate_fen"


@pytest.mark.parametrize("code", ["2603-420902-04-01-1234", "2613-420902-04-01-12345X", "not a code"])
def test_a_malformed_project_code_is_refused(code: str) -> None:
    filing = eng_filing()
    wrong = replace(filing, project=replace(filing.project, project_code=code))
    assert refused(wrong).code == "project-code-malformed"


def test_a_malformed_region_is_refused() -> None:
    filing = eng_filing()
    assert refused(replace(filing, project=replace(filing.project, region="孝南"))).code == "region-malformed"


@pytest.mark.parametrize(
    "tenderer",
    [Party(), replace(TENDERER, verified_by=""), replace(TENDERER, requested_roles=(Role.BIDDER,))],
    ids=["unregistered", "unverified", "no tenderer"],
)
def test_the_tenderer_must_be_registered_and_verified(tenderer: Party) -> None:
    refusal = refused(eng_filing(), tenderer=tenderer)
    assert isinstance(refusal, Unknown)
    assert refusal.code == "tenderer-unknown"


def test_only_an_agency_may_tender_for_somebody_else() -> None:
    bidder = replace(AGENCY, roles=frozenset({Role.BIDDER}))
    assert isinstance(refused(eng_filing(), actor=bidder), Forbidden)


def test_a_tenderer_may_host_its_own_lot_without_an_agency_contract() -> None:
    itself = Actor(party=TENDERER.party, name=TENDERER.name, roles=TENDERER.roles)
    lot = fold(NEW, decide.submit(NEW, eng_filing(), facts(itself), tenderer=TENDERER))
    assert lot.admission.host == lot.admission.tenderer == TENDERER.party


def test_nobody_else_may_hand_the_file_in_anew() -> None:
    other = replace(AGENCY, party="rival-agency")
    refusal = refused(eng_filing(), lot=submitted(), actor=other)
    assert isinstance(refusal, Forbidden)
    assert refusal.code == "not-the-host"


def test_an_admitted_file_is_not_handed_in_again() -> None:
    assert isinstance(refused(eng_filing(), lot=admitted()), OutOfOrder)


def test_a_new_file_replaces_the_old_one_whole() -> None:
    lot = submitted(eng_filing(title="另一标题", checklist=()), lot=submitted())
    assert lot.admission.title == "另一标题"
    assert lot.admission.checklist == ()


# R-WAIVE-08


def amendment(**changes: Any) -> AmendFunding:
    return replace(
        AmendFunding(
            fund_lines=(FundLine(source=FundSource.BUDGET, amount_fen=9_000_000_00),),
            estimate_fen=9_000_000_00,
            reason="上级补助取消",
        ),
        **changes,
    )


def test_missing_funding_holds_and_an_amendment_runs_the_table_again() -> None:
    held = submitted(eng_filing(fund_lines=(), estimate_fen=None))
    assert held.admission.waiver is not None
    assert held.admission.waiver.row is WaiverRow.D7
    assert {"MISSING:fund_lines", "MISSING:base_fen"} <= set(held.admission.waiver.reasons)
    amended, waiver = decide.amend_funding(held, amendment(), facts())
    assert isinstance(amended, FundingAmended)
    lot = fold(held, [amended, waiver])
    assert lot.admission.waiver is not None
    assert lot.admission.waiver.row is WaiverRow.D2
    assert lot.admission.estimate_fen == 9_000_000_00
    assert lot.admission.title == held.admission.title


def test_an_amendment_may_take_the_waiver_away() -> None:
    unclear = FundLine(source=FundSource.OWN_FUNDS, amount_fen=100)
    lot = admitted()
    lot = fold(lot, decide.amend_funding(lot, amendment(fund_lines=(unclear,)), facts()))
    assert lot.admission.waiver is not None
    assert lot.admission.waiver.bid_deposit is Charge.HOLD


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"reason": " "}, "funding-reason-missing"), ({"budget_fen": 1}, "base-of-other-regime")],
)
def test_an_amendment_needs_its_reason_and_the_right_figure(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Invalid) as caught:
        decide.amend_funding(admitted(), amendment(**changes), facts())
    assert caught.value.code == code


def test_the_funds_are_frozen_at_the_notice() -> None:
    with pytest.raises(OutOfOrder):
        decide.amend_funding(noticed(), amendment(), facts())


def test_the_centre_itself_is_no_agency() -> None:
    assert isinstance(refused(eng_filing(), actor=OPERATOR), Forbidden)


def test_an_entry_not_provided_counts_as_missing() -> None:
    checklist = tuple(
        ChecklistEntry(item=entry.item, provided=entry.item != "design", reference=entry.reference)
        for entry in eng_filing().checklist
    )
    lot = submitted(eng_filing(checklist=checklist))
    with pytest.raises(Invalid) as caught:
        decide.admit(lot, Admit(), facts(OPERATOR))
    assert [defect["item"] for defect in caught.value.found["defects"]] == ["design"]


def test_a_unit_of_the_operators_group_is_no_agency_but_may_tender_for_itself() -> None:  # R-PLAT-07
    with pytest.raises(Forbidden) as caught:
        decide.submit(NEW, eng_filing(), facts(), tenderer=TENDERER, operator_unit="运营公司")
    assert (caught.value.code, caught.value.rule) == ("operator-group", "R-PLAT-07")
    assert caught.value.found == {"unit": "运营公司", "roles": [Role.AGENCY]}
    itself = Actor(party=TENDERER.party, roles=frozenset({Role.TENDERER}))
    assert decide.submit(NEW, eng_filing(), facts(itself), tenderer=TENDERER, operator_unit="运营公司")
