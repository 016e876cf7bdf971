"""R-DATA-01: settlement price, finishing day and changes of the contract are told to everybody (民法典 799)."""

from datetime import date
from typing import Any

import pytest

from bidding.application.exchange import concluding
from bidding.application.exchange.record import wan
from bidding.domain.disclosure import is_public, view
from bidding.domain.errors import Refusal
from bidding.domain.event import Event
from bidding.domain.lot import Lot
from bidding.domain.parties import Actor, Standing
from bidding.domain.performance import commands as c
from bidding.domain.performance import events as e
from bidding.domain.performance.decide import DECIDERS
from tests.domain.lots import at, facts, fold
from tests.domain.money.test_ledger import PRICE, contracted, gp_lot
from tests.domain.performance.test_performance import OWNER, WINNER, entered, give, planned, refused

JUNE, SEPTEMBER = date(2026, 6, 1), date(2026, 9, 20)
SETTLED = PRICE - 12_345_00


def finished(lot: Lot | None = None) -> Lot:
    """The first obligation fulfilled by delivery, the second delivered on 09-20 and accepted on 09-25."""
    lot = give(planned(lot), c.Deliver(milestone=1, on=JUNE), at(2, month=6), WINNER)
    lot = give(lot, c.Deliver(milestone=2, on=SEPTEMBER), at(21, month=9), WINNER)
    return give(lot, c.Inspect(milestone=2, on=date(2026, 9, 25), passed=True), at(26, month=9))


def proposed(amount: int = SETTLED) -> Lot:
    return give(finished(), c.ProposeSettlement(amount_fen=amount), at(1, month=10), WINNER)


def told(lot: Lot, command: Any, actor: Actor = OWNER) -> list[Event]:
    found: list[Event] = DECIDERS[type(command)](lot, command, facts(actor, at(2, month=10)))
    return found


# Settlement price and finishing day


def test_the_agreed_figure_is_told_with_the_day_of_the_last_delivery() -> None:
    """A slow inspection is not the winner's: the work was finished when it was delivered."""
    (settled,) = told(proposed(), c.AgreeSettlement(amount_fen=SETTLED))
    assert isinstance(settled, e.ContractSettled)
    assert (settled.amount_fen, settled.finished_on) == (SETTLED, SEPTEMBER)
    assert is_public(settled)
    lot = fold(proposed(), [settled])
    assert (lot.performance.settled_fen, lot.performance.finished_on) == (SETTLED, SEPTEMBER)


def test_what_is_only_proposed_is_the_parties_business() -> None:
    (event,) = told(finished(), c.ProposeSettlement(amount_fen=SETTLED), WINNER)
    assert not is_public(event)
    assert Standing.WINNER in event.AUDIENCE


def test_nothing_is_settled_before_the_last_obligation_is_accepted() -> None:
    lot = give(planned(), c.Deliver(milestone=1, on=JUNE), at(2, month=6), WINNER)
    lot = give(lot, c.Deliver(milestone=2, on=SEPTEMBER), at(21, month=9), WINNER)
    with pytest.raises(Refusal, match="contract-not-finished") as caught:
        told(lot, c.ProposeSettlement(amount_fen=SETTLED), WINNER)
    assert caught.value.found["milestones"] == [2]
    rejected = give(lot, c.Inspect(milestone=2, on=SEPTEMBER, passed=False, note="不合格"), at(26, month=9))
    assert refused(rejected, c.AgreeSettlement(amount_fen=1), at(1, month=10)) == "contract-not-finished"
    assert refused(entered(), c.ProposeSettlement(amount_fen=1), at(1, month=10)) == "contract-not-finished"


def test_the_tenderer_agrees_to_the_figure_it_saw() -> None:
    assert refused(finished(), c.AgreeSettlement(amount_fen=1), at(2, month=10)) == "settlement-not-proposed"
    later = give(proposed(), c.ProposeSettlement(amount_fen=SETTLED - 1), at(2, month=10), WINNER)
    assert refused(later, c.AgreeSettlement(amount_fen=SETTLED), at(3, month=10)) == "settlement-differs"
    assert told(proposed(), c.ProposeSettlement(amount_fen=SETTLED), WINNER) == []


def test_after_the_final_account_nothing_changes() -> None:
    lot = give(proposed(), c.AgreeSettlement(amount_fen=SETTLED), at(2, month=10))
    for command in (
        c.ProposeSettlement(amount_fen=1),
        c.AgreeSettlement(amount_fen=SETTLED),
        c.AgreeSupplement(amount_fen=1, subject="加装"),
    ):
        assert refused(lot, command, at(3, month=10)) == "contract-settled"


def test_in_procurement_the_account_stays_within_contract_and_supplements() -> None:
    """R-GP-26, 采购法 49: what goes beyond needs a lawful supplement first."""
    lot = finished(entered(contracted(gp_lot())))
    over = c.ProposeSettlement(amount_fen=PRICE + 1)
    assert refused(lot, over, at(1, month=10)) == "settlement-over-contract"
    more = give(lot, c.AgreeSupplement(amount_fen=1, subject="加装"), at(1, month=10))
    assert give(more, over, at(1, month=10), WINNER).performance.proposed_fen == PRICE + 1
    eng = give(finished(), over, at(1, month=10), WINNER)
    assert eng.performance.proposed_fen == PRICE + 1


# Changes of the contract


def test_each_change_of_the_contract_is_told_to_everybody() -> None:
    """采购条例 50: the public knows what the parties added, and what it comes to altogether."""
    lot = contracted(gp_lot())
    first = told(lot, c.AgreeSupplement(amount_fen=100, subject="加装护栏"))
    second = told(fold(lot, first), c.AgreeSupplement(amount_fen=200, subject="加装路灯"))
    public = [one for one in (*first, *second) if is_public(one)]
    shown = view("lot-1", public, frozenset({Standing.ANYONE})).performance
    assert [(one.number, one.subject, one.amount_fen) for one in shown.changes] == [
        (1, "加装护栏", 100),
        (2, "加装路灯", 200),
    ]
    assert shown.supplements_fen == 300


# The exchanged row


def test_the_row_of_performance_tells_price_day_and_changes() -> None:
    lot = give(finished(), c.AgreeSupplement(amount_fen=2_000_000, subject="加装护栏"), at(1, month=10))
    lot = give(lot, c.ProposeSettlement(amount_fen=SETTLED), at(1, month=10), WINNER)
    (settled,) = told(lot, c.AgreeSettlement(amount_fen=SETTLED))
    (row,) = concluding.rows(fold(lot, [settled]), settled)
    assert row.table == "PERFORMANCE"
    assert row.fields["SETTLE_PRICE"] == wan(SETTLED)
    assert row.fields["FINISH_TIME"] == "20260920000000"
    assert row.fields["CONTRACT_CHANGE_CONTENT"] == "1. 加装护栏(2万元)"
    assert row.fields["CONTRACT_STATE"] == "结算"
    assert row.fields["CONTRACT_PRICE"] == wan(PRICE)
