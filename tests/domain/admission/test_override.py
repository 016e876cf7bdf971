"""The supervisor's override of the waiver table: R-WAIVE-07, R-WAIVE-08."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from bidding.application.rulebook.decisions import decisions
from bidding.domain.admission import decide
from bidding.domain.admission.commands import AmendFunding, OverrideWaiver
from bidding.domain.admission.defects import defects
from bidding.domain.admission.events import WaiverDecided, WaiverOverridden
from bidding.domain.admission.filing import Funding
from bidding.domain.disclosure import is_public
from bidding.domain.errors import Forbidden, Invalid, OutOfOrder
from bidding.domain.lot import Lot
from bidding.domain.notice import decide as notice
from bidding.domain.notice.events import NoticePublished, notice_hash
from bidding.domain.parties import Actor, Role
from bidding.domain.permissions import authorise
from bidding.domain.waiver import Charge, WaiverDecision, WaiverRow
from tests.domain.lots import (
    AGENCY,
    OPERATOR,
    booked,
    company_filing,
    eng_filing,
    facts,
    fold,
    noticed,
    publication,
    submitted,
    terms,
)

OFFICER = Actor(party="officer", name="公管局", roles=frozenset({Role.SUPERVISOR}), credential="s1")


def command(**changes: Any) -> OverrideWaiver:
    given: dict[str, Any] = {
        "bid_deposit_waived": True,
        "performance_bond_waived": True,
        "info_fee_waived": False,
        "reason": "资金实为上级补助",
        "order": "公管监〔2026〕12号",
    }
    return OverrideWaiver(**{**given, **changes})


def overridden(lot: Lot, **changes: Any) -> Lot:
    return fold(lot, decide.override(lot, command(**changes), facts(OFFICER)))


def waiver(lot: Lot) -> WaiverDecision:
    assert lot.admission.waiver is not None
    return lot.admission.waiver


@pytest.mark.parametrize("actor", [AGENCY, OPERATOR])
def test_the_supervisor_alone(actor: Actor) -> None:
    lot = submitted(company_filing())
    authorise(OFFICER, OverrideWaiver, lot)
    with pytest.raises(Forbidden):
        authorise(actor, OverrideWaiver, lot)
    assert OverrideWaiver.BINDING


def test_the_tables_own_result_stands_beside_it() -> None:
    events = decide.override(submitted(company_filing()), command(), facts(OFFICER))
    first, second = events
    assert isinstance(first, WaiverOverridden)
    assert isinstance(second, WaiverDecided)
    assert (first.table.row, first.table.bid_deposit) == (WaiverRow.D6, Charge.ALLOWED)
    said = second.decision
    assert not second.frozen
    assert (said.bid_deposit, said.performance_bond, said.info_fee) == (
        Charge.WAIVED,
        Charge.WAIVED,
        Charge.TARIFF,
    )
    assert (said.bid_deposit_max_fen, said.counterfactual_bid_deposit_fen) == (0, 240_000_00)
    assert said.row is WaiverRow.D6
    assert said.override is not msgspec.UNSET
    assert (said.override.by, said.override.table_bid_deposit) == ("officer", Charge.ALLOWED)
    assert "12号" in said.citation
    assert not any(map(is_public, events))


def test_charging_in_a_waived_lot_stays_within_the_law() -> None:
    """R-ENG-09: 2 % of the estimate, whoever decides."""
    lot = overridden(submitted(), bid_deposit_waived=False, performance_bond_waived=False)
    said = waiver(lot)
    assert (said.row, said.bid_deposit, said.bid_deposit_max_fen) == (
        WaiverRow.D2,
        Charge.ALLOWED,
        240_000_00,
    )
    assert said.counterfactual_bid_deposit_fen is None


def test_it_settles_a_hold() -> None:
    lot = submitted(eng_filing(fund_lines=()))
    assert waiver(lot).bid_deposit is Charge.HOLD
    after = overridden(lot)
    assert defects(after.admission) == ()
    said = waiver(after).override
    assert said is not msgspec.UNSET
    assert said.table_bid_deposit is Charge.HOLD
    assert said.table_reasons == ("MISSING:fund_lines",)


def test_a_reason_an_order_and_a_base_are_needed() -> None:
    for changes in ({"reason": " "}, {"order": " "}):
        with pytest.raises(Invalid, match="override-without-reason"):
            overridden(submitted(), **changes)
    with pytest.raises(Invalid, match="override-needs-base"):
        overridden(submitted(eng_filing(estimate_fen=None)))


def test_after_the_notice_nothing_is_overridden() -> None:
    """R-WAIVE-08: frozen at the notice."""
    with pytest.raises(OutOfOrder, match="waiver-frozen"):
        decide.override(noticed(), command(), facts(OFFICER))


def test_changed_funds_void_it() -> None:
    """R-WAIVE-08: what was decided on other facts has to be decided anew."""
    lot = overridden(submitted(company_filing()))
    funding = {field: getattr(lot.admission, field) for field in Funding.__struct_fields__}
    amended = fold(lot, decide.amend_funding(lot, AmendFunding(**funding, reason="更正"), facts()))
    assert amended.admission.override is None
    assert waiver(amended).bid_deposit is Charge.ALLOWED
    again = submitted(company_filing(), lot=lot)
    assert again.admission.override is None


def test_the_notice_carries_and_prints_it() -> None:
    """R-WAIVE-05: the platform's sentences follow the decision that holds."""
    lot = overridden(booked(company_filing()))
    events = notice.publish(lot, publication(terms=terms()), facts())
    (published,) = [event for event in events if isinstance(event, NoticePublished)]
    assert published.statements[0] == "本项目不收取投标保证金、履约保证金。"
    assert published.waiver.override is not msgspec.UNSET
    told = [one for one in decisions(events) if one.rule == "R-WAIVE-07"]
    assert [one.about for one in told] == ["公管监〔2026〕12号"]
    with pytest.raises(Invalid, match="waived-lot-asks-deposit"):
        notice.publish(lot, publication(terms=terms(bid_deposit_fen=1)), facts())


def test_without_one_a_notice_hashes_as_ever() -> None:
    events = notice.publish(booked(), publication(), facts())
    (published,) = [event for event in events if isinstance(event, NoticePublished)]
    assert "override" not in msgspec.to_builtins(published.waiver)
    assert notice_hash(replace(published, notice_hash="")) == published.notice_hash
