"""One tender from notice to contract in each suite beside `intl-1`, which all other tests use (R-CRYP-01, R-BID-07)."""

from pathlib import Path

import msgspec
import pytest

from bidding.cli.demo import scripts
from bidding.domain.notice.terms import SUITES
from bidding.stage.script import Script
from tests.system.platforms import Stand
from tests.system.tenders import performed

pytestmark = pytest.mark.asyncio(loop_scope="session")


def in_suite(suite: str) -> Script:
    """The municipal road: a bid replaced, one withdrawn, one whose key is not released."""
    script = scripts()[0]
    return msgspec.structs.replace(script, terms={**script.terms, "suites": [suite]})


@pytest.mark.parametrize("suite", sorted(SUITES - {"intl-1"}))
async def test_a_tender_goes_from_notice_to_contract(stand: Stand, folder: Path, suite: str) -> None:
    report = await performed(stand, in_suite(suite), folder / suite)
    assert report["error"] == ""
    assert report["ok"]
