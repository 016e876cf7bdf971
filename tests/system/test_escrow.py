"""A tender under policy P2: ceremony before the notice, lost keys, two trustees (R-BID-07, R-PAIN-04)."""

from pathlib import Path

import msgspec
import pytest

from bidding.cli.demo import scripts
from bidding.stage.script import Script
from tests.system.platforms import Stand
from tests.system.tenders import performed

pytestmark = pytest.mark.asyncio(loop_scope="session")


def with_escrow() -> Script:
    """The municipal road, where the bidder that releases nothing lost its keys and is opened by trustees."""
    script = scripts()[0]
    assert [one.releases for one in script.bids].count(False) == 1
    bids = tuple(
        one if one.releases else msgspec.structs.replace(one, escrowed=True, points=("20", "6"))
        for one in script.bids
    )
    expect = msgspec.structs.replace(script.expect, opened=script.expect.opened + 1, revoked=0)
    terms = {**script.terms, "key_policy": "P2"}
    return msgspec.structs.replace(script, bids=bids, expect=expect, terms=terms)


async def test_a_tender_with_escrow_goes_from_ceremony_to_contract(stand: Stand, folder: Path) -> None:
    report = await performed(stand, with_escrow(), folder / "escrow")
    assert report["error"] == ""
    steps = {one["name"]: one["ok"] for one in report["steps"]}
    assert all(steps.values())
    assert {"the notary opens the test bid", "the notary gives its shares"} <= set(steps)
