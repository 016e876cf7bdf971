"""The contract: as bid, bonded as lawful, signed by both over one text, filed (R-CONT-01, R-ENG-24, R-ENG-26)."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from bidding.domain.award import commands as award
from bidding.domain.award.events import PassedOver, PassedOverGround
from bidding.domain.contract import commands as c
from bidding.domain.contract import events as e
from bidding.domain.contract.decide import due
from bidding.domain.contract.text import contract_hash
from bidding.domain.disclosure import is_public, visible
from bidding.domain.errors import Conflicting, Forbidden, Invalid, OutOfOrder, TooEarly, TooLate
from bidding.domain.lot import Phase
from bidding.domain.opening.entries import RollMember
from bidding.domain.parties import PLATFORM, Actor, Standing
from bidding.domain.permissions import standings
from tests.domain.evaluation.tender import OWNER, YUAN, Desk, tender

THREE = {"a": 700_000 * YUAN, "b": 720_000 * YUAN, "c": 740_000 * YUAN}
DUE = datetime(2026, 7, 9, 16, 0, tzinfo=UTC)
PLAIN = c.DraftContract(
    price_fen=720_000 * YUAN, duration_days=120, quality="合格", project_lead="b公司经理", terms="第一条 …"
)


def awarded(*, waived: bool = True, rate: str = "0.05") -> Desk:
    at = Desk(tender(THREE, waived=waived, performance_bond_rate=rate)).seat().mark().report()
    at.give(award.PubliciseCandidates())
    at.now = datetime(2026, 6, 8, 16, 0, tzinfo=UTC)
    at.give(award.DetermineWinner(bidder="b"), OWNER)
    at.give(award.IssueAwardNotice())
    return at


@pytest.fixture
def drafted() -> Desk:
    at = awarded()
    at.give(PLAIN)
    return at


def signing(at: Desk, late_reason: str = "") -> c.SignContract:
    return c.SignContract(contract_hash=at.lot.contract.contract_hash, late_reason=late_reason)


# R-ENG-30, R-GP-28: a consortium is liable together, so all its members sign


def test_the_contract_of_a_consortium_is_filed_when_every_member_has_signed() -> None:
    at = awarded()
    member = RollMember(party="m", name="m公司", uscc="USCC-m", shares=())
    roll = tuple(
        msgspec.structs.replace(one, consortium=(member,)) if one.bidder == "b" else one
        for one in at.lot.opening.roll
    )
    at.lot = msgspec.structs.replace(at.lot, opening=msgspec.structs.replace(at.lot.opening, roll=roll))
    at.give(PLAIN)
    assert Standing.WINNER in standings(Actor(party="m"), at.lot)
    assert Standing.WINNER not in standings(Actor(party="c"), at.lot)
    at.give(signing(at), OWNER)
    at.give(signing(at), "b")
    assert at.lot.phase is Phase.AWARDED
    with pytest.raises(Forbidden):
        at.give(signing(at), "c")
    events = at.give(signing(at), "m")
    assert [type(one) for one in events] == [e.ContractSigned, e.ContractFiled]
    assert at.lot.contract.signed_by == ("tenderer", "winner", "member:m")


# R-CONT-01: nothing of substance differs from the bid


def test_the_draft_carries_the_bid_and_refers_to_the_award_notice() -> None:
    at = awarded()
    (event,) = at.give(PLAIN)
    assert isinstance(event, e.ContractDrafted)
    assert event.award_number == "420902-2026-0007-001-ZB1"
    assert event.number == "420902-2026-0007-001-ZB1-HT"
    assert event.contract_hash == contract_hash(event.text)
    for part in (event.number, event.award_number, "人民币720000.00元", "120天", "b公司经理", "第一条 …"):
        assert part in event.text, part


@pytest.mark.parametrize(
    ("field", "value", "bid"),
    [
        ("price_fen", 720_000 * YUAN - 1, 720_000 * YUAN),
        ("duration_days", 121, 120),
        ("quality", "优良", "合格"),
        ("project_lead", "另一人", "b公司经理"),
    ],
)
def test_a_contract_that_differs_is_refused_with_both_values(field: str, value: object, bid: object) -> None:
    with pytest.raises(Invalid) as refused:
        awarded().give(msgspec.structs.replace(PLAIN, **{field: value}))
    assert (refused.value.code, refused.value.rule) == ("contract-differs-from-bid", "R-CONT-01")
    assert refused.value.found == {"differing": {field: {"bid": bid, "contract": value}}}


def test_all_differences_are_told_at_once() -> None:
    with pytest.raises(Invalid) as refused:
        awarded().give(msgspec.structs.replace(PLAIN, price_fen=1, quality="优良"))
    assert sorted(refused.value.found["differing"]) == ["price_fen", "quality"]


def test_there_is_no_contract_before_the_award_notice() -> None:
    at = Desk(tender(THREE)).seat().mark().report()
    with pytest.raises(OutOfOrder):
        at.give(PLAIN)


# R-WAIVE-05, R-ENG-26: the performance bond


def test_a_waived_lot_asks_no_performance_bond() -> None:
    with pytest.raises(Invalid) as refused:
        awarded(waived=True).give(msgspec.structs.replace(PLAIN, performance_bond_fen=1))
    assert (refused.value.code, refused.value.rule) == ("performance-bond-waived", "R-WAIVE-05")
    at = awarded(waived=True)
    at.give(PLAIN)
    assert "不收取履约保证金" in at.lot.contract.text


@pytest.mark.parametrize(
    ("rate", "bond", "most"),
    [
        ("0.05", 36_000 * YUAN, None),
        ("0.05", 36_000 * YUAN + 1, 36_000 * YUAN),
        ("0.20", 72_001 * YUAN, 72_000 * YUAN),
    ],
)
def test_a_bond_keeps_the_documents_rate_and_ten_per_cent(rate: str, bond: int, most: int | None) -> None:
    at = awarded(waived=False, rate=rate)
    command = msgspec.structs.replace(PLAIN, performance_bond_fen=bond)
    if most is None:
        at.give(command)
        assert at.lot.contract.performance_bond_fen == bond
    else:
        with pytest.raises(Invalid) as refused:
            at.give(command)
        assert refused.value.found == {"asked_fen": bond, "max_fen": most}


# Signed by both over the same hash, then filed


def test_the_second_signature_files_the_contract(drafted: Desk) -> None:
    assert [type(event) for event in drafted.give(signing(drafted), OWNER)] == [e.ContractSigned]
    assert drafted.lot.contract.filed_at is None
    signed, filed = drafted.give(signing(drafted), "b")
    assert isinstance(signed, e.ContractSigned)
    assert isinstance(filed, e.ContractFiled)
    assert filed.number == "420902-2026-0007-001-ZB1-HT"
    assert filed.contract_hash == signed.contract_hash
    assert not filed.late
    assert drafted.lot.phase is Phase.CONTRACTED


def test_another_text_is_not_signed(drafted: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        drafted.give(c.SignContract(contract_hash="0" * 64), "b")
    assert refused.value.code == "contract-hash-differs"


def test_a_new_draft_needs_both_signatures_anew(drafted: Desk) -> None:
    drafted.give(signing(drafted), OWNER)
    old = signing(drafted)
    drafted.give(msgspec.structs.replace(PLAIN, terms="第一条 修改"))
    with pytest.raises(Invalid):
        drafted.give(old, "b")
    drafted.give(signing(drafted), "b")
    assert drafted.lot.contract.filed_at is None
    drafted.give(signing(drafted), OWNER)
    assert drafted.lot.contract.filed_at is not None


def test_each_party_signs_once_and_nobody_else(drafted: Desk) -> None:
    drafted.give(signing(drafted), "b")
    with pytest.raises(Conflicting):
        drafted.give(signing(drafted), "b")
    with pytest.raises(Forbidden):
        drafted.give(signing(drafted), "a")


def test_a_draft_for_a_winner_who_gave_up_cannot_be_signed(drafted: Desk) -> None:
    gone = PassedOver(bidder="b", ground=PassedOverGround.GAVE_UP, evidence="放弃函")
    drafted.give(award.DetermineWinner(bidder="a", passed_over=(gone,)), OWNER)
    drafted.give(award.IssueAwardNotice())
    with pytest.raises(OutOfOrder) as refused:
        drafted.give(signing(drafted), OWNER)
    assert refused.value.code == "contract-not-drafted"


def test_the_text_is_for_its_parties_and_the_filing_for_everyone(drafted: Desk) -> None:
    drafted.give(signing(drafted), OWNER)
    drafted.give(signing(drafted), "b")
    texts = [event for event in drafted.events if isinstance(event, e.ContractDrafted | e.ContractSigned)]
    assert len(texts) == 3
    assert not any(visible(event, frozenset({Standing.PARTICIPANT, Standing.OPERATOR})) for event in texts)
    assert all(visible(event, frozenset({Standing.WINNER})) for event in texts)
    assert is_public(drafted.events[-1])


# R-ENG-24: within thirty days


def test_the_clock_waits_for_the_thirtieth_day(drafted: Desk) -> None:
    assert due(drafted.lot) == [("contract/mark-overdue", DUE)]
    drafted.now = DUE - timedelta(milliseconds=1)
    with pytest.raises(TooEarly):
        drafted.give(c.MarkOverdue(), PLATFORM)
    drafted.give(signing(drafted), OWNER)
    drafted.now = DUE
    (overdue,) = drafted.give(c.MarkOverdue(), PLATFORM)
    assert isinstance(overdue, e.ContractOverdue)
    assert overdue.unsigned == ("winner",)
    assert due(drafted.lot) == []
    with pytest.raises(Conflicting):
        drafted.give(c.MarkOverdue(), PLATFORM)


def test_a_late_signature_needs_its_reason_and_is_filed_as_late(drafted: Desk) -> None:
    drafted.give(signing(drafted), OWNER)
    drafted.now = DUE
    with pytest.raises(TooLate) as refused:
        drafted.give(signing(drafted), "b")
    assert (refused.value.code, refused.value.rule) == ("contract-late", "R-ENG-24")
    signed, filed = drafted.give(signing(drafted, "法定代表人变更"), "b")
    assert isinstance(signed, e.ContractSigned)
    assert isinstance(filed, e.ContractFiled)
    assert (signed.late_reason, filed.late) == ("法定代表人变更", True)


def test_a_filed_contract_is_due_no_more(drafted: Desk) -> None:
    drafted.give(signing(drafted), OWNER)
    drafted.give(signing(drafted), "b")
    assert due(drafted.lot) == []
