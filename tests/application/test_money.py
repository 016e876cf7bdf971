"""Deposits go back by what became of the bid, also those that came without one (R-LEDG-01, R-DEC-13)."""

from bidding.application.money import MoneyDesk
from bidding.domain.bid.commands import RecordDeposit
from bidding.domain.money.commands import LodgeGuarantee, ScheduleReturns
from bidding.domain.money.events import DepositReturnDue
from tests.application.house import LOT, House
from tests.domain.opening.hall import CENTRE, MINUTE, T0, Hall


def paid(hall: Hall, *names: str) -> None:
    for name in names:
        hall.give(
            RecordDeposit(bidder=name, amount_fen=500_000, form="TRANSFER", reference=f"流水{name}"), CENTRE
        )


async def due(house: House) -> dict[str, int]:
    recorded = await house.platform.journal.load(f"lot-{LOT}")
    return {
        one.event.bidder: one.event.amount_fen for one in recorded if isinstance(one.event, DepositReturnDue)
    }


async def failed(house: House) -> None:
    """A lot that asks deposits, failed for want of bids; c paid and never bid, b bid and never paid."""
    hall = Hall(waived=False)
    paid(hall, "a", "c")
    hall.submit("a")
    hall.submit("b")
    hall.close()
    await house.plant(hall.log)
    house.clock.instant = T0 + MINUTE


async def test_every_deposit_held_goes_back_and_no_other(house: House) -> None:
    await failed(house)
    await house.platform.act(LOT, ScheduleReturns())
    assert await due(house) == {"a": 500_000, "c": 500_000}


async def test_scheduling_again_adds_nothing(house: House) -> None:
    await failed(house)
    await house.platform.act(LOT, ScheduleReturns())
    before = await house.topics()
    await house.platform.act(LOT, ScheduleReturns())
    assert await house.topics() == before


def test_the_desk_takes_returns_and_guarantees(house: House) -> None:
    assert list(MoneyDesk(house.platform, house.register).handlers) == [ScheduleReturns, LodgeGuarantee]
