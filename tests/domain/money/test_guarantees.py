"""Electronic guarantees in the lot: R-GUAR-01, R-GUAR-02, R-ENG-09, R-ENG-26, R-ENG-34; F-41."""

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from bidding.domain.bid.deposits import admits_guarantees, deposit_state
from bidding.domain.disclosure import SPECTATOR, is_public, visible
from bidding.domain.errors import Conflicting, Invalid, OutOfOrder, Refusal, Unknown
from bidding.domain.event import COMMITTEE, Event
from bidding.domain.guarantee import (
    Asked,
    GuaranteeFault,
    GuaranteeKind,
    OfferedGuarantee,
    SignatureState,
    bid_validity_ends,
    faults,
)
from bidding.domain.lot import Lot, Phase
from bidding.domain.money import decide, guarantees
from bidding.domain.money.book import Account, book
from bidding.domain.money.commands import (
    ClaimGuarantee,
    JudgeGuarantee,
    LapseGuarantees,
    LodgeGuarantee,
    ReleaseGuarantee,
    ScheduleReturns,
)
from bidding.domain.money.events import (
    GuaranteeClaimed,
    GuaranteeDisclosed,
    GuaranteeEnd,
    GuaranteeEnded,
    Kind,
    PerformanceGuaranteeLodged,
)
from bidding.domain.money.state import Guarantee
from bidding.domain.opening import commands as c
from bidding.domain.opening.entries import ImportedBid
from bidding.domain.parties import Actor
from tests.domain.lots import (
    AGENCY,
    at,
    facts,
    fold,
    gp_filing,
    gp_terms,
    noticed,
    noticed_company,
    publication,
)
from tests.domain.money.test_ledger import PRICE, awarded, contracted, rolled
from tests.domain.opening.hall import HOST as HALL_HOST
from tests.domain.opening.hall import MINUTE, T0, Hall

WINNER = Actor(party="b1", name="b1", credential="w1")
#: T0 of the hall and its 90 days.
LAST = bid_validity_ends(T0, 90)


def offered(bidder: str = "a", **changes: Any) -> OfferedGuarantee:
    return replace(
        OfferedGuarantee(
            letter="{}",
            signature=SignatureState.VALID,
            number=f"BH-{bidder}",
            issuer="某某银行",
            principal_uscc=f"USCC-{bidder}",
            beneficiary="住建局",
            lot="lot-1",
            amount_fen=500_000,
            issued_on=date(2026, 5, 20),
            valid_until=LAST,
            document_sha256="ab" * 32,
        ),
        **changes,
    )


ASKED = Asked(
    kind=GuaranteeKind.BID,
    lot="lot-1",
    beneficiary="住建局",
    amount_fen=500_000,
    valid_until=LAST,
    principal_uscc="USCC-a",
)

# What is wrong with one


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"amount_fen": 500_001, "valid_until": LAST + timedelta(days=1)}, []),
        ({"signature": SignatureState.UNCHECKED}, []),
        ({"amount_fen": 499_999}, ["AMOUNT_TOO_LOW"]),
        ({"valid_until": LAST - timedelta(days=1)}, ["VALIDITY_TOO_SHORT"]),
        ({"lot": "lot-2", "beneficiary": "别人"}, ["WRONG_LOT", "WRONG_BENEFICIARY"]),
        ({"principal_uscc": "USCC-b"}, ["WRONG_PRINCIPAL"]),
        ({"kind": GuaranteeKind.PERFORMANCE}, ["WRONG_KIND"]),
        ({"signature": SignatureState.INVALID}, ["SIGNATURE_INVALID"]),
        ({"signature": SignatureState.UNREADABLE, "amount_fen": 0}, ["UNREADABLE"]),
        ({"valid_until": None}, ["UNREADABLE"]),
    ],
)
def test_everything_wrong_with_a_guarantee_is_found_at_once(
    changes: dict[str, Any], found: list[str]
) -> None:
    assert list(faults(offered(**changes), ASKED)) == found


def test_a_bidder_off_line_does_not_know_its_own_number() -> None:
    assert faults(offered(principal_uscc="?"), replace(ASKED, principal_uscc=None)) == ()


def test_it_holds_as_long_as_bids_bind() -> None:
    """R-ENG-09, R-ENG-10: counted in days of Beijing from T0."""
    assert bid_validity_ends(at(31, 9, 30), 90) == date(2026, 6, 29)


def test_deposits_are_never_restricted_to_cash() -> None:
    """R-GUAR-02: where any deposit is asked a guarantee does as well."""
    assert admits_guarantees(noticed_company())
    assert not admits_guarantees(noticed())


# Before and at the opening


def opened(*names: str, with_guarantee: dict[str, OfferedGuarantee]) -> Hall:
    """A lot that asks a deposit, announced; nobody paid money."""
    hall = Hall(waived=False)
    hall.order(*names)
    hall.release(*names)
    hall.end_window()
    hall.form_keys()
    results = [_enclosing(one, with_guarantee) for one in hall.results()]
    hall.give(c.Import(), results=results)
    hall.give(c.Announce(), HALL_HOST)
    return hall


def _enclosing(one: ImportedBid, found: dict[str, OfferedGuarantee]) -> ImportedBid:
    assert one.form is not None
    if one.bidder not in found:
        return one
    return replace(one, form=replace(one.form, guarantee=found[one.bidder]))


def test_the_roll_does_not_tell_who_gave_one() -> None:
    """R-GUAR-01: a bid with a guarantee and one without look the same until the forms are open."""
    hall = Hall(waived=False)
    hall.close("a", "b", "c")
    assert {deposit_state(hall.lot, hall.bid(name)) for name in "abc"} == {"SEALED"}
    hall.now += MINUTE
    hall.give(c.PublishRoll(), HALL_HOST)
    assert {entry.deposit_state for entry in hall.lot.opening.roll} == {"SEALED"}
    assert hall.lot.money.guarantees == ()


def test_it_is_disclosed_with_the_prices_and_not_before() -> None:
    low = offered("b", amount_fen=1)
    hall = opened("a", "b", "c", with_guarantee={"a": offered("a"), "b": low})
    announcement = hall.lot.opening.announcement
    assert announcement is not None
    assert {row.bidder: row.deposit_state for row in announcement.table} == {
        "a": "GUARANTEED",
        "b": "GUARANTEE_FAULTY",
        "c": "NOT_PAID",
    }
    told = [event for event in hall.events if isinstance(event, GuaranteeDisclosed)]
    assert {one.bidder: one.faults for one in told} == {
        "a": (),
        "b": (GuaranteeFault.AMOUNT_TOO_LOW,),
    }
    assert all(map(is_public, told))
    topics = [event.TOPIC for event in hall.events]
    assert topics.index(GuaranteeDisclosed.TOPIC) > topics.index("lot.prices-announced.v1")
    before = hall.events[: topics.index("lot.bids-imported.v1")]
    assert not any("BH-a" in msgspec.json.encode(event).decode() for event in before)


def test_a_waived_lot_discloses_none() -> None:
    """R-WAIVE-06: what nobody asked for is in no ledger."""
    hall = Hall(waived=True)
    hall.order("a", "b", "c")
    hall.release("a", "b", "c")
    hall.end_window()
    hall.form_keys()
    hall.give(c.Import(), results=[_enclosing(one, {"a": offered()}) for one in hall.results()])
    hall.give(c.Announce(), HALL_HOST)
    assert hall.lot.money.guarantees == ()


# Judged by people


def judged(lot: Lot, bidder: str = "a", *, accepted: bool = True, reason: str = "") -> list[Event]:
    command = JudgeGuarantee(bidder=bidder, accepted=accepted, reason=reason)
    return guarantees.judge(lot, command, facts(AGENCY))


def test_the_committee_judges_and_once() -> None:
    hall = opened("a", "b", "c", with_guarantee={"a": offered("a"), "b": offered("b")})
    with pytest.raises(Invalid, match="guarantee-refused-without-reason"):
        judged(hall.lot, accepted=False, reason=" ")
    events = judged(hall.lot, accepted=False, reason="出具机构无资质")
    assert visible(events[0], COMMITTEE)
    assert not visible(events[0], SPECTATOR)
    lot = fold(hall.lot, events)
    known = lot.money.guarantee(GuaranteeKind.BID, "a")
    assert known is not None
    assert known.accepted is False
    other = lot.money.guarantee(GuaranteeKind.BID, "b")
    assert other is not None
    assert other.accepted is None
    with pytest.raises(Conflicting, match="guarantee-judged"):
        judged(lot)
    with pytest.raises(Unknown, match="no-guarantee"):
        judged(lot, "c")
    with pytest.raises(OutOfOrder):
        judged(replace(lot, phase=Phase.AWARDED), "b")


# Back, lapsed, claimed


def holding(lot: Lot, *bidders: str, valid_until: date = date(2026, 6, 29)) -> Lot:
    given = tuple(
        Guarantee(
            kind=GuaranteeKind.BID,
            bidder=bidder,
            number=f"BH-{bidder}",
            issuer="某某银行",
            amount_fen=200_000_00,
            valid_until=valid_until,
        )
        for bidder in bidders
    )
    return replace(lot, money=replace(lot.money, guarantees=given))


def ended(events: list[Event]) -> dict[str, tuple[str, str]]:
    return {one.bidder: (one.end.value, one.rule) for one in events if isinstance(one, GuaranteeEnded)}


def scheduled(lot: Lot) -> list[Event]:
    return decide.schedule_returns(lot, ScheduleReturns(), facts(now=at(20, month=4)), held=())


def test_guarantees_are_back_as_soon_as_money_would_be_due() -> None:
    """R-ENG-25, R-GP-07; a guarantee needs no days to travel."""
    assert ended(scheduled(holding(awarded(noticed_company()), "b1", "b2"))) == {}
    assert ended(scheduled(holding(contracted(noticed_company()), "b1", "b2"))) == {
        "b1": ("RETURNED", "R-ENG-25"),
        "b2": ("RETURNED", "R-ENG-25"),
    }
    gp = noticed(gp_filing(), publication(text="公开招标", terms=gp_terms()))
    assert ended(scheduled(holding(awarded(gp), "b1", "b2"))) == {"b2": ("RETURNED", "R-GP-07")}


def test_a_failed_lot_frees_all_and_none_twice() -> None:
    lot = holding(replace(rolled(noticed_company(), "b1"), phase=Phase.FAILED), "b1")
    events = scheduled(lot)
    assert set(ended(events)) == {"b1"}
    assert scheduled(fold(lot, events)) == []


def test_the_clock_lapses_them_the_day_after_their_last() -> None:
    lot = holding(rolled(noticed_company(), "b1"), "b1", valid_until=date(2026, 4, 10))
    (wait,) = guarantees.due(lot)
    assert wait == ("money/lapse-guarantees", at(11, 0, 0, month=4))
    assert guarantees.lapse(lot, LapseGuarantees(), facts(now=at(10, 23, 59, month=4))) == []
    events = guarantees.lapse(lot, LapseGuarantees(), facts(now=at(11, 0, 0, month=4)))
    assert ended(events) == {"b1": ("LAPSED", "R-GUAR-01")}
    assert guarantees.due(fold(lot, events)) == []


def claim(lot: Lot, amount: int = 200_000_00, reason: str = "拒绝签约", bidder: str = "b1") -> list[Event]:
    command = ClaimGuarantee(kind=GuaranteeKind.BID, bidder=bidder, amount_fen=amount, reason=reason)
    return guarantees.claim(lot, command, facts())


def test_only_a_winner_that_did_not_sign_in_time_loses_its_guarantee() -> None:
    """R-ENG-34, 招投条例 74."""
    lot = holding(awarded(noticed_company()), "b1", "b2")
    lot = replace(lot, award=replace(lot.award, number="N1"))
    with pytest.raises(OutOfOrder, match="guarantee-not-forfeited"):
        claim(lot)
    late = replace(lot, contract=replace(lot.contract, overdue_for="N1"))
    with pytest.raises(OutOfOrder):
        claim(late, bidder="b2")
    with pytest.raises(Invalid, match="claim-exceeds-guarantee"):
        claim(late, 200_000_01)
    with pytest.raises(Invalid, match="claim-without-reason"):
        claim(late, reason="")
    (event,) = claim(late)
    assert isinstance(event, GuaranteeClaimed)
    known = fold(late, [event]).money.guarantee(GuaranteeKind.BID, "b1")
    assert known is not None
    assert (known.end, known.claimed_fen) == (GuaranteeEnd.CLAIMED.value, 200_000_00)
    assert ended(scheduled(fold(late, [event]))) == {}


# Performance guarantees


def bonded() -> Lot:
    """Awarded, a contract of 120 days drafted with a bond of a tenth."""
    lot = awarded(noticed_company())
    lot = replace(lot, award=replace(lot.award, number="N1"))
    contract = replace(
        lot.contract, award_number="N1", performance_bond_fen=PRICE // 10, duration_days=120, winner="b1"
    )
    return replace(lot, contract=contract)


def letter(**changes: Any) -> OfferedGuarantee:
    return offered(
        "b1",
        **{
            "kind": GuaranteeKind.PERFORMANCE,
            "amount_fen": PRICE // 10,
            "beneficiary": "孝南区住建局",
            "valid_until": date(2026, 8, 18),
            **changes,
        },
    )


def lodge(lot: Lot, said: OfferedGuarantee) -> list[Event]:
    return guarantees.lodge(
        lot,
        LodgeGuarantee(letter="{}"),
        facts(WINNER, at(20, month=4)),
        offered=said,
        principal_uscc="USCC-b1",
    )


def refusal(lot: Lot, said: OfferedGuarantee) -> Refusal:
    with pytest.raises(Refusal) as caught:
        lodge(lot, said)
    return caught.value


def test_the_winner_lodges_what_the_contract_asks() -> None:
    """R-ENG-26, R-GP-17."""
    lot = bonded()
    (event,) = lodge(lot, letter())
    assert isinstance(event, PerformanceGuaranteeLodged)
    assert not is_public(event)
    after = fold(lot, [event])
    assert refusal(after, letter()).code == "guarantee-lodged"
    back = guarantees.release(after, ReleaseGuarantee(bidder="b1"), facts())
    assert ended(back) == {"b1": ("RETURNED", "R-ENG-26")}
    assert lodge(fold(after, back), letter())


def test_of_a_bond_is_claimed_what_is_due_once_the_contract_is_filed() -> None:
    """R-WAIVE-09, 招投法 60."""
    lot = fold(bonded(), lodge(bonded(), letter()))
    command = ClaimGuarantee(
        kind=GuaranteeKind.PERFORMANCE, bidder="b1", amount_fen=PRICE // 20, reason="未履行"
    )
    for phase in set(Phase) - {Phase.CONTRACTED}:
        with pytest.raises(OutOfOrder) as caught:
            guarantees.claim(replace(lot, phase=phase), command, facts())
        assert caught.value.rule == "R-WAIVE-09"
    filed = replace(lot, phase=Phase.CONTRACTED)
    (event,) = guarantees.claim(filed, command, facts())
    assert isinstance(event, GuaranteeClaimed)
    assert (event.kind, event.amount_fen, event.rule) == (
        GuaranteeKind.PERFORMANCE,
        PRICE // 20,
        "R-WAIVE-09",
    )
    assert (
        book([*lodge(bonded(), letter()), event]).balance(Account.CLAIMED, Kind.PERFORMANCE_BOND, "b1")
        == PRICE // 20
    )


def test_too_little_or_too_short_is_refused_with_every_fault() -> None:
    said = letter(amount_fen=PRICE // 10 - 1, valid_until=date(2026, 8, 17))
    assert refusal(bonded(), said).found["faults"] == ["AMOUNT_TOO_LOW", "VALIDITY_TOO_SHORT"]


def test_a_waived_lot_takes_none_and_a_contract_without_bond_neither() -> None:
    """R-WAIVE-06."""
    assert refusal(awarded(noticed()), letter()).code == "performance-guarantee-waived"
    lot = bonded()
    without = replace(lot, contract=replace(lot.contract, performance_bond_fen=0))
    assert refusal(without, letter()).code == "performance-guarantee-not-asked"


def test_a_bond_is_not_freed_with_the_bid_guarantees() -> None:
    lot = fold(bonded(), lodge(bonded(), letter()))
    filed = replace(lot, phase=Phase.CONTRACTED, contract=replace(lot.contract, filed_at=at(20, month=4)))
    assert scheduled(filed) == []
