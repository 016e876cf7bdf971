"""The yearly list and the departments from the real log, by their lists (R-NB-HF-04, R-NB-HF-05)."""

from datetime import UTC, datetime

import pytest

from bidding.application.lists import Lists
from bidding.application.performance import departments, overdue
from bidding.domain.errors import TooEarly
from bidding.domain.performance import commands as p
from bidding.domain.performance.publication import OverdueList
from bidding.domain.periods import local_date
from tests.application.house import LOT, House
from tests.application.test_lists import follow, performing
from tests.domain.lots import at
from tests.domain.opening.hall import Hall


async def first_page(lists: Lists, year: int) -> OverdueList:
    told, following = await overdue(lists, year, after=None, limit=50)
    assert following is None
    return told


async def test_a_list_is_of_a_year_that_is_over(house: House) -> None:
    await house.plant(Hall().log)
    await follow(house)
    lists, year = Lists(house.platform), house.clock.now().year
    with pytest.raises(TooEarly, match="year-not-over"):
        await first_page(lists, year)
    assert (await first_page(lists, year - 1)).lines == ()


async def test_a_lot_without_a_contract_is_no_department_that_owes(house: House) -> None:
    await house.plant(Hall().log)
    await follow(house)
    assert await departments(Lists(house.platform), after=None, limit=50) == {}


async def test_a_department_stands_as_its_contracts_do_and_a_published_list_does_not_change(
    house: House,
) -> None:
    """What was recorded after a year's end is not in its list."""
    await performing(house, p.Deliver, p.SendInvoice)
    await follow(house)
    lists = Lists(house.platform)
    house.clock.instant = at(1, month=8).astimezone(UTC)
    (standing,) = (await departments(lists, after=None, limit=50)).values()
    assert standing.amounts["overdue"] == standing.total_fen > 0
    assert await departments(lists, after="\U0010ffff", limit=50) == {}
    recorded_in = local_date((await house.platform.journal.load(f"lot-{LOT}"))[-1].recorded_at).year
    year = max(recorded_in, 2026)  # the invoice is due in July 2026, whenever this runs
    house.clock.instant = datetime(year + 1, 1, 1, tzinfo=UTC)
    published = await first_page(lists, year)
    assert (published.contracts, published.amount_fen) == (1, standing.total_fen)
    assert (await first_page(lists, recorded_in - 1)).lines == ()
