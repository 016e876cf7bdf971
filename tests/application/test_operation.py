"""R-PLAT-05: a platform in production takes no live tender without its certificate; what was noticed runs on."""

import pytest

from bidding.domain.admission.filing import Mode
from bidding.domain.errors import Forbidden, Invalid
from bidding.domain.notice.commands import Clarify
from bidding.domain.operation import Operation
from tests.application.house import House
from tests.domain.lots import eng_filing, publication
from tests.domain.opening.hall import HOST, Hall

IN_PRODUCTION = Operation(production=True)


async def test_no_live_tender_is_filed_or_noticed_without_certificate(house: House) -> None:
    house.platform.operation = IN_PRODUCTION
    await house.plant(Hall().log[:2])  # filed and admitted, not noticed
    with pytest.raises(Forbidden, match="platform-not-certified"):
        await house.give(publication(), HOST)
    with pytest.raises(Forbidden, match="platform-not-certified"):
        await house.platform.create(eng_filing(), house.call(HOST))


async def test_what_was_noticed_before_runs_on(house: House) -> None:
    """Its bidders did nothing wrong."""
    await house.plant(Hall().log)
    house.platform.operation = IN_PRODUCTION
    await house.give(Clarify(text="更正一处笔误", affects_bids=False), HOST)
    assert "lot.clarified.v1" in await house.topics()


async def test_a_test_lot_begins_all_the_same(house: House) -> None:
    house.platform.operation = IN_PRODUCTION
    await house.plant(Hall(mode=Mode.TEST).log)
    with pytest.raises(Invalid, match="platform-key-differs"):  # asked, and found wanting for another reason
        await house.give(publication(), HOST)
