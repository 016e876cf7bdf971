"""The yearly list and the departments from the real log (R-NB-HF-04, R-NB-HF-05)."""

import pytest

from bidding.application.performance import departments, overdue
from bidding.domain.errors import TooEarly
from tests.application.house import House
from tests.domain.opening.hall import Hall


async def test_a_list_is_of_a_year_that_is_over(house: House) -> None:
    await house.plant(Hall().log)
    year = house.clock.now().year
    with pytest.raises(TooEarly, match="year-not-over"):
        await overdue(house.platform, year)
    assert (await overdue(house.platform, year - 1)).lines == ()


async def test_a_lot_without_a_contract_is_no_department_that_owes(house: House) -> None:
    await house.plant(Hall().log)
    assert await departments(house.platform) == {}
